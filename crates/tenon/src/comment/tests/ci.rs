//! What pipelines say of themselves.

use serde_json::{Value, json};
use tenon_model::Code;

use super::HEAD;
use crate::comment::ci::{Around, Branch, Ci, Kind, Named, Runner, detect};

const MERGE: &str = "2222222222222222222222222222222222222222";

fn with(
    variables: &[(&str, &str)],
    event: &Value,
    named: &Named,
) -> Result<Ci, Box<tenon_model::Diagnostic>> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let around = Around {
        variable: &variable,
        read: &|path| (path == "/event.json").then(|| event.to_string()),
    };
    detect(&around, named)
}

#[track_caller]
fn found(variables: &[(&str, &str)], event: &Value) -> Ci {
    with(variables, event, &Named::default()).expect("a host")
}

const ACTIONS: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_REPOSITORY", "contoso/fleet"),
    ("GITHUB_API_URL", "https://api.github.com"),
    ("GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_RUN_ID", "5123"),
    ("GITHUB_EVENT_PATH", "/event.json"),
    ("GITHUB_REF", "refs/pull/118/merge"),
    ("GITHUB_SHA", MERGE),
];

fn pull_request(head: &str) -> Value {
    json!({"pull_request": {"number": 118,
        "head": {"sha": HEAD, "repo": {"full_name": head}},
        "base": {"repo": {"full_name": "contoso/fleet"}}}})
}

#[test]
fn github_actions_names_the_head_and_not_the_merge() {
    let ci = found(ACTIONS, &pull_request("contoso/fleet"));
    assert_eq!((ci.kind, ci.runner), (Kind::GitHub, Some(Runner::GitHub)));
    assert_eq!((ci.pull, ci.commit.as_deref()), (Some(118), Some(HEAD)));
    assert_eq!(ci.web.as_deref(), Some("https://github.com/contoso/fleet"));
    let run = "https://github.com/contoso/fleet/actions/runs/5123";
    assert_eq!(ci.run.as_deref(), Some(run));
    assert_eq!(ci.branch, Branch::Own);
    let fork = found(ACTIONS, &pull_request("mallory/fleet"));
    assert_eq!(fork.branch, Branch::OfFork);
    // Without the event the pull request is known, its head is not.
    let bare = found(ACTIONS, &json!({}));
    assert_eq!((bare.pull, bare.commit), (Some(118), None));
}

#[test]
fn other_events_of_github_are_understood() {
    let mut push = ACTIONS.to_vec();
    push[7].1 = "refs/heads/main";
    let ci = found(&push, &json!({"after": MERGE}));
    assert_eq!((ci.pull, ci.commit.as_deref()), (None, Some(MERGE)));
    // The trusted job that posts for an untrusted one.
    let second = json!({"workflow_run": {"head_sha": HEAD, "pull_requests": [{"number": 118}]}});
    let ci = found(&push, &second);
    assert_eq!((ci.pull, ci.commit.as_deref()), (Some(118), Some(HEAD)));
    let of_fork = json!({"workflow_run": {"head_sha": HEAD, "pull_requests": []}});
    let ci = found(&push, &of_fork);
    assert_eq!((ci.pull, ci.commit.as_deref()), (None, Some(HEAD)));
    let said = json!({"issue": {"number": 118, "pull_request": {"url": "x"}}});
    assert_eq!(found(&push, &said).pull, Some(118));
    let issue = json!({"issue": {"number": 118}});
    assert_eq!(found(&push, &issue).pull, None);
}

#[test]
fn an_enterprise_server_has_its_own_addresses() {
    let mut own = ACTIONS.to_vec();
    own[2].1 = "https://git.contoso.example/api/v3";
    own.remove(3);
    let ci = found(&own, &json!({}));
    assert_eq!(ci.api, "https://git.contoso.example/api/v3");
    assert_eq!(ci.graphql, "https://git.contoso.example/api/graphql");
}

