//! Galleries without roles: shared with subscriptions and tenants, or with
//! everybody.

use crate::support;

use serde_json::{Value, json};
use support::*;

/// A world in which the deployer owns the publisher's galleries, and two
/// galleries with the same image: one to be shared, one for everybody.
fn world() -> String {
    WORLD
        .replace(
            "principal: deployer, role: Reader",
            "principal: deployer, role: Owner",
        )
        .replace(
            "galleries:\n",
            "galleries:
  - subscription: images
    resourceGroup: images-rg
    name: shared
    location: westeurope
    sharing: Groups
    images:
      - name: agent
        versions:
          - {name: 1.9.0, published: 2026-01-01T00:00:00Z, endOfLife: 2030-01-01T00:00:00Z}
          - {name: 1.10.0, regions: [{name: westeurope, excludeFromLatest: true}]}
          - {name: 1.11.0, regions: [{name: northeurope}]}
          - {name: 1.12.0, softDeleted: true}
  - subscription: images
    resourceGroup: images-rg
    name: public
    location: westeurope
    sharing: Community
    publicName: acme-0001
    images: [{name: agent, osType: Linux, versions: [{name: 1.9.0}]}]
",
        )
}

fn gallery(name: &str) -> String {
    format!(
        "/subscriptions/{S1}/resourceGroups/images-rg/providers/Microsoft.Compute/galleries/{name}"
    )
}

fn below(tail: &str) -> String {
    format!(
        "/subscriptions/{S2}/providers/Microsoft.Compute/locations/westeurope/{tail}?api-version=2024-03-03"
    )
}

fn shared(tail: &str) -> String {
    below(&format!("sharedGalleries/{S1}-SHARED{tail}"))
}

async fn share(client: &Client, name: &str, body: Value) -> Answer {
    let path = format!("{}/share?api-version=2024-03-03", gallery(name));
    client.send("POST", &path, &client.t1, Some(&body)).await
}

fn names(answer: &Answer) -> Vec<&str> {
    let items = answer.body["value"].as_array().expect("a list");
    items
        .iter()
        .map(|item| item["name"].as_str().expect("a name"))
        .collect()
}

fn group(kind: &str, id: &str) -> Value {
    json!([{"type": kind, "ids": [id]}])
}

#[tokio::test]
async fn a_gallery_is_seen_by_those_that_it_is_shared_with() {
    let client = Client::of(&world()).await;
    client.get(&shared("/images/agent")).await.is(404);
    let body = json!({"operationType": "Add", "groups": group("Subscriptions", S2)});
    let answer = share(&client, "shared", body.clone()).await.is(202);
    assert_eq!(answer.body, body);
    client.simulator.run_until_idle();
    let done = client.send("GET", answer.header("location"), &client.t1, None);
    assert_eq!(done.await.is(200).body, body);
    let image = client.get(&shared("/images/agent")).await.is(200).body;
    assert_eq!(image["name"], "agent");
    assert_eq!(image["location"], "westeurope");
    assert_eq!(
        image["identifier"]["uniqueId"],
        format!("/SharedGalleries/{S1}-SHARED/Images/agent")
    );
    assert_eq!(image["properties"]["osState"], "Generalized");
    assert_eq!(image.get("id"), None);
    let list = client.get(&below("sharedGalleries")).await.is(200);
    assert_eq!(names(&list), [format!("{S1}-SHARED")]);
    // The groups are shown to who asks for them.
    let own = format!("{}?api-version=2024-03-03", gallery("shared"));
    let profile = |body: Value| body["properties"]["sharingProfile"].clone();
    let plain = client.send("GET", &own, &client.t1, None).await.is(200);
    assert_eq!(profile(plain.body), json!({"permissions": "Groups"}));
    let expanded = format!("{own}&$expand=SharingProfile/Groups");
    let expanded = client
        .send("GET", &expanded, &client.t1, None)
        .await
        .is(200);
    assert_eq!(profile(expanded.body)["groups"], group("Subscriptions", S2));
    let body = json!({"operationType": "Remove", "groups": group("Subscriptions", S2)});
    share(&client, "shared", body).await.is(202);
    client.simulator.run_until_idle();
    client.get(&shared("/images/agent")).await.is(404);
}

#[tokio::test]
async fn a_list_has_what_can_be_used_in_the_region() {
    let client = Client::of(&world()).await;
    let body = json!({"operationType": "Add", "groups": group("Subscriptions", S2)});
    share(&client, "shared", body).await.is(202);
    client.simulator.run_until_idle();
    let list = client.get(&shared("/images/agent/versions")).await.is(200);
    assert_eq!(names(&list), ["1.10.0", "1.9.0"]);
    let excluded = |at: usize| &list.body["value"][at]["properties"]["excludeFromLatest"];
    assert_eq!((excluded(0), excluded(1)), (&json!(true), &json!(false)));
    let version = client
        .get(&shared("/images/agent/versions/1.9.0"))
        .await
        .is(200)
        .body;
    assert_eq!(
        version["properties"]["storageProfile"]["osDiskImage"]["diskSizeGB"],
        30
    );
    assert_eq!(
        version["properties"]["publishedDate"],
        "2026-01-01T00:00:00.0000000+00:00"
    );
    assert!(version["properties"]["endOfLifeDate"].is_string());
    assert_eq!(version["properties"].get("publishingProfile"), None);
    client
        .get(&shared("/images/agent/versions/1.11.0"))
        .await
        .is(404);
    client
        .get(&shared("/images/agent/versions/1.12.0"))
        .await
        .is(404);
    client.get(&shared("/images/other")).await.is(404);
}

