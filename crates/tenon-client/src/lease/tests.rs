use std::sync::Arc;

use tenon_model::TenantId;
use tenon_model::lease::{Attempt, Lease, LeaseAt, Renewal};

use super::{BlobLease, Broken};
use crate::tests::{Script, client};

const BLOB: &str = "https://locks.blob.core.windows.net/tenon/web-prod";

fn lease(script: &Arc<Script>) -> BlobLease {
    let at = LeaseAt {
        blob: BLOB.to_owned(),
        tenant: TenantId::new("t2"),
    };
    BlobLease::new(&client(script), &at, "run-1", "mo on desk").expect("a blob of the cloud")
}

#[tokio::test(start_paused = true)]
async fn a_blob_is_made_when_it_is_missing() {
    let script = Script::new(
        "
        PUT /tenon/web-prod => 404 x-ms-error-code: BlobNotFound
        PUT /tenon/web-prod => 201
        PUT /tenon/web-prod => 201 date: Sat, 22 Aug 2026 09:20:02 GMT
        PUT /tenon/web-prod => 200
        ",
    );
    let lease = lease(&script);
    assert_eq!(lease.acquire().await, Ok(Attempt::Ours));
    let seen = script.seen();
    let header = |at: usize, name: &str| {
        let value = seen[at].headers.get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    };
    assert_eq!(header(0, "x-ms-lease-duration"), "60");
    assert_eq!(header(1, "if-none-match"), "*");
    assert_eq!(header(1, "content-length"), "0");
    assert_eq!(
        header(0, "x-ms-proposed-lease-id"),
        header(3, "x-ms-lease-id")
    );
    assert_eq!(header(3, "x-ms-meta-tenon_run"), "run-1");
    assert_eq!(header(3, "x-ms-meta-tenon_since"), "2026-08-22T09:20:02Z");
    for one in &seen {
        assert!(one.headers.contains_key("x-ms-version"));
        assert!(!one.headers.contains_key("x-ms-authorization-auxiliary"));
    }
    let sign_ins = script.sign_ins();
    assert_eq!(sign_ins.len(), 1);
    assert!(sign_ins[0].body.contains("storage.azure.com"));
}

#[tokio::test(start_paused = true)]
async fn who_holds_it_is_told_by_the_services_clock() {
    let script = Script::new(
        "
        PUT /tenon/web-prod => 409 x-ms-error-code: LeaseAlreadyPresent
        HEAD /tenon/web-prod => 200 x-ms-lease-status: locked; x-ms-meta-tenon_run: run-9; x-ms-meta-tenon_by: somebody; x-ms-meta-tenon_since: 2026-08-22T09:20:02Z; x-ms-meta-tenon_renewed: 2026-08-22T09:25:00Z; date: Sat, 22 Aug 2026 09:25:06 GMT
        ",
    );
    let Ok(Attempt::Held(Some(holder))) = lease(&script).acquire().await else {
        panic!("somebody holds it");
    };
    assert_eq!(
        (holder.run.as_str(), holder.by.as_str()),
        ("run-9", "somebody")
    );
    assert_eq!(holder.renewed_ago, Some(6));
    assert_eq!(holder.since, Some(1_787_390_402));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_gets_no_token() {
    let script = Script::new(
        "
        PUT /tenon/web-prod => 307 location: https://locks.blob.core.windows.net/elsewhere
        ",
    );
    let refused = lease(&script).acquire().await.expect_err("no answer");
    assert_eq!(refused.status, 307);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_the_states_of_a_lease_lose_it() {
    for (answer, lost) in [
        (
            "409 x-ms-error-code: LeaseIdMismatchWithLeaseOperation",
            true,
        ),
        ("404 x-ms-error-code: BlobNotFound", true),
        (
            "403 x-ms-error-code: AuthorizationPermissionMismatch",
            false,
        ),
    ] {
        let script = Script::new(&format!("PUT /tenon/web-prod => {answer}"));
        let renewed = lease(&script).renew().await;
        assert_eq!(
            matches!(renewed, Ok(Renewal::Lost { .. })),
            lost,
            "{answer}"
        );
        assert_eq!(renewed.is_err(), !lost, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_broken_of_the_run_that_is_named() {
    let held = "HEAD /tenon/web-prod => 200 x-ms-lease-status: locked; etag: \"1\"; x-ms-meta-tenon_run: run-9";
    let script = Script::new(held);
    let kept = lease(&script).break_of("run-8").await;
    assert!(matches!(kept, Ok(Broken::OfAnother(Some(_)))), "{kept:?}");
    // It was renewed in between: who holds it is looked at again.
    let script = Script::new(&format!(
        "
        {held}
        PUT /tenon/web-prod => 412 x-ms-error-code: ConditionNotMet
        {held}
        PUT /tenon/web-prod => 202
        "
    ));
    assert_eq!(lease(&script).break_of("run-9").await, Ok(Broken::Done));
    assert_eq!(script.seen()[1].headers["if-match"], "\"1\"");
}
