//! Tokens: who gets one, and which ones are believed.

use crate::support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::*;
use tenon_sim::Bytes;
use tenon_sim::http::Request;

async fn check(tenant: &str, form: &str, status: u16, error: &str, code: u32) {
    let client = Client::new().await;
    let answer = ask_token(&client.simulator, tenant, form).await.is(status);
    assert_eq!(answer.body["error"], error, "{:#}", answer.body);
    assert_eq!(answer.body["error_codes"][0], code, "{:#}", answer.body);
    let text = answer.body["error_description"].as_str().expect("text");
    assert!(text.starts_with(&format!("AADSTS{code}: ")), "{text}");
    assert!(text.contains("Trace ID: ") && text.contains("Timestamp: 2026-01-01 00:00:00Z"));
}

fn form(client: &str, secret: &str, scope: &str) -> String {
    format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={scope}")
}

const ARM: &str = "https%3A%2F%2Fmanagement.azure.com%2F.default";

#[tokio::test]
async fn refusals_have_their_codes() {
    let unknown = "99999999-0000-0000-0000-000000000009";
    check(
        unknown,
        &form(APP, SECRET, ARM),
        400,
        "invalid_request",
        90002,
    )
    .await;
    check(
        "no-tenant",
        &form(APP, SECRET, ARM),
        400,
        "invalid_request",
        900_023,
    )
    .await;
    check(
        T1,
        "grant_type=client_credentials",
        400,
        "invalid_request",
        900_144,
    )
    .await;
    check(
        T1,
        &form(unknown, SECRET, ARM),
        400,
        "unauthorized_client",
        700_016,
    )
    .await;
    check(
        T1,
        &form(APP, "wrong", ARM),
        401,
        "invalid_client",
        7_000_215,
    )
    .await;
    check(T1, &form(APP, "old", ARM), 401, "invalid_client", 7_000_222).await;
    check(
        T1,
        &form(APP, SECRET, "https://management.azure.com"),
        400,
        "invalid_scope",
        1_002_012,
    )
    .await;
    let graph = "https://graph.example/.default";
    check(
        T1,
        &form(APP, SECRET, graph),
        400,
        "invalid_resource",
        500_011,
    )
    .await;
    check(
        "acme.example",
        "grant_type=password",
        400,
        "unsupported_grant_type",
        70003,
    )
    .await;
}

#[tokio::test]
async fn consent_and_home_make_different_refusals() {
    let client = Client::new().await;
    let overview = raw(&client.simulator, "GET", "/_sim", &[], None)
        .await
        .is(200)
        .body;
    let id = |name: &str| {
        let all = overview["applications"].as_array().expect("a list");
        let one = all
            .iter()
            .find(|one| one["name"] == name)
            .expect("an application");
        one["id"].as_str().expect("an id").to_owned()
    };
    check(
        T2,
        &form(&id("stranger"), "x", ARM),
        401,
        "invalid_client",
        7_000_229,
    )
    .await;
    check(
        T2,
        &form(&id("homebody"), "x", ARM),
        400,
        "unauthorized_client",
        700_016,
    )
    .await;
}

