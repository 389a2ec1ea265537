use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tenon_model::transport::{Transport, Verb};

use crate::tests::{Script, client, end, read, settings, tell, write};
use crate::{Client, Http, HttpError, HttpRequest, HttpResponse};

#[tokio::test(start_paused = true)]
async fn a_redirect_within_the_origin_is_followed() {
    let script = Script::new(
        r#"
        GET /a => 301 location: /b
        GET /b => 307 location: https://arm.test/c?x=1
        GET /c => 200 | {"id":"/c"}
    "#,
    );
    let ended = client(&script).get(&read("/a")).await;
    assert_eq!(end(&ended), r#"200 {"id":"/c"}"#);
    assert!(
        script
            .seen()
            .iter()
            .all(|seen| seen.header("authorization").is_some())
    );
}

#[tokio::test(start_paused = true)]
async fn a_redirect_elsewhere_is_not() {
    for to in [
        "https://evil.test/a?b=1",
        "http://arm.test/a",
        "https://arm.test:444/a",
        "//evil.test/",
    ] {
        let script = Script::new(&format!("GET /a => 307 location: {to}"));
        let ended = client(&script).get(&read("/a")).await.unwrap_err();
        assert_eq!(ended.code, "CannotSend");
        assert!(ended.message.contains("is not followed") && !ended.message.contains("b=1"));
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_request_is_not_redirected_elsewhere() {
    let script = Script::new("sign-in => 308 location: https://evil.test/token");
    let ended = client(&script).get(&read("/a")).await.unwrap_err();
    assert_eq!(ended.code, "CannotSend");
    assert_eq!(script.sign_ins().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_keeps_its_verb_or_is_not_redirected() {
    let (end, _) = tell(
        &client(&Script::new(
            "PUT /a => 308 location: /b\nPUT /b => 200 | {}",
        )),
        &write(Verb::Put, "/a"),
    )
    .await;
    assert_eq!(end, "200 {}");
    let (end, _) = tell(
        &client(&Script::new("PUT /a => 302 location: /b")),
        &write(Verb::Put, "/a"),
    )
    .await;
    assert_eq!(end, "Azure 302 Found: ");
}

#[tokio::test(start_paused = true)]
async fn a_circle_ends() {
    let script = Script::new(&"GET /a => 307 location: /a\n".repeat(6));
    let ended = client(&script).get(&read("/a")).await.unwrap_err();
    assert!(ended.message.contains("too many redirects"));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_so_many_at_once() {
    let script = Script::with_latency(&"GET /a => 200 | {}\n".repeat(6), Duration::from_secs(1));
    let mut settings = settings(&script);
    settings.connections = 2;
    let (client, read) = (Client::new(settings), read("/a"));
    let ended = join_all((0..6).map(|_| client.get(&read))).await;
    assert!(ended.iter().all(Result::is_ok));
    let at: Vec<f64> = script.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(at, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
    assert_eq!(client.requests(), 7);
}

#[test]
fn an_implementation_can_be_shared() {
    struct Nobody;
    impl Http for Nobody {
        fn send(
            &self,
            _: HttpRequest,
        ) -> tenon_model::transport::Boxed<'_, Result<HttpResponse, HttpError>> {
            Box::pin(async { Err(HttpError::Connect("nobody".to_owned())) })
        }
    }
    let _shared: Arc<dyn Http> = Arc::new(Nobody);
}
