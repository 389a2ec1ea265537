use std::time::Duration;

use tokio::time::{Instant, advance};

use super::{Jitter, Manner, Patience, Tries, Verdict, retry_after};
use crate::HttpError;
use crate::tests::{response, seconds};

fn tries(manner: Manner, jitter: f64) -> Tries {
    Tries::new(manner, Patience::default(), Jitter::fixed(jitter), None)
}

fn show(verdict: Verdict) -> String {
    match verdict {
        Verdict::Take => "take".to_owned(),
        Verdict::Renew => "renew".to_owned(),
        Verdict::Wait { wait, why } => format!("{} {why}", seconds(wait)),
    }
}

fn coded(status: &str, code: &str) -> String {
    format!(r#"{status} | {{"error":{{"code":"{code}","message":"m"}}}}"#)
}

/// The matrix: an answer, and what it means for a read or a PUT, for a
/// deletion, and for an action.
#[tokio::test(start_paused = true)]
async fn the_matrix() {
    let rows = [
        ("200", "take", "take", "take"),
        ("204", "take", "take", "take"),
        ("408", "0.5s RequestTimeout", "0.5s RequestTimeout", "take"),
        (
            "500",
            "0.5s InternalServerError",
            "0.5s InternalServerError",
            "take",
        ),
        ("501", "take", "take", "take"),
        ("502", "0.5s BadGateway", "0.5s BadGateway", "take"),
        (
            "503",
            "0.5s ServiceUnavailable",
            "0.5s ServiceUnavailable",
            "take",
        ),
        (
            "503 retry-after: 9",
            "9s ServiceUnavailable",
            "9s ServiceUnavailable",
            "9s ServiceUnavailable",
        ),
        ("504", "0.5s GatewayTimeout", "0.5s GatewayTimeout", "take"),
        (
            "429",
            "1s TooManyRequests",
            "1s TooManyRequests",
            "1s TooManyRequests",
        ),
        (
            "429 retry-after: 17",
            "17s TooManyRequests",
            "17s TooManyRequests",
            "17s TooManyRequests",
        ),
        ("400", "take", "take", "take"),
        ("401", "take", "take", "take"),
        ("403", "take", "take", "take"),
        ("404", "take", "take", "take"),
        ("409", "take", "1s Conflict", "take"),
        ("412", "take", "take", "take"),
    ];
    for (answer, read, delete, action) in rows {
        check(answer, [read, delete, action]);
    }
    let all = |text| [text, text, text];
    check(&coded("401", "ExpiredAuthenticationToken"), all("renew"));
    check(&coded("401", "InvalidAuthenticationToken"), all("take"));
    check(&coded("403", "LinkedAuthorizationFailed"), all("take"));
    check(
        &coded("409", "AnotherOperationInProgress"),
        all("1s AnotherOperationInProgress"),
    );
    check(&coded("409", "RetryableError"), all("1s RetryableError"));
    // Only a plan knows whether a role was just given or an image just made.
    check(&coded("403", "AuthorizationFailed"), all("take"));
    check(&coded("403", "LinkedAuthorizationFailed"), all("take"));
    check(&coded("404", "GalleryImageNotFound"), all("take"));
    check(&coded("409", "OperationNotAllowed"), all("take"));
    check(&coded("409", "SkuNotAvailable"), all("take"));
    check(&coded("409", "ScopeLocked"), all("take"));
    check(&coded("409", "PropertyChangeNotAllowed"), all("take"));
    let locked = coded("429", "RetryableErrorDueToAnotherOperation");
    check(&locked, all("1s RetryableErrorDueToAnotherOperation"));
    check(
        &coded("400", "InUseSubnetCannotBeDeleted"),
        ["take", "1s InUseSubnetCannotBeDeleted", "take"],
    );
    check(
        &coded("400", "NicReservedForAnotherVm"),
        ["take", "1s NicReservedForAnotherVm", "take"],
    );
}

fn check(answer: &str, expected: [&str; 3]) {
    let manners = [Manner::Idempotent, Manner::Delete, Manner::Action];
    for (manner, expected) in manners.into_iter().zip(expected) {
        let verdict = tries(manner, 0.0).judge(&Ok(response(answer)));
        assert_eq!(show(verdict), expected, "{manner:?} {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_at_all() {
    let connect = Err(HttpError::Connect(String::new()));
    let lost = Err(HttpError::Lost(String::new()));
    let unsendable = Err(HttpError::Unsendable(String::new()));
    for manner in [Manner::Idempotent, Manner::Delete, Manner::Action] {
        assert_eq!(
            show(tries(manner, 0.0).judge(&connect)),
            "0.5s CannotConnect"
        );
        assert_eq!(show(tries(manner, 0.0).judge(&unsendable)), "take");
    }
    assert_eq!(
        show(tries(Manner::Idempotent, 0.0).judge(&lost)),
        "0.5s NoAnswer"
    );
    // It may have been carried out, and twice is not once.
    assert_eq!(show(tries(Manner::Action, 0.0).judge(&lost)), "take");
}

/// Answers the same until nothing is waited for any more.
async fn waits(answer: &str, manner: Manner, jitter: f64) -> Vec<f64> {
    let mut tries = tries(manner, jitter);
    let mut waits = Vec::new();
    while let Verdict::Wait { wait, .. } = tries.judge(&Ok(response(answer))) {
        waits.push(wait.as_secs_f64());
        advance(wait).await;
    }
    waits
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_end() {
    assert_eq!(
        waits("500", Manner::Idempotent, 0.0).await,
        [0.5, 1.0, 2.0, 4.0, 8.0, 15.0]
    );
    assert_eq!(
        waits("500", Manner::Idempotent, 1.0).await,
        [1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    );
    let throttled = waits("429 retry-after: 100", Manner::Action, 0.0).await;
    assert_eq!(throttled, [100.0; 9]);
    let conflicts = waits(
        &coded("409", "AnotherOperationInProgress"),
        Manner::Idempotent,
        1.0,
    )
    .await;
    assert_eq!(conflicts[..5], [2.0, 4.0, 8.0, 15.0, 15.0]);
    assert!((580.0..=600.0).contains(&conflicts.iter().sum()));
    let in_use: f64 = waits(&coded("400", "NicInUse"), Manner::Delete, 1.0)
        .await
        .iter()
        .sum();
    assert!((40.0..=60.0).contains(&in_use));
}

#[tokio::test(start_paused = true)]
async fn never_earlier_than_asked_and_a_little_later_by_chance() {
    assert_eq!(
        waits("429 retry-after: 300", Manner::Action, 0.0).await[0],
        300.0
    );
    assert_eq!(
        waits("429 retry-after: 300", Manner::Action, 1.0).await[0],
        302.0
    );
    assert_eq!(
        waits("503 retry-after: 4", Manner::Idempotent, 1.0).await[0],
        4.4
    );
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_renewed_once() {
    let mut tries = tries(Manner::Idempotent, 0.0);
    let expired = Ok(response(&coded("401", "ExpiredAuthenticationToken")));
    assert_eq!(tries.judge(&expired), Verdict::Renew);
    assert_eq!(tries.judge(&expired), Verdict::Take);
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_beyond_its_deadline() {
    let until = Instant::now() + Duration::from_secs(5);
    let patience = Patience::default();
    let mut tries = Tries::new(
        Manner::Idempotent,
        patience,
        Jitter::fixed(0.0),
        Some(until),
    );
    assert_eq!(
        tries.judge(&Ok(response("429 retry-after: 6"))),
        Verdict::Take
    );
    assert_ne!(
        tries.judge(&Ok(response("429 retry-after: 5"))),
        Verdict::Take
    );
}

#[test]
fn both_forms_of_retry_after_and_the_milliseconds() {
    let after = |text| retry_after(&response(text)).map(|wait| wait.as_millis());
    assert_eq!(after("429 retry-after: 3"), Some(3000));
    assert_eq!(after("429 retry-after-ms: 250; retry-after: 3"), Some(250));
    assert_eq!(after("429 x-ms-retry-after-ms: 250"), Some(250));
    let date =
        "429 date: Sun, 06 Nov 1994 08:49:37 GMT; retry-after: Sun, 06 Nov 1994 08:50:07 GMT";
    assert_eq!(after(date), Some(30_000));
    let past =
        "429 date: Sun, 06 Nov 1994 08:49:37 GMT; retry-after: Sun, 06 Nov 1994 08:40:00 GMT";
    assert_eq!(after(past), Some(0));
    assert_eq!(after("429 retry-after: soon"), None);
    assert_eq!(after("429"), None);
}

/// The metadata service of a machine may still be coming up.
#[tokio::test(start_paused = true)]
async fn the_metadata_service_comes_up() {
    let mut tries = tries(Manner::Metadata, 0.0);
    for (answer, expected) in [
        ("404", "0.5s NotFound"),
        ("410", "1s Gone"),
        ("429", "1s TooManyRequests"),
        ("503", "1s ServiceUnavailable"),
        ("400", "take"),
        ("401", "take"),
        ("200", "take"),
    ] {
        assert_eq!(
            show(tries.judge(&Ok(response(answer)))),
            expected,
            "{answer}"
        );
    }
}
