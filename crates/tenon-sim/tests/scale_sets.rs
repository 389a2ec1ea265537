//! Scale sets and their instances over their lives.

use crate::support;

use serde_json::{Value, json};
use support::*;

const SET: &str = "Microsoft.Compute/virtualMachineScaleSets/web";
const MACHINES: &str = "Microsoft.Compute/virtualMachines";

fn body(subnet: &str, capacity: i64) -> Value {
    json!({
        "location": "westeurope",
        "tags": {"team": "shop"},
        "sku": {"name": "Standard_D2s_v5", "capacity": capacity},
        "properties": {
            "orchestrationMode": "Uniform",
            "upgradePolicy": {"mode": "Manual"},
            "virtualMachineProfile": {
                "storageProfile": {
                    "imageReference": {"id": image("web/versions/1.9.0")},
                    "osDisk": {"createOption": "fromImage"},
                },
                "osProfile": {
                    "computerNamePrefix": "web", "adminUsername": "azureuser",
                    "linuxConfiguration": {
                        "disablePasswordAuthentication": true,
                        "ssh": {"publicKeys": [{
                            "path": "/home/azureuser/.ssh/authorized_keys",
                            "keyData": "ssh-rsa AAAA test",
                        }]},
                    },
                    "customData": "aGVsbG8=",
                },
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

fn flexible(subnet: &str, capacity: i64) -> Value {
    let mut body = body(subnet, capacity);
    body["properties"]["orchestrationMode"] = json!("Flexible");
    body["properties"]["platformFaultDomainCount"] = json!(1);
    body["properties"]["virtualMachineProfile"]["networkProfile"]["networkApiVersion"] =
        json!("2020-11-01");
    body
}

async fn uniform(capacity: i64) -> (Client, String, Value) {
    let client = Client::new().await;
    let body = body(&network(&client).await, capacity);
    client.made(&web(SET), body.clone()).await;
    (client, web(SET), body)
}

/// Instance ids with whether they have the latest model.
async fn instances(client: &Client, set: &str) -> Vec<(String, bool)> {
    let list = client.get(&format!("{set}/virtualMachines")).await.is(200);
    let all = list.body["value"].as_array().expect("a list").clone();
    let latest = |one: &Value| one["properties"]["latestModelApplied"] == true;
    all.iter()
        .map(|one| {
            let id = one["instanceId"].as_str().expect("an id");
            (id.to_owned(), latest(one))
        })
        .collect()
}

fn ids(instances: &[(String, bool)]) -> Vec<&str> {
    instances.iter().map(|(id, _)| id.as_str()).collect()
}

async fn capacity(client: &Client, set: &str) -> Value {
    client.get(set).await.body["sku"]["capacity"].clone()
}

#[tokio::test]
async fn a_uniform_set_has_as_many_instances_as_its_capacity_says() {
    let (client, set, _) = uniform(2).await;
    assert_eq!(ids(&instances(&client, &set).await), ["0", "1"]);
    let machines = client.get(&web(MACHINES)).await.is(200).body;
    assert_eq!(machines["value"], json!([]));
    let one = client
        .get(&format!("{set}/virtualMachines/1"))
        .await
        .is(200);
    assert_eq!(one.body["name"], "web_1");
    assert_eq!(
        one.body["properties"]["osProfile"]["computerName"],
        "web000001"
    );
    let more = json!({"sku": {"name": "Standard_D2s_v5", "capacity": 3}});
    client.patch(&set, more).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(ids(&instances(&client, &set).await), ["0", "1", "2"]);
    client
        .patch(&set, json!({"sku": {"capacity": 1}}))
        .await
        .is(200);
    client.simulator.run_until_idle();
    assert_eq!(ids(&instances(&client, &set).await), ["0"]);
    let view = client.get(&format!("{set}/instanceView")).await.is(200);
    let summary = json!([{"code": "ProvisioningState/succeeded", "count": 1}]);
    assert_eq!(view.body["virtualMachine"]["statusesSummary"], summary);
    client.gone(&set).await;
}

#[tokio::test]
async fn a_capacity_that_is_left_out_stays() {
    let (client, set, mut body) = uniform(3).await;
    body["sku"]
        .as_object_mut()
        .expect("a map")
        .remove("capacity");
    client.put(&set, body).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(capacity(&client, &set).await, 3);
    client
        .patch(&set, json!({"sku": {"name": "Standard_D4s_v5"}}))
        .await
        .is(200);
    assert_eq!(capacity(&client, &set).await, 3);
}

#[tokio::test]
async fn instances_wait_for_the_new_model_until_they_are_told() {
    let (client, set, mut body) = uniform(2).await;
    body["properties"]["virtualMachineProfile"]["storageProfile"]["imageReference"]["id"] =
        json!(image("web/versions/1.10.0"));
    client.put(&set, body.clone()).await.is(200);
    client.simulator.run_until_idle();
    let old = |id: &str| (id.to_owned(), false);
    let new = |id: &str| (id.to_owned(), true);
    assert_eq!(instances(&client, &set).await, [old("0"), old("1")]);
    let upgrade = format!("{set}/manualupgrade");
    client
        .post(&upgrade, json!({"instanceIds": ["7"]}))
        .await
        .refused(400, "InvalidParameter");
    client
        .post(&upgrade, json!({"instanceIds": ["1"]}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    assert_eq!(instances(&client, &set).await, [old("0"), new("1")]);
    body["properties"]["upgradePolicy"]["mode"] = json!("Automatic");
    client.put(&set, body).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(instances(&client, &set).await, [new("0"), new("1")]);
}

#[tokio::test]
async fn deleting_instances_lowers_the_capacity() {
    let (client, set, _) = uniform(3).await;
    client
        .post(&format!("{set}/delete"), json!({"instanceIds": ["1"]}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    assert_eq!(ids(&instances(&client, &set).await), ["0", "2"]);
    client.gone(&format!("{set}/virtualMachines/0")).await;
    assert_eq!(ids(&instances(&client, &set).await), ["2"]);
    assert_eq!(capacity(&client, &set).await, 1);
    client
        .post(&format!("{set}/deallocate"), json!({}))
        .await
        .is(202);
    client.simulator.run_until_idle();
    let view = client
        .get(&format!("{set}/virtualMachines/2/instanceView"))
        .await
        .is(200);
    assert_eq!(view.body["statuses"][1]["code"], "PowerState/deallocated");
}

#[tokio::test]
async fn what_is_fixed_refuses_to_change() {
    let (client, set, body) = uniform(1).await;
    let changes: [(&str, Value, &str); 6] = [
        (
            "/properties/orchestrationMode",
            json!("Flexible"),
            "orchestrationMode",
        ),
        (
            "/properties/virtualMachineProfile/osProfile/adminUsername",
            json!("someone"),
            "osProfile.adminUsername",
        ),
        (
            "/properties/virtualMachineProfile/osProfile/computerNamePrefix",
            json!("other"),
            "osProfile.computerNamePrefix",
        ),
        (
            "/properties/virtualMachineProfile/priority",
            json!("Spot"),
            "priority",
        ),
        (
            "/properties/platformFaultDomainCount",
            json!(2),
            "platformFaultDomainCount",
        ),
        ("/zones", json!(["1"]), "zones"),
    ];
    for (pointer, value, target) in changes {
        let mut changed = body.clone();
        let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
        changed.pointer_mut(parent).expect("it is there")[last] = value;
        if target == "orchestrationMode" {
            changed["properties"]["platformFaultDomainCount"] = json!(1);
        }
        let answer = client
            .put(&set, changed)
            .await
            .refused(409, "PropertyChangeNotAllowed");
        assert_eq!(answer.body["error"]["target"], target);
    }
    client.put(&set, body).await.is(200);
}

#[tokio::test]
async fn a_set_says_what_it_wants_and_how_much_of_it() {
    let client = Client::new().await;
    let good = body(&network(&client).await, 1);
    let refused = |pointer: &'static str, value: Value| {
        let mut body = good.clone();
        let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
        body.pointer_mut(parent).expect("it is there")[last] = value;
        body
    };
    for (changed, code) in [
        (refused("/sku/capacity", json!(1001)), "InvalidParameter"),
        (refused("/sku/capacity", json!(101)), "OperationNotAllowed"),
        (
            refused("/sku/name", json!("Standard_Nope")),
            "InvalidParameter",
        ),
        (
            refused("/properties/upgradePolicy/mode", json!("Rolling")),
            "OperationNotAllowed",
        ),
        (
            refused("/properties/zoneBalance", json!(true)),
            "InvalidParameter",
        ),
        (
            refused("/properties/upgradePolicy", json!({})),
            "InvalidParameter",
        ),
        (
            refused(
                "/properties/virtualMachineProfile/networkProfile/networkInterfaceConfigurations",
                json!([]),
            ),
            "InvalidParameter",
        ),
    ] {
        client.put(&web(SET), changed).await.refused(400, code);
    }
}

#[tokio::test]
async fn instances_of_a_flexible_set_are_machines() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let mut body = flexible(&subnet, 2);
    client.made(&web(SET), body.clone()).await;
    let set = web(SET);
    let machines = client.get(&web(MACHINES)).await.is(200).body;
    let machines = machines["value"].as_array().expect("a list").clone();
    assert_eq!(machines.len(), 2);
    for machine in &machines {
        let of = &machine["properties"]["virtualMachineScaleSet"]["id"];
        assert!(of.as_str().expect("an id").eq_ignore_ascii_case(&set));
        assert_eq!(machine["tags"]["team"], "shop");
        assert_eq!(machine["properties"]["provisioningState"], "Succeeded");
    }
    assert_eq!(instances(&client, &set).await.len(), 2);
    let nic = machines[0]["properties"]["networkProfile"]["networkInterfaces"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    client.get(&nic).await.is(200);
    body["sku"]["capacity"] = json!(1);
    client.put(&set, body).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(instances(&client, &set).await.len(), 1);
    client.gone(&set).await;
    let left = client.get(&web(MACHINES)).await.is(200).body;
    assert_eq!(left["value"], json!([]));
    client.get(&nic).await.is(404);
    client.gone(&subnet).await;
}

#[tokio::test]
async fn a_subnet_with_instances_stays() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    client.made(&web(SET), body(&subnet, 1)).await;
    client
        .delete(&subnet)
        .await
        .refused(400, "InUseSubnetCannotBeDeleted");
}
