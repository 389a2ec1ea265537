//! Galleries and image definitions, as their owner writes them.

use crate::support;

use serde_json::{Value, json};
use support::*;

/// The deployer's own gallery, in its own subscription.
fn own(tail: &str) -> String {
    web(&format!("Microsoft.Compute/galleries/own{tail}"))
}

fn place(properties: &Value) -> Value {
    json!({"location": "westeurope", "properties": properties})
}

fn definition(sku: &str) -> Value {
    place(&json!({
        "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
        "identifier": {"publisher": "acme", "offer": "web", "sku": sku},
    }))
}

/// Writes properties over those of a good definition and hears why not.
async fn definition_refused(client: &Client, change: Value) -> String {
    let mut body = definition("other");
    for (name, value) in change.as_object().expect("members") {
        body["properties"][name] = value.clone();
    }
    let answer = client.put(&own("/images/other"), body).await;
    assert_eq!(answer.status, 400, "{:#}", answer.body);
    answer.message().to_owned()
}

async fn with_gallery() -> Client {
    let client = Client::new().await;
    client.made(&own(""), place(&json!({}))).await;
    client
}

#[tokio::test]
async fn names_follow_the_rules_of_the_service() {
    let client = with_gallery().await;
    let put = async |name: &str| {
        let path = web(&format!("Microsoft.Compute/galleries/{name}"));
        let answer = client.put(&path, place(&json!({}))).await;
        assert_eq!(answer.status, 400, "{name}");
        answer.message().to_owned()
    };
    assert!(
        put("with-dash")
            .await
            .starts_with("Gallery name is invalid.")
    );
    assert_eq!(
        put("ends_").await,
        "The provided resource name ends_ has these invalid trailing characters: _. The name can not end with characters: _"
    );
    assert!(
        put("_starts")
            .await
            .contains(r"^[^_\W][\w-._]{0,79}(?<![-.])$")
    );
    assert!(
        put(&"a".repeat(81))
            .await
            .contains("'galleryName' is invalid")
    );
    let image = client.put(&own("/images/ends."), definition("a")).await;
    assert!(
        image
            .refused(400, "InvalidResourceName")
            .message()
            .contains("own/ends.")
    );
    client
        .made(&own("/images/with-dash"), definition("a"))
        .await;
}

#[tokio::test]
async fn a_name_is_used_once_in_a_subscription_and_stays_in_its_region() {
    let client = with_gallery().await;
    client
        .made(
            &format!("/subscriptions/{S2}/resourceGroups/two"),
            json!({"location": "westeurope"}),
        )
        .await;
    let other = own("").replace("/Web/", "/two/");
    let answer = client.put(&other, place(&json!({}))).await;
    assert_eq!(
        answer.refused(409, "Conflict").message(),
        format!(
            "The gallery name 'own' is not unique within the subscription '{S2}'. Please pick another gallery name."
        )
    );
    let moved = json!({"location": "northeurope"});
    let answer = client
        .put(&own(""), moved)
        .await
        .refused(409, "InvalidResourceLocation");
    assert!(
        answer
            .message()
            .contains("already exists in location 'westeurope'")
    );
}

#[tokio::test]
async fn nothing_goes_before_what_is_inside_it() {
    let client = with_gallery().await;
    client.made(&own("/images/web"), definition("a")).await;
    let answer = client
        .delete(&own(""))
        .await
        .refused(409, "CannotDeleteResource");
    assert!(
        answer
            .message()
            .contains("'Microsoft.Compute/galleries/own/images/web'")
    );
    client.gone(&own("/images/web")).await;
    client.gone(&own("")).await;
}

#[tokio::test]
async fn how_a_gallery_is_shared_is_decided_when_it_is_made() {
    let client = with_gallery().await;
    let shared =
        |permissions: &str| json!({"properties": {"sharingProfile": {"permissions": permissions}}});
    client.patch(&own(""), shared("Private")).await.is(200);
    client.simulator.run_until_idle();
    client
        .patch(&own(""), shared("Groups"))
        .await
        .refused(409, "PropertyChangeNotAllowed");
    let description = json!({"properties": {"description": "of web", "softDeletePolicy": {"isSoftDeleteEnabled": true}}});
    client.patch(&own(""), description).await.is(200);
    client.simulator.run_until_idle();
    let shown = client.get(&own("")).await.is(200).body;
    assert_eq!(shown["properties"]["description"], "of web");
    assert_eq!(
        shown["properties"]["identifier"]["uniqueName"],
        format!("{S2}-OWN")
    );
}

