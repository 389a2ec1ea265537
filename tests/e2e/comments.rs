//! `tenon comment` as a pipeline runs it. What hosts do with comments is tested
//! in `crates/tenon/src/comment/tests`.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::formats::assert_fits;
use crate::hosts::azure_repos::AzureRepos;
use crate::hosts::github::GitHub;
use crate::hosts::gitlab::GitLab;
use crate::hosts::serve;
use crate::scenario::Scenario;
use crate::worlds::machines;

const HEAD: &str = "9b1d7c2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Whether the first line is a mark of ours.
fn marked(body: &str) -> bool {
    body.starts_with("<!-- tenon:v1 {")
}

fn is_applied(body: &str) -> bool {
    let first = body.lines().next().unwrap_or_default();
    marked(first) && first.contains("\"state\":\"applied\"")
}

/// A folder with a saved plan of one machine.
fn planned() -> Scenario {
    let scenario = Scenario::bare();
    let spec = machines(&["one"]);
    // With a group of rules of its own, which lets everybody in.
    let (before, after) = spec.split_once(", subnet: ").expect("a subnet");
    let (_, after) = after.split_once('}').expect("an end");
    scenario.write("tenon.yaml", &format!("{before}}}{after}"));
    scenario.run("plan --simulate --out plan.tenon").exits(0);
    scenario
}

/// A workflow for a pull request whose branch is in the repository `head`.
fn workflow(scenario: &mut Scenario, host: &Arc<Mutex<GitHub>>, head: &str) {
    let address = serve(host);
    let event = json!({"pull_request": {"number": 7,
        "head": {"sha": HEAD, "repo": {"full_name": head}},
        "base": {"repo": {"full_name": "contoso/fleet"}}}});
    let event = scenario.write("event.json", &event.to_string());
    let summary = scenario.path("summary.md");
    let checkout = scenario.path("");
    for (name, value) in [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "contoso/fleet"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_API_URL", &address),
        ("GITHUB_GRAPHQL_URL", &format!("{address}/graphql")),
        ("GITHUB_EVENT_PATH", &event.to_string_lossy()),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_RUN_ID", "5123"),
        ("GITHUB_STEP_SUMMARY", &summary.to_string_lossy()),
        ("GITHUB_WORKSPACE", &checkout.to_string_lossy()),
        ("GITHUB_TOKEN", "workflow-token"),
    ] {
        scenario.set(name, value);
    }
}

fn github() -> Arc<Mutex<GitHub>> {
    Arc::new(Mutex::new(GitHub::new(HEAD)))
}

#[test]
fn a_plan_is_commented_on_and_frozen_when_it_was_applied() {
    let mut scenario = planned();
    let host = github();
    workflow(&mut scenario, &host, "contoso/fleet");
    let first = scenario.run("comment").exits(0);
    assert!(
        first.stderr.contains("Comment written: pull request 7"),
        "{first}"
    );
    assert!(
        first.stdout.contains("::warning file=tenon.yaml,line="),
        "{first}"
    );
    let digest = {
        let there = host.lock().expect("a host");
        let body = &there.comments[0].body;
        assert!(
            marked(body) && body.contains("### tenon plan `shop`: "),
            "{body}"
        );
        assert!(
            body.contains(&format!("/contoso/fleet/blob/{HEAD}/tenon.yaml#L")),
            "{body}"
        );
        let (commit, status) = &there.statuses[0];
        assert_eq!(
            (commit.as_str(), &status["state"]),
            (HEAD, &json!("success"))
        );
        assert_eq!(status["context"], "tenon / shop");
        let description = status["description"].as_str().expect("a text");
        description.split("; ").last().expect("a digest").to_owned()
    };
    assert!(scenario.read("plan.tenon").contains(&digest), "{digest}");
    assert!(
        scenario
            .read("summary.md")
            .contains("### tenon plan `shop`")
    );
    let again = scenario.run("comment --json").exits(0);
    let lines: Vec<serde_json::Value> = again
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("nothing but JSON"))
        .collect();
    lines.iter().for_each(|line| assert_fits("events", line));
    let done: Vec<_> = lines
        .iter()
        .filter(|line| line["type"] == "comment")
        .collect();
    assert!(
        done.len() == 1 && done[0]["state"] == "unchanged",
        "{again}"
    );

    scenario
        .run("apply plan.tenon --simulate --report report.json")
        .exits(0);
    // After the merge nobody names the pull request but the commit.
    scenario.set("GITHUB_REF", "refs/heads/main");
    scenario.set("GITHUB_SHA", &"f".repeat(40));
    scenario.write("event.json", "{}");
    scenario
        .run("comment --applied report.json")
        .exits(0)
        .says("brought up to date");
    let frozen = {
        let there = host.lock().expect("a host");
        assert_eq!(there.comments.len(), 1);
        assert!(
            there.comments[0]
                .body
                .contains("### tenon apply `shop`: applied in ")
        );
        assert!(is_applied(&there.comments[0].body));
        there.comments[0].body.clone()
    };
    scenario.run("plan --simulate --out plan.tenon").exits(0);
    scenario.run("comment").exits(0).says("Comment written");
    let there = host.lock().expect("a host");
    assert_eq!(there.comments.len(), 2);
    assert_eq!(there.comments[0].body, frozen);
    assert!(there.comments[0].minimized.is_some());
    assert!(
        there.comments[1].body.contains("no changes"),
        "{}",
        there.comments[1].body
    );
    assert_eq!(there.statuses.len(), 4);
}

