//! Signing in without a secret: certificates, and tokens of other issuers.

use crate::support;

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use support::crypto::{Ec, JWT_BEARER, Rsa, claims};
use support::*;
use tenon_sim::world::{Certificate, FederatedCredential, Issuer};
use tenon_sim::{ClockMode, Simulator, WorldFile};

/// 2026-01-01, when the world begins.
const NOW: i64 = 1_767_225_600;
const SUBJECT: &str = "repo:acme/infra:ref:refs/heads/main";
const ISSUER: &str = "https://oidc.example";
const EXCHANGE: &str = "api://AzureADTokenExchange";

static REGISTERED: LazyLock<Rsa> = LazyLock::new(|| Rsa::until(2030));
static EXPIRED: LazyLock<Rsa> = LazyLock::new(|| Rsa::until(2024));
static STRANGE: LazyLock<Rsa> = LazyLock::new(|| Rsa::until(2030));
static ELSEWHERE: LazyLock<Ec> = LazyLock::new(Ec::new);

fn simulator() -> Simulator {
    let mut world = WorldFile::from_yaml(WORLD).expect("a world");
    let deployer = &mut world.applications[0];
    deployer.certificates = [&REGISTERED.pem, &EXPIRED.pem]
        .map(|pem| Certificate { pem: pem.clone() })
        .to_vec();
    let trusted = |name: &str, issuer: &str| FederatedCredential {
        name: name.to_owned(),
        issuer: issuer.to_owned(),
        subject: SUBJECT.to_owned(),
        audiences: vec![EXCHANGE.to_owned()],
        description: String::new(),
    };
    deployer.federated_credentials = vec![
        trusted("main", ISSUER),
        trusted("rsa", "https://rsa.example"),
        trusted("far", "https://far.example"),
    ];
    world.issuers.others = vec![
        Issuer {
            issuer: ISSUER.to_owned(),
            keys: vec![ELSEWHERE.jwk()],
            ..Issuer::default()
        },
        Issuer {
            issuer: "https://rsa.example".to_owned(),
            pem: STRANGE.public_pem.clone(),
            ..Issuer::default()
        },
    ];
    Simulator::new(world, ClockMode::Manual).expect("a simulator")
}

async fn present(simulator: &Simulator, tenant: &str, assertion: &str) -> Answer {
    let form = format!(
        "grant_type=client_credentials&client_id={APP}&client_assertion_type={JWT_BEARER}&client_assertion={assertion}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_info=1"
    );
    ask_token(simulator, tenant, &form).await
}

/// What a client says in a certificate assertion for a tenant.
fn own(tenant: &str) -> Value {
    json!({
        "aud": format!("http://sim/{tenant}/oauth2/v2.0/token"),
        "iss": APP, "sub": APP, "jti": "1", "nbf": NOW, "exp": NOW + 600,
    })
}

fn header(key: &Rsa) -> Value {
    json!({"alg": "PS256", "typ": "JWT", "x5t#S256": key.sha256()})
}

fn foreign() -> Value {
    json!({"iss": ISSUER, "sub": SUBJECT, "aud": EXCHANGE, "iat": NOW, "exp": NOW + 300})
}

fn with(mut claims: Value, member: &str, value: Value) -> Value {
    claims[member] = value;
    claims
}

#[track_caller]
fn refused(answer: &Answer, code: u32) -> &str {
    assert_eq!(answer.body["error_codes"][0], code, "{:#}", answer.body);
    assert_eq!(
        (answer.status, answer.body["error"].as_str()),
        (401, Some("invalid_client"))
    );
    answer.body["error_description"].as_str().expect("text")
}

#[tokio::test]
async fn every_form_of_certificate_assertion_counts() {
    let simulator = simulator();
    let key = &*REGISTERED;
    for header in [
        header(key),
        json!({"alg": "RS256", "typ": "JWT", "x5t": key.sha1()}),
        json!({"alg": "RS256", "typ": "JWT", "kid": key.sha1(), "x5t": key.sha1()}),
        json!({"alg": "PS256", "typ": "JWT", "kid": key.sha256()}),
    ] {
        let assertion = key.sign(&header, &own(T1));
        let answer = present(&simulator, T1, &assertion).await.is(200);
        let token = answer.body["access_token"].as_str().expect("a token");
        assert_eq!(claims(token)["appidacr"], "2", "{header}");
    }
    for audience in [
        format!("http://sim/{T1}/oauth2/token"),
        format!("https://sim/{T1}/oauth2/v2.0/token"),
        "http://sim/acme.example/oauth2/v2.0/token".to_owned(),
        format!("http://sim/{T1}/v2.0"),
    ] {
        let assertion = key.sign(&header(key), &with(own(T1), "aud", json!(audience)));
        present(&simulator, T1, &assertion).await.is(200);
    }
    let assertion = key.sign(&header(key), &own(T2));
    present(&simulator, T2, &assertion).await.is(200);
}

