//! Azure Repos, in REST (7.1).
//!
//! A comment of ours is the first one of a thread of its own. Listing threads
//! has no pages. Sources: Microsoft Learn, Azure DevOps REST API 7.1, "Pull
//! Request Threads", "Pull Request Thread Comments", "Pull Request Statuses",
//! "Statuses", "Pull Request Query", "Pull Requests". Whose a token is says
//! `connectionData`, which the official clients ask first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::HostError;
use super::talk::{Ask, Talk, segment};
use super::{Comment, HostSettings, Posted, PullRequest, Status, Urgency, Verdict};
use crate::cloud::Endpoint;

const VERSION: &str = "7.1";

/// A repository at Azure Repos.
pub struct AzureRepos {
    talk: Talk,
    repository: String,
}

/// What signs requests to Azure DevOps.
#[derive(Clone, Debug)]
pub enum AzureToken {
    /// The token of a job, `System.AccessToken`.
    OfJob(SecretString),
    /// A personal access token.
    Personal(SecretString),
}

#[derive(Deserialize)]
struct List<T> {
    value: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    id: u64,
    #[serde(default)]
    comments: Vec<Said>,
    #[serde(default)]
    is_deleted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    id: u64,
    #[serde(default)]
    content: Option<String>,
    author: Option<Identity>,
    #[serde(default)]
    is_deleted: bool,
}

