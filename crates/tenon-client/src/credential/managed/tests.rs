use std::time::Duration;

use serde_json::json;
use tenon_model::TenantId;
use tenon_model::transport::{Refusal, Stage, Transport};
use tokio::time::advance;

use super::{IdentityEndpoint, ManagedIdentity, UserAssigned};
use crate::tests::{Script, client_with, read, token_saying};
use crate::{Client, Credential};

const HOME: &str = "99999999-0000-4000-8000-000000000009";
const OTHER: &str = "11111111-0000-4000-8000-000000000001";
const TOKEN: &str = "GET /metadata/identity/oauth2/token";

fn credential(identity: ManagedIdentity) -> Credential {
    Credential::managed_identity(identity, "managed identity")
}

fn machine() -> ManagedIdentity {
    ManagedIdentity::new(IdentityEndpoint::machine(), None)
}

fn granted() -> String {
    let token = token_saying(&json!({"tid": HOME, "appid": "app-9", "oid": "object-9"}));
    format!(
        r#"200 | {{"access_token":"{token}","expires_in":"86399","expires_on":"1","resource":"r","token_type":"Bearer"}}"#
    )
}

async fn refused(client: &Client, tenant: &str) -> Refusal {
    client.sign_in(&TenantId::new(tenant)).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn the_metadata_service_of_a_machine() {
    let script = Script::new(&format!("{TOKEN} => 400\n{TOKEN} => {}", granted()));
    let client = client_with(&script, credential(machine()));
    let identity = client.sign_in(&TenantId::new(HOME)).await.unwrap();
    assert_eq!(identity.application, "app-9");
    assert_eq!(identity.object.as_deref(), Some("object-9"));
    let seen = script.seen();
    assert_eq!(
        seen[1].url,
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Farm.test"
    );
    for asked in &seen {
        assert_eq!(asked.header("metadata"), Some("true"));
        assert!(asked.header("authorization").is_none());
        assert!(asked.header("x-ms-authorization-auxiliary").is_none());
    }
    assert!(script.sign_ins().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_app_or_a_container() {
    let token = token_saying(&json!({"tid": HOME}));
    // No `expires_in` here, only the end.
    let end = crate::tests::summer().as_second() + 7200;
    let answer = format!(r#"200 | {{"access_token":"{token}","expires_on":"{end}"}}"#);
    let script = Script::new(&format!(
        "GET /msi/token => {answer}\nGET /a => 200 | {{}}\nGET /a => 200 | {{}}"
    ));
    let endpoint =
        IdentityEndpoint::app("http://127.0.0.1:42356/msi/token", "canary-header".into());
    let client = client_with(
        &script,
        credential(ManagedIdentity::new(endpoint.unwrap(), None)),
    );
    let mut get = read("/a");
    get.tenant = TenantId::new(HOME);
    client.get(&get).await.unwrap();
    advance(Duration::from_secs(6000)).await;
    client.get(&get).await.unwrap();
    let asked = &script.seen()[0];
    assert_eq!(
        asked.url,
        "http://127.0.0.1:42356/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Farm.test"
    );
    assert_eq!(asked.header("x-identity-header"), Some("canary-header"));
    assert!(asked.header("metadata").is_none());
    assert!(!format!("{:?}", asked.headers).contains("canary"));
}

#[test]
fn which_identity() {
    let machine = IdentityEndpoint::machine();
    let app = IdentityEndpoint::app("http://localhost:1/", "h".into()).unwrap();
    let id = || "x/y".to_owned();
    for (which, of_machine, of_app) in [
        (UserAssigned::ClientId(id()), "client_id", "client_id"),
        (UserAssigned::ObjectId(id()), "object_id", "principal_id"),
        (UserAssigned::ResourceId(id()), "msi_res_id", "mi_res_id"),
    ] {
        for (endpoint, name) in [(&machine, of_machine), (&app, of_app)] {
            let request = endpoint.request("r", Some(&which)).unwrap();
            let query = request.url.query().unwrap();
            assert!(
                query.ends_with(&format!("&resource=r&{name}=x%2Fy")),
                "{query}"
            );
        }
    }
}

#[test]
fn other_addresses() {
    let url = |address: &str| {
        let endpoint = IdentityEndpoint::machine_at(address).unwrap();
        endpoint.probe().unwrap().url.to_string()
    };
    assert_eq!(
        url("http://127.0.0.1:50342"),
        "http://127.0.0.1:50342/metadata/identity/oauth2/token"
    );
    assert_eq!(
        url("http://localhost:50342/oauth2/token"),
        "http://localhost:50342/oauth2/token"
    );
    for bad in [
        "http://10.0.0.1/",
        "http://metadata.test",
        "ftp://localhost/",
    ] {
        assert!(IdentityEndpoint::machine_at(bad).is_err(), "{bad}");
        assert!(IdentityEndpoint::app(bad, "h".into()).is_err(), "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_service_is_waited_for_while_it_comes_up() {
    let gone = format!("{TOKEN} => 410\n").repeat(14);
    let script = Script::new(&format!(
        "{TOKEN} => 400\n{TOKEN} => 404\n{TOKEN} => 500\n{TOKEN} => 429\n{gone}{TOKEN} => {}",
        granted()
    ));
    let client = client_with(&script, credential(machine()));
    client.sign_in(&TenantId::new(HOME)).await.unwrap();
    script.finish();
    // An update takes up to 70 s, and it said so for longer.
    let seen = script.seen();
    assert!(seen[seen.len() - 1].at - seen[4].at > 70.0);
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_identity_is_told_at_once() {
    let said = r#"400 | {"error":"invalid_request","error_description":"Identity not found"}"#;
    let script = Script::new(&format!("{TOKEN} => 400\n{TOKEN} => {said}"));
    let client = client_with(&script, credential(machine()));
    let refusal = refused(&client, HOME).await;
    assert_eq!(
        (refusal.stage, refusal.code.as_str()),
        (Stage::Credential, "TokenSourceFailed")
    );
    assert_eq!(
        refusal.message,
        "GET http://169.254.169.254/metadata/identity/oauth2/token answers 400: invalid_request: Identity not found"
    );
}

/// Elsewhere than in Azure the address leads nowhere, and nobody waits long.
#[tokio::test(start_paused = true)]
async fn a_machine_that_is_not_in_azure() {
    for (identity, expected) in [(machine(), 10.0), (machine().guessed(), 1.0)] {
        let script = Script::with_latency(&format!("{TOKEN} => connect"), Duration::from_secs(60));
        let client = client_with(&script, credential(identity));
        let begun = tokio::time::Instant::now();
        let refusal = refused(&client, HOME).await;
        assert_eq!(begun.elapsed().as_secs_f64().round(), expected);
        assert!(
            refusal.message.starts_with("no managed identity: "),
            "{}",
            refusal.message
        );
        assert_eq!(client.requests(), 1);
    }
}

/// Known from the first token on; before that, the token tells.
#[tokio::test(start_paused = true)]
async fn other_tenants_are_refused() {
    let script = Script::new(&format!("{TOKEN} => 400\n{TOKEN} => {}", granted()));
    let client = client_with(&script, credential(machine()));
    for _ in 0..2 {
        let refusal = refused(&client, OTHER).await;
        assert_eq!(
            (refusal.stage, refusal.code.as_str()),
            (Stage::Credential, "OwnTenantOnly")
        );
        assert_eq!(
            refusal.message,
            format!("a managed identity signs in to its own tenant only, {HOME}")
        );
        assert_eq!(refusal.tenant, Some(TenantId::new(OTHER)));
    }
    assert_eq!(client.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_known_to_be_another_is_refused_before_anything_is_sent() {
    let script = Script::new("");
    let identity = machine().at_home_in(TenantId::new(HOME));
    let client = client_with(&script, credential(identity));
    assert_eq!(refused(&client, OTHER).await.code, "OwnTenantOnly");
    assert_eq!(client.requests(), 0);
}

/// A variable may be wrong about the tenant; the token is not.
#[tokio::test(start_paused = true)]
async fn the_token_has_the_last_word() {
    let script = Script::new(&format!("{TOKEN} => 400\n{TOKEN} => {}", granted()));
    let identity = machine().at_home_in(TenantId::new(OTHER));
    let client = client_with(&script, credential(identity));
    let refusal = refused(&client, OTHER).await;
    assert_eq!(refusal.code, "OwnTenantOnly");
    assert!(refusal.message.ends_with(HOME), "{}", refusal.message);
}
