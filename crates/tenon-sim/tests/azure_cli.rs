//! Requests of the Azure CLI besides deployments, with the api-versions it pins.

use crate::support;

use serde_json::{Value, json};
use support::*;

/// A path in the group `Web` as the CLI writes it: `resourcegroups` in lower case.
fn low(tail: &str) -> String {
    web(tail).replace("resourceGroups", "resourcegroups")
}

fn gallery(tail: &str) -> String {
    low(&format!("Microsoft.Compute/galleries/shared{tail}"))
}

/// Sends a write and follows it to its end as the CLI's poller does.
async fn follow(client: &Client, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let answer = client.send(method, path, &client.t2, body).await;
    assert!(answer.status < 300, "{:#}", answer.body);
    let poll = answer.header("azure-asyncoperation").to_owned();
    client.simulator.run_until_idle();
    if !poll.is_empty() {
        assert!(poll.contains("api-version="), "{poll}");
        let status = client.get(&poll).await.is(200).body;
        assert_eq!(status["status"], "Succeeded", "{status:#}");
    }
    answer
}

#[tokio::test]
async fn what_login_and_account_ask_for() {
    let client = Client::new().await;
    let listed = client
        .send(
            "GET",
            "/subscriptions?api-version=2022-12-01",
            &client.t1,
            None,
        )
        .await
        .is(200)
        .body;
    assert_eq!(listed["value"][0]["subscriptionId"], S1);
    assert_eq!(listed["value"][0]["tenantId"], T1);
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(1));
    let tenants = client.get("/tenants?api-version=2022-12-01").await.is(200);
    assert_eq!(tenants.body["value"][0]["tenantId"], T2);
}

#[tokio::test]
async fn what_vm_create_looks_up_first() {
    let client = Client::new().await;
    let group = format!("/subscriptions/{S2}/resourcegroups/web?api-version=2024-11-01");
    assert_eq!(
        client.get(&group).await.is(200).body["location"],
        "westeurope"
    );
    let networks = low("Microsoft.Network/virtualNetworks?api-version=2022-01-01");
    assert_eq!(client.get(&networks).await.is(200).body["value"], json!([]));
    // The image is read with the publisher's own token.
    let own = |path: String| {
        let client = &client;
        async move {
            client
                .send("GET", &path, &client.t1, None)
                .await
                .is(200)
                .body
        }
    };
    let definition = own(format!("{}?api-version=2021-10-01", image("web"))).await;
    assert_eq!(definition["properties"]["osType"], "Linux");
    let version = own(format!(
        "{}?api-version=2024-03-03",
        image("web/versions/1.9.0")
    ))
    .await;
    assert!(version["properties"]["storageProfile"]["osDiskImage"].is_object());
    let versions = own(format!("{}?api-version=2024-03-03", image("web/versions"))).await;
    for version in versions["value"].as_array().expect("versions") {
        let profile = &version["properties"]["publishingProfile"];
        assert!(profile["publishedDate"].is_string(), "{version:#}");
        assert!(profile["excludeFromLatest"].is_boolean());
    }
}

#[tokio::test]
async fn a_gallery_is_filled_from_a_managed_image() {
    let client = Client::new().await;
    let source = web("Microsoft.Compute/images/golden");
    let managed = json!({"location": "westeurope", "tags": {}, "properties": {
        "hyperVGeneration": "V2",
        "storageProfile": {"osDisk": {
            "osType": "Linux", "osState": "Generalized", "diskSizeGB": 32,
            "blobUri": "https://store.blob.core.windows.net/vhds/golden.vhd",
        }},
    }});
    let path = format!("{source}?api-version=2024-11-01");
    follow(&client, "PUT", &path, Some(&managed)).await;
    let path = format!("{}?api-version=2026-03-03", gallery(""));
    let body = json!({"location": "westeurope", "tags": {}, "properties": {
        "description": null, "identifier": {}, "sharingProfile": null, "softDeletePolicy": null,
    }});
    follow(&client, "PUT", &path, Some(&body)).await;
    let shown = client.get(&path).await.is(200).body;
    assert_eq!(shown["properties"]["provisioningState"], "Succeeded");
    let path = format!("{}?api-version=2021-10-01", gallery("/images/app"));
    let body = json!({"location": "westeurope", "tags": {}, "properties": {
        "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
        "identifier": {"publisher": "acme", "offer": "app", "sku": "one"},
        "recommended": {"vCPUs": {"min": null, "max": null}, "memory": {"min": null, "max": null}},
        "disallowed": {"diskTypes": null},
        "purchasePlan": null, "endOfLifeDate": null, "eula": null, "description": null,
        "features": [{"name": "SecurityType", "value": "TrustedLaunchSupported"}],
    }});
    follow(&client, "PUT", &path, Some(&body)).await;
    client.get(&path).await.is(200);
    let path = format!(
        "{}?api-version=2024-03-03",
        gallery("/images/app/versions/1.0.0")
    );
    let body = json!({"location": "westeurope", "tags": {}, "properties": {
        "publishingProfile": {
            "replicaCount": 1, "excludeFromLatest": null, "endOfLifeDate": null,
            "targetRegions": [{
                "name": "westeurope", "regionalReplicaCount": 1,
                "storageAccountType": null, "encryption": null,
            }],
        },
        "storageProfile": {"source": {"id": source}, "osDiskImage": null, "dataDiskImages": null},
        "safetyProfile": {"allowDeletionOfReplicatedLocations": false},
    }});
    follow(&client, "PUT", &path, Some(&body)).await;
    let shown = client.get(&path).await.is(200).body;
    let profile = &shown["properties"]["storageProfile"];
    assert_eq!(profile["source"]["id"], source.as_str());
    assert_eq!(profile["osDiskImage"]["sizeInGB"], 32);
    let listed = format!("{}?api-version=2024-03-03", gallery("/images/app/versions"));
    assert_eq!(
        client.get(&listed).await.is(200).body["value"][0]["name"],
        "1.0.0"
    );
}

