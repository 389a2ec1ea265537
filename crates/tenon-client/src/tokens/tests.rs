use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tenon_model::TenantId;
use tenon_model::transport::{Stage, Transport};
use tokio::time::advance;

use crate::tests::{Script, client, client_with, read, settings, summer, token_saying};
use crate::{Client, Credential, Credentials};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The token that the next read of `client` carries.
async fn carried(client: &Client, script: &Script) -> String {
    client.get(&read("/a")).await.unwrap();
    let seen = script.seen();
    seen.last()
        .unwrap()
        .header("authorization")
        .unwrap()
        .to_owned()
}

fn reads(number: usize) -> String {
    "GET /a => 200 | {}\n".repeat(number)
}

fn granted(token: &str, life: &str) -> String {
    format!(
        r#"sign-in => 200 | {{"token_type":"Bearer","expires_in":{life},"access_token":"{token}"}}"#
    )
}

#[tokio::test(start_paused = true)]
async fn the_request_for_a_token() {
    let script = Script::new(&reads(1));
    carried(&client(&script), &script).await;
    let asked = &script.sign_ins()[0];
    assert_eq!(asked.url, "https://login.test/t2/oauth2/v2.0/token");
    assert_eq!(
        asked.body,
        "client_id=app-1&client_secret=canary-secret&grant_type=client_credentials&scope=https%3A%2F%2Farm.test%2F.default"
    );
    assert_eq!(
        asked.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert!(asked.header("x-ms-authorization-auxiliary").is_none());
    assert!(asked.header("authorization").is_none());
}

#[tokio::test(start_paused = true)]
async fn secrets_are_encoded() {
    let script = Script::new(&reads(1));
    let mut settings = settings(&script);
    settings.credentials = Credentials::all(Credential::client_secret(
        "app",
        "a+b &=~%".into(),
        "AZURE_CLIENT_SECRET",
    ));
    carried(&Client::new(settings), &script).await;
    assert!(
        script.sign_ins()[0]
            .body
            .contains("client_secret=a%2Bb+%26%3D%7E%25&")
    );
}

#[tokio::test(start_paused = true)]
async fn however_many_ask_one_request_is_made() {
    let script = Script::with_latency("", secs(1));
    let client = client(&script);
    let tenant = TenantId::new("t2");
    let signed = join_all((0..50).map(|_| client.sign_in(&tenant))).await;
    assert!(signed.iter().all(Result::is_ok));
    assert_eq!(script.sign_ins().len(), 1);
    client.sign_in(&TenantId::new("t1")).await.unwrap();
    assert_eq!((script.sign_ins().len(), client.requests()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_everybodys_and_then_forgotten() {
    let script = Script::with_latency(r#"sign-in => 400 | {"error":"invalid_request"}"#, secs(1));
    let client = client(&script);
    let tenant = TenantId::new("t2");
    let signed = join_all((0..50).map(|_| client.sign_in(&tenant))).await;
    assert!(signed.iter().all(|ended| {
        ended
            .as_ref()
            .is_err_and(|refusal| refusal.code == "invalid_request")
    }));
    assert_eq!(script.sign_ins().len(), 1);
    assert!(client.sign_in(&tenant).await.is_ok());
    assert_eq!(script.sign_ins().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_does_not_stop_the_others() {
    let script = Script::with_latency("", secs(10));
    let client = client(&script);
    let tenant = TenantId::new("t2");
    let first = tokio::time::timeout(secs(3), client.sign_in(&tenant));
    let (first, second) = tokio::join!(first, client.sign_in(&tenant));
    assert!(first.is_err() && second.is_ok());
    assert_eq!(script.sign_ins().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_five_minutes_before_its_end() {
    let script = Script::new(&reads(3));
    let client = client(&script);
    assert_eq!(carried(&client, &script).await, "Bearer canary-t2-1");
    advance(secs(3599 - 301)).await;
    assert_eq!(carried(&client, &script).await, "Bearer canary-t2-1");
    advance(secs(2)).await;
    assert_eq!(carried(&client, &script).await, "Bearer canary-t2-2");
}

#[tokio::test(start_paused = true)]
async fn a_short_token_is_renewed_at_half_of_its_life() {
    // Text as the v1 endpoint says it.
    let script = Script::new(&(granted("short", "\"400\"") + "\n" + &reads(3)));
    let client = client(&script);
    assert_eq!(carried(&client, &script).await, "Bearer short");
    advance(secs(199)).await;
    assert_eq!(carried(&client, &script).await, "Bearer short");
    advance(secs(2)).await;
    assert_eq!(carried(&client, &script).await, "Bearer canary-t2-2");
}

#[tokio::test(start_paused = true)]
async fn an_old_token_serves_while_the_sign_in_host_stumbles() {
    let refused = "sign-in => 401 | {\"error\":\"invalid_client\"}\n".repeat(2);
    let script = Script::new(&(granted("old", "3600") + "\n" + &refused + &reads(5)));
    let client = client(&script);
    carried(&client, &script).await;
    advance(secs(3400)).await;
    assert_eq!(carried(&client, &script).await, "Bearer old");
    assert_eq!(carried(&client, &script).await, "Bearer old");
    // It is not asked again at every request.
    assert_eq!(script.sign_ins().len(), 2);
    advance(secs(31)).await;
    assert_eq!(carried(&client, &script).await, "Bearer old");
    assert_eq!(script.sign_ins().len(), 3);
    advance(secs(180)).await;
    assert_eq!(carried(&client, &script).await, "Bearer canary-t2-4");
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_does_not_serve() {
    let refused = "sign-in => 401 | {\"error\":\"invalid_client\"}\n";
    let script = Script::new(&(granted("old", "3600") + "\n" + refused + &reads(1)));
    let client = client(&script);
    carried(&client, &script).await;
    advance(secs(3601)).await;
    assert_eq!(
        client.get(&read("/a")).await.unwrap_err().stage,
        Stage::SignIn
    );
}

#[tokio::test(start_paused = true)]
async fn the_sign_in_host_is_asked_again_when_it_is_busy() {
    let script = Script::new(
        "sign-in => 429 retry-after: 3\nsign-in => 503\nsign-in => connect\nsign-in => lost",
    );
    client(&script).sign_in(&TenantId::new("t2")).await.unwrap();
    let at: Vec<f64> = script
        .sign_ins()
        .iter()
        .map(|seen| (seen.at * 10.0).round() / 10.0)
        .collect();
    assert_eq!(at, [0.0, 3.0, 3.5, 4.5, 6.5]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_who_asked_and_what_entra_said() {
    let script = Script::new(
        r#"sign-in => 401 | {"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret is the value.\r\nTrace ID: tr-1 Correlation ID: co-1 Timestamp: 2026-01-01 00:00:00Z","error_codes":[7000215],"timestamp":"2026-01-01 00:00:00Z","trace_id":"tr-1","correlation_id":"co-1"}"#,
    );
    let refusal = client(&script)
        .sign_in(&TenantId::new("t2"))
        .await
        .unwrap_err();
    assert_eq!((refusal.stage, refusal.status), (Stage::SignIn, 401));
    assert_eq!(refusal.code, "AADSTS7000215");
    assert_eq!(
        refusal.message,
        "Invalid client secret provided. Ensure the secret is the value."
    );
    assert_eq!(refusal.request_id.as_deref(), Some("tr-1"));
    assert_eq!(refusal.correlation_id.as_deref(), Some("co-1"));
    assert_eq!(refusal.time.as_deref(), Some("2026-01-01 00:00:00Z"));
    assert_eq!(refusal.application.as_deref(), Some("app-1"));
    assert_eq!(
        refusal.credential_source.as_deref(),
        Some("AZURE_CLIENT_SECRET")
    );
    assert_eq!(refusal.tenant, Some(TenantId::new("t2")));
    assert_eq!(refusal.request, "POST /t2/oauth2/v2.0/token");
}

#[tokio::test(start_paused = true)]
async fn codes_are_found_in_the_text_and_pages_are_survived() {
    for (answer, code, message) in [
        (
            r#"400 | {"error":"e","error_description":"AADSTS90002: Tenant 'x' not found. Trace ID: 1"}"#,
            "AADSTS90002",
            "Tenant 'x' not found.",
        ),
        (
            r#"400 | {"error":"invalid_scope"}"#,
            "invalid_scope",
            "invalid_scope",
        ),
        (
            "407 | <html>proxy</html>",
            "ProxyAuthenticationRequired",
            "proxy",
        ),
        (
            "200 | <html>portal</html>",
            "UnreadableAnswer",
            "the sign-in host answered without a token",
        ),
    ] {
        let script = Script::new(&format!("sign-in => {answer}"));
        let refusal = client(&script)
            .sign_in(&TenantId::new("t2"))
            .await
            .unwrap_err();
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            (code, message)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn each_tenant_has_its_own_credential() {
    let script = Script::new("");
    let mut settings = settings(&script);
    let mut credentials = Credentials::default();
    credentials.insert(
        TenantId::new("t1"),
        Credential::client_secret("app-9", "s".into(), "spec"),
    );
    settings.credentials = credentials;
    let client = Client::new(settings);
    let identity = client.sign_in(&TenantId::new("t1")).await.unwrap();
    assert_eq!(
        (identity.application.as_str(), identity.source.as_str()),
        ("app-9", "spec")
    );
    let refusal = client.sign_in(&TenantId::new("t2")).await.unwrap_err();
    assert_eq!(
        (refusal.stage, refusal.code.as_str()),
        (Stage::Credential, "NoCredential")
    );
    assert_eq!(script.sign_ins().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_tells_who_it_is() {
    // {"tid":"T-9","appid":"app-9","oid":"object-9"}
    let token = "e30.eyJ0aWQiOiJULTkiLCJhcHBpZCI6ImFwcC05Iiwib2lkIjoib2JqZWN0LTkifQ.x";
    let script = Script::new(&granted(token, "3600"));
    let identity = client(&script).sign_in(&TenantId::new("t2")).await.unwrap();
    assert_eq!(identity.tenant, TenantId::new("t-9"));
    assert_eq!(identity.application, "app-9");
    assert_eq!(identity.object.as_deref(), Some("object-9"));
}

/// The end is the token's own word, else what was granted.
#[tokio::test(start_paused = true)]
async fn a_token_tells_whom_it_is_for_and_until_when() {
    let credential = || Credential::client_secret("app-1", "s".into(), "spec");
    let claims = serde_json::json!({"aud": "https://arm.test", "exp": 1_800_000_000});
    let script = Script::new(&granted(&token_saying(&claims), "3600"));
    let client = client_with(&script, credential());
    let identity = client.sign_in(&TenantId::new("t2")).await.unwrap();
    assert_eq!(identity.audience.as_deref(), Some("https://arm.test"));
    assert_eq!(identity.expires, 1_800_000_000);

    let script = Script::new(&granted("opaque", "3600"));
    let client = client_with(&script, credential());
    advance(secs(100)).await;
    let identity = client.sign_in(&TenantId::new("t2")).await.unwrap();
    assert_eq!(identity.audience, None);
    assert_eq!(identity.expires, summer().as_second() + 3700);
}

#[tokio::test(start_paused = true)]
async fn clocks_are_compared() {
    let credential = Credential::client_secret("app-1", "s".into(), "spec");
    let script = Script::new("GET /a => 200 date: Wed, 01 Jul 2026 12:05:00 GMT | {}");
    let client = client_with(&script, credential);
    assert_eq!(client.clock_ahead(), None);
    client.get(&read("/a")).await.unwrap();
    assert_eq!(client.clock_ahead(), Some(-300));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_no_header_can_hold_is_not_sent() {
    let script = Script::new(&granted("a\\nb", "3600"));
    let refusal = client(&Arc::clone(&script))
        .get(&read("/a"))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "CannotSend");
    assert!(script.seen().is_empty());
}
