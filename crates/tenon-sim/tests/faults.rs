//! What goes wrong when it is told to, and what survives.

use crate::support;

use std::time::Duration;

use serde_json::json;
use support::*;
use tenon_sim::{ClockMode, Dropped, FaultRule, Options, Simulator, WorldFile, start};

const NSG: &str = "Microsoft.Network/networkSecurityGroups/n";

fn fault(text: &str) -> FaultRule {
    serde_json::from_str(text).expect("a rule")
}

#[tokio::test]
async fn an_answer_can_be_replaced() {
    let client = Client::new().await;
    client.simulator.add_fault(fault(
        r#"{"match": {"method": "PUT", "id": "*/networkSecurityGroups/*"}, "skip": 1,
            "action": {"do": "respond", "status": 503, "code": "ServerBusy", "headers": {"Retry-After": "7"}}}"#,
    ));
    let body = json!({"location": "westeurope"});
    client.put(&web(NSG), body.clone()).await.is(201);
    client.simulator.run_until_idle();
    let answer = client
        .put(&web(NSG), body.clone())
        .await
        .refused(503, "ServerBusy");
    assert_eq!(answer.header("retry-after"), "7");
    client.put(&web(NSG), body).await.is(200);
    assert_eq!(client.simulator.fault_log().len(), 1);
}

#[tokio::test]
async fn an_operation_can_fail_at_its_end() {
    let client = Client::new().await;
    client.simulator.add_fault(fault(
        r#"{"match": {"method": "PUT", "type": "Microsoft.Compute/virtualMachines"},
            "action": {"do": "failOperation", "code": "AllocationFailed", "message": "No room."}}"#,
    ));
    let nic = interface(&client, "nic", &network(&client).await).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let answer = client
        .put(&path, machine(&image("web"), &nic))
        .await
        .is(201);
    client.simulator.run_until_idle();
    let status = client
        .get(answer.header("azure-asyncoperation"))
        .await
        .is(200)
        .body;
    assert_eq!(
        (&status["status"], &status["error"]["code"]),
        (&json!("Failed"), &json!("AllocationFailed"))
    );
    let shown = client.get(&path).await.is(200).body;
    assert_eq!(shown["properties"]["provisioningState"], "Failed");
    // A failed resource can be put again.
    let shown = client.made(&path, machine(&image("web"), &nic)).await;
    assert_eq!(shown["properties"]["provisioningState"], "Succeeded");
}

#[tokio::test]
async fn a_lost_answer_leaves_its_write() {
    let client = Client::new().await;
    client.simulator.add_fault(fault(
        r#"{"match": {"method": "PUT"}, "action": {"do": "drop", "moment": "after"}}"#,
    ));
    client
        .put(&web(NSG), json!({"location": "westeurope"}))
        .await
        .is(444);
    client.get(&web(NSG)).await.is(200);
    let log = client.simulator.request_log();
    assert_eq!(
        log.iter()
            .find(|entry| entry.method == "PUT")
            .expect("an entry")
            .status,
        0
    );
    client.simulator.add_fault(fault(
        r#"{"match": {"method": "DELETE"}, "action": {"do": "drop", "moment": "before"}}"#,
    ));
    client.simulator.run_until_idle();
    client.delete(&web(NSG)).await.is(444);
    client.get(&web(NSG)).await.is(200);
}

#[tokio::test]
async fn polling_addresses_cannot_be_made_up() {
    let client = Client::new().await;
    let answer = client
        .put(&web(NSG), json!({"location": "westeurope"}))
        .await
        .is(201);
    let poll = answer.header("azure-asyncoperation");
    assert!(
        poll.contains("&t=")
            && poll.contains("&c=")
            && poll.contains("&s=")
            && poll.contains("&h=")
    );
    let (bare, _) = poll.split_once("&t=").expect("a tail");
    client.get(bare).await.refused(404, "NotFound");
    let answer = raw(&client.simulator, "GET", poll, &[], None).await;
    answer.refused(401, "AuthenticationFailed");
}

#[tokio::test]
async fn buckets_run_dry_and_fill_again() {
    let world = format!(
        "{WORLD}\nsettings: {{throttling: {{enabled: true, reads: {{size: 2, refillPerSecond: 0.5}}}}}}\n"
    );
    let client = Client::of(&world).await;
    let path = format!("/subscriptions/{S2}/resourceGroups/Web");
    let answer = client.get(&path).await.is(200);
    assert_eq!(
        answer.header("x-ms-ratelimit-remaining-subscription-reads"),
        "1"
    );
    client.get(&path).await.is(200);
    let answer = client
        .get(&path)
        .await
        .refused(429, "SubscriptionRequestsThrottled");
    assert_eq!(answer.header("retry-after"), "2");
    client.simulator.advance(Duration::from_secs(2));
    client.get(&path).await.is(200);
}

#[tokio::test]
async fn machines_have_buckets_of_their_own() {
    let client = Client::of(&format!(
        "{WORLD}\nsettings: {{throttling: {{enabled: true}}}}\n"
    ))
    .await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    for _ in 0..36 {
        client.get(&path).await.is(404);
    }
    let answer = client.get(&path).await.refused(429, "TooManyRequests");
    let left = answer.header("x-ms-ratelimit-remaining-resource");
    assert!(
        left.contains("Microsoft.Compute/LowCostGetResource;0"),
        "{left}"
    );
}

