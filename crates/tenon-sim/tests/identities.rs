//! Managed identities, pipelines, and the tokens they turn into.

use crate::support;

use std::time::Duration;

use serde_json::{Value, json};
use support::crypto::{JWT_BEARER, claims};
use support::*;
use tenon_sim::{ClockMode, Simulator, WorldFile};

const RUNNER: &str = "12121212-0000-0000-0000-000000000007";
const OBJECT: &str = "13131313-0000-0000-0000-000000000008";
const SUBJECT: &str = "repo:acme/infra:environment:prod";
const EXCHANGE: &str = "api%3A%2F%2FAzureADTokenExchange";

fn world() -> WorldFile {
    let more = format!(
        r"
managedIdentities:
  - {{name: runner, tenant: acme, clientId: {RUNNER}, objectId: {OBJECT}, resourceId: /subscriptions/{S1}/resourceGroups/ops/providers/Microsoft.Compute/virtualMachines/runner}}
  - {{name: second, tenant: contoso}}
issuers:
  github: {{requestToken: gh-request, subject: '{SUBJECT}'}}
  azureDevOps: {{accessToken: ado-access, subject: sc://acme/infra/azure, serviceConnection: c1}}
  appService: {{identityHeader: app-header}}
"
    );
    let mut world = WorldFile::from_yaml(&format!("{WORLD}{more}")).expect("a world");
    let trusted = [
        (
            "github",
            "https://token.actions.githubusercontent.com",
            SUBJECT,
        ),
        (
            "runner",
            &*format!("https://login.microsoftonline.com/{T1}/v2.0"),
            OBJECT,
        ),
    ];
    let trusted = trusted
        .map(|(name, issuer, subject)| json!({"name": name, "issuer": issuer, "subject": subject}));
    world.applications[0].federated_credentials =
        serde_json::from_value(json!(trusted)).expect("credentials");
    world.role_assignments.push(
        serde_json::from_value(json!({
            "scope": format!("/subscriptions/{S1}"), "principal": "runner", "role": "Reader",
        }))
        .expect("an assignment"),
    );
    world
}

fn simulator() -> Simulator {
    Simulator::new(world(), ClockMode::Manual).expect("a simulator")
}

async fn metadata(simulator: &Simulator, query: &str) -> Answer {
    let path = format!("/metadata/identity/oauth2/token?api-version=2018-02-01{query}");
    let headers = [("metadata", "true".to_owned())];
    raw(simulator, "GET", &path, &headers, None).await
}

fn text<'a>(answer: &'a Answer, member: &str) -> &'a str {
    answer.body[member]
        .as_str()
        .unwrap_or_else(|| panic!("{member} in {:#}", answer.body))
}

async fn exchange(
    simulator: &Simulator,
    (tenant, client): (&str, &str),
    assertion: &str,
) -> Answer {
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_assertion_type={JWT_BEARER}&client_assertion={assertion}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
    );
    ask_token(simulator, tenant, &form).await
}

#[tokio::test]
async fn the_metadata_service_answers_in_text() {
    let simulator = simulator();
    let arm = "&resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let answer = metadata(&simulator, arm).await.is(200);
    assert_eq!(text(&answer, "client_id"), RUNNER);
    assert_eq!(
        (text(&answer, "expires_in"), text(&answer, "expires_on")),
        ("3599", "1767229199")
    );
    let said = claims(text(&answer, "access_token"));
    assert_eq!(
        (&said["oid"], &said["tid"], &said["idtyp"]),
        (&json!(OBJECT), &json!(T1), &json!("app"))
    );
    assert!(
        said["xms_mirid"]
            .as_str()
            .expect("an id")
            .ends_with("/virtualMachines/runner")
    );
    // It counts in its own tenant, with the roles it was given there.
    let bearer = [(
        "authorization",
        format!("Bearer {}", text(&answer, "access_token")),
    )];
    raw(
        &simulator,
        "GET",
        &format!("/subscriptions/{S1}"),
        &bearer,
        None,
    )
    .await
    .is(200);
    let answer = raw(
        &simulator,
        "GET",
        &format!("/subscriptions/{S2}"),
        &bearer,
        None,
    )
    .await;
    answer.refused(401, "InvalidAuthenticationTokenTenant");
}

