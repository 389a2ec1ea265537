//! What machines stand with, act as, and cost.

use crate::support;

use serde_json::{Value, json};
use support::*;

const VM: &str = "Microsoft.Compute/virtualMachines/vm";
const GROUP: &str = "Microsoft.Compute/proximityPlacementGroups/near";
const SET: &str = "Microsoft.Compute/availabilitySets/set";
const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

async fn ready() -> (Client, Value) {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    (client, machine(&image("web/versions/1.9.0"), &nic))
}

async fn group(client: &Client) -> String {
    let id = web(GROUP);
    client
        .put(&id, json!({"location": "westeurope"}))
        .await
        .is(201);
    id
}

async fn post(client: &Client, action: &str) {
    let path = format!("{}/{action}", web(VM));
    client.post(&path, json!({})).await.is(202);
    client.simulator.run_until_idle();
}

#[tokio::test]
async fn a_machine_changes_its_placement_group_while_it_is_off() {
    let (client, body) = ready().await;
    let group = group(&client).await;
    client.made(&web(VM), body).await;
    let join = json!({"properties": {"proximityPlacementGroup": {"id": group}}});
    client
        .patch(&web(VM), join.clone())
        .await
        .refused(409, "OperationNotAllowed");
    post(&client, "deallocate").await;
    client.patch(&web(VM), join).await.is(200);
    client.simulator.run_until_idle();
    let shown = client.get(&group).await.is(200).body;
    assert_eq!(
        shown["properties"]["virtualMachines"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    client
        .delete(&group)
        .await
        .refused(409, "OperationNotAllowed");
    let leave = json!({"properties": {"proximityPlacementGroup": {}}});
    let left = client.patch(&web(VM), leave).await.is(200).body;
    assert_eq!(left["properties"].get("proximityPlacementGroup"), None);
    client.simulator.run_until_idle();
    client.delete(&group).await.is(200);
}

#[tokio::test]
async fn a_placement_group_takes_what_is_near() {
    let (client, mut body) = ready().await;
    let group = group(&client).await;
    let far = json!({"location": "northeurope", "properties": {"proximityPlacementGroup": {"id": group}}});
    client.put(&web(SET), far).await.refused(400, "BadRequest");
    body["properties"]["proximityPlacementGroup"] =
        json!({"id": web("Microsoft.Compute/proximityPlacementGroups/none")});
    client
        .put(&web(VM), body)
        .await
        .refused(404, "ResourceNotFound");
    let other =
        json!({"properties": {"proximityPlacementGroupType": "Ultra"}, "location": "westeurope"});
    client
        .put(&group, other)
        .await
        .refused(409, "PropertyChangeNotAllowed");
}

#[tokio::test]
async fn a_machine_and_its_set_are_in_one_placement_group() {
    let (client, mut body) = ready().await;
    let group = group(&client).await;
    let reference = json!({"id": group});
    let set = json!({"location": "westeurope", "sku": {"name": "Aligned"}, "properties": {"proximityPlacementGroup": reference}});
    client.put(&web(SET), set.clone()).await.is(200);
    body["properties"]["availabilitySet"] = json!({"id": web(SET)});
    client
        .put(&web(VM), body.clone())
        .await
        .refused(400, "BadRequest");
    body["properties"]["proximityPlacementGroup"] = reference;
    client.made(&web(VM), body).await;
    let mut left = set;
    left["properties"] = json!({"proximityPlacementGroup": {}});
    client
        .put(&web(SET), left)
        .await
        .refused(409, "OperationNotAllowed");
}

#[tokio::test]
async fn sets_have_at_most_three_racks_and_stay_as_they_are() {
    let client = Client::new().await;
    let set = |faults: u8, updates: u8, sku: &str| {
        json!({"location": "westeurope", "sku": {"name": sku}, "properties": {
            "platformFaultDomainCount": faults, "platformUpdateDomainCount": updates}})
    };
    for (faults, updates) in [(4, 5), (0, 5), (2, 21)] {
        client
            .put(&web(SET), set(faults, updates, "Aligned"))
            .await
            .refused(400, "InvalidParameter");
    }
    client.put(&web(SET), set(3, 20, "Aligned")).await.is(200);
    for changed in [
        set(2, 20, "Aligned"),
        set(3, 5, "Aligned"),
        set(3, 20, "Classic"),
    ] {
        client
            .put(&web(SET), changed)
            .await
            .refused(409, "PropertyChangeNotAllowed");
    }
    let tags = json!({"tags": {"a": "b"}});
    client.patch(&web(SET), tags).await.is(200);
}

#[tokio::test]
async fn spot_has_terms_of_its_own() {
    let (client, body) = ready().await;
    let with = |members: Value| {
        let mut body = body.clone();
        for (name, value) in members.as_object().expect("members") {
            body["properties"][name] = value.clone();
        }
        body
    };
    let refused = async |members: Value, code: &str| {
        client.put(&web(VM), with(members)).await.refused(400, code);
    };
    refused(json!({"evictionPolicy": "Delete"}), "InvalidParameter").await;
    refused(
        json!({"billingProfile": {"maxPrice": 0.1}}),
        "InvalidParameter",
    )
    .await;
    refused(
        json!({"priority": "Spot", "billingProfile": {"maxPrice": 0}}),
        "InvalidParameter",
    )
    .await;
    let set = json!({"location": "westeurope", "sku": {"name": "Aligned"}});
    client.put(&web(SET), set).await.is(200);
    refused(
        json!({"priority": "Spot", "availabilitySet": {"id": web(SET)}}),
        "OperationNotAllowed",
    )
    .await;
    let shown = client
        .made(&web(VM), with(json!({"priority": "Spot"})))
        .await;
    assert_eq!(shown["properties"]["evictionPolicy"], "Deallocate");
    assert_eq!(shown["properties"]["billingProfile"]["maxPrice"], -1);
    let price = json!({"properties": {"billingProfile": {"maxPrice": 0.5}}});
    client
        .patch(&web(VM), price.clone())
        .await
        .refused(409, "OperationNotAllowed");
    for fixed in [
        json!({"priority": "Regular"}),
        json!({"evictionPolicy": "Delete"}),
    ] {
        client
            .patch(&web(VM), json!({"properties": fixed}))
            .await
            .refused(409, "PropertyChangeNotAllowed");
    }
    post(&client, "deallocate").await;
    client.patch(&web(VM), price).await.is(200);
}

#[tokio::test]
async fn the_type_of_an_identity_has_the_last_word() {
    let (client, body) = ready().await;
    let ids = ["one", "two"].map(|name| web(&format!("{IDENTITY}/{name}")));
    for id in &ids {
        client
            .put(id, json!({"location": "westeurope"}))
            .await
            .is(201);
    }
    client.made(&web(VM), body).await;
    let patch = async |identity: Value| {
        let answer = client.patch(&web(VM), json!({"identity": identity})).await;
        let body = answer.is(200).body;
        client.simulator.run_until_idle();
        body["identity"].clone()
    };
    let users = |identity: &Value| {
        let map = identity["userAssignedIdentities"].as_object();
        map.map_or(0, serde_json::Map::len)
    };
    let both = json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {&ids[0]: {}, &ids[1]: {}}});
    let shown = patch(both).await;
    assert_eq!(users(&shown), 2);
    assert!(shown["principalId"].is_string(), "{shown:#}");
    // Names have no case; what null does not name stays.
    let null =
        json!({"type": "UserAssigned", "userAssignedIdentities": {ids[0].to_uppercase(): null}});
    let shown = patch(null).await;
    assert_eq!((users(&shown), shown.get("principalId")), (1, None));
    client
        .patch(
            &web(VM),
            json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {&ids[1]: null}}}),
        )
        .await
        .refused(400, "InvalidParameter");
    let shown = patch(json!({"type": "SystemAssigned"})).await;
    assert_eq!(users(&shown), 0);
    assert_eq!(patch(json!({"type": "None"})).await, Value::Null);
}

