use futures_util::future::join_all;
use tenon_model::TenantId;
use tenon_model::transport::{Stage, Transport};

use crate::tests::{Script, client_with};
use crate::{Assertion, Credential};

fn absent(source: &str) -> Credential {
    let file = Assertion::File(format!("/nonexistent/{source}").into());
    Credential::federated("app-0", file, source)
}

fn present(application: &str) -> Credential {
    Credential::client_secret(application, "s".into(), application)
}

#[tokio::test(start_paused = true)]
async fn the_first_that_has_anything_answers_for_good() {
    let script = Script::new("");
    let credential = Credential::first_of(vec![absent("a"), present("app-1"), present("app-2")]);
    assert_eq!(credential.source(), "a, app-1, app-2");
    let client = client_with(&script, credential.clone());
    let tenants = ["t1", "t2", "t3"].map(TenantId::new);
    let signed = join_all(tenants.iter().map(|tenant| client.sign_in(tenant))).await;
    for identity in signed {
        let identity = identity.unwrap();
        assert_eq!(
            (identity.application.as_str(), identity.source.as_str()),
            ("app-1", "app-1")
        );
    }
    assert_eq!(credential.source(), "app-1");
}

/// A source that is there and is refused is not passed over: otherwise a run
/// would quietly be somebody else's.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_end() {
    let script =
        Script::new(r#"sign-in => 401 | {"error":"invalid_client","error_codes":[7000215]}"#);
    let credential = Credential::first_of(vec![present("app-1"), present("app-2")]);
    let client = client_with(&script, credential);
    let refusal = client.sign_in(&TenantId::new("t1")).await.unwrap_err();
    assert_eq!(
        (refusal.stage, refusal.code.as_str()),
        (Stage::SignIn, "AADSTS7000215")
    );
    assert_eq!(script.sign_ins().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn when_none_has_anything_all_are_told() {
    let script = Script::new("");
    let client = client_with(
        &script,
        Credential::first_of(vec![absent("a"), absent("b")]),
    );
    let refusal = client.sign_in(&TenantId::new("t1")).await.unwrap_err();
    assert_eq!(
        (refusal.stage, refusal.code.as_str()),
        (Stage::Credential, "NoCredential")
    );
    let sources: Vec<&str> = refusal
        .details
        .iter()
        .map(|(source, _)| source.as_str())
        .collect();
    assert_eq!(sources, ["a", "b"]);
    assert_eq!(client.requests(), 0);
}
