use std::time::Duration;

use tenon_model::TenantId;
use tenon_model::transport::{Stage, Transport, Verb};
use tokio::time::advance;

use super::{Assertion, Runner};
use crate::tests::{Script, client_with, form, tell, token_saying, write};
use crate::{Credential, IdentityEndpoint, ManagedIdentity, UserAssigned};

fn federated(assertion: Assertion) -> Credential {
    Credential::federated("app-1", assertion, "test")
}

fn assertion(body: &str) -> String {
    let fields = form(body);
    assert_eq!(
        fields[1].1,
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    fields[2].1.clone()
}

#[tokio::test(start_paused = true)]
async fn the_form() {
    let script = Script::new("");
    let client = client_with(&script, federated(Assertion::Token("a.b-c_d".into())));
    client.sign_in(&TenantId::new("t2")).await.unwrap();
    let asked = &script.sign_ins()[0];
    assert_eq!(asked.url, "https://login.test/t2/oauth2/v2.0/token");
    assert_eq!(
        asked.body,
        "client_id=app-1&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b-c_d&grant_type=client_credentials&scope=https%3A%2F%2Farm.test%2F.default"
    );
}

/// Kubernetes replaces the file every hour; each tenant and each renewal gets
/// what stands there then.
#[tokio::test(start_paused = true)]
async fn a_file_is_read_anew_for_every_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "first\n").unwrap();
    let script = Script::new("PUT /a => 200 | {}\nPUT /a => 200 | {}\nPUT /a => 200 | {}");
    let client = client_with(&script, federated(Assertion::File(path.clone())));
    let mut put = write(Verb::Put, "/a");
    put.auxiliary = vec![TenantId::new("t1")];
    client.sign_in(&TenantId::new("t2")).await.unwrap();
    std::fs::write(&path, "second").unwrap();
    advance(Duration::from_secs(1000)).await;
    tell(&client, &put).await;
    std::fs::write(&path, "third").unwrap();
    // The token of t2 is due now, the one of t1 is not.
    advance(Duration::from_secs(2400)).await;
    tell(&client, &put).await;
    let asked: Vec<(String, String)> = script
        .sign_ins()
        .iter()
        .map(|asked| {
            (
                asked.url.split('/').nth(3).unwrap().to_owned(),
                assertion(&asked.body),
            )
        })
        .collect();
    let asked: Vec<(&str, &str)> = asked
        .iter()
        .map(|(tenant, text)| (tenant.as_str(), text.as_str()))
        .collect();
    assert_eq!(asked, [("t2", "first"), ("t1", "second"), ("t2", "third")]);

    // A file that is gone when a token is due does not stop what goes on.
    std::fs::remove_file(&path).unwrap();
    advance(Duration::from_secs(1000)).await;
    let (end, _) = tell(&client, &put).await;
    assert_eq!((end.as_str(), script.sign_ins().len()), ("200 {}", 3));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_there_or_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let script = Script::new("");
    let client = client_with(&script, federated(Assertion::File(path.clone())));
    let tenant = TenantId::new("t2");
    let refusal = client.sign_in(&tenant).await.unwrap_err();
    assert_eq!(
        (refusal.stage, refusal.code.as_str()),
        (Stage::Credential, "TokenSourceFailed")
    );
    assert!(refusal.message.contains("token: "), "{}", refusal.message);
    std::fs::write(&path, " \n").unwrap();
    let refusal = client.sign_in(&tenant).await.unwrap_err();
    assert!(refusal.message.ends_with("is empty"), "{}", refusal.message);
    assert_eq!(client.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn github_vouches_for_every_token() {
    let script = Script::new(
        r#"
        GET /idtoken => 200 | {"count":1,"value":"vouched-1"}
        GET /idtoken => 503
        GET /idtoken => 200 | {"count":1,"value":"vouched-2"}
        PUT /a => 200 | {}
        "#,
    );
    let url = "https://runner.test/idtoken?api-version=2.0";
    let runner = Runner::github(url, "canary-runner".into()).unwrap();
    let client = client_with(&script, federated(Assertion::Runner(runner)));
    let mut put = write(Verb::Put, "/a");
    put.auxiliary = vec![TenantId::new("t1")];
    tell(&client, &put).await;
    script.finish();

    let seen = script.seen();
    for asked in &seen[..3] {
        assert_eq!(
            asked.url,
            "https://runner.test/idtoken?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange"
        );
        assert_eq!(asked.header("authorization"), Some("Bearer canary-runner"));
        assert!(!format!("{:?}", asked.headers).contains("canary"));
        for name in [
            "x-ms-authorization-auxiliary",
            "x-ms-correlation-request-id",
        ] {
            assert!(asked.header(name).is_none(), "{name}");
        }
    }
    let sign_ins = script.sign_ins();
    assert_eq!(assertion(&sign_ins[0].body), "vouched-1");
    assert_eq!(assertion(&sign_ins[1].body), "vouched-2");
    assert!(
        sign_ins
            .iter()
            .all(|asked| asked.header("authorization").is_none())
    );
    // The runner is counted like everybody.
    assert_eq!(client.requests(), 6);
}

#[tokio::test(start_paused = true)]
async fn azure_devops() {
    let script = Script::new(r#"POST /oidc => 200 | {"oidcToken":"vouched"}"#);
    let url = "https://dev.test/oidc";
    let runner = Runner::azure_devops(url, "canary-job".into(), "connection-1").unwrap();
    let client = client_with(&script, federated(Assertion::Runner(runner)));
    client.sign_in(&TenantId::new("t2")).await.unwrap();
    let asked = &script.seen()[0];
    assert_eq!(
        asked.url,
        "https://dev.test/oidc?api-version=7.1&serviceConnectionId=connection-1"
    );
    assert_eq!(asked.header("authorization"), Some("Bearer canary-job"));
    assert_eq!(asked.header("x-tfs-fedauthredirect"), Some("Suppress"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert!(asked.body.is_empty());
    assert_eq!(assertion(&script.sign_ins()[0].body), "vouched");
}

#[tokio::test(start_paused = true)]
async fn a_runner_that_refuses() {
    for (answer, expected) in [
        (
            r#"401 | {"message":"token expired"}"#,
            "GET https://runner.test/idtoken answers 401: Unauthorized: token expired",
        ),
        (
            "200 | {}",
            "GET https://runner.test/idtoken answers without a token",
        ),
        (
            "302 location: https://evil.test/",
            "GET https://runner.test/idtoken: cannot send: a redirect to `https://evil.test` is not followed",
        ),
    ] {
        let script = Script::new(&format!("GET /idtoken => {answer}"));
        let runner = Runner::github("https://runner.test/idtoken?canary", "canary".into()).unwrap();
        let client = client_with(&script, federated(Assertion::Runner(runner)));
        let refusal = client.sign_in(&TenantId::new("t2")).await.unwrap_err();
        assert_eq!(
            (refusal.stage, refusal.message.as_str()),
            (Stage::Credential, expected)
        );
        assert!(script.sign_ins().is_empty());
    }
}

#[test]
fn a_runner_in_plain_http_is_refused() {
    assert!(Runner::github("http://runner.test/", "t".into()).is_err());
    assert!(Runner::github("http://169.254.169.254/", "t".into()).is_err());
    assert!(Runner::azure_devops("http://dev.test/", "t".into(), "c").is_err());
}

/// How a managed identity gets into other tenants than its own.
#[tokio::test(start_paused = true)]
async fn a_managed_identity_vouches() {
    let home = "99999999-0000-4000-8000-000000000009";
    let token = token_saying(&serde_json::json!({"tid": home}));
    let script = Script::new(&format!(
        "GET /metadata/identity/oauth2/token => 400\n\
         GET /metadata/identity/oauth2/token => 200 | {{\"access_token\":\"{token}\",\"expires_in\":\"86399\"}}"
    ));
    let which = UserAssigned::ClientId("identity-1".to_owned());
    let identity = ManagedIdentity::new(IdentityEndpoint::machine(), Some(which));
    let client = client_with(&script, federated(Assertion::ManagedIdentity(identity)));
    let other = TenantId::new("11111111-0000-4000-8000-000000000001");
    client.sign_in(&other).await.unwrap();
    assert_eq!(
        script.seen()[1].url,
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2FAzureADTokenExchange&client_id=identity-1"
    );
    assert_eq!(assertion(&script.sign_ins()[0].body), token);
}
