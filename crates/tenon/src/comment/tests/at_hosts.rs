//! One way to look at what stands at each of the three hosts.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tenon_client::Host;

use super::super::ci::Kind;
use super::hosts::azure_repos::AzureRepos;
use super::hosts::github::GitHub;
use super::hosts::gitlab::GitLab;
use super::hosts::{Instead, Service, Told};
use super::{HEAD, client};

/// A comment as it stands at a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) number: u64,
    pub(super) body: String,
    /// What became of it: minimized, the status of its thread.
    pub(super) state: String,
}

/// A host of these tests, whichever it is.
pub(super) trait Stand: Service + Sized {
    const KIND: Kind;
    const TOKEN: &'static str;

    /// An empty one.
    fn fresh() -> Self;
    /// Says something in the name of our token.
    fn ours(&mut self, body: &str) -> u64;
    /// Says something in the name of a person.
    fn human(&mut self, body: &str) -> u64;
    /// What stands there.
    fn standing(&self) -> Vec<Standing>;
    /// Statuses as they were posted.
    fn statuses(&self) -> Vec<Value>;
    /// Puts a status there in the name of a person.
    fn forge(&mut self, status: Value);
    /// The newest commit of the pull request.
    fn push(&mut self, head: &str);
    /// How its path of comments begins, for faults.
    fn comments_path() -> &'static str;
}

impl Stand for GitHub {
    const KIND: Kind = Kind::GitHub;
    const TOKEN: &'static str = "workflow-token";

    fn fresh() -> Self {
        Self::new(HEAD)
    }
    fn ours(&mut self, body: &str) -> u64 {
        self.say(41_898_282, body)
    }
    fn human(&mut self, body: &str) -> u64 {
        self.say(5, body)
    }
    fn standing(&self) -> Vec<Standing> {
        let all = self.comments.iter().map(|one| Standing {
            number: one.id,
            body: one.body.clone(),
            state: one.minimized.clone().unwrap_or_default(),
        });
        all.collect()
    }
    fn statuses(&self) -> Vec<Value> {
        self.statuses.iter().map(|(_, body)| body.clone()).collect()
    }
    fn forge(&mut self, mut status: Value) {
        status["creator"] = json!({"id": 5});
        self.posted.push(status);
    }
    fn push(&mut self, head: &str) {
        head.clone_into(&mut self.head);
    }
    fn comments_path() -> &'static str {
        "POST /repos/contoso/fleet/issues/7/comments"
    }
}

impl Stand for GitLab {
    const KIND: Kind = Kind::GitLab;
    const TOKEN: &'static str = "project-token";

    fn fresh() -> Self {
        Self::new(HEAD)
    }
    fn ours(&mut self, body: &str) -> u64 {
        self.say(77, body)
    }
    fn human(&mut self, body: &str) -> u64 {
        self.say(5, body)
    }
    fn standing(&self) -> Vec<Standing> {
        let all = self.notes.iter().map(|one| Standing {
            number: one.id,
            body: one.body.clone(),
            state: String::new(),
        });
        all.collect()
    }
    fn statuses(&self) -> Vec<Value> {
        self.statuses.iter().map(|(_, body)| body.clone()).collect()
    }
    fn forge(&mut self, mut status: Value) {
        status["id"] = json!(5000);
        status["author"] = json!({"id": 5});
        self.posted.push(status);
    }
    fn push(&mut self, head: &str) {
        head.clone_into(&mut self.head);
    }
    fn comments_path() -> &'static str {
        "POST /api/v4/projects/42/merge_requests/7/notes"
    }
}

impl Stand for AzureRepos {
    const KIND: Kind = Kind::AzureRepos;
    const TOKEN: &'static str = "job-token";

    fn fresh() -> Self {
        Self::new(HEAD)
    }
    fn ours(&mut self, body: &str) -> u64 {
        let author = self.accounts["Bearer job-token"].id.clone();
        self.say(&author, body, json!("active"))
    }
    fn human(&mut self, body: &str) -> u64 {
        self.say(
            "a0000000-0000-0000-0000-000000000005",
            body,
            json!("active"),
        )
    }
    fn standing(&self) -> Vec<Standing> {
        let there = self.threads.iter().filter(|one| !one.deleted);
        let all = there.map(|one| Standing {
            number: one.id,
            body: one.body.clone(),
            state: one.status.as_str().unwrap_or_default().to_owned(),
        });
        all.collect()
    }
    fn statuses(&self) -> Vec<Value> {
        self.statuses.iter().map(|(_, body)| body.clone()).collect()
    }
    fn forge(&mut self, mut status: Value) {
        status["id"] = json!(5000);
        status["createdBy"] = json!({"id": "a0000000-0000-0000-0000-000000000005"});
        self.posted.push(status);
    }
    fn push(&mut self, head: &str) {
        head.clone_into(&mut self.head);
    }
    fn comments_path() -> &'static str {
        "POST /contoso/Web shop/_apis/git/repositories/fleet/pullRequests/7/threads"
    }
}

/// A host and a client of it.
pub(super) struct Scene<S> {
    service: Arc<Mutex<S>>,
    pub(super) host: Host,
}

impl<S: Stand> Scene<S> {
    pub(super) fn new() -> Self {
        let service = Arc::new(Mutex::new(S::fresh()));
        let host = client(S::KIND, &service, S::TOKEN);
        Self { service, host }
    }

    /// Another pipeline at the same host.
    pub(super) fn another(&self) -> Host {
        client(S::KIND, &self.service, S::TOKEN)
    }

    pub(super) fn there(&self) -> MutexGuard<'_, S> {
        self.service.lock().expect("a host")
    }

    pub(super) fn standing(&self) -> Vec<Standing> {
        self.there().standing()
    }

    /// Comments whose first line is a mark of ours.
    pub(super) fn marked(&self) -> Vec<Standing> {
        let all = self.standing().into_iter();
        all.filter(|one| tenon_render::Mark::read(&one.body).is_some())
            .collect()
    }

    pub(super) fn instead(&self, of: &str, what: Instead) {
        self.there().told().instead.push_back((of.to_owned(), what));
    }

    pub(super) fn forget(&self) {
        self.there().told().log.clear();
    }

    pub(super) fn writes(&self) -> Vec<String> {
        let mut there = self.there();
        let told: &mut Told = there.told();
        told.writes().into_iter().map(str::to_owned).collect()
    }
}
