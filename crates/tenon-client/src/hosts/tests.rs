//! What is the same for all hosts: where tokens go, and what limits mean. How
//! each of them behaves is tested with the comments of the program.

use std::sync::Arc;

use jiff::Timestamp;

use super::limits::uniform;
use super::talk::segment;
use super::{Built, GitHub, GitLab, Host, HostAt, HostErrorKind, HostSettings};
use crate::tests::{Script, response};
use crate::{Endpoint, Jitter};

const TOKEN: &str = "canary-token";

fn settings(script: &Arc<Script>) -> HostSettings {
    let mut settings = HostSettings::new(script.clone());
    settings.jitter = Jitter::fixed(0.0);
    settings
}

fn at(api: &str) -> HostAt {
    HostAt {
        api: Endpoint::parse(api).unwrap(),
        token: TOKEN.into(),
    }
}

fn github(script: &Arc<Script>) -> Host {
    let graphql = Endpoint::parse("https://api.test/graphql").unwrap();
    let at = at("https://api.test");
    Host::GitHub(GitHub::new(&settings(script), &at, &graphql, "contoso/fleet").unwrap())
}

#[test]
fn rest_and_graphql_are_on_one_host() {
    let settings = settings(&Script::new(""));
    let new = |graphql: &str, name: &str| {
        let graphql = Endpoint::parse(graphql).unwrap();
        GitHub::new(&settings, &at("https://api.test"), &graphql, name).is_some()
    };
    assert!(new("https://api.test/graphql", "contoso/fleet"));
    assert!(!new("https://evil.test/graphql", "contoso/fleet"));
    assert!(!new("https://api.test:444/graphql", "contoso/fleet"));
    assert!(!new("https://api.test/graphql", "contoso"));
    assert!(!new("https://api.test/graphql", "contoso/fleet/x"));
}

/// Neither a redirect within the host nor the link to a next page leads
/// anywhere but to where we say.
#[tokio::test(start_paused = true)]
async fn nobody_else_says_where_the_token_goes() {
    let comments = "/repos/contoso/fleet/issues/7/comments";
    let script = Script::new(&format!(
        r#"GET {comments} => 200 link: <https://evil.test/2>, rel="next" | []
           GET {comments} => 200 | []
           GET /repos/contoso/fleet/pulls/7 => 301 location: https://api.test/repositories/1"#
    ));
    let host = github(&script);
    assert_eq!(host.comments(7).await, Ok(Vec::new()));
    let error = host.pull_request(7).await.unwrap_err();
    assert_eq!(error.kind, HostErrorKind::Refused);
    assert!(!format!("{error:?}{error}").contains(TOKEN));
    script.finish();
    let seen = script.seen();
    assert!(
        seen[0].url.ends_with("?per_page=100&page=1"),
        "{}",
        seen[0].url
    );
    assert!(
        seen[1].url.ends_with("?per_page=100&page=2"),
        "{}",
        seen[1].url
    );
    for one in &seen {
        assert_eq!(one.header("authorization"), Some("Bearer canary-token"));
        assert!(one.headers["authorization"].is_sensitive());
    }
}

#[tokio::test(start_paused = true)]
async fn names_stay_one_segment_of_a_path() {
    assert_eq!(segment("a/../b?c#d e"), "a%2F..%2Fb%3Fc%23d%20e");
    let script = Script::new(
        r#"GET /api/v4/projects/contoso%2Ffleet/merge_requests/7 => 200 | {"iid": 7, "sha": null}"#,
    );
    let at = at("https://host.test/api/v4");
    let host = GitLab::new(&settings(&script), &at, "contoso/fleet", Built::default());
    let pull = Host::GitLab(host).pull_request(7).await.unwrap();
    assert_eq!((pull.number, pull.head.as_str()), (7, ""));
}

#[test]
fn a_limit_has_one_form_and_a_missing_right_is_none() {
    let now = Timestamp::from_second(1_000).unwrap();
    let rows = [
        ("200 retry-after: 9", "200 9"),
        ("429 retry-after: 9", "429 9"),
        ("429", "429 60"),
        (
            "429 ratelimit-remaining: 0; ratelimit-reset: 1030",
            "429 30",
        ),
        ("403 retry-after: 9", "429 9"),
        ("403 | You have exceeded a secondary rate limit", "429 60"),
        (
            "403 x-ratelimit-remaining: 0; x-ratelimit-reset: 1300 | API rate limit exceeded",
            "429 300",
        ),
        // A reset that has passed already.
        (
            "403 x-ratelimit-remaining: 0; x-ratelimit-reset: 900 | API rate limit exceeded",
            "429 1",
        ),
        // The last request before the limit, and no right for it.
        (
            "403 x-ratelimit-remaining: 0; x-ratelimit-reset: 1300 | Resource not accessible by integration",
            "403 ",
        ),
        ("503 retry-after: 9", "503 9"),
    ];
    for (answer, expected) in rows {
        let uniform = uniform(response(answer), now);
        let wait = uniform.header("retry-after").unwrap_or_default();
        assert_eq!(
            format!("{} {wait}", uniform.status.as_u16()),
            expected,
            "{answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn answers_have_kinds() {
    let rows = [
        ("401", HostErrorKind::Unauthorized),
        ("203 | <html>", HostErrorKind::Unauthorized),
        (
            r#"403 | {"message": "Forbidden"}"#,
            HostErrorKind::Forbidden,
        ),
        (
            r#"403 | {"message": "Unable to create comment because issue is locked."}"#,
            HostErrorKind::Refused,
        ),
        ("404", HostErrorKind::NotFound),
        (
            r#"422 | {"message": "Validation Failed", "errors": [{"message": "Body is too long"}]}"#,
            HostErrorKind::TooLong,
        ),
        (
            r#"400 | {"message": {"note": ["is too long (maximum is 1000000 characters)"]}}"#,
            HostErrorKind::TooLong,
        ),
        (
            r#"422 | {"message": "Validation Failed"}"#,
            HostErrorKind::Refused,
        ),
        ("200 | <html>", HostErrorKind::NoAnswer),
    ];
    for (answer, kind) in rows {
        let script = Script::new(&format!("GET /repos/contoso/fleet/pulls/7 => {answer}"));
        let error = github(&script).pull_request(7).await.unwrap_err();
        assert_eq!(error.kind, kind, "{answer}: {error}");
    }
}