#[tokio::test]
async fn a_wrong_certificate_assertion_says_what_is_wrong() {
    let simulator = simulator();
    let key = &*REGISTERED;
    let check = async |assertion: String, code: u32, words: &str| {
        let answer = present(&simulator, T1, &assertion).await;
        let text = refused(&answer, code);
        assert!(text.contains(words), "{text}");
    };
    let good = header(key);
    check(
        STRANGE.sign(&header(&STRANGE), &own(T1)),
        700_027,
        "not found",
    )
    .await;
    check(STRANGE.sign(&good, &own(T1)), 700_027, "did not match").await;
    check(
        EXPIRED.sign(&header(&EXPIRED), &own(T1)),
        700_027,
        "expired",
    )
    .await;
    check(
        key.sign(&json!({"alg": "RS256"}), &own(T1)),
        5_002_723,
        "thumbprint",
    )
    .await;
    check(
        key.sign(&with(good.clone(), "alg", json!("HS256")), &own(T1)),
        50012,
        "HS256",
    )
    .await;
    check(
        key.sign(&good, &with(own(T1), "sub", json!("x"))),
        700_021,
        "client_id",
    )
    .await;
    check(key.sign(&good, &own(T2)), 700_023, "audience").await;
    let elsewhere = format!("https://login.example/{T1}/oauth2/v2.0/token");
    check(
        key.sign(&good, &with(own(T1), "aud", json!(elsewhere))),
        700_023,
        "audience",
    )
    .await;
    check(
        key.sign(&good, &with(own(T1), "exp", json!(NOW - 301))),
        700_024,
        "2025-12-31 23:54:59Z",
    )
    .await;
    check(
        key.sign(&good, &with(own(T1), "nbf", json!(NOW + 301))),
        700_024,
        "valid from",
    )
    .await;
    check("no.token".to_owned(), 50027, "JWT").await;
    // PS256 and RS256 are two algorithms: a signature of one is none of the other.
    let signed = key.sign(&json!({"alg": "RS256", "x5t": key.sha1()}), &own(T1));
    let signature = signed.rsplit_once('.').expect("parts").1;
    let other = key.sign(&json!({"alg": "PS256", "x5t": key.sha1()}), &own(T1));
    let mixed = format!("{}.{signature}", other.rsplit_once('.').expect("parts").0);
    check(mixed, 700_027, "did not match").await;
}

#[tokio::test]
async fn clocks_may_be_five_minutes_apart() {
    let simulator = simulator();
    let key = &*REGISTERED;
    let early = with(own(T1), "nbf", json!(NOW + 299));
    present(&simulator, T1, &key.sign(&header(key), &early))
        .await
        .is(200);
    simulator.advance(Duration::from_secs(600 + 299));
    present(&simulator, T1, &key.sign(&header(key), &own(T1)))
        .await
        .is(200);
    simulator.advance(Duration::from_secs(1));
    let late = present(&simulator, T1, &key.sign(&header(key), &own(T1))).await;
    refused(&late, 700_024);
}

#[tokio::test]
async fn a_trusted_issuers_token_counts_in_every_tenant_that_let_the_application_in() {
    let simulator = simulator();
    let assertion = ELSEWHERE.sign(&foreign());
    for tenant in [T1, T2] {
        present(&simulator, tenant, &assertion).await.is(200);
    }
    let several = with(foreign(), "aud", json!(["other", EXCHANGE]));
    present(&simulator, T1, &ELSEWHERE.sign(&several))
        .await
        .is(200);
    let rsa = with(foreign(), "iss", json!("https://rsa.example"));
    let assertion = STRANGE.sign(&json!({"alg": "RS256", "kid": "k"}), &rsa);
    present(&simulator, T1, &assertion).await.is(200);
}

