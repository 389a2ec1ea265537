//! No token and no secret is in any log, at any level.

use std::sync::{Arc, Mutex};

use tenon_model::TenantId;
use tenon_model::transport::{Transport, Verb};
use tracing_subscriber::fmt::MakeWriter;

use super::{SECRET, Script, client, settings, tell, write};

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

#[tokio::test(start_paused = true)]
async fn logs_hold_no_secret() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // A log line that another test's thread reached first stays switched off
    // (that thread has no subscriber), so all are reached here and asked again.
    dialogue().await;
    tracing::callsite::rebuild_interest_cache();
    captured.0.lock().unwrap().clear();
    dialogue().await;
    drop(guard);

    let text = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
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