#[tokio::test]
async fn a_community_gallery_says_who_publishes() {
    let world = WORLD.replace(
        "principal: deployer, role: Contributor",
        "principal: deployer, role: Owner",
    );
    let client = Client::of(&world).await;
    let path = web("Microsoft.Compute/galleries/open");
    let profile = |info: &Value| {
        place(
            &json!({"sharingProfile": {"permissions": "Community", "communityGalleryInfo": info}}),
        )
    };
    let answer = client
        .put(
            &path,
            profile(&json!({"publisherUri": "https://acme.example"})),
        )
        .await;
    assert!(
        answer
            .refused(400, "InvalidParameter")
            .message()
            .contains("publisherContact")
    );
    let info = json!({
        "publisherUri": "https://acme.example", "publisherContact": "images@acme.example",
        "eula": "https://acme.example/eula", "publicNamePrefix": "acmeimages",
    });
    let made = client.made(&path, profile(&info)).await;
    let info = &made["properties"]["sharingProfile"]["communityGalleryInfo"];
    let name = info["publicNames"][0].as_str().expect("a name").to_owned();
    assert!(name.starts_with("acmeimages-"), "{name}");
    assert_eq!(info["communityGalleryEnabled"], false);
    let seen = format!(
        "/subscriptions/{S2}/providers/Microsoft.Compute/locations/westeurope/communityGalleries/{name}?api-version=2024-03-03"
    );
    client.get(&seen).await.is(404);
    let share = format!("{path}/share");
    let live = json!({"operationType": "EnableCommunity"});
    client.post(&share, live).await.is(202);
    let status = async || {
        let path = format!("{path}?$select=Permissions&api-version=2024-03-03");
        client.get(&path).await.is(200).body["properties"]["sharingStatus"].clone()
    };
    let standing = status().await;
    assert_eq!(standing["aggregatedState"], "InProgress");
    assert_eq!(standing["summary"][0]["region"], "West Europe");
    client.simulator.run_until_idle();
    assert_eq!(status().await["aggregatedState"], "Succeeded");
    let shown = client.get(&seen).await.is(200).body;
    assert_eq!(
        shown["properties"]["communityMetadata"]["publisherContact"],
        "images@acme.example"
    );
    // It does not go, and its group does not, before its sharing was reset.
    client
        .delete(&path)
        .await
        .refused(409, "OperationNotAllowed");
    client
        .post(&share, json!({"operationType": "Reset"}))
        .await
        .is(202);
    client.get(&seen).await.is(404);
    client.simulator.run_until_idle();
    let profile = client.get(&path).await.is(200).body["properties"]["sharingProfile"].clone();
    assert_eq!(profile, json!({"permissions": "Private"}));
    client.gone(&path).await;
}

#[tokio::test]
async fn sharing_takes_a_right_that_contributors_do_not_have() {
    let path = web("Microsoft.Compute/galleries/groups");
    let body = place(&json!({"sharingProfile": {"permissions": "Groups"}}));
    let add = |ids: Vec<String>| json!({"operationType": "Add", "groups": [{"type": "Subscriptions", "ids": ids}]});
    let share = format!("{path}/share");
    let client = Client::new().await;
    client.made(&path, body.clone()).await;
    client
        .post(&share, add(vec![S1.to_owned()]))
        .await
        .refused(403, "AuthorizationFailed");
    let world = WORLD.replace(
        "resourceGroups:\n",
        "  - {scope: /subscriptions/workload/resourceGroups/Web, principal: deployer, role: Compute Gallery Sharing Admin}\nresourceGroups:\n",
    );
    let client = Client::of(&world).await;
    client.made(&path, body).await;
    client
        .post(&share, add(vec!["not-a-guid".to_owned()]))
        .await
        .refused(400, "InvalidParameter");
    let many = (0..31).map(|place| format!("{place:08}-0000-4000-8000-000000000000"));
    client
        .post(&share, add(many.collect()))
        .await
        .refused(400, "InvalidParameter");
    client.post(&share, add(vec![S1.to_owned()])).await.is(202);
}

