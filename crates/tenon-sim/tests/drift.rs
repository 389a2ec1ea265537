//! Changes that nobody asked Resource Manager for.

use crate::support;

use std::time::Duration;

use serde_json::json;
use support::*;
use tenon_sim::{ClockMode, Simulator, WorldFile};

const GROUP: &str = "
resources:
  - id: /subscriptions/workload/resourceGroups/Web/providers/Microsoft.Network/networkSecurityGroups/front
    body: {location: westeurope, tags: {owner: team, env: prod}, properties: {securityRules: []}}
";

fn world(drift: &str) -> String {
    format!("{WORLD}{GROUP}drift:\n{drift}")
}

#[tokio::test]
async fn it_strikes_at_its_moment_and_once() {
    let id = "/subscriptions/workload/resourceGroups/Web/providers/Microsoft.Network/networkSecurityGroups/front";
    let drift = format!(
        "  - {{id: {id}, after: 5m, change: {{do: patch, body: {{tags: {{owner: stranger, env: null}}}}}}}}\n  - {{id: {id}, after: 10m, change: {{do: delete}}}}\n"
    );
    let client = Client::of(&world(&drift)).await;
    let group = web("Microsoft.Network/networkSecurityGroups/front");
    client.simulator.run_until_idle();
    assert_eq!(
        client.get(&group).await.is(200).body["tags"]["owner"],
        "team"
    );
    client.simulator.advance(Duration::from_secs(300));
    let shown = client.get(&group).await.is(200).body;
    assert_eq!(shown["tags"], json!({"owner": "stranger"}));
    client
        .put(
            &group,
            json!({"location": "westeurope", "tags": {"owner": "team"}}),
        )
        .await
        .is(200);
    client.simulator.advance(Duration::from_secs(60));
    assert_eq!(
        client.get(&group).await.is(200).body["tags"]["owner"],
        "team"
    );
    client.simulator.advance(Duration::from_secs(240));
    client.get(&group).await.is(404);
    let told = client.get("/_sim/drift").await.is(200).body;
    assert_eq!(told["value"][0]["struck"]["hit"], true);
    assert_eq!(told["value"][1]["struck"]["time"], "2026-01-01T00:10:00Z");
}

#[tokio::test]
async fn it_follows_an_operation() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let nic = web("Microsoft.Network/networkInterfaces/nic");
    let rule = json!({
        "name": "gone", "id": nic, "following": "*/networkInterfaces/NIC", "after": "30s",
        "change": {"do": "delete"},
    });
    let added = client.post("/_sim/drift", rule).await.is(201).body;
    assert_eq!(added["due"], json!(null));
    interface(&client, "nic", &subnet).await;
    client.simulator.advance(Duration::from_secs(29));
    client.get(&nic).await.is(200);
    client.simulator.advance(Duration::from_secs(2));
    client.get(&nic).await.is(404);
}

#[tokio::test]
async fn it_strikes_at_once_over_the_admin_side() {
    let client = Client::of(&format!("{WORLD}{GROUP}")).await;
    let group = web("Microsoft.Network/networkSecurityGroups/front");
    let rule = json!({"id": group, "change": {"do": "patch", "body": {"tags": {"env": "test"}}}});
    let added = client.post("/_sim/drift", rule).await.is(201).body;
    assert_eq!(added["struck"]["hit"], true);
    assert_eq!(client.get(&group).await.is(200).body["tags"]["env"], "test");
    let rule = json!({"id": "nonsense", "change": {"do": "delete"}});
    assert_eq!(client.post("/_sim/drift", rule).await.status, 400);
    client.delete("/_sim/drift").await.is(204);
    assert_eq!(client.get("/_sim/drift").await.body["value"], json!([]));
}

#[tokio::test]
async fn it_survives_the_death_of_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state");
    let text = world(
        "  - {id: /subscriptions/workload/resourceGroups/Web/providers/Microsoft.Network/networkSecurityGroups/front, after: 5m, change: {do: delete}}\n",
    );
    let world = WorldFile::from_yaml(&text).expect("a world");
    let open = || Simulator::open(&path, &world, ClockMode::Manual).expect("a simulator");
    let group = web("Microsoft.Network/networkSecurityGroups/front");
    let client = Client::with(open()).await;
    client.simulator.advance(Duration::from_secs(200));
    drop(client);
    let client = Client::with(open()).await;
    client.get(&group).await.is(200);
    client.simulator.advance(Duration::from_secs(101));
    client.get(&group).await.is(404);
}
