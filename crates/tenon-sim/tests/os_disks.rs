//! OS disks that exist before their machine has them.

use crate::support;

use serde_json::{Value, json};
use support::*;

const VM: &str = "Microsoft.Compute/virtualMachines/vm";
const ID: &str = "/properties/storageProfile/osDisk/managedDisk/id";

fn disk_of(machine: &Value) -> String {
    machine
        .pointer(ID)
        .and_then(Value::as_str)
        .expect("a disk")
        .to_owned()
}

fn osdisk(members: &Value) -> Value {
    json!({"properties": {"storageProfile": {"osDisk": members}}})
}

/// A machine of version 1.10.0, and the disk of one of version 1.9.0 that was
/// deleted and let go of it.
async fn ready() -> (Client, Value, String) {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let first = machine(&image("web/versions/1.9.0"), &nic);
    client.made(&web(VM), first).await;
    let old = disk_of(&client.get(&web(VM)).await.body);
    let stays = osdisk(&json!({"createOption": "FromImage", "deleteOption": "Detach"}));
    client.patch(&web(VM), stays).await.is(200);
    client.simulator.run_until_idle();
    client.gone(&web(VM)).await;
    let second = machine(&image("web/versions/1.10.0"), &nic);
    client.made(&web(VM), second.clone()).await;
    (client, second, old)
}

#[tokio::test]
async fn a_disk_is_swapped_while_the_machine_is_deallocated() {
    let (client, _, old) = ready().await;
    let shown = client.get(&web(VM)).await.body;
    let present = disk_of(&shown);
    assert_ne!(present.to_lowercase(), old.to_lowercase());
    let name = old.rsplit('/').next().expect("a name");
    let swap =
        osdisk(&json!({"createOption": "FromImage", "name": name, "managedDisk": {"id": old}}));
    client
        .patch(&web(VM), swap.clone())
        .await
        .refused(409, "OperationNotAllowed");
    client
        .post(&format!("{}/deallocate", web(VM)), json!({}))
        .await;
    client.simulator.run_until_idle();
    client.patch(&web(VM), swap).await.is(200);
    client.simulator.run_until_idle();

    let after = client.get(&web(VM)).await.body;
    assert_eq!(disk_of(&after).to_lowercase(), old.to_lowercase());
    assert_eq!(
        after["properties"]["storageProfile"]["osDisk"]["name"],
        name
    );
    assert_eq!(after["properties"]["vmId"], shown["properties"]["vmId"]);
    // What the machine was made of stays what it says.
    let image = "/properties/storageProfile/imageReference";
    assert_eq!(after.pointer(image), shown.pointer(image));
    assert!(client.get(&old).await.body["managedBy"].is_string());
    let free = client.get(&present).await.body;
    assert_eq!(
        (&free["managedBy"], &free["properties"]["diskState"]),
        (&Value::Null, &json!("Unattached"))
    );
}

#[tokio::test]
async fn a_disk_that_does_not_fit_is_refused() {
    let (client, _, old) = ready().await;
    client
        .post(&format!("{}/deallocate", web(VM)), json!({}))
        .await;
    client.simulator.run_until_idle();
    let swap = |id: &str| osdisk(&json!({"createOption": "FromImage", "managedDisk": {"id": id}}));
    let missing = web("Microsoft.Compute/disks/nothing");
    client
        .patch(&web(VM), swap(&missing))
        .await
        .refused(404, "ResourceNotFound");
    let empty = web("Microsoft.Compute/disks/empty");
    let body = json!({
        "location": "westeurope",
        "properties": {"creationData": {"createOption": "Empty"}, "diskSizeGB": 8},
    });
    client.made(&empty, body).await;
    client
        .patch(&web(VM), swap(&empty))
        .await
        .refused(400, "BadRequest");
    for (path, value) in [("osType", "Windows"), ("hyperVGeneration", "V1")] {
        let disk = client.get(&old).await.body;
        let change = |to: &Value| json!({"properties": {path: to}});
        client.simulator.edit(&old, &change(&json!(value)));
        client
            .patch(&web(VM), swap(&old))
            .await
            .refused(409, "OperationNotAllowed");
        client
            .simulator
            .edit(&old, &change(&disk["properties"][path]));
    }
    client.patch(&web(VM), swap(&old)).await.is(200);
}

#[tokio::test]
async fn a_machine_is_made_with_a_disk_that_is_there() {
    let (client, body, old) = ready().await;
    let present = disk_of(&client.get(&web(VM)).await.body);
    client.gone(&web(VM)).await;
    let mut with = body.clone();
    with["properties"]["storageProfile"]["osDisk"] = json!({"createOption": "Attach", "osType": "Linux", "deleteOption": "Delete", "managedDisk": {"id": old}});
    client
        .put(&web(VM), with.clone())
        .await
        .refused(400, "InvalidParameter");
    let properties = with["properties"].as_object_mut().expect("properties");
    properties.remove("osProfile");
    client
        .put(&web(VM), with.clone())
        .await
        .refused(400, "InvalidParameter");
    let profile = with["properties"]["storageProfile"]
        .as_object_mut()
        .expect("a profile");
    profile.remove("imageReference");
    let mut windows = with.clone();
    windows["properties"]["storageProfile"]["osDisk"]["osType"] = json!("Windows");
    client
        .put(&web(VM), windows)
        .await
        .refused(409, "OperationNotAllowed");
    client.made(&web(VM), with).await;
    let shown = client.get(&web(VM)).await.body;
    let disk = &shown["properties"]["storageProfile"]["osDisk"];
    assert_eq!(
        (&disk["createOption"], &disk["osType"]),
        (&json!("Attach"), &json!("Linux"))
    );
    assert_eq!(
        Some(disk["name"].as_str().unwrap_or_default()),
        old.rsplit('/').next()
    );
    assert!(shown["properties"].get("osProfile").is_none());
    // It goes with its machine, as the other one did.
    client.gone(&web(VM)).await;
    client.get(&old).await.is(404);
    client.get(&present).await.is(404);
}