#[tokio::test]
async fn identities_are_asked_for_by_their_names() {
    let simulator = simulator();
    let arm = "&resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let path = format!(
        "/subscriptions/{S2}/resourceGroups/Web/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"
    );
    let body = json!({"location": "westeurope"});
    raw(
        &simulator,
        "PUT",
        &format!("/_sim/resources{path}"),
        &[],
        Some(&body),
    )
    .await
    .is(204);
    let shown = raw(
        &simulator,
        "GET",
        &format!("/_sim/resources{path}"),
        &[],
        None,
    )
    .await
    .is(200)
    .body;
    let properties = &shown["resource"]["properties"];
    let client = properties["clientId"].as_str().expect("an id");
    for selector in [
        format!("&client_id={client}"),
        format!(
            "&object_id={}",
            properties["principalId"].as_str().expect("an id")
        ),
        format!("&msi_res_id={}", path.to_uppercase()),
    ] {
        let answer = metadata(&simulator, &format!("{arm}{selector}"))
            .await
            .is(200);
        assert_eq!(text(&answer, "client_id"), client, "{selector}");
    }
    let answer = metadata(&simulator, &format!("{arm}&client_id={T1}"))
        .await
        .is(400);
    assert_eq!(
        (text(&answer, "error"), text(&answer, "error_description")),
        ("invalid_request", "Identity not found")
    );
}

#[tokio::test]
async fn several_attached_identities_have_to_be_told_apart() {
    let mut world = world();
    world.managed_identities[0].resource_id.clear();
    world.role_assignments.clear();
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    let answer = metadata(&simulator, "&resource=https%3A%2F%2Fmanagement.azure.com")
        .await
        .is(400);
    assert!(text(&answer, "error_description").contains("Multiple"));
    world.managed_identities.clear();
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    let answer = metadata(&simulator, "&resource=https%3A%2F%2Fmanagement.azure.com")
        .await
        .is(400);
    assert_eq!(text(&answer, "error_description"), "Identity not found");
}

#[tokio::test]
async fn the_metadata_service_wants_its_header_and_no_proxy() {
    let simulator = simulator();
    let path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let proxied = [
        ("metadata", "true".to_owned()),
        ("x-forwarded-for", "10.0.0.1".to_owned()),
    ];
    for headers in [&[][..], &[("metadata", "no".to_owned())], &proxied] {
        let answer = raw(&simulator, "GET", path, headers, None).await.is(400);
        assert_eq!(text(&answer, "error"), "invalid_request");
    }
    metadata(&simulator, "").await.is(400);
    let answer = metadata(&simulator, "&resource=https%3A%2F%2Fvault.example")
        .await
        .is(400);
    assert_eq!(text(&answer, "error"), "invalid_resource");
    let fault = json!({"match": {"id": "/metadata/*"}, "action": {"do": "respond", "status": 410, "code": "gone"}});
    raw(&simulator, "POST", "/_sim/faults", &[], Some(&fault))
        .await
        .is(201);
    let answer = metadata(
        &simulator,
        "&resource=https%3A%2F%2Fmanagement.azure.com%2F",
    )
    .await
    .is(410);
    assert_eq!(text(&answer, "error"), "gone");
}

#[tokio::test]
async fn app_service_has_a_header_of_its_own() {
    let simulator = simulator();
    let path = "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com";
    let header = |value: &str| [("x-identity-header", value.to_owned())];
    let answer = raw(&simulator, "GET", path, &header("app-header"), None)
        .await
        .is(200);
    assert_eq!(
        (text(&answer, "client_id"), text(&answer, "expires_on")),
        (RUNNER, "1767229199")
    );
    raw(&simulator, "GET", path, &header("other"), None)
        .await
        .is(401);
    raw(&simulator, "GET", path, &[], None).await.is(401);
    let unknown = format!("{path}&client_id={T2}");
    let answer = raw(&simulator, "GET", &unknown, &header("app-header"), None)
        .await
        .is(400);
    assert_eq!(answer.body["statusCode"], 400);
}

#[tokio::test]
async fn an_identity_stands_in_for_the_secret_of_an_application_of_its_tenant() {
    let simulator = simulator();
    let answer = metadata(&simulator, &format!("&resource={EXCHANGE}"))
        .await
        .is(200);
    let assertion = text(&answer, "access_token").to_owned();
    assert_eq!(claims(&assertion)["iss"], format!("http://sim/{T1}/v2.0"));
    for tenant in [T1, T2] {
        exchange(&simulator, (tenant, APP), &assertion)
            .await
            .is(200);
    }
    // The other identity is of another tenant than the application.
    let overview = raw(&simulator, "GET", "/_sim", &[], None)
        .await
        .is(200)
        .body;
    let second = overview["managedIdentities"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["name"] == "second")
        .expect("it")["clientId"]
        .clone();
    let query = format!(
        "&resource={EXCHANGE}&client_id={}",
        second.as_str().expect("an id")
    );
    let answer = metadata(&simulator, &query).await.is(200);
    let answer = exchange(&simulator, (T1, APP), text(&answer, "access_token"))
        .await
        .is(401);
    assert_eq!(answer.body["error_codes"][0], 700_236);
    // An access token is no assertion.
    let answer = metadata(&simulator, "&resource=https%3A%2F%2Fmanagement.azure.com")
        .await
        .is(200);
    let answer = exchange(&simulator, (T1, APP), text(&answer, "access_token"))
        .await
        .is(401);
    assert_eq!(answer.body["error_codes"][0], 50012);
    simulator.advance(Duration::from_secs(3599 + 300));
    let answer = exchange(&simulator, (T1, APP), &assertion).await.is(401);
    assert_eq!(answer.body["error_codes"][0], 700_024);
}

