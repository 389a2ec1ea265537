//! What hosts refuse, and what is said then.

use serde_json::{Value, json};
use tenon_client::{HostErrorKind, Status, Verdict};
use tenon_model::{Code, Diagnostic};

use super::at_hosts::{Scene, Stand};
use super::hosts::azure_repos::AzureRepos;
use super::hosts::github::GitHub;
use super::hosts::gitlab::GitLab;
use super::hosts::{Answer, Instead};
use super::{HEAD, client, place};
use crate::comment::ci::{Branch, Kind};
use crate::comment::problems::{Doing, explain};

fn status() -> Status {
    Status {
        name: "tenon / web-prod".to_owned(),
        verdict: Verdict::Good,
        description: format!("3 replace, 1 delete; sha256:{}", "6".repeat(64)),
        link: Some("https://run.test/1".to_owned()),
    }
}

fn text(problem: &Diagnostic) -> String {
    let mut lines = vec![format!("{} {}", problem.code, problem.message)];
    lines.extend(problem.notes.iter().map(|note| format!("= {note}")));
    lines.extend(problem.helps.iter().map(|help| format!("> {}", help.text)));
    lines.join("\n")
}

#[track_caller]
fn says(problem: &Diagnostic, code: Code, words: &[&str]) {
    let text = text(problem);
    assert_eq!(problem.code, code, "{text}");
    for word in words {
        assert!(text.contains(word), "no `{word}` in\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_named() {
    let github = Scene::<GitHub>::new();
    if let Some(account) = github.there().accounts.get_mut("workflow-token") {
        account.pull_requests = false;
        account.statuses = false;
    }
    let error = github
        .host
        .create(7, "x", tenon_client::Urgency::Told)
        .await;
    let error = error.expect_err("no right");
    assert_eq!(error.kind, HostErrorKind::Forbidden);
    let own = explain(&place(Kind::GitHub), Doing::Comment, &error);
    says(
        &own,
        Code::HostRightMissing,
        &["pull-requests: write", "not accessible by integration"],
    );
    assert!(!text(&own).contains("fork"));
    let mut fork = place(Kind::GitHub);
    fork.branch = Branch::OfFork;
    let fork = explain(&fork, Doing::Comment, &error);
    says(&fork, Code::HostRightMissing, &["fork", "workflow_run"]);
    let error = github
        .host
        .status(HEAD, Some(7), &status())
        .await
        .expect_err("no right");
    let status_problem = explain(&place(Kind::GitHub), Doing::Status, &error);
    says(
        &status_problem,
        Code::HostRightMissing,
        &["statuses: write"],
    );

    let gitlab = Scene::<GitLab>::new();
    if let Some(account) = gitlab.there().accounts.get_mut("project-token") {
        account.notes = false;
    }
    let error = gitlab
        .host
        .create(7, "x", tenon_client::Urgency::Told)
        .await;
    let problem = explain(
        &place(Kind::GitLab),
        Doing::Comment,
        &error.expect_err("no right"),
    );
    says(
        &problem,
        Code::HostRightMissing,
        &["project access token", "scope `api`"],
    );

    let azure = Scene::<AzureRepos>::new();
    if let Some(account) = azure.there().accounts.get_mut("Bearer job-token") {
        account.contributes = false;
    }
    let error = azure.host.create(7, "x", tenon_client::Urgency::Told).await;
    let problem = explain(
        &place(Kind::AzureRepos),
        Doing::Comment,
        &error.expect_err("no right"),
    );
    says(
        &problem,
        Code::HostRightMissing,
        &["Contribute to pull requests", "TF401027"],
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_wrong_is_said_and_not_shown() {
    async fn check<S: Stand>() {
        let scene = Scene::<S>::new();
        let service = std::sync::Arc::new(std::sync::Mutex::new(S::fresh()));
        let host = client(S::KIND, &service, "canary-token");
        let error = host.whoami().await.expect_err("a wrong token");
        let problem = explain(&place(S::KIND), Doing::Comment, &error);
        says(
            &problem,
            Code::HostTokenRejected,
            &["does not accept the token"],
        );
        assert!(!format!("{error:?} {}", text(&problem)).contains("canary"));
        // A page to sign in at means the same.
        let path = match S::KIND {
            Kind::GitHub => "POST /graphql",
            Kind::GitLab => "GET /api/v4/user",
            Kind::AzureRepos => "GET /contoso/_apis/connectionData",
        };
        let mut page = Answer::json(203, &Value::Null);
        "<html>".clone_into(&mut page.body);
        scene.instead(path, Instead::Of(page));
        let error = scene.host.whoami().await.expect_err("a page");
        assert_eq!(error.kind, HostErrorKind::Unauthorized);
    }
    check::<GitHub>().await;
    check::<GitLab>().await;
    check::<AzureRepos>().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_hidden_is_a_right_as_well() {
    let scene = Scene::<GitHub>::new();
    let error = scene.host.comments(8).await.expect_err("another one");
    let problem = explain(&place(Kind::GitHub), Doing::Comment, &error);
    says(&problem, Code::HostRightMissing, &["404", "may not see"]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_does_not_end_ends_the_wait() {
    let scene = Scene::<GitLab>::new();
    for _ in 0..100 {
        let limited = Answer::message(429, "Retry later").with("retry-after", "600");
        scene.instead("GET /api/v4/user", Instead::Of(limited));
    }
    let began = tokio::time::Instant::now();
    let error = scene.host.whoami().await.expect_err("a limit");
    assert!(began.elapsed() <= std::time::Duration::from_secs(15 * 60));
    let problem = explain(&place(Kind::GitLab), Doing::Comment, &error);
    says(
        &problem,
        Code::HostDoesNotAnswer,
        &["limits the rate", "again later"],
    );
}

#[tokio::test(start_paused = true)]
async fn other_refusals_keep_their_words() {
    let scene = Scene::<GitHub>::new();
    let error = scene.host.status(&"0".repeat(40), None, &status()).await;
    let problem = explain(
        &place(Kind::GitHub),
        Doing::Status,
        &error.expect_err("no commit"),
    );
    says(&problem, Code::HostRefused, &["No commit found"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_carried_elsewhere() {
    let scene = Scene::<GitHub>::new();
    let elsewhere = Answer::json(307, &Value::Null).with("location", "https://evil.test/");
    scene.instead("GET /repos/contoso/fleet/pulls/7", Instead::Of(elsewhere));
    let error = scene.host.pull_request(7).await.expect_err("a redirect");
    assert_eq!(error.kind, HostErrorKind::Refused, "{error}");
    assert!(!scene.writes().iter().any(|line| line.contains("evil")));
}

/// The description ends with the whole digest.
#[tokio::test(start_paused = true)]
async fn statuses_are_posted_in_the_words_of_each_host() {
    async fn check<S: Stand>(expected: Value) {
        let scene = Scene::<S>::new();
        let posted = scene.host.status(HEAD, Some(7), &status()).await;
        assert_eq!(posted, Ok(()));
        let there = scene.there().statuses();
        let said = format!("3 replace, 1 delete; sha256:{}", "6".repeat(64));
        assert_eq!(there[0]["description"], said.as_str());
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(&there[0][name], value);
        }
    }
    check::<GitHub>(json!({"state": "success", "context": "tenon / web-prod",
        "target_url": "https://run.test/1"}))
    .await;
    check::<GitLab>(json!({"state": "success", "name": "tenon / web-prod"})).await;
    check::<AzureRepos>(json!({"state": "succeeded",
        "context": {"genre": "tenon", "name": "web-prod"}}))
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_pull_request_of_a_commit_is_found() {
    async fn check<S: Stand>() {
        let scene = Scene::<S>::new();
        let found = scene.host.pull_requests_of(&"f".repeat(40)).await;
        let numbers: Vec<u64> = found
            .expect("a list")
            .iter()
            .map(|one| one.number)
            .collect();
        assert_eq!(numbers, [7]);
        let pull = scene.host.pull_request(7).await.expect("a pull request");
        assert_eq!(pull.head, HEAD);
    }
    check::<GitHub>().await;
    check::<GitLab>().await;
    check::<AzureRepos>().await;
}
