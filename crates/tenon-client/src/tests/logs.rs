//! No token and no secret is in any log, at any level.

use std::sync::{Arc, Mutex};

use tenon_model::TenantId;
use tenon_model::transport::{Transport, Verb};
use tracing_subscriber::fmt::MakeWriter;

use super::{Paper, SECRET, Script, client, client_with, form, settings, tell, write};
use crate::{Assertion, Certificate, Chain, Credential, IdentityEndpoint, ManagedIdentity, Runner};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

const DIALOGUE: &str = r#"
    PUT /a => 503
    PUT /a => lost
    PUT /a => 401 | {"error":{"code":"ExpiredAuthenticationToken","message":"m"}}
    PUT /a => 202 azure-asyncoperation: https://arm.test/op?t=canary-signature; x-ms-request-id: r-1
    GET /op => 307 location: /op2?t=canary-signature
    GET /op2 => 200 | {"status":"Failed","error":{"code":"C","message":"m"}}
"#;

/// Everything that `run` logs, at any level.
pub(crate) async fn logged(run: impl AsyncFn()) -> String {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // A log line that another test's thread reached first stays switched off
    // (that thread has no subscriber), so all are reached here and asked again.
    run().await;
    tracing::callsite::rebuild_interest_cache();
    captured.0.lock().unwrap().clear();
    run().await;
    drop(guard);
    String::from_utf8(captured.0.lock().unwrap().clone()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn logs_hold_no_secret() {
    let text = logged(dialogue).await;
    assert!(
        text.contains("https://arm.test/a") && text.contains("r-1"),
        "{text}"
    );
    assert!(
        text.contains("status=503") && text.contains("oauth2/v2.0/token"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
}

/// A write that meets every kind of trouble, with secrets on its way.
async fn dialogue() {
    let script = Script::new(DIALOGUE);
    let mut put = write(Verb::Put, "/a");
    put.auxiliary = vec![TenantId::new("t1")];
    put.body = Some("canary-body".into());
    let client = client(&script);
    let (end, _) = tell(&client, &put).await;
    script.finish();
    assert_eq!(end, "Operation 200 C: m");
}

#[tokio::test(start_paused = true)]
async fn logs_hold_no_assertion() {
    let paper = Paper::new();
    let scripts = Mutex::new(Vec::new());
    let text = logged(async || {
        let certificate = Certificate::read(paper.pem().as_bytes(), None).unwrap();
        let credential = Credential::certificate("app-1", certificate, Chain::Sent, "certificate");
        let script = Script::new("");
        let client = client_with(&script, credential);
        client.sign_in(&TenantId::new("t2")).await.unwrap();
        scripts.lock().unwrap().push(script);
    })
    .await;
    assert!(text.contains("/t2/oauth2/v2.0/token"), "{text}");
    assert!(!text.contains("canary") && !text.contains("eyJ"), "{text}");
    let script = &scripts.lock().unwrap()[1];
    let assertion = &form(&script.sign_ins()[0].body)[2].1;
    for part in assertion.split('.') {
        assert!(!text.contains(part), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn logs_hold_no_token_of_others() {
    let text = logged(async || {
        let runner = Runner::github("https://runner.test/token?canary", "canary-1".into()).unwrap();
        let github = Credential::federated("app-1", Assertion::Runner(runner), "GitHub");
        let endpoint = IdentityEndpoint::app("http://127.0.0.1:1/msi", "canary-2".into());
        let identity = ManagedIdentity::new(endpoint.unwrap(), None);
        let managed = Credential::managed_identity(identity, "managed identity");
        let dialogues = [
            (github, r#"GET /token => 200 | {"value":"canary-3"}"#),
            (
                managed,
                r#"GET /msi => 200 | {"access_token":"canary-4","expires_in":"3600"}"#,
            ),
        ];
        for (credential, dialogue) in dialogues {
            assert!(!format!("{credential:?}").contains("canary"));
            let client = client_with(&Script::new(dialogue), credential);
            client.sign_in(&TenantId::new("t2")).await.unwrap();
        }
    })
    .await;
    assert!(text.contains("https://runner.test/token"), "{text}");
    assert!(text.contains("http://127.0.0.1:1/msi"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let script = Script::new("GET /a => 200 | {}");
    let settings = settings(&script);
    assert!(!format!("{:?}", settings.credentials).contains(SECRET));
    let client = client(&script);
    client.get(&super::read("/a")).await.unwrap();
    for seen in script.seen() {
        assert_eq!(seen.header("authorization"), Some("Bearer canary-t2-1"));
        assert!(!format!("{:?}", seen.headers).contains("canary"));
    }
}