#[tokio::test]
async fn arm_says_which_tenant_would_do() {
    let client = Client::new().await;
    let path = format!("/subscriptions/{S2}");
    let answer = raw(&client.simulator, "GET", &path, &[], None).await;
    let answer = answer.refused(401, "AuthenticationFailed");
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.contains(&format!("https://login.windows.net/{T2}\"")),
        "{challenge}"
    );
    let garbage = [("authorization", "Bearer x.y.z".to_owned())];
    let answer = raw(&client.simulator, "GET", &path, &garbage, None).await;
    answer.refused(401, "InvalidAuthenticationToken");
    let answer = client.send("GET", &path, &client.t1, None).await;
    let answer = answer.refused(401, "InvalidAuthenticationTokenTenant");
    assert!(
        answer
            .message()
            .contains(&format!("https://sts.windows.net/{T1}/"))
    );
    let unknown = "/subscriptions/99999999-0000-0000-0000-000000000009";
    client
        .get(unknown)
        .await
        .refused(404, "SubscriptionNotFound");
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let client = Client::new().await;
    let (signed, seal) = client.t2.rsplit_once('.').expect("three parts");
    let (header, _) = signed.split_once('.').expect("three parts");
    let (_, other) = client
        .t1
        .rsplit_once('.')
        .expect("parts")
        .0
        .split_once('.')
        .expect("parts");
    let forged = format!("{header}.{other}.{seal}");
    let path = format!("/subscriptions/{S1}");
    client
        .send("GET", &path, &forged, None)
        .await
        .refused(401, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn tokens_end() {
    let client = Client::new().await;
    let path = format!("/subscriptions/{S2}");
    client.get(&path).await.is(200);
    client.simulator.advance(Duration::from_secs(3600));
    let answer = client
        .get(&path)
        .await
        .refused(401, "ExpiredAuthenticationToken");
    assert!(
        answer.message().contains("1/1/2026 12:59:59 AM"),
        "{}",
        answer.message()
    );
    let fresh = Client::with(client.simulator.clone()).await;
    fresh.get(&path).await.is(200);
    fresh.simulator.expire_tokens();
    fresh
        .get(&path)
        .await
        .refused(401, "ExpiredAuthenticationToken");
}

#[tokio::test]
async fn every_auxiliary_token_has_to_be_good() {
    let mut client = Client::new().await;
    let path = format!("/subscriptions/{S2}");
    let good = format!("Bearer {}", client.t1);
    for (header, status) in [
        (format!("{good}, {good}"), 200),
        (format!("EncryptedBearer {}", client.t1), 200),
        (format!("{good};{good}"), 401),
        (format!("{good}, Bearer x"), 401),
        ([good.as_str(); 4].join(","), 401),
    ] {
        client.auxiliary = Some(header.clone());
        let answer = client.get(&path).await;
        assert_eq!(answer.status, status, "{header}: {:#}", answer.body);
        if status == 401 {
            assert!(
                answer.message().contains(APP) && answer.message().contains(T2),
                "{}",
                answer.message()
            );
        }
    }
}

#[tokio::test]
async fn discovery_needs_no_token() {
    let client = Client::new().await;
    let get = async |path: &str| raw(&client.simulator, "GET", path, &[], None).await;
    let answer = get("/acme.example/v2.0/.well-known/openid-configuration")
        .await
        .is(200);
    assert_eq!(
        answer.body["token_endpoint"],
        format!("http://sim/{T1}/oauth2/v2.0/token")
    );
    let answer = get("/gone.example/v2.0/.well-known/openid-configuration")
        .await
        .is(400);
    assert_eq!(answer.body["error"], "invalid_tenant");
    assert!(
        get("/metadata/endpoints?api-version=2019-05-01")
            .await
            .is(200)
            .body
            .is_array()
    );
    assert!(
        get("/metadata/endpoints?api-version=2022-09-01")
            .await
            .is(200)
            .body
            .is_object()
    );
}

#[tokio::test]
async fn the_first_token_endpoint_names_a_resource_and_answers_in_text() {
    let client = Client::new().await;
    let resource = "https%3A%2F%2Fmanagement.core.windows.net%2F";
    let form = format!(
        "grant_type=client_credentials&client_id={APP}&client_secret={SECRET}&resource={resource}"
    );
    let answer = post_form(&client.simulator, &format!("/{T2}/oauth2/token"), &form).await;
    let answer = answer.is(200);
    assert_eq!(answer.body["expires_in"], "3599");
    assert_eq!(answer.body["expires_on"], "1767229199");
    assert_eq!(
        answer.body["resource"],
        "https://management.core.windows.net/"
    );
    let token = answer.body["access_token"].as_str().expect("a token");
    let path = format!("/subscriptions/{S2}");
    client.send("GET", &path, token, None).await.is(200);
    let lacking = form.replace("&resource", "&other");
    let answer = post_form(&client.simulator, &format!("/{T2}/oauth2/token"), &lacking).await;
    assert_eq!(answer.is(400).body["error_codes"][0], 900_144);
}

#[tokio::test]
async fn the_audience_is_what_stands_before_the_default() {
    let client = Client::new().await;
    for (scope, audience) in [
        ("http%3A%2F%2Fsim%2F.default", "http://sim"),
        ("http%3A%2F%2Fsim%2F%2F.default", "http://sim/"),
        ("https%3A%2F%2Fsim%2F.default", "https://sim"),
    ] {
        let answer = ask_token(&client.simulator, T2, &form(APP, SECRET, scope)).await;
        let token = answer.is(200).body["access_token"].clone();
        let token = token.as_str().expect("a token");
        let claims = crypto::claims(token);
        assert_eq!(claims["aud"], audience);
        let path = format!("/subscriptions/{S2}");
        client.send("GET", &path, token, None).await.is(200);
    }
    let below = "http%3A%2F%2Fsim%2Fvault%2F.default";
    let answer = ask_token(&client.simulator, T2, &form(APP, SECRET, below)).await;
    assert_eq!(answer.is(400).body["error_codes"][0], 500_011);
}

#[tokio::test]
async fn a_secret_may_come_in_the_header() {
    let client = Client::new().await;
    let request = Request::builder()
        .method("POST")
        .uri(format!("http://sim/{T1}/oauth2/v2.0/token"))
        .header(
            "authorization",
            format!("Basic {}", STANDARD.encode(format!("{APP}:s3cret%7Evalue"))),
        )
        .body(Bytes::from(format!(
            "grant_type=client_credentials&scope={ARM}"
        )))
        .expect("a request");
    assert_eq!(client.simulator.handle(request).await.status(), 200);
}

#[tokio::test]
async fn a_fault_at_the_token_endpoint_speaks_its_language() {
    let client = Client::new().await;
    let fault = serde_json::json!({
        "name": "busy", "times": 2, "match": {"id": "*/oauth2/v2.0/token"},
        "action": {"do": "respond", "status": 429, "code": "AADSTS90055", "message": "Too many.", "headers": {"Retry-After": "3"}},
    });
    raw(&client.simulator, "POST", "/_sim/faults", &[], Some(&fault))
        .await
        .is(201);
    check_body(&client, 429, "temporarily_unavailable").await;
    let locked = serde_json::json!({
        "name": "busy", "match": {"id": "*/oauth2/v2.0/token"},
        "action": {"do": "respond", "status": 503, "code": "server_error"},
    });
    raw(
        &client.simulator,
        "POST",
        "/_sim/faults",
        &[],
        Some(&locked),
    )
    .await
    .is(201);
    check_body(&client, 503, "server_error").await;
}

async fn check_body(client: &Client, status: u16, error: &str) {
    let answer = ask_token(&client.simulator, T1, &form(APP, SECRET, ARM)).await;
    let answer = answer.is(status);
    assert_eq!(answer.body["error"], error);
    if status == 429 {
        assert_eq!(answer.header("retry-after"), "3");
        assert_eq!(answer.body["error_codes"][0], 90055);
    }
}

#[tokio::test]
async fn the_issuer_has_the_host_that_was_asked() {
    let client = Client::new().await;
    for (base, tenant, issuer) in [
        ("http://127.0.0.1:8443", T1, T1),
        ("https://localhost:8443", "acme.example", T1),
        ("https://sim", "common", "{tenantid}"),
        ("https://sim", "organizations", "{tenantid}"),
    ] {
        let uri = format!("{base}/{tenant}/v2.0/.well-known/openid-configuration");
        let answer = raw(&client.simulator, "GET", &uri, &[], None).await.is(200);
        assert_eq!(answer.body["issuer"], format!("{base}/{issuer}/v2.0"));
        let keys = answer.body["jwks_uri"].as_str().expect("an address");
        let answer = raw(&client.simulator, "GET", keys, &[], None).await.is(200);
        assert_eq!(answer.body["keys"][0]["crv"], "P-256");
    }
    let asked = "https%3A%2F%2Flocalhost%3A8443%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize";
    let uri = format!(
        "https://localhost:8443/common/discovery/instance?api-version=1.1&authorization_endpoint={asked}"
    );
    let answer = raw(&client.simulator, "GET", &uri, &[], None).await.is(200);
    assert_eq!(
        answer.body["metadata"][0]["aliases"],
        serde_json::json!(["localhost:8443", "localhost"])
    );
    let uri = uri.replace("localhost%3A8443", "login.example");
    let answer = raw(&client.simulator, "GET", &uri, &[], None).await.is(400);
    assert_eq!(answer.body["error"], "invalid_instance");
}