#[tokio::test]
async fn what_is_shared_with_a_tenant_is_listed_for_the_tenant() {
    let client = Client::of(&world()).await;
    let body = json!({"operationType": "Add", "groups": group("AADTenants", T2)});
    share(&client, "shared", body).await.is(202);
    client.simulator.run_until_idle();
    let versions = shared("/images/agent/versions");
    assert!(names(&client.get(&versions).await.is(200)).is_empty());
    let of_tenant = client
        .get(&format!("{versions}&sharedTo=tenant"))
        .await
        .is(200);
    assert_eq!(names(&of_tenant), ["1.10.0", "1.9.0"]);
    client.get(&shared("/images/agent")).await.is(200);
    let reset = json!({"operationType": "Reset"});
    share(&client, "shared", reset).await.is(202);
    client.get(&shared("/images/agent")).await.is(404);
}

#[tokio::test]
async fn a_community_gallery_is_open_to_everybody_by_its_public_name() {
    let client = Client::of(&world()).await;
    let open = |tail: &str| below(&format!("communityGalleries/acme-0001{tail}"));
    let gallery = client.get(&open("")).await.is(200).body;
    assert_eq!(
        gallery["type"],
        "Microsoft.Compute/locations/communityGallery"
    );
    assert_eq!(
        gallery["properties"]["communityMetadata"]["publicNames"],
        json!(["acme-0001"])
    );
    let image = client.get(&open("/images/agent")).await.is(200).body;
    assert_eq!(
        image["identifier"]["uniqueId"],
        "/CommunityGalleries/acme-0001/Images/agent"
    );
    let versions = client.get(&open("/images/agent/versions")).await.is(200);
    assert_eq!(names(&versions), ["1.9.0"]);
    client
        .get(&below("communityGalleries/nobody-0001/images/agent"))
        .await
        .is(404);
}

#[tokio::test]
async fn sharing_follows_the_permission_that_the_gallery_was_made_with() {
    let client = Client::of(&world()).await;
    let groups = group("Subscriptions", S2);
    let add = json!({"operationType": "Add", "groups": groups});
    share(&client, "golden", add.clone())
        .await
        .refused(409, "OperationNotAllowed");
    share(&client, "public", add)
        .await
        .refused(409, "OperationNotAllowed");
    let other = json!({"operationType": "Double"});
    share(&client, "shared", other)
        .await
        .refused(400, "InvalidParameter");
    let kind = json!({"operationType": "Add", "groups": [{"type": "People", "ids": ["x"]}]});
    share(&client, "shared", kind)
        .await
        .refused(400, "InvalidParameter");
}

/// Puts a machine that names its image in `member`; no token of the publisher
/// comes along.
async fn machine_of(client: &mut Client, member: &str, id: &str) -> Answer {
    client.auxiliary = None;
    let nic = interface(client, "nic", &network(client).await).await;
    let mut body = machine("", &nic);
    body["properties"]["storageProfile"]["imageReference"] = json!({member: id});
    client
        .put(&web("Microsoft.Compute/virtualMachines/vm"), body)
        .await
}

#[tokio::test]
async fn a_machine_of_an_open_image_needs_no_further_token() {
    let mut client = Client::of(&world()).await;
    let body = json!({"operationType": "Add", "groups": group("Subscriptions", S2)});
    share(&client, "shared", body).await.is(202);
    client.simulator.run_until_idle();
    let id = format!("/SharedGalleries/{S1}-shared/Images/agent/Versions/latest");
    let made = machine_of(&mut client, "sharedGalleryImageId", &id)
        .await
        .is(201)
        .body;
    let reference = &made["properties"]["storageProfile"]["imageReference"];
    assert_eq!(reference["exactVersion"], "1.9.0");
    assert_eq!(reference["sharedGalleryImageId"], id);
}

#[tokio::test]
async fn what_is_not_shared_is_no_image() {
    let mut client = Client::of(&world()).await;
    let id = format!("/sharedGalleries/{S1}-SHARED/images/agent/versions/1.9.0");
    let refused = machine_of(&mut client, "sharedGalleryImageId", &id).await;
    refused.refused(404, "GalleryImageNotFound");
    // An id in the wrong member is no image either.
    let id = "/communityGalleries/acme-0001/images/agent/versions/1.9.0";
    let refused = machine_of(&mut client, "sharedGalleryImageId", id).await;
    refused.refused(404, "GalleryImageNotFound");
    let refused = machine_of(&mut client, "id", id).await;
    refused.refused(400, "LinkedInvalidPropertyId");
    machine_of(&mut client, "communityGalleryImageId", id)
        .await
        .is(201);
}
