//! Rolling upgrades of scale sets: batches, health, faults and cancelling.

use crate::support;

use std::time::Duration;

use serde_json::{Value, json};
use support::*;

const SET: &str = "Microsoft.Compute/virtualMachineScaleSets/web";

fn body(subnet: &str, capacity: i64, policy: &Value) -> Value {
    json!({
        "location": "westeurope",
        "sku": {"name": "Standard_D2s_v5", "capacity": capacity},
        "properties": {
            "orchestrationMode": "Uniform",
            "upgradePolicy": {"mode": "Rolling", "rollingUpgradePolicy": policy},
            "virtualMachineProfile": {
                "storageProfile": {
                    "imageReference": {"id": image("web/versions/1.9.0")},
                    "osDisk": {"createOption": "fromImage"},
                },
                "osProfile": {
                    "computerNamePrefix": "web", "adminUsername": "azureuser",
                    "adminPassword": "a-Password-1",
                },
                "extensionProfile": {"extensions": [{
                    "name": "health",
                    "properties": {
                        "publisher": "Microsoft.ManagedServices",
                        "type": "ApplicationHealthLinux",
                        "typeHandlerVersion": "1.0",
                        "settings": {"protocol": "http", "port": 80, "requestPath": "/"},
                    },
                }]},
                "networkProfile": {"networkInterfaceConfigurations": [{
                    "name": "nic",
                    "properties": {"primary": true, "ipConfigurations": [{
                        "name": "ip",
                        "properties": {"subnet": {"id": subnet}},
                    }]},
                }]},
            },
        },
    })
}

async fn made(capacity: i64, policy: Value) -> Client {
    let client = Client::new().await;
    let body = body(&network(&client).await, capacity, &policy);
    client.made(&web(SET), body).await;
    client
}

/// Writes another image into the model, and waits for the end of the write.
async fn renewed(client: &Client) {
    let storage = json!({"imageReference": {"id": image("web/versions/1.10.0")}});
    let change = json!({"properties": {"virtualMachineProfile": {"storageProfile": storage}}});
    client.patch(&web(SET), change).await.is(200);
    client.simulator.advance(Duration::from_secs(20));
}

async fn latest(client: &Client) -> Value {
    let path = format!("{}/rollingUpgrades/latest", web(SET));
    client.get(&path).await.is(200).body["properties"].clone()
}

fn counts(latest: &Value) -> [i64; 4] {
    ["successful", "failed", "inProgress", "pending"].map(|name| {
        latest["progress"][format!("{name}InstanceCount")]
            .as_i64()
            .expect("a count")
    })
}

/// Instances that have the model.
async fn new(client: &Client) -> Vec<String> {
    let list = client.get(&format!("{}/virtualMachines", web(SET))).await;
    let all = list.body["value"].as_array().expect("a list").clone();
    let is_new = |one: &&Value| one["properties"]["latestModelApplied"] == true;
    let ids = all.iter().filter(is_new);
    ids.map(|one| one["instanceId"].as_str().expect("an id").to_owned())
        .collect()
}

async fn unwell(client: &Client, patterns: Value) {
    let change = json!({"unwell": patterns});
    raw(
        &client.simulator,
        "PATCH",
        "/_sim/settings",
        &[],
        Some(&change),
    )
    .await
    .is(200);
}

#[tokio::test]
async fn batches_follow_each_other_with_a_pause() {
    let policy = json!({"maxBatchInstancePercent": 50, "pauseTimeBetweenBatches": "PT1M"});
    let client = made(4, policy).await;
    let path = format!("{}/rollingUpgrades/latest", web(SET));
    client.get(&path).await.is(404);
    renewed(&client).await;
    assert_eq!(
        latest(&client).await["runningStatus"]["code"],
        "RollingForward"
    );
    assert_eq!(counts(&latest(&client).await), [0, 0, 0, 4]);
    client.simulator.advance(Duration::from_secs(2));
    assert_eq!(counts(&latest(&client).await), [0, 0, 2, 2]);
    // Its model cannot move meanwhile; its tags can.
    let size = json!({"sku": {"name": "Standard_D4s_v5"}});
    client
        .patch(&web(SET), size)
        .await
        .refused(409, "OperationNotAllowed");
    let tags = json!({"tags": {"a": "b"}});
    client.patch(&web(SET), tags).await.is(200);
    client.simulator.advance(Duration::from_secs(30));
    assert_eq!(counts(&latest(&client).await), [2, 0, 0, 2]);
    assert_eq!(new(&client).await, ["0", "1"]);
    client.simulator.advance(Duration::from_secs(45));
    assert_eq!(counts(&latest(&client).await), [2, 0, 2, 0]);
    client.simulator.run_until_idle();
    let end = latest(&client).await;
    assert_eq!(end["runningStatus"]["code"], "Completed");
    assert_eq!(counts(&end), [4, 0, 0, 0]);
    assert_eq!(end["policy"]["maxUnhealthyInstancePercent"], 20);
    assert_eq!(new(&client).await.len(), 4);
}

#[tokio::test]
async fn an_image_that_makes_instances_unwell_ends_it() {
    let client = made(5, json!({"rollbackFailedInstancesOnPolicyBreach": true})).await;
    unwell(&client, json!(["*/versions/1.10.0"])).await;
    renewed(&client).await;
    client.simulator.run_until_idle();
    let end = latest(&client).await;
    assert_eq!(end["runningStatus"]["code"], "Faulted");
    assert_eq!(
        end["error"]["code"],
        "MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade"
    );
    assert_eq!(counts(&end), [0, 1, 0, 4]);
    assert_eq!(new(&client).await, [""; 0], "it was rolled back");
    // A write that changes nothing lets it look again.
    unwell(&client, json!([])).await;
    let again = json!({"properties": {"upgradePolicy": {"mode": "Rolling"}}});
    client.patch(&web(SET), again).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(latest(&client).await["runningStatus"]["code"], "Completed");
    assert_eq!(new(&client).await.len(), 5);
}

#[tokio::test]
async fn too_many_unwell_instances_let_no_batch_begin() {
    let client = made(4, json!({})).await;
    unwell(&client, json!(["*/virtualMachines/2"])).await;
    let path = format!("{}/virtualMachines?$expand=instanceView", web(SET));
    let list = client.get(&path).await.is(200).body;
    let health = |at: usize| {
        let view = &list["value"][at]["properties"]["instanceView"];
        view["vmHealth"]["status"]["code"].clone()
    };
    assert_eq!(health(0), "HealthState/healthy");
    assert_eq!(health(2), "HealthState/unhealthy");
    renewed(&client).await;
    client.simulator.run_until_idle();
    let end = latest(&client).await;
    assert_eq!(
        end["error"]["code"],
        "MaxUnhealthyInstancePercentExceededInRollingUpgrade"
    );
    assert_eq!(new(&client).await, [""; 0]);
}

#[tokio::test]
async fn a_cancelled_one_ends_after_its_batch() {
    let client = made(4, json!({"maxBatchInstancePercent": 25})).await;
    let cancel = format!("{}/rollingUpgrades/cancel", web(SET));
    client
        .post(&cancel, json!({}))
        .await
        .refused(409, "OperationNotAllowed");
    renewed(&client).await;
    client.simulator.advance(Duration::from_secs(2));
    client.post(&cancel, json!({})).await.is(202);
    client.simulator.run_until_idle();
    let end = latest(&client).await;
    assert_eq!(end["runningStatus"]["code"], "Cancelled");
    assert_eq!(end["runningStatus"]["lastAction"], "Cancel");
    assert_eq!(new(&client).await, ["0"]);
}