#[tokio::test]
async fn confidential_machines_say_what_is_encrypted() {
    let world = WORLD.replace(
        "      - {name: arm,",
        "      - {name: secret, features: {SecurityType: ConfidentialVmSupported}, versions: [{name: 1.0.0}]}\n      - {name: arm,",
    );
    let client = Client::of(&world).await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let mut body = machine(&image("secret"), &nic);
    body["properties"]["hardwareProfile"]["vmSize"] = json!("Standard_DC2as_v5");
    body["properties"]["securityProfile"] =
        json!({"securityType": "ConfidentialVM", "uefiSettings": {"vTpmEnabled": true}});
    client
        .put(&web(VM), body.clone())
        .await
        .refused(400, "InvalidParameter");
    let disk = &mut body["properties"]["storageProfile"]["osDisk"]["managedDisk"];
    disk["securityProfile"] = json!({"securityEncryptionType": "VMGuestStateOnly"});
    let mut without = body.clone();
    without["properties"]["securityProfile"]["uefiSettings"] = json!({"vTpmEnabled": false});
    client
        .put(&web(VM), without)
        .await
        .refused(400, "InvalidParameter");
    client.made(&web(VM), body).await;
    for changed in [
        json!({"securityProfile": {"securityType": "TrustedLaunch"}}),
        json!({"storageProfile": {"osDisk": {"createOption": "FromImage", "managedDisk": {"securityProfile": {"securityEncryptionType": "DiskWithVMGuestState"}}}}}),
    ] {
        client
            .patch(&web(VM), json!({"properties": changed}))
            .await
            .refused(409, "PropertyChangeNotAllowed");
    }
}
