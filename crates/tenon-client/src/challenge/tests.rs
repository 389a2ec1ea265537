use tenon_model::transport::Transport;
use tenon_model::{SubscriptionId, TenantId};

use super::tenant_in;
use crate::tests::{Script, client};

async fn ask(answer: &str) -> Result<Option<TenantId>, String> {
    let script = Script::new(&format!("GET /subscriptions/s-1 => {answer}"));
    let found = client(&script).tenant_of(&SubscriptionId::new("S-1")).await;
    script.finish();
    let seen = &script.seen()[0];
    assert_eq!(
        seen.url,
        "https://arm.test/subscriptions/s-1?api-version=2022-12-01"
    );
    assert!(seen.header("authorization").is_none() && script.sign_ins().is_empty());
    found.map_err(|refusal| refusal.to_string())
}

#[tokio::test(start_paused = true)]
async fn the_challenge_names_the_tenant() {
    let answer = r#"401 www-authenticate: Bearer authorization_uri="https://login.windows.net/T-9", error="invalid_token", error_description="x, y=z""#;
    assert_eq!(ask(answer).await.unwrap(), Some(TenantId::new("t-9")));
}

#[tokio::test(start_paused = true)]
async fn nothing_tells_it() {
    assert_eq!(ask("401").await.unwrap(), None);
    assert_eq!(
        ask(r#"404 | {"error":{"code":"SubscriptionNotFound"}}"#)
            .await
            .unwrap(),
        None
    );
    assert_eq!(ask("403").await.unwrap_err(), "403 Forbidden: ");
}

#[test]
fn challenges_are_written_in_many_ways() {
    let found = |text| tenant_in(text).map(|tenant| tenant.to_string());
    let expected = Some("t-9".to_owned());
    assert_eq!(
        found(r#"Bearer authorization_uri="https://login.windows.net/t-9/""#),
        expected
    );
    assert_eq!(
        found("Bearer realm=\"\", Authorization_Uri=https://l.test/t-9, error=x"),
        expected
    );
    assert_eq!(
        found(r#"bearer authorization_uri = "https://l.test/adfs/t-9""#),
        expected
    );
    assert_eq!(
        found(r#"Bearer authorization_uri="https://login.windows.net/common""#),
        None
    );
    assert_eq!(
        found(r#"Bearer authorization_uri="https://login.windows.net/""#),
        None
    );
    assert_eq!(found("Basic realm=x"), None);
}