#[tokio::test]
async fn a_workflow_gets_a_token_that_entra_takes() {
    let simulator = simulator();
    let path = format!("/_github/token?api-version=2.0&audience={EXCHANGE}");
    let bearer = |token: &str| [("authorization", format!("Bearer {token}"))];
    raw(&simulator, "GET", &path, &bearer("other"), None)
        .await
        .is(401);
    let answer = raw(&simulator, "GET", &path, &bearer("gh-request"), None)
        .await
        .is(200);
    let token = text(&answer, "value").to_owned();
    assert_eq!(answer.body["count"], token.len());
    assert_eq!(claims(&token)["repository"], "acme/infra");
    exchange(&simulator, (T2, APP), &token).await.is(200);
    // Its keys are where its configuration says.
    let answer = raw(
        &simulator,
        "GET",
        "/_github/.well-known/openid-configuration",
        &[],
        None,
    )
    .await
    .is(200);
    assert_eq!(text(&answer, "issuer"), claims(&token)["iss"]);
    let answer = raw(&simulator, "GET", text(&answer, "jwks_uri"), &[], None)
        .await
        .is(200);
    check_with_published_key(&answer.body, &token);
    let other = raw(
        &simulator,
        "GET",
        "/_github/token?audience=api%3A%2F%2Fx",
        &bearer("gh-request"),
        None,
    )
    .await
    .is(200);
    let answer = exchange(&simulator, (T1, APP), text(&other, "value"))
        .await
        .is(401);
    assert_eq!(answer.body["error_codes"][0], 700_212);
    simulator.advance(Duration::from_secs(600));
    let answer = exchange(&simulator, (T1, APP), &token).await.is(401);
    assert_eq!(answer.body["error_codes"][0], 700_024);
}

/// Verifies a token as somebody who knows nothing but the published keys.
fn check_with_published_key(keys: &Value, token: &str) {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64");
    let number = |member: &str| bytes(keys["keys"][0][member].as_str().expect(member));
    let point = [vec![4], number("x"), number("y")].concat();
    let (signed, signature) = token.rsplit_once('.').expect("parts");
    let header = bytes(signed.split('.').next().expect("parts"));
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    assert_eq!(header["kid"], keys["keys"][0]["kid"]);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &bytes(signature))
        .expect("signed by the published key");
}

#[tokio::test]
async fn a_pipeline_gets_a_token_for_its_service_connection() {
    let simulator = simulator();
    let path = "/_devops/oidctoken?api-version=7.1&serviceConnectionId=c1";
    let headers = |token: &str| {
        [
            ("authorization", format!("Bearer {token}")),
            ("x-tfs-fedauthredirect", "Suppress".to_owned()),
        ]
    };
    let answer = raw(&simulator, "POST", path, &headers("ado-access"), None)
        .await
        .is(200);
    let said = claims(text(&answer, "oidcToken"));
    assert_eq!(
        (&said["sub"], &said["aud"]),
        (
            &json!("sc://acme/infra/azure"),
            &json!("api://AzureADTokenExchange")
        )
    );
    raw(&simulator, "POST", path, &headers("other"), None)
        .await
        .is(401);
    raw(&simulator, "POST", path, &headers("other")[..1], None)
        .await
        .is(302);
    raw(
        &simulator,
        "POST",
        &path.replace("c1", "c2"),
        &headers("ado-access"),
        None,
    )
    .await
    .is(404);
    let federated = json!({
        "name": "pipeline", "tenant": "acme", "id": T1,
        "federatedCredentials": [{"name": "ado", "issuer": said["iss"], "subject": said["sub"]}],
    });
    raw(
        &simulator,
        "PUT",
        "/_sim/applications",
        &[],
        Some(&federated),
    )
    .await
    .is(204);
    exchange(&simulator, (T1, T1), text(&answer, "oidcToken"))
        .await
        .is(200);
    let answer = raw(
        &simulator,
        "GET",
        "/_devops/.well-known/openid-configuration",
        &[],
        None,
    )
    .await
    .is(200);
    assert_eq!(answer.body["issuer"], said["iss"]);
}

