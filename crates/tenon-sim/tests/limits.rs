//! Subscriptions that are off, sizes that are not there, and many machines.

use crate::support;

use serde_json::json;
use support::*;
use tenon_sim::world::RawResource;
use tenon_sim::{ClockMode, Simulator, WorldFile};

#[tokio::test]
async fn a_disabled_subscription_is_read_only() {
    let world = WORLD.replace(
        "tenant: contoso}\nroleAssignments",
        "tenant: contoso, state: Disabled}\nroleAssignments",
    );
    let client = Client::of(&world).await;
    let path = format!("/subscriptions/{S2}");
    assert_eq!(client.get(&path).await.is(200).body["state"], "Disabled");
    let group = format!("{path}/resourceGroups/new");
    let answer = client.put(&group, json!({"location": "westeurope"})).await;
    answer.refused(409, "ReadOnlyDisabledSubscription");
}

#[tokio::test]
async fn restricted_sizes_are_not_available() {
    let world = format!("{WORLD}\nsizes: [{{name: Standard_Rare, restricted: [westeurope]}}]\n");
    let client = Client::of(&world).await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let mut body = machine(&image("web"), &nic);
    body["properties"]["hardwareProfile"]["vmSize"] = json!("Standard_Rare");
    let path = web("Microsoft.Compute/virtualMachines/vm");
    client
        .put(&path, body)
        .await
        .refused(409, "SkuNotAvailable");
    let list = format!(
        "/subscriptions/{S2}/providers/Microsoft.Compute/skus?$filter=location%20eq%20'West%20Europe'"
    );
    let rows = client.get(&list).await.is(200).body;
    let rare = rows["value"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["name"] == "Standard_Rare");
    let restriction = &rare.expect("a row")["restrictions"][0];
    assert_eq!(restriction["reasonCode"], "NotAvailableForSubscription");
}

#[tokio::test]
async fn a_thousand_machines_come_in_pages() {
    let mut world = WorldFile::from_yaml(WORLD).expect("a world");
    for number in 0..1000 {
        world.resources.push(RawResource {
            id: web(&format!("Microsoft.Compute/virtualMachines/vm-{number:04}")),
            body: json!({"location": "westeurope", "properties": {
                "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
            }}),
        });
    }
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    let client = Client::with(simulator).await;
    let list = web("Microsoft.Compute/virtualMachines");
    let first = client.get(&list).await.is(200).body;
    assert_eq!(first["value"].as_array().map(Vec::len), Some(500));
    let next = first["nextLink"].as_str().expect("a link");
    let second = client.get(next).await.is(200).body;
    assert_eq!(second["value"][499]["name"], "vm-0999");
    assert_eq!(second.get("nextLink"), None);
}

#[tokio::test]
async fn zones_have_to_agree() {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let disk = web("Microsoft.Compute/disks/d");
    let body = json!({"location": "westeurope", "properties": {
        "creationData": {"createOption": "Empty"}, "diskSizeGB": 8,
    }});
    client.made(&disk, body).await;
    let mut body = machine(&image("web"), &nic);
    body["zones"] = json!(["2"]);
    body["properties"]["storageProfile"]["dataDisks"] =
        json!([{"lun": 0, "createOption": "Attach", "managedDisk": {"id": disk}}]);
    let path = web("Microsoft.Compute/virtualMachines/vm");
    client
        .put(&path, body.clone())
        .await
        .refused(400, "BadRequest");
    body["zones"] = json!(["4"]);
    client
        .put(&path, body)
        .await
        .refused(400, "InvalidAvailabilityZone");
}
