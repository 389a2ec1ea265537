//! Queries of Resource Graph.

use crate::support;

use serde_json::{Value, json};
use support::*;

const PATH: &str = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";

async fn ask(client: &Client, query: &str) -> Answer {
    client.post(PATH, json!({"query": query})).await
}

/// A network, an interface and a machine in the group `Web`.
async fn filled() -> Client {
    let client = Client::new().await;
    let nic = interface(&client, "nic", &network(&client).await).await;
    let vm = web("Microsoft.Compute/virtualMachines/vm");
    let mut body = machine(&image("web/versions/1.9.0"), &nic);
    body["tags"] = json!({"env": "prod", "owner": "team a"});
    client.made(&vm, body).await;
    client
}

#[tokio::test]
async fn machines_are_found_with_their_properties() {
    let client = filled().await;
    let query = "Resources
        | where type =~ 'Microsoft.Compute/virtualMachines' and tags.env == 'prod'
        | project id, name, type, resourceGroup, size = properties.hardwareProfile.vmSize,
            power = properties.extended.instanceView.powerState.code, tags['owner']";
    let body = json!({"subscriptions": [S2], "query": query, "options": {"resultFormat": "objectArray", "$top": 10}});
    let answer = client.post(PATH, body).await.is(200);
    assert!(!answer.header("x-ms-user-quota-remaining").is_empty());
    assert!(
        answer
            .header("x-ms-user-quota-resets-after")
            .starts_with("00:00:")
    );
    assert_eq!(answer.body["totalRecords"], 1);
    assert_eq!(answer.body["resultTruncated"], "false");
    assert_eq!(
        answer.body["data"],
        json!([{
            "id": web("Microsoft.Compute/virtualMachines/vm"),
            "name": "vm",
            "type": "microsoft.compute/virtualmachines",
            "resourceGroup": "web",
            "size": "Standard_D2s_v5",
            "power": "PowerState/running",
            "tags_owner": "team a",
        }])
    );
}

#[tokio::test]
async fn pages_and_tables() {
    let client = filled().await;
    let query = "Resources | project id, name | order by name asc";
    let mut seen = Vec::new();
    let mut token = Value::Null;
    loop {
        let options = json!({"$top": 2, "$skipToken": token});
        let body = json!({"query": query, "options": options});
        let page = client.post(PATH, body).await.is(200).body;
        assert_eq!(page["totalRecords"], 4, "{page:#}");
        seen.extend(page["data"].as_array().expect("rows").clone());
        token = page["$skipToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let names: Vec<&Value> = seen.iter().map(|row| &row["name"]).collect();
    assert_eq!(names.len(), 4);
    assert!(names.is_sorted_by_key(|name| name.as_str().expect("a name")));
    let body = json!({
        "query": "Resources | where type has 'virtualNetworks' | project name, tags",
        "options": {"resultFormat": "table"},
    });
    let page = client.post(PATH, body).await.is(200).body;
    assert_eq!(
        page["data"]["columns"][0],
        json!({"name": "name", "type": "string"})
    );
    assert_eq!(page["data"]["rows"][0][0], "net");
}

#[tokio::test]
async fn rows_are_those_the_caller_may_read() {
    let client = filled().await;
    let own = ask(&client, "resourcecontainers | project name, type")
        .await
        .is(200);
    let names: Vec<&Value> = own.body["data"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(names, ["workload", "Web"]);
    // With the publisher's token the publisher's subscription is seen, and no other.
    let body = json!({"query": "Resources | summarize count() by type"});
    let other = client
        .send("POST", PATH, &client.t1, Some(&body))
        .await
        .is(200);
    let types = other.body["data"].to_string();
    assert!(types.contains("microsoft.compute/galleries"), "{types}");
    assert!(!types.contains("virtualmachines"), "{types}");
    let body = json!({"query": "Resources", "subscriptions": [S1]});
    let answer = client.post(PATH, body).await.refused(400, "BadRequest");
    assert_eq!(
        answer.body["error"]["details"][0]["code"],
        "NoValidSubscriptionsInQueryRequest"
    );
}

#[tokio::test]
async fn queries_that_cannot_be_read_are_refused() {
    let client = Client::new().await;
    let answer = ask(&client, "Resources | whre name == 'x'").await;
    let answer = answer.refused(400, "BadRequest");
    assert!(
        answer
            .message()
            .starts_with("Please provide below info when asking for support")
    );
    let details = &answer.body["error"]["details"];
    assert_eq!(details[0]["code"], "InvalidQuery");
    assert_eq!(details[1]["token"], "whre");
    assert_eq!(details[1]["characterPositionInLine"], 12);
    client
        .post(
            "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-02",
            json!({"query": "Resources"}),
        )
        .await
        .refused(400, "NoRegisteredProviderFound");
}

#[tokio::test]
async fn quotas_count_queries() {
    let world = WORLD.replace(
        "galleries:",
        "settings: {throttling: {enabled: true}}\ngalleries:",
    );
    let client = Client::of(&world).await;
    for left in (0..15).rev() {
        let answer = ask(&client, "Resources | count").await.is(200);
        assert_eq!(answer.header("x-ms-user-quota-remaining"), left.to_string());
    }
    let answer = ask(&client, "Resources | count").await;
    let answer = answer.refused(429, "RateLimiting");
    assert_eq!(answer.header("retry-after"), "1");
    client.simulator.advance(std::time::Duration::from_secs(5));
    ask(&client, "Resources | count").await.is(200);
}