#[test]
fn gitlab_names_project_and_head() {
    let mut variables = vec![
        ("GITLAB_CI", "true"),
        ("CI_API_V4_URL", "https://gitlab.com/api/v4"),
        ("CI_PROJECT_ID", "42"),
        ("CI_PROJECT_URL", "https://gitlab.com/contoso/fleet"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "42"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "42"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_COMMIT_SHA", MERGE),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD),
        ("CI_PIPELINE_ID", "9"),
        ("CI_JOB_URL", "https://gitlab.com/contoso/fleet/-/jobs/3"),
    ];
    let ci = found(&variables, &json!({}));
    assert_eq!((ci.kind, ci.repository.as_str()), (Kind::GitLab, "42"));
    assert_eq!((ci.pull, ci.commit.as_deref()), (Some(7), Some(HEAD)));
    assert_eq!(ci.built.pipeline, Some((MERGE.to_owned(), 9)));
    assert_eq!(ci.branch, Branch::Own);
    // Outside of merged results the variable is not there.
    variables.remove(8);
    let ci = found(&variables, &json!({}));
    assert_eq!(ci.commit.as_deref(), Some(MERGE));
    variables[5].1 = "43";
    variables[2].1 = "43";
    let fork = found(&variables, &json!({}));
    assert_eq!(
        (fork.repository.as_str(), fork.branch),
        ("42", Branch::OfFork)
    );
    assert_eq!(fork.built.project.as_deref(), Some("43"));
}

const PIPELINES: &[(&str, &str)] = &[
    ("TF_BUILD", "True"),
    ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
    ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/contoso/"),
    ("SYSTEM_TEAMPROJECT", "Web shop"),
    ("BUILD_REPOSITORY_ID", "3411ebc1"),
    ("BUILD_REPOSITORY_NAME", "fleet"),
    ("BUILD_BUILDID", "77"),
    ("BUILD_SOURCEVERSION", MERGE),
    ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
    ("SYSTEM_PULLREQUEST_SOURCECOMMITID", HEAD),
];

#[test]
fn azure_pipelines_names_a_repository_of_its_own() {
    let ci = found(PIPELINES, &json!({}));
    assert_eq!(
        (ci.kind, ci.runner),
        (Kind::AzureRepos, Some(Runner::Azure))
    );
    assert_eq!(
        (ci.project.as_str(), ci.repository.as_str()),
        ("Web shop", "3411ebc1")
    );
    assert_eq!((ci.pull, ci.commit.as_deref()), (Some(7), Some(HEAD)));
    let web = "https://dev.azure.com/contoso/Web%20shop/_git/fleet";
    assert_eq!(ci.web.as_deref(), Some(web));
    let run = "https://dev.azure.com/contoso/Web%20shop/_build/results?buildId=77&view=results";
    assert_eq!(ci.run.as_deref(), Some(run));
}

#[test]
fn azure_pipelines_builds_repositories_of_github() {
    let mut variables = PIPELINES.to_vec();
    variables[1].1 = "GitHub";
    variables[5].1 = "contoso/fleet";
    variables[8].1 = "123456789";
    variables.push(("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "118"));
    variables.push(("SYSTEM_PULLREQUEST_ISFORK", "True"));
    variables.push(("BUILD_REPOSITORY_URI", "https://github.com/contoso/fleet"));
    let ci = found(&variables, &json!({}));
    assert_eq!((ci.kind, ci.runner), (Kind::GitHub, Some(Runner::Azure)));
    assert_eq!((ci.pull, ci.branch), (Some(118), Branch::OfFork));
    assert_eq!(ci.api, "https://api.github.com");
    assert!(
        ci.run
            .is_some_and(|run| run.contains("/_build/results?buildId=77"))
    );
    variables[1].1 = "Bitbucket";
    let problem = with(&variables, &json!({}), &Named::default()).expect_err("unknown");
    assert_eq!(problem.code, Code::PullRequestUnknown);
}

#[test]
fn the_command_line_goes_first() {
    let named = Named {
        host: Some(Kind::AzureRepos),
        repository: Some("contoso/Web shop/fleet".to_owned()),
        pull: Some(9),
        commit: Some("abcdef0".to_owned()),
    };
    let ci = with(ACTIONS, &json!({}), &named).expect("a host");
    assert_eq!(
        (ci.kind, ci.runner),
        (Kind::AzureRepos, Some(Runner::GitHub))
    );
    assert_eq!(ci.api, "https://dev.azure.com/contoso");
    assert_eq!((ci.pull, ci.commit.as_deref()), (Some(9), Some("abcdef0")));
    // Another commit is another pull request, until somebody says otherwise.
    let commit = Named {
        commit: Some(MERGE.to_owned()),
        ..Named::default()
    };
    let ci = with(ACTIONS, &pull_request("contoso/fleet"), &commit).expect("a host");
    assert_eq!((ci.pull, ci.commit.as_deref()), (None, Some(MERGE)));
    // Another pull request has another head.
    let pull = Named {
        pull: Some(119),
        ..Named::default()
    };
    let ci = with(ACTIONS, &pull_request("contoso/fleet"), &pull).expect("a host");
    assert_eq!((ci.pull, ci.commit), (Some(119), None));
    for (repository, commit) in [
        ("fleet", HEAD),
        ("a/b/c", HEAD),
        ("a/..%2f", HEAD),
        ("a/b", "main"),
    ] {
        let named = Named {
            host: Some(Kind::GitHub),
            repository: Some(repository.to_owned()),
            commit: Some(commit.to_owned()),
            pull: Some(1),
        };
        assert!(
            with(&[], &json!({}), &named).is_err(),
            "{repository} {commit}"
        );
    }
}

/// The second workflow has the rights of the repository; what it renders may all
/// the same come out of a fork's job.
#[test]
fn a_workflow_that_ran_for_a_fork_is_of_one() {
    let after = |repository: &str| {
        let event = json!({"workflow_run": {"head_sha": HEAD, "pull_requests": [],
            "head_repository": {"full_name": repository}}});
        found(ACTIONS, &event).branch
    };
    assert_eq!(after("contoso/fleet"), Branch::Own);
    assert_eq!(after("mallory/fleet"), Branch::OfFork);
}