#[tokio::test]
async fn a_user_assigned_identity_trusts_whom_its_resource_trusts() {
    let simulator = simulator();
    let path = format!(
        "/subscriptions/{S1}/resourceGroups/ops/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"
    );
    let put = async |path: &str, body: Value| {
        raw(
            &simulator,
            "PUT",
            &format!("/_sim/resources{path}"),
            &[],
            Some(&body),
        )
        .await
        .is(204);
    };
    put(&path, json!({"location": "westeurope"})).await;
    put(&format!("{path}/federatedIdentityCredentials/gh"), json!({"properties": {
        "issuer": "https://token.actions.githubusercontent.com", "subject": SUBJECT, "audiences": ["api://AzureADTokenExchange"],
    }})).await;
    let shown = raw(
        &simulator,
        "GET",
        &format!("/_sim/resources{path}"),
        &[],
        None,
    )
    .await
    .is(200)
    .body;
    let client = shown["resource"]["properties"]["clientId"]
        .as_str()
        .expect("an id");
    let request = [("authorization", "Bearer gh-request".to_owned())];
    let token = raw(
        &simulator,
        "GET",
        &format!("/_github/token?audience={EXCHANGE}"),
        &request,
        None,
    )
    .await
    .is(200);
    let answer = exchange(&simulator, (T1, client), text(&token, "value"))
        .await
        .is(200);
    assert_eq!(
        claims(text(&answer, "access_token"))["oid"],
        shown["resource"]["properties"]["principalId"]
    );
    let answer = exchange(&simulator, (T2, client), text(&token, "value"))
        .await
        .is(400);
    assert_eq!(answer.body["error_codes"][0], 700_016);
}

#[tokio::test]
async fn a_world_without_issuers_has_none() {
    let client = Client::new().await;
    for (method, path) in [("GET", "/_github/token"), ("POST", "/_devops/oidctoken")] {
        raw(&client.simulator, method, path, &[], None)
            .await
            .is(404);
    }
    raw(&client.simulator, "GET", "/msi/token", &[], None)
        .await
        .is(401);
}

#[tokio::test]
async fn graph_knows_managed_identities() {
    let mut world = world();
    let principals = world.applications[0]
        .service_principals
        .as_mut()
        .expect("principals");
    principals[0].graph_roles = vec!["Application.Read.All".to_owned()];
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    let form = format!(
        "grant_type=client_credentials&client_id={APP}&client_secret={SECRET}&scope=http%3A%2F%2Fsim%2Fgraph%2F.default"
    );
    let answer = ask_token(&simulator, T1, &form).await.is(200);
    let bearer = [(
        "authorization",
        format!("Bearer {}", text(&answer, "access_token")),
    )];
    let path = format!("/graph/v1.0/servicePrincipals(appId='{RUNNER}')");
    let shown = raw(&simulator, "GET", &path, &bearer, None)
        .await
        .is(200)
        .body;
    assert_eq!(
        (
            &shown["id"],
            &shown["displayName"],
            &shown["servicePrincipalType"]
        ),
        (&json!(OBJECT), &json!("runner"), &json!("ManagedIdentity"))
    );
}

#[tokio::test]
async fn the_admin_side_adds_identities_and_issuers() {
    let client = Client::new().await;
    let put = async |method: &str, path: &str, body: Value| {
        raw(&client.simulator, method, path, &[], Some(&body)).await
    };
    let identity = json!({"name": "late", "tenant": "contoso"});
    put("PUT", "/_sim/managedIdentities", identity)
        .await
        .is(204);
    put(
        "PUT",
        "/_sim/managedIdentities",
        json!({"name": "x", "tenant": "nobody"}),
    )
    .await
    .is(400);
    let answer = metadata(
        &client.simulator,
        "&resource=https%3A%2F%2Fmanagement.azure.com%2F",
    )
    .await;
    assert_eq!(claims(text(&answer.is(200), "access_token"))["tid"], T2);
    let github = json!({"github": {"requestToken": "r", "subject": "repo:a/b:pull_request"}});
    put("PATCH", "/_sim/issuers", github).await.is(204);
    let bearer = [("authorization", "Bearer r".to_owned())];
    let answer = raw(&client.simulator, "GET", "/_github/token", &bearer, None)
        .await
        .is(200);
    assert_eq!(
        claims(text(&answer, "value"))["aud"],
        "https://github.com/a"
    );
    put("PATCH", "/_sim/issuers", json!({"github": null}))
        .await
        .is(204);
    raw(&client.simulator, "GET", "/_github/token", &bearer, None)
        .await
        .is(404);
    put("PATCH", "/_sim/issuers", json!({"gitlab": {}}))
        .await
        .is(400);
}
