//! What a GET shows can be put back, and then nothing has changed.

use crate::support;

use serde_json::{Value, json};
use support::*;

/// Takes out what every write moves.
fn settled(mut body: Value) -> Value {
    if let Some(map) = body.as_object_mut() {
        map.remove("etag");
        map.remove("systemData");
    }
    match &mut body {
        Value::Object(map) => {
            map.remove("updatedOn");
            for value in map.values_mut() {
                *value = settled(value.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = settled(item.take());
            }
        }
        _ => {}
    }
    body
}

async fn check(client: &Client, path: &str) {
    let shown = client.get(path).await.is(200).body;
    let answer = client.put(path, shown.clone()).await;
    assert!(answer.status < 300, "{path}: {:#}", answer.body);
    client.simulator.run_until_idle();
    let again = client.get(path).await.is(200).body;
    assert_eq!(settled(again), settled(shown), "{path}");
}

#[tokio::test]
async fn of_every_kind() {
    let client = Client::new().await;
    let at = json!({"location": "westeurope", "tags": {"a": "b"}});
    let group = web("Microsoft.Network/networkSecurityGroups/nsg");
    client.made(&group, at.clone()).await;
    let subnet = network(&client).await;
    let address = web("Microsoft.Network/publicIPAddresses/pip");
    client
        .made(
            &address,
            json!({"location": "westeurope", "sku": {"name": "Standard"}}),
        )
        .await;
    let nic = interface(&client, "nic", &subnet).await;
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    let mut body = machine(&image("web/versions/1.9.0"), &nic);
    body["properties"]["storageProfile"]["dataDisks"] =
        json!([{"lun": 0, "createOption": "Empty"}]);
    let shown = client.made(&vm, body).await;
    let profile = &shown["properties"]["storageProfile"];
    let key = web("Microsoft.Compute/sshPublicKeys/key");
    client
        .made(
            &key,
            json!({"location": "westeurope", "properties": {"publicKey": "ssh-rsa A b"}}),
        )
        .await;
    let set = web("Microsoft.Compute/availabilitySets/set");
    client
        .made(
            &set,
            json!({"location": "westeurope", "sku": {"name": "Aligned"}}),
        )
        .await;
    let identity = web("Microsoft.ManagedIdentity/userAssignedIdentities/me");
    client.made(&identity, at.clone()).await;
    let gallery = web("Microsoft.Compute/galleries/mine");
    client.made(&gallery, at.clone()).await;
    let definition = format!("{gallery}/images/base");
    let body = json!({"location": "westeurope", "properties": {
        "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
        "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
    }});
    client.made(&definition, body).await;
    let version = format!("{definition}/versions/1.0.0");
    let body = json!({"location": "westeurope", "properties": {
        "publishingProfile": {"targetRegions": [{"name": "westeurope"}, {"name": "North Europe"}]},
        "storageProfile": {"source": {"id": image("web/versions/1.9.0")}},
    }});
    client.made(&version, body).await;
    for path in [
        format!("/subscriptions/{S2}/resourceGroups/Web"),
        group,
        subnet,
        web("Microsoft.Network/virtualNetworks/net"),
        address,
        nic,
        profile["osDisk"]["managedDisk"]["id"]
            .as_str()
            .expect("an id")
            .to_owned(),
        profile["dataDisks"][0]["managedDisk"]["id"]
            .as_str()
            .expect("an id")
            .to_owned(),
        vm,
        key,
        set,
        identity,
        gallery,
        definition,
        version,
    ] {
        check(&client, &path).await;
    }
}
