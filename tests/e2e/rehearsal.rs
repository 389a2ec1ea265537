//! From pull request to apply, as a team does it: a branch that moves one line of
//! the lock file, the plan in its pull request, the merge, the same plan again,
//! the apply, and the comment that stays as the record. And the same with Azure
//! moving in between: refused, and said.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::hosts::github::GitHub;
use crate::hosts::serve;
use crate::scenario::Scenario;
use crate::worlds::{fleet, machine};

/// The newest commit of the branch, and the one that the merge makes.
const BRANCH: &str = "9b1d7c2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const MERGE: &str = "ffffffffffffffffffffffffffffffffffffffff";

/// A team's repository at GitHub, with a fleet that stands.
struct Team {
    scenario: Scenario,
    host: Arc<Mutex<GitHub>>,
    address: String,
}

impl Team {
    fn new() -> Self {
        let spec = fleet(3, "max_unavailable: 1");
        let scenario = Scenario::of(&spec.replace("version: 1.4.2", "version: 1.4.x"));
        lock(&scenario, "1.4.1");
        scenario.run("apply --auto-approve").exits(0);
        let host = Arc::new(Mutex::new(GitHub::new(BRANCH)));
        let address = serve(&host);
        let mut team = Self {
            scenario,
            host,
            address,
        };
        let checkout = team.scenario.path("");
        for (name, value) in [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "contoso/fleet"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_API_URL", &team.address),
            ("GITHUB_GRAPHQL_URL", &format!("{}/graphql", team.address)),
            ("GITHUB_RUN_ID", "5123"),
            ("GITHUB_WORKSPACE", &checkout.to_string_lossy()),
            ("GITHUB_TOKEN", "workflow-token"),
        ] {
            team.scenario.set(name, value);
        }
        team
    }

    /// A job for the pull request.
    fn in_pull_request(&mut self) {
        let repository = json!({"full_name": "contoso/fleet"});
        let event = json!({"pull_request": {"number": 7,
            "head": {"sha": BRANCH, "repo": repository}, "base": {"repo": repository}}});
        self.job("refs/pull/7/merge", "pull_request", &event.to_string());
    }

    /// A job for the commit that the merge made.
    fn after_the_merge(&mut self) {
        let event = json!({"after": MERGE});
        self.job("refs/heads/main", "push", &event.to_string());
        self.scenario.set("GITHUB_SHA", MERGE);
    }

    fn job(&mut self, reference: &str, name: &str, event: &str) {
        let event = self.scenario.write("event.json", event);
        self.scenario.set("GITHUB_REF", reference);
        self.scenario.set("GITHUB_EVENT_NAME", name);
        self.scenario
            .set("GITHUB_EVENT_PATH", &event.to_string_lossy());
    }

    /// The branch moves the lock, and its plan is written into the pull request.
    fn proposes(&mut self) {
        self.in_pull_request();
        lock(&self.scenario, "1.4.2");
        let planned = self.scenario.run("plan --locked --out plan.tenon").exits(0);
        assert!(planned.stdout.contains("1.4.1 → 1.4.2"), "{planned}");
        self.scenario.run("comment plan.tenon").exits(0);
        std::fs::remove_file(self.scenario.path("plan.tenon")).expect("the job's folder goes");
    }

    fn comments(&self) -> Vec<String> {
        let there = self.host.lock().expect("a host");
        there.comments.iter().map(|one| one.body.clone()).collect()
    }