#[tokio::test]
async fn a_federated_token_that_does_not_match_says_where() {
    let simulator = simulator();
    let check = async |claims: Value, code: u32, words: &str| {
        let answer = present(&simulator, T1, &ELSEWHERE.sign(&claims)).await;
        let text = refused(&answer, code);
        assert!(text.contains(words), "{text}");
    };
    let other = "repo:acme/infra:pull_request";
    check(
        with(foreign(), "sub", json!(other)),
        700_213,
        &format!("subject '{other}'"),
    )
    .await;
    let cased = SUBJECT.replace("acme", "Acme");
    check(
        with(foreign(), "sub", json!(cased)),
        7_002_138,
        "case-sensitive",
    )
    .await;
    check(
        with(foreign(), "aud", json!("api://x")),
        700_212,
        "audience 'api://x'",
    )
    .await;
    check(
        with(foreign(), "iss", json!("https://x")),
        700_211,
        "issuer 'https://x'",
    )
    .await;
    check(
        with(foreign(), "iss", json!("https://far.example")),
        50166,
        "far.example",
    )
    .await;
    check(
        with(foreign(), "iss", json!("https://rsa.example")),
        50013,
        "signature",
    )
    .await;
    check(
        with(foreign(), "exp", json!(NOW - 301)),
        700_024,
        "expiry time",
    )
    .await;
    let forger = Ec::new();
    refused(
        &present(&simulator, T1, &forger.sign(&foreign())).await,
        50013,
    );
}

#[tokio::test]
async fn an_assertion_needs_its_type() {
    let simulator = simulator();
    let assertion = ELSEWHERE.sign(&foreign());
    let form = |tail: &str| {
        format!(
            "grant_type=client_credentials&client_id={APP}&client_assertion={assertion}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default{tail}"
        )
    };
    let answer = ask_token(&simulator, T1, &form("")).await.is(400);
    assert_eq!(answer.body["error_codes"][0], 900_144);
    let answer = ask_token(&simulator, T1, &form("&client_assertion_type=saml")).await;
    refused(&answer, 50012);
    let nothing = format!(
        "grant_type=client_credentials&client_id={APP}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
    );
    refused(&ask_token(&simulator, T1, &nothing).await, 7_000_218);
}

#[tokio::test]
async fn a_world_with_a_broken_certificate_or_key_is_refused() {
    let mut world = WorldFile::from_yaml(WORLD).expect("a world");
    world.applications[0].certificates = vec![Certificate {
        pem: "no certificate".to_owned(),
    }];
    let error = Simulator::new(&world, ClockMode::Manual).expect_err("no certificate");
    assert!(
        error.to_string().contains("application `deployer`"),
        "{error}"
    );
    world.applications[0].certificates.clear();
    world.issuers.others = vec![Issuer {
        issuer: ISSUER.to_owned(),
        ..Issuer::default()
    }];
    let error = Simulator::new(&world, ClockMode::Manual).expect_err("no keys");
    assert!(error.to_string().contains(ISSUER), "{error}");
}

#[tokio::test]
async fn the_admin_side_adds_certificates_and_trust() {
    let client = Client::new().await;
    let application = json!({
        "name": "late", "tenant": "acme", "id": "dddddddd-0000-0000-0000-000000000004",
        "certificates": [{"pem": REGISTERED.pem}],
        "federatedCredentials": [{"name": "a", "issuer": "https://i", "subject": "s"}],
    });
    raw(
        &client.simulator,
        "PUT",
        "/_sim/applications",
        &[],
        Some(&application),
    )
    .await
    .is(204);
    let id = "dddddddd-0000-0000-0000-000000000004";
    let claims = with(with(own(T1), "iss", json!(id)), "sub", json!(id));
    let assertion = REGISTERED.sign(&header(&REGISTERED), &claims);
    let form = format!(
        "grant_type=client_credentials&client_id={id}&client_assertion_type={JWT_BEARER}&client_assertion={assertion}&scope=https%3A%2F%2Fmanagement.azure.com%2F%2F.default"
    );
    ask_token(&client.simulator, T1, &form).await.is(200);
    let wrong = json!({"name": "late", "tenant": "acme", "certificates": [{"pem": "x"}]});
    raw(
        &client.simulator,
        "PUT",
        "/_sim/applications",
        &[],
        Some(&wrong),
    )
    .await
    .is(400);
}

#[tokio::test]
async fn what_a_client_dates_may_follow_the_wall() {
    let mut world = WorldFile::from_yaml(WORLD).expect("a world");
    world.applications[0].certificates = vec![Certificate {
        pem: REGISTERED.pem.clone(),
    }];
    let mode = ClockMode::RealTime { speed: 30 };
    let simulator = Simulator::new(&world, mode).expect("a simulator");
    let wall = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a time");
    let wall = i64::try_from(wall.as_secs()).expect("seconds");
    for (moment, status) in [(NOW, 200), (wall, 200), (NOW - 86400, 401)] {
        let claims = with(own(T1), "nbf", json!(moment));
        let claims = with(claims, "exp", json!(moment + 600));
        let assertion = REGISTERED.sign(&header(&REGISTERED), &claims);
        present(&simulator, T1, &assertion).await.is(status);
    }
}