#[tokio::test]
async fn a_definition_says_what_is_wrong_with_it() {
    let client = with_gallery().await;
    let refused = async |change: Value| definition_refused(&client, change).await;
    let identifier =
        |publisher: &str| json!({"identifier": {"publisher": publisher, "offer": "b", "sku": "c"}});
    let message = refused(identifier("ends.")).await;
    assert!(
        message
            .starts_with("Asset name galleryImage.properties.identifier.publisher is not valid.")
    );
    assert!(message.ends_with("The length of the name cannot exceed 128 characters."));
    assert!(refused(identifier("a b")).await.contains("is not valid"));
    assert_eq!(
        refused(json!({"endOfLifeDate": "next year"})).await,
        "Could not convert string to DateTimeOffset: next year. Path 'properties.endOfLifeDate'"
    );
    assert_eq!(
        refused(json!({"endOfLifeDate": "2025-12-31"})).await,
        "EndOfLifeDate must be set to a future date."
    );
    let range = json!({"recommended": {"vCPUs": {"min": 4, "max": 2}}});
    assert!(refused(range).await.starts_with("The minimum value of"));
    let feature = json!({"hyperVGeneration": "V1", "features": [{"name": "SecurityType", "value": "TrustedLaunch"}]});
    assert!(
        refused(feature)
            .await
            .contains("Hypervisor generation 'V1'")
    );
    let image = own("/images/other");
    let missing = client
        .put(&image.replace("/own/", "/none/"), definition("other"))
        .await;
    assert!(
        missing
            .refused(404, "ParentResourceNotFound")
            .message()
            .ends_with("Parent resource 'none' not found.")
    );
}

#[tokio::test]
async fn a_definition_keeps_what_it_was_made_with() {
    let client = with_gallery().await;
    let path = own("/images/web");
    let mut body = definition("a");
    body["properties"]["endOfLifeDate"] = json!("2030-06-01");
    body["properties"]["purchasePlan"] =
        json!({"name": "p", "publisher": "acme", "product": "web"});
    let made = client.made(&path, body.clone()).await;
    assert_eq!(
        made["properties"]["endOfLifeDate"],
        "2030-06-01T00:00:00.0000000+00:00"
    );
    for (member, value) in [
        ("osType", json!("Windows")),
        ("osState", json!("Specialized")),
        ("hyperVGeneration", json!("V1")),
        ("architecture", json!("Arm64")),
        (
            "purchasePlan",
            json!({"name": "p", "publisher": "acme", "product": "db"}),
        ),
        (
            "features",
            json!([{"name": "SecurityType", "value": "TrustedLaunchSupported"}]),
        ),
    ] {
        let mut other = body.clone();
        other["properties"][member] = value;
        let answer = client
            .put(&path, other)
            .await
            .refused(409, "PropertyChangeNotAllowed");
        let property = format!("galleryImage.properties.{member}");
        assert!(answer.message().contains(&property), "{}", answer.message());
    }
    let more = json!({"properties": {
        "description": "web servers", "releaseNoteUri": "https://acme.example/notes",
        "recommended": {"vCPUs": {"min": 2, "max": 8}}, "disallowed": {"diskTypes": ["Standard_LRS"]},
        "allowUpdateImage": true, "features": [{"name": "SecurityType", "value": "TrustedLaunchSupported"}],
    }});
    client.patch(&path, more).await.is(200);
    client.simulator.run_until_idle();
    let shown = client.get(&path).await.is(200).body;
    assert_eq!(
        shown["properties"]["features"][0]["value"],
        "TrustedLaunchSupported"
    );
    // Another definition of the same triplet is not made.
    let answer = client.put(&own("/images/again"), definition("A")).await;
    assert_eq!(
        answer.refused(409, "Conflict").message(),
        "Gallery image: web identified by (publisher:acme, offer:web, sku:A) already exists. Choose a different publisher, offer, sku combination."
    );
}