#[test]
fn a_dry_run_sends_nothing() {
    let mut scenario = planned();
    let host = github();
    workflow(&mut scenario, &host, "contoso/fleet");
    scenario.unset("GITHUB_TOKEN");
    let said = scenario.run("comment --dry-run").exits(0);
    assert!(said.stdout.starts_with("::stop-commands::"), "{said}");
    assert!(said.stdout.contains("### tenon plan `shop`: "), "{said}");
    assert!(
        said.stderr.contains("would post the status `tenon / shop`"),
        "{said}"
    );
    assert!(host.lock().expect("a host").told.log.is_empty());
    assert!(!scenario.path("summary.md").exists());

    insta::assert_snapshot!(scenario.run("comment --no-status").stderr, @r#"
    error[TN4302]: there is no token for GitHub
       = looked for TENON_COMMENT_TOKEN, GH_TOKEN, GITHUB_TOKEN
    help: set GITHUB_TOKEN: `env: {GITHUB_TOKEN: "${{ github.token }}"}`
    "#);
    scenario.unset("GITHUB_ACTIONS");
    insta::assert_snapshot!(scenario.run("comment"), @r"
    exit 1
    --- stderr
    error[TN4301]: no pipeline says which host and pull request this is about
       = known are GitHub, GitLab and Azure Repos
    help: name both:  tenon comment PLAN --host github --repository OWNER/NAME --pull-request N
    help: or look at the comment only, with --dry-run
    ");
}

/// What needs no right is done all the same.
#[test]
fn the_branch_of_a_fork_is_told_the_way_out() {
    let mut scenario = planned();
    let host = github();
    if let Some(account) = host
        .lock()
        .expect("a host")
        .accounts
        .get_mut("workflow-token")
    {
        account.pull_requests = false;
        account.statuses = false;
    }
    workflow(&mut scenario, &host, "mallory/fleet");
    let said = scenario
        .run("comment --no-status")
        .exits(4)
        .never_says("workflow-token");
    insta::assert_snapshot!(said.stderr, @r"
    error[TN4304]: GitHub does not let this token write the comment
       = POST /repos/contoso/fleet/issues/7/comments answers 403: Resource not accessible by integration
       = the branch is one of a fork: its workflows get a token that only reads
    help: post from a second workflow, on `workflow_run`, that renders the saved plan again
    help: docs/comment.md says which right each host wants
    ");
    assert!(
        scenario
            .read("summary.md")
            .contains("### tenon plan `shop`")
    );
    let both = scenario.run("comment").exits(4);
    assert!(
        both.stderr
            .contains("does not let this token write the status"),
        "{both}"
    );
}

#[test]
fn gitlab_gets_its_reports_and_azure_pipelines_its_summary() {
    let mut scenario = planned();
    let gitlab = Arc::new(Mutex::new(GitLab::new(HEAD)));
    let address = format!("{}/api/v4", serve(&gitlab));
    for (name, value) in [
        ("GITLAB_CI", "true"),
        ("CI_API_V4_URL", address.as_str()),
        ("CI_PROJECT_ID", "42"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_COMMIT_SHA", HEAD),
        ("GITLAB_TOKEN", "project-token"),
    ] {
        scenario.set(name, value);
    }
    let said = scenario.run("comment --gitlab-report counts.json --code-quality quality.json");
    assert_eq!(said.clone().exits(0).stdout, "", "{said}");
    let counts: serde_json::Value =
        serde_json::from_str(&scenario.read("counts.json")).expect("JSON");
    assert_eq!(
        (&counts["update"], &counts["delete"]),
        (&json!(0), &json!(0))
    );
    assert!(
        counts["create"].as_u64().is_some_and(|count| count > 2),
        "{counts}"
    );
    assert!(scenario.read("quality.json").contains("TN2101"));
    let noted = gitlab.lock().expect("a host").notes.clone();
    assert!(noted.len() == 1 && marked(&noted[0].body), "{noted:?}");
    scenario.unset("GITLAB_CI");

    let azure = Arc::new(Mutex::new(AzureRepos::new(HEAD)));
    let address = format!("{}/contoso/", serve(&azure));
    let temporary = scenario.path("").to_string_lossy().into_owned();
    for (name, value) in [
        ("TF_BUILD", "True"),
        ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
        ("SYSTEM_COLLECTIONURI", address.as_str()),
        ("SYSTEM_TEAMPROJECT", "Web shop"),
        ("BUILD_REPOSITORY_ID", "fleet"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", HEAD),
        ("SYSTEM_ACCESSTOKEN", "job-token"),
        ("AGENT_TEMPDIRECTORY", temporary.as_str()),
    ] {
        scenario.set(name, value);
    }
    let said = scenario.run("comment").exits(0);
    assert!(said.stdout.contains("##vso[task.uploadsummary]"), "{said}");
    assert!(
        said.stdout
            .contains("##vso[task.logissue type=warning;sourcepath=tenon.yaml;"),
        "{said}"
    );
    assert!(
        scenario
            .read("tenon-shop.md")
            .contains("### tenon plan `shop`")
    );
    let there = azure.lock().expect("a host");
    assert!(there.threads.len() == 1 && marked(&there.threads[0].body));
    assert_eq!(there.threads[0].status, "closed");
    assert_eq!(
        there.statuses[0].1["context"],
        json!({"genre": "tenon", "name": "shop"})
    );
}

/// A spec that cannot be planned: the comment says why, and the plan of an older
/// commit is not taken for its.
#[test]
fn what_cannot_be_planned_is_said_in_the_comment() {
    let mut scenario = planned();
    let host = github();
    workflow(&mut scenario, &host, "contoso/fleet");
    scenario.run("comment").exits(0);
    scenario.edit("tenon.yaml", "image: web", "imge: web");
    let failed = scenario.run("plan --simulate --out plan.tenon").exits(1);
    assert!(
        failed
            .stderr
            .contains("Saved plan.tenon, which says why there is no plan"),
        "{failed}"
    );
    scenario.run("comment").exits(0).says("brought up to date");
    let there = host.lock().expect("a host");
    assert_eq!(there.comments.len(), 1);
    let body = &there.comments[0].body;
    for part in [
        "### tenon plan `shop`: 2 errors, not applyable",
        "error[TN1004]: unknown key `imge` in vms.one",
        "\"digest\":null",
    ] {
        assert!(body.contains(part), "{part} in\n{body}");
    }
    let (_, status) = there.statuses.last().expect("a status");
    assert_eq!(status["state"], "failure");
    drop(there);
    let refused = scenario.run("apply plan.tenon --simulate").exits(1);
    assert!(refused.to_string().contains("error[TN4004]"), "{refused}");
}

/// A fork's job may hand over a plan that calls itself no preview. Its digest
/// never becomes the one that was reviewed.
#[test]
fn a_plan_out_of_a_fork_has_no_digest_of_record() {
    let mut scenario = planned();
    let host = github();
    workflow(&mut scenario, &host, "contoso/fleet");
    let event = json!({"workflow_run": {"head_sha": HEAD,
        "pull_requests": [{"number": 7}],
        "head_repository": {"full_name": "mallory/fleet"}}});
    scenario.write("event.json", &event.to_string());
    scenario.run("comment").exits(0);
    let there = host.lock().expect("a host");
    let body = &there.comments[0].body;
    assert!(body.contains("\"digest\":null"), "{body}");
    assert!(!body.contains("applies after the merge"), "{body}");
    let (_, status) = there.statuses.last().expect("a status");
    let description = status["description"].as_str().unwrap_or_default();
    assert!(!description.contains("sha256:"), "{description}");
}