#[derive(Deserialize)]
struct Identity {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionData {
    authenticated_user: Identity,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pull {
    pull_request_id: u64,
    last_merge_source_commit: Option<Commit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    commit_id: String,
}

/// A status as it is kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    id: u64,
    context: Context,
    #[serde(default)]
    description: Option<String>,
    created_by: Option<Identity>,
}

#[derive(Deserialize)]
struct Context {
    name: String,
    #[serde(default)]
    genre: Option<String>,
}

impl From<Kept> for Posted {
    fn from(one: Kept) -> Self {
        Self {
            description: one.description.unwrap_or_default(),
            author: one.created_by.map(|author| author.id).unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
struct Answers {
    results: Vec<std::collections::BTreeMap<String, Vec<Pull>>>,
}

impl Thread {
    /// The comment that opens the thread, unless it was deleted.
    fn opening(self) -> Option<Comment> {
        let first = self.comments.into_iter().next()?;
        if self.is_deleted || first.is_deleted {
            return None;
        }
        Some(Comment {
            number: self.id,
            body: first.content?,
            author: first.author.map(|author| author.id).unwrap_or_default(),
            handle: first.id.to_string(),
        })
    }
}

impl From<Pull> for PullRequest {
    fn from(pull: Pull) -> Self {
        let head = pull.last_merge_source_commit.map(|commit| commit.commit_id);
        Self {
            number: pull.pull_request_id,
            head: head.unwrap_or_default(),
        }
    }
}

impl AzureRepos {
    /// Returns a repository of a project, each by id or name, in the
    /// organization or collection at `collection`.
    #[must_use]
    pub fn new(
        settings: &HostSettings,
        collection: Endpoint,
        token: &AzureToken,
        project: &str,
        repository: &str,
    ) -> Self {
        let signed = match token {
            AzureToken::OfJob(token) => format!("Bearer {}", token.expose_secret()),
            AzureToken::Personal(token) => {
                let pair = format!(":{}", token.expose_secret());
                format!("Basic {}", STANDARD.encode(pair))
            }
        };
        Self {
            talk: Talk::new(settings, collection, (AUTHORIZATION, signed)),
            repository: format!(
                "/{}/_apis/git/repositories/{}",
                segment(project),
                segment(repository)
            ),
        }
    }

    fn threads(&self, pull: u64) -> String {
        format!("{}/pullRequests/{pull}/threads", self.repository)
    }

    fn said(&self, pull: u64, comment: &Comment) -> String {
        let threads = self.threads(pull);
        format!("{threads}/{}/comments/{}", comment.number, comment.handle)
    }

    pub(super) async fn whoami(&self) -> Result<String, HostError> {
        let ask = Ask::get("/_apis/connectionData").with("api-version", "7.1-preview.1");
        let data: ConnectionData = self.talk.read(&ask).await?;
        Ok(data.authenticated_user.id)
    }

    pub(super) async fn comments(&self, pull: u64) -> Result<Vec<Comment>, HostError> {
        let path = self.threads(pull);
        let ask = Ask::get(&path).with("api-version", VERSION);
        let threads: List<Thread> = self.talk.read(&ask).await?;
        Ok(threads
            .value
            .into_iter()
            .filter_map(Thread::opening)
            .collect())
    }

    pub(super) async fn create(
        &self,
        pull: u64,
        body: &str,
        urgency: Urgency,
    ) -> Result<Comment, HostError> {
        let path = self.threads(pull);
        let thread = json!({
            "comments": [{"parentCommentId": 0, "content": body, "commentType": "text"}],
            "status": word(urgency),
        });
        let ask = Ask::post(&path, thread).with("api-version", VERSION);
        let thread: Thread = self.talk.read(&ask).await?;
        let odd = || HostError::odd(&path, 200, "the new thread has no comment");
        thread.opening().ok_or_else(odd)
    }

    /// Body first: a thread that asks for a look must show what is new.
    pub(super) async fn update(
        &self,
        pull: u64,
        comment: &Comment,
        body: &str,
        urgency: Urgency,
    ) -> Result<(), HostError> {
        let path = self.said(pull, comment);
        let ask = Ask::patch(&path, json!({"content": body})).with("api-version", VERSION);
        self.talk.ask(&ask).await?;
        self.settle(pull, comment, urgency).await
    }

    /// Opens or closes a thread.
    pub(super) async fn settle(
        &self,
        pull: u64,
        comment: &Comment,
        urgency: Urgency,
    ) -> Result<(), HostError> {
        let path = format!("{}/{}", self.threads(pull), comment.number);
        let ask = Ask::patch(&path, json!({"status": word(urgency)}));
        let ask = ask.with("api-version", VERSION);
        self.talk.ask(&ask).await.map(drop)
    }

    /// A thread without comments is deleted with the last of them.
    pub(super) async fn remove(&self, pull: u64, comment: &Comment) -> Result<(), HostError> {
        let path = self.said(pull, comment);
        let ask = Ask::delete(&path).with("api-version", VERSION);
        self.talk.ask(&ask).await.map(drop)
    }

    pub(super) async fn status(
        &self,
        commit: &str,
        pull: Option<u64>,
        status: &Status,
    ) -> Result<(), HostError> {
        let path = match pull {
            Some(pull) => format!("{}/pullRequests/{pull}/statuses", self.repository),
            None => format!("{}/commits/{}/statuses", self.repository, segment(commit)),
        };
        let (genre, name) = split(&status.name);
        let mut body = json!({
            "state": match status.verdict {
                Verdict::Good => "succeeded",
                Verdict::Bad => "failed",
            },
            "description": status.description,
            "context": {"genre": genre, "name": name},
        });
        if let Some(link) = &status.link {
            body["targetUrl"] = json!(link);
        }
        let ask = Ask::post(&path, body).with("api-version", VERSION);
        self.talk.ask(&ask).await.map(drop)
    }

    /// Those of the pull request; the one with the highest number is the newest.
    pub(super) async fn statuses(
        &self,
        pull: &PullRequest,
        name: &str,
    ) -> Result<Vec<Posted>, HostError> {
        let path = format!("{}/pullRequests/{}/statuses", self.repository, pull.number);
        let ask = Ask::get(&path).with("api-version", VERSION);
        let all: List<Kept> = self.talk.read(&ask).await?;
        let wanted = split(name);
        let is_wanted = |one: &Kept| {
            one.context.genre.as_deref() == Some(wanted.0) && one.context.name == wanted.1
        };
        let mut mine: Vec<Kept> = all.value.into_iter().filter(is_wanted).collect();
        mine.sort_by_key(|one| std::cmp::Reverse(one.id));
        Ok(mine.into_iter().map(Posted::from).collect())
    }

    pub(super) async fn pull_request(&self, number: u64) -> Result<PullRequest, HostError> {
        let path = format!("{}/pullRequests/{number}", self.repository);
        let ask = Ask::get(&path).with("api-version", VERSION);
        let pull: Pull = self.talk.read(&ask).await?;
        Ok(pull.into())
    }

    pub(super) async fn pull_requests_of(
        &self,
        commit: &str,
    ) -> Result<Vec<PullRequest>, HostError> {
        let path = format!("{}/pullrequestquery", self.repository);
        let query = |kind: &str| -> Value { json!({"type": kind, "items": [commit]}) };
        let body = json!({"queries": [query("lastMergeCommit"), query("commit")]});
        let ask = Ask::post(&path, body).with("api-version", VERSION);
        let answers: Answers = self.talk.read(&ask).await?;
        let mut all: Vec<PullRequest> = Vec::new();
        for pull in answers
            .results
            .into_iter()
            .flat_map(|one| one.into_values().flatten())
        {
            if !all.iter().any(|known| known.number == pull.pull_request_id) {
                all.push(pull.into());
            }
        }
        Ok(all)
    }
}

/// Azure DevOps writes genre and name with a slash between them.
fn split(name: &str) -> (&str, &str) {
    name.split_once(" / ").unwrap_or(("tenon", name))
}

fn word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Told => "closed",
        Urgency::Asks => "active",
    }
}