#[tokio::test]
async fn roles_are_found_and_given_below_a_gallery() {
    let client = Client::new().await;
    let path = format!("{}?api-version=2026-03-03", gallery(""));
    follow(
        &client,
        "PUT",
        &path,
        Some(&json!({"location": "westeurope"})),
    )
    .await;
    let at = |tail: &str| gallery(&format!("/providers/Microsoft.Authorization/{tail}"));
    let found = client
        .get(&at(
            "roleDefinitions?$filter=roleName%20eq%20'Reader'&api-version=2022-05-01-preview",
        ))
        .await
        .is(200)
        .body;
    let role = &found["value"][0];
    assert_eq!(found["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(role["properties"]["roleName"], "Reader");
    let principal = client.get("/_sim").await.body["servicePrincipals"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["tenant"] == T2))
        .map(|one| one["objectId"].clone())
        .expect("a principal");
    let name = "0a0a0a0a-0000-4000-8000-000000000001";
    let path = at(&format!("roleAssignments/{name}?api-version=2022-04-01"));
    let body = json!({"properties": {
        "roleDefinitionId": role["id"], "principalId": principal, "principalType": "ServicePrincipal",
    }});
    client.put(&path, body).await.is(201);
    let listed = client
        .get(&at(
            "roleAssignments?$filter=atScope()&api-version=2022-04-01",
        ))
        .await
        .is(200)
        .body;
    let names: Vec<&Value> = listed["value"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert!(names.contains(&&json!(name)), "{names:?}");
    let all = format!(
        "/subscriptions/{S2}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-05-01-preview"
    );
    let all = client.get(&all).await.is(200).body;
    assert!(all["value"].as_array().is_some_and(|all| all.len() > 5));
}

#[tokio::test]
async fn machines_are_shown_and_deleted() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    client
        .made(&vm, machine(&image("web/versions/1.9.0"), &nic))
        .await;
    for version in ["2024-11-01", "2026-04-01"] {
        let path = low(&format!(
            "Microsoft.Compute/virtualMachines/vm?$expand=instanceView&api-version={version}"
        ));
        let shown = client.get(&path).await.is(200).body;
        let statuses = &shown["properties"]["instanceView"]["statuses"];
        assert_eq!(statuses[1]["code"], "PowerState/running");
    }
    let nic = format!("{nic}?api-version=2022-01-01");
    let shown = client.get(&nic).await.is(200).body;
    assert!(shown["properties"]["macAddress"].is_string());
    let path = low("Microsoft.Compute/virtualMachines/vm?api-version=2024-11-01");
    let answer = client.delete(&path).await.is(202);
    let location = answer.header("location").to_owned();
    assert!(location.contains("api-version=2024-11-01"), "{location}");
    assert!(!answer.header("retry-after").is_empty());
    client.get(&location).await.is(202);
    client.simulator.run_until_idle();
    let last = client.get(&location).await;
    assert!(matches!(last.status, 200 | 204), "{}", last.status);
    client.get(&path).await.is(404);
}

#[tokio::test]
async fn groups_are_made_and_deleted() {
    let client = Client::new().await;
    let path = format!("/subscriptions/{S2}/resourcegroups/fresh?api-version=2024-11-01");
    client
        .put(&path, json!({"location": "westeurope", "tags": null}))
        .await
        .is(201);
    client.send("HEAD", &path, &client.t2, None).await.is(204);
    let answer = client.delete(&path).await.is(202);
    let location = answer.header("location").to_owned();
    assert!(location.contains("api-version=2024-11-01"), "{location}");
    client.get(&location).await.is(202);
    client.simulator.run_until_idle();
    client.get(&location).await.is(200);
    client
        .get(&path)
        .await
        .refused(404, "ResourceGroupNotFound");
}