    /// The version of the image that a machine was made of.
    fn version(&self, name: &str) -> String {
        let there = self.scenario.portal().resource(&machine(name));
        let there = there.expect("the machine is there");
        let image = &there["properties"]["storageProfile"]["imageReference"]["id"];
        let id = image.as_str().expect("an image");
        id.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

fn lock(scenario: &Scenario, version: &str) {
    scenario.write(
        "tenon.lock",
        &format!("lock: 1\nimages:\n  web: {{version: {version}, channel: 1.4.x}}\n"),
    );
}

#[test]
fn what_was_reviewed_is_applied_and_stays_on_record() {
    let mut team = Team::new();
    team.proposes();
    let comment = team.comments().remove(0);
    for line in [
        "### tenon plan `shop`: 3 replace",
        "**Rebuilds** `web-1`, `web-2`, `web-3` one at a time",
        "**Image** `web` `1.4.1` → **1.4.2**",
        "applies after the merge with exactly this digest, or stops",
    ] {
        assert!(comment.contains(line), "{line} in\n{comment}");
    }

    team.after_the_merge();
    let ready = "plan --locked --out plan.tenon --against reviewed";
    let again = team.scenario.run(ready).exits(0);
    assert!(
        again.stderr.contains("This is the reviewed plan: sha256:"),
        "{again}"
    );
    let applied = "apply plan.tenon --expect reviewed --report report.json";
    team.scenario.run(applied).exits(0);
    team.scenario
        .run("comment plan.tenon --applied report.json")
        .exits(0);
    assert_eq!(team.version("web-3"), "1.4.2");
    let record = team.comments();
    assert_eq!(record.len(), 1);
    assert!(
        record[0].contains("### tenon apply `shop`: applied in "),
        "{}",
        record[0]
    );

    // Nothing is left, and a later plan leaves the record as it is.
    let later = team.scenario.run("plan --locked --out plan.tenon").exits(0);
    assert!(later.stdout.contains("no changes"), "{later}");
    team.in_pull_request();
    team.scenario.run("comment plan.tenon").exits(0);
    assert_eq!(team.comments()[0], record[0]);
    assert_eq!(team.comments().len(), 2);
}

#[test]
fn what_moved_since_the_review_is_refused_and_said() {
    let mut team = Team::new();
    team.proposes();
    // Somebody changes a machine by hand.
    team.scenario.portal().patch(
        &machine("web-2"),
        &json!({"properties": {"hardwareProfile": {"vmSize": "Standard_D8s_v5"}}}),
    );
    team.after_the_merge();
    team.scenario.portal().forget_requests();
    for command in [
        "plan --locked --against reviewed",
        "apply --locked --expect reviewed --auto-approve",
    ] {
        let said = team.scenario.run(command).exits(3);
        assert!(said.stderr.contains("error[TN4002]"), "{said}");
    }
    assert_eq!(team.scenario.portal().writes(), Vec::<String>::new());
    assert_eq!(team.version("web-1"), "1.4.1");
}

#[test]
fn what_moves_after_the_last_look_is_refused_by_name() {
    let mut team = Team::new();
    team.proposes();
    team.after_the_merge();
    team.scenario
        .run("plan --locked --out plan.tenon --against reviewed")
        .exits(0);
    team.scenario.portal().patch(
        &machine("web-1"),
        &json!({"properties": {"hardwareProfile": {"vmSize": "Standard_D8s_v5"}}}),
    );
    let said = team
        .scenario
        .run("apply plan.tenon --expect reviewed --report report.json")
        .exits(6);
    assert!(said.to_string().contains("error[TN4001]"), "{said}");
    assert!(said.to_string().contains("vms.web-1"), "{said}");
    assert_eq!(team.version("web-1"), "1.4.1");
    team.scenario
        .run("comment plan.tenon --applied report.json")
        .exits(0);
    let comment = team.comments().remove(0);
    assert!(
        comment.contains("### tenon apply `shop`: stopped: "),
        "{comment}"
    );
}

#[test]
fn a_push_without_a_review_is_refused() {
    let mut team = Team::new();
    team.after_the_merge();
    lock(&team.scenario, "1.4.2");
    let said = team
        .scenario
        .run("apply --locked --expect reviewed --auto-approve")
        .exits(3);
    assert!(said.stderr.contains("error[TN4033]"), "{said}");
}