#[tokio::test]
async fn everything_survives_a_sudden_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.jsonl");
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    let open = || Simulator::open(&file, &world, ClockMode::Manual).expect("a simulator");
    let client = Client::with(open()).await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let path = web("Microsoft.Compute/virtualMachines/vm");
    let answer = client
        .put(&path, machine(&image("web"), &nic))
        .await
        .is(201);
    let poll = answer.header("azure-asyncoperation").to_owned();
    let before = client.get(&path).await.is(200).body;
    let tokens = (client.t1.clone(), client.t2.clone());
    // Dropped without any farewell.
    drop(client);
    let client = Client::with(open()).await;
    assert_eq!(client.get(&path).await.is(200).body, before);
    assert_eq!(client.get(&poll).await.is(200).body["status"], "InProgress");
    client.simulator.run_until_idle();
    assert_eq!(client.get(&poll).await.is(200).body["status"], "Succeeded");
    client.send("GET", &path, &tokens.1, None).await.is(200);
    let other = Simulator::open(&file, &world, ClockMode::Manual);
    assert!(other.is_err(), "two simulators share a file");
}

#[tokio::test]
async fn the_server_serves_and_cuts() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    let options = Options {
        world: Some(world),
        ..Options::default()
    };
    let running = start(options).await.expect("a server");
    let ask = async |path: &str| {
        let mut socket = tokio::net::TcpStream::connect(running.address())
            .await
            .expect("a connection");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            running.address()
        );
        socket.write_all(request.as_bytes()).await.expect("a write");
        let mut answer = Vec::new();
        // A cut connection may also be reset.
        let _ = socket.read_to_end(&mut answer).await;
        String::from_utf8(answer).expect("text")
    };
    let path = "/metadata/endpoints?api-version=2022-09-01";
    let answer = ask(path).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains(&running.arm_url()), "{answer}");
    running
        .simulator()
        .add_fault(fault(r#"{"action": {"do": "drop", "moment": "after"}}"#));
    assert_eq!(ask(path).await, "");
    assert!(ask(path).await.starts_with("HTTP/1.1 200 OK"));
    running.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn time_can_be_tokios_own() {
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    let simulator = Simulator::new(world, ClockMode::RealTime { speed: 60 }).expect("a simulator");
    let client = Client::with(simulator).await;
    let answer = client
        .put(&web(NSG), json!({"location": "westeurope"}))
        .await
        .is(201);
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("x-ms-retry-after-ms"), "50");
    let poll = answer.header("azure-asyncoperation").to_owned();
    assert_eq!(client.get(&poll).await.body["status"], "InProgress");
    tokio::time::advance(Duration::from_millis(100)).await;
    assert_eq!(client.get(&poll).await.body["status"], "Succeeded");
}

#[tokio::test]
async fn the_portal_changes_things_past_all_rules() {
    let client = Client::new().await;
    client
        .made(
            &web(NSG),
            json!({"location": "westeurope", "tags": {"a": "b"}}),
        )
        .await;
    let admin = format!("/_sim/resources{}", web(NSG));
    let change = json!({"tags": {"a": "drifted"}});
    raw(&client.simulator, "PATCH", &admin, &[], Some(&change))
        .await
        .is(204);
    assert_eq!(client.get(&web(NSG)).await.body["tags"]["a"], "drifted");
    raw(&client.simulator, "DELETE", &admin, &[], None)
        .await
        .is(204);
    client.get(&web(NSG)).await.is(404);
    let clock = json!({"advance": "1h"});
    let answer = raw(&client.simulator, "POST", "/_sim/clock", &[], Some(&clock))
        .await
        .is(200);
    assert!(
        answer.body["now"]
            .as_str()
            .expect("a time")
            .starts_with("2026-01-01T01:")
    );
    let _ = Dropped;
}

#[tokio::test]
async fn the_log_knows_who_asked_but_no_secret() {
    let client = Client::new().await;
    client.get(&web(NSG)).await.is(404);
    let log = client.simulator.request_log();
    let last = log.last().expect("an entry");
    assert_eq!(
        (last.method.as_str(), last.status, last.authorization),
        ("GET", 404, true)
    );
    assert_eq!(last.tenant.as_deref(), Some(T2));
    assert_eq!(last.auxiliary_tenants, [T1]);
    assert_eq!(last.error_code.as_deref(), Some("ResourceNotFound"));
    let text = serde_json::to_string(&log).expect("JSON");
    assert!(!text.contains(&client.t2) && !text.contains(SECRET));
}

#[tokio::test]
async fn a_server_that_was_shut_down_can_be_started_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        state: Some(folder.path().join("deep/state.jsonl")),
        world: Some(WorldFile::from_yaml(WORLD).expect("a world")),
        ..Options::default()
    };
    let running = start(options.clone()).await.expect("a server");
    let held = running.simulator().clone();
    held.edit(
        &format!("/subscriptions/{S2}/resourceGroups/Web"),
        &json!({"tags": {"a": "b"}}),
    );
    running.shutdown().await;
    let again = start(options).await.expect("a server");
    let group = again
        .simulator()
        .resource(&format!("/subscriptions/{S2}/resourcegroups/web"));
    assert_eq!(group.expect("a group")["tags"]["a"], "b");
    drop(held);
    again.shutdown().await;
}
