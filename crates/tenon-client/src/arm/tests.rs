use std::collections::BTreeSet;
use std::time::Duration;

use tenon_model::transport::{Condition, Stage, Transport, Verb, Write};
use tenon_model::{Later, TenantId, Value};
use tokio::time::advance;

use crate::tests::{Script, client, read, tell, write};

const AUXILIARY: &str = "x-ms-authorization-auxiliary";

fn with_auxiliary(tenants: &[&str]) -> Write {
    let mut put = write(Verb::Put, "/a");
    put.auxiliary = tenants.iter().map(|tenant| TenantId::new(tenant)).collect();
    put
}

async fn auxiliary(tenants: &[&str]) -> Option<String> {
    let script = Script::new("PUT /a => 200 | {}");
    let (end, _) = tell(&client(&script), &with_auxiliary(tenants)).await;
    assert_eq!(end, "200 {}");
    assert!(
        script
            .sign_ins()
            .iter()
            .all(|seen| seen.header(AUXILIARY).is_none())
    );
    script.seen()[0].header(AUXILIARY).map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn auxiliary_tokens_are_joined_by_commas() {
    assert_eq!(auxiliary(&[]).await, None);
    assert_eq!(auxiliary(&["t1"]).await.unwrap(), "Bearer canary-t1-2");
    assert_eq!(
        auxiliary(&["t1", "t3", "t4"]).await.unwrap(),
        "Bearer canary-t1-2, Bearer canary-t3-3, Bearer canary-t4-4"
    );
}

#[tokio::test(start_paused = true)]
async fn neither_the_primary_tenant_nor_anybody_twice() {
    assert_eq!(auxiliary(&["t2"]).await, None);
    assert_eq!(
        auxiliary(&["T2", "t1", "T1"]).await.unwrap(),
        "Bearer canary-t1-2"
    );
}

#[tokio::test(start_paused = true)]
async fn more_than_three_are_refused_before_anything_is_sent() {
    let script = Script::new("");
    let client = client(&script);
    let put = with_auxiliary(&["t1", "t3", "t4", "t5"]);
    let refusal = client.write(&put, &|_| {}).await.unwrap_err();
    assert_eq!(refusal.code, "TooManyAuxiliaryTenants");
    assert_eq!(refusal.auxiliary.len(), 4);
    assert_eq!(client.requests(), 0);
    // The primary tenant does not count.
    let script = Script::new("PUT /a => 200 | {}");
    let put = with_auxiliary(&["t1", "t2", "t3", "t4"]);
    assert_eq!(tell(&crate::tests::client(&script), &put).await.0, "200 {}");
}

#[tokio::test(start_paused = true)]
async fn polls_carry_auxiliary_tokens_reads_do_not() {
    let script = Script::new(
        r#"
        PUT /a => 201 azure-asyncoperation: https://arm.test/op
        GET /op => 200 | {"status":"Succeeded"}
        GET /a => 200 | {}
        GET /b => 200 | {}
    "#,
    );
    let client = client(&script);
    tell(&client, &with_auxiliary(&["t1"])).await;
    client.get(&read("/b")).await.unwrap();
    let sent: Vec<bool> = script
        .seen()
        .iter()
        .map(|seen| seen.header(AUXILIARY).is_some())
        .collect();
    assert_eq!(sent, [true, true, false, false]);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_cannot_be_signed_in_to_stops_the_write_and_not_the_polling() {
    let script = Script::new(
        "sign-in => 200 | {\"access_token\":\"x\",\"expires_in\":3600}\nsign-in => 400 | {\"error\":\"e\"}",
    );
    let (end, _) = tell(&client(&script), &with_auxiliary(&["t1"])).await;
    assert_eq!(end, "SignIn 400 e: e");
    assert!(script.seen().is_empty());

    let script = Script::new(
        r#"
        sign-in => 200 | {"access_token":"x","expires_in":3600}
        sign-in => 200 | {"access_token":"y","expires_in":8}
        sign-in => 400 | {"error":"e"}
        PUT /a => 201 azure-asyncoperation: https://arm.test/op; retry-after: 10
        GET /op => 200 | {"status":"Succeeded"}
        GET /a => 200 | {}
    "#,
    );
    assert_eq!(
        tell(&client(&script), &with_auxiliary(&["t1"])).await.0,
        "200 {}"
    );
    assert_eq!(script.seen()[1].header(AUXILIARY), None);
}

#[tokio::test(start_paused = true)]
async fn each_token_is_renewed_on_its_own_while_polling() {
    let script = Script::new(
        r#"
        sign-in => 200 | {"access_token":"p1","expires_in":3600}
        sign-in => 200 | {"access_token":"a1","expires_in":700}
        sign-in => 200 | {"access_token":"a2","expires_in":7200}
        PUT /a => 201 azure-asyncoperation: https://arm.test/op; retry-after: 500
        GET /op => 200 | {"status":"Succeeded"}
        GET /a => 200 | {}
    "#,
    );
    tell(&client(&script), &with_auxiliary(&["t1"])).await;
    let poll = &script.seen()[1];
    assert_eq!(poll.header("authorization"), Some("Bearer p1"));
    assert_eq!(poll.header(AUXILIARY), Some("Bearer a2"));
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_renewed_once_with_its_auxiliaries() {
    let expired =
        r#"PUT /a => 401 | {"error":{"code":"ExpiredAuthenticationToken","message":"m"}}"#;
    let script = Script::new(&format!("{expired}\nPUT /a => 200 | {{}}"));
    assert_eq!(
        tell(&client(&script), &with_auxiliary(&["t1"])).await.0,
        "200 {}"
    );
    let second = &script.seen()[1];
    assert_eq!(second.header("authorization"), Some("Bearer canary-t2-3"));
    assert_eq!(second.header(AUXILIARY), Some("Bearer canary-t1-4"));

    let script = Script::new(&format!("{expired}\n{expired}"));
    let (end, _) = tell(&client(&script), &with_auxiliary(&["t1"])).await;
    assert_eq!(end, "Azure 401 ExpiredAuthenticationToken: m");
}

#[tokio::test(start_paused = true)]
async fn ids_are_fresh_per_attempt_and_shared_per_run() {
    let script = Script::new("PUT /a => 500\nPUT /a => 503\nPUT /a => 200 | {}");
    let (_, told) = tell(&client(&script), &write(Verb::Put, "/a")).await;
    assert_eq!(told, ["0.5s InternalServerError", "1s ServiceUnavailable"]);
    let seen = script.seen();
    let ids: BTreeSet<_> = seen
        .iter()
        .map(|seen| seen.header("x-ms-client-request-id"))
        .collect();
    assert_eq!(ids.len(), 3);
    for seen in seen {
        assert_eq!(
            seen.header("x-ms-correlation-request-id"),
            Some("correlation-1")
        );
        assert_eq!(seen.header("accept"), Some("application/json"));
        assert!(seen.header("user-agent").unwrap().starts_with("tenon/"));
    }
}

#[tokio::test(start_paused = true)]
async fn conditions_are_headers() {
    for (condition, expected) in [
        (Condition::None, [None, None]),
        (
            Condition::Unchanged("W/\"1\"".to_owned()),
            [Some("W/\"1\""), None],
        ),
        (Condition::Absent, [None, Some("*")]),
    ] {
        let script = Script::new("PUT /a => 200 | {}");
        let mut put = write(Verb::Put, "/a");
        put.condition = condition;
        tell(&client(&script), &put).await;
        let seen = &script.seen()[0];
        assert_eq!(
            [seen.header("if-match"), seen.header("if-none-match")],
            expected
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_may_have_been_broken_by_an_earlier_attempt_says_so() {
    let script = Script::new(
        "PUT /a => lost\nPUT /a => 412 | {\"error\":{\"code\":\"C\",\"message\":\"m\"}}",
    );
    let (end, _) = tell(&client(&script), &write(Verb::Put, "/a")).await;
    assert!(
        end.contains("Azure 412 C: m; NoAnswer: an earlier attempt"),
        "{end}"
    );
    let script = Script::new("PUT /a => 412 | {\"error\":{\"code\":\"C\",\"message\":\"m\"}}");
    let (end, _) = tell(&client(&script), &write(Verb::Put, "/a")).await;
    assert_eq!(end, "Azure 412 C: m");
}

#[tokio::test(start_paused = true)]
async fn addresses_and_bodies() {
    let script = Script::new("GET /a%20b => 200 | {}\nPOST /a => 200\nDELETE /a => 204");
    let client = client(&script);
    let mut get = read("/a b");
    get.query = vec![("$filter".to_owned(), "name eq 'a+b'".to_owned())];
    client.get(&get).await.unwrap();
    let mut post = write(Verb::Post, "/a");
    post.body = Some(Value::Map([("x", Value::Int(1))].into()));
    tell(&client, &post).await;
    tell(&client, &write(Verb::Delete, "/a")).await;
    let seen = script.seen();
    assert_eq!(
        seen[0].url,
        "https://arm.test/a%20b?api-version=2024-01-01&%24filter=name%20eq%20%27a%2Bb%27"
    );
    assert_eq!(
        (seen[1].body.as_str(), seen[1].header("content-type")),
        (r#"{"x":1}"#, Some("application/json"))
    );
    assert_eq!(
        (seen[2].body.as_str(), seen[2].header("content-type")),
        ("", None)
    );
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_sent_is_not() {
    let script = Script::new("");
    let client = client(&script);
    assert_eq!(
        client.get(&read("/a/../b")).await.unwrap_err().code,
        "BadPath"
    );
    let mut put = write(Verb::Put, "/a");
    put.body = Some(Value::later(Later::SshPublicKey {
        private_key: "~/.ssh/id".to_owned(),
    }));
    assert_eq!(
        client.write(&put, &|_| {}).await.unwrap_err().code,
        "UnresolvedBody"
    );
    assert_eq!(client.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_carries_what_support_asks_for() {
    let script = Script::new(
        r#"PUT /a => 403 x-ms-request-id: r-1; x-ms-correlation-request-id: c-1; date: Sun, 06 Nov 1994 08:49:37 GMT | {"error":{"code":"LinkedAuthorizationFailed","message":"m","target":"t"}}"#,
    );
    let put = with_auxiliary(&["t1"]);
    let refusal = client(&script).write(&put, &|_| {}).await.unwrap_err();
    assert_eq!((refusal.stage, refusal.status), (Stage::Azure, 403));
    assert_eq!(refusal.request, "PUT /a");
    assert_eq!(refusal.tenant, Some(TenantId::new("t2")));
    assert_eq!(refusal.auxiliary, [TenantId::new("t1")]);
    assert_eq!(refusal.application.as_deref(), Some("app-1"));
    assert_eq!(
        refusal.credential_source.as_deref(),
        Some("AZURE_CLIENT_SECRET")
    );
    assert_eq!(refusal.request_id.as_deref(), Some("r-1"));
    assert_eq!(refusal.correlation_id.as_deref(), Some("c-1"));
    assert_eq!(
        refusal.time.as_deref(),
        Some("Sun, 06 Nov 1994 08:49:37 GMT")
    );
    assert_eq!(refusal.target.as_deref(), Some("t"));
    let absent = client(&Script::new("GET /a => 404"))
        .get(&read("/a"))
        .await
        .unwrap_err();
    assert!(absent.is_absent());
    assert_eq!(absent.correlation_id.as_deref(), Some("correlation-1"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_action_is_not_repeated_a_lost_deletion_is() {
    let script = Script::new("POST /a => lost");
    assert_eq!(
        tell(&client(&script), &write(Verb::Post, "/a")).await.0,
        "Network 0 NoAnswer: no answer: reset"
    );
    let script = Script::new("DELETE /a => lost\nDELETE /a => 204");
    assert_eq!(
        tell(&client(&script), &write(Verb::Delete, "/a")).await.0,
        "204 null"
    );
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_renewed_is_not_thrown_away() {
    let script = Script::new(
        r#"
        GET /a => 200 | {}
        GET /a => 401 | {"error":{"code":"ExpiredAuthenticationToken","message":"m"}}
        GET /a => 200 | {}
    "#,
    );
    let client = client(&script);
    client.get(&read("/a")).await.unwrap();
    advance(Duration::from_secs(1)).await;
    client.get(&read("/a")).await.unwrap();
    assert_eq!(script.sign_ins().len(), 2);
}
