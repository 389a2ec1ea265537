//! GitHub, in REST (2022-11-28) and, for what REST cannot, in GraphQL.
//!
//! Sources: GitHub Docs, "REST API endpoints for issue comments", "… for commit
//! statuses", "… for commits", "… for pull requests", "Using pagination in the
//! REST API"; GraphQL reference, `viewer` and `minimizeComment`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{HostError, HostErrorKind};
use super::talk::{Ask, Talk, parse, segment};
use super::{Comment, HostAt, HostSettings, PAGES, Posted, PullRequest, Status, Verdict};
use crate::cloud::Endpoint;
use crate::http::{HttpResponse, Url};
use reqwest::header::AUTHORIZATION;
use secrecy::ExposeSecret;

/// The most that a page holds; 30 unless it is asked for.
const PAGE: &str = "100";

/// A repository at GitHub.
pub struct GitHub {
    talk: Talk,
    /// Where it is, and the path there.
    graphql: (Endpoint, String),
    repository: String,
}

#[derive(Deserialize)]
struct Issued {
    id: u64,
    node_id: String,
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    merge_commit_sha: Option<String>,
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

impl From<Issued> for Comment {
    fn from(one: Issued) -> Self {
        Self {
            number: one.id,
            body: one.body.unwrap_or_default(),
            author: one.user.map(|user| user.id.to_string()).unwrap_or_default(),
            handle: one.node_id,
        }
    }
}

#[derive(Deserialize)]
struct Said {
    context: String,
    #[serde(default)]
    description: Option<String>,
    creator: Option<User>,
}

impl From<Said> for Posted {
    fn from(one: Said) -> Self {
        Self {
            description: one.description.unwrap_or_default(),
            author: one
                .creator
                .map(|user| user.id.to_string())
                .unwrap_or_default(),
        }
    }
}

impl From<Pull> for PullRequest {
    fn from(pull: Pull) -> Self {
        Self {
            number: pull.number,
            head: pull.head.sha,
        }
    }
}

impl GitHub {
    /// Returns the repository `owner/name`; none if that is not its form, or if
    /// GraphQL is on another host than REST, which no token may be sent to.
    #[must_use]
    pub fn new(
        settings: &HostSettings,
        at: &HostAt,
        graphql: &Endpoint,
        repository: &str,
    ) -> Option<Self> {
        let (owner, name) = repository.split_once('/')?;
        let asked = Url::parse(graphql.as_str()).ok()?;
        let same = at.api.is_origin_of(&asked);
        if owner.is_empty() || name.is_empty() || name.contains('/') || !same {
            return None;
        }
        let origin = Endpoint::parse(&asked.origin().ascii_serialization()).ok()?;
        let token = format!("Bearer {}", at.token.expose_secret());
        Some(Self {
            talk: Talk::new(settings, at.api.clone(), (AUTHORIZATION, token))
                .with("accept", "application/vnd.github+json")
                .with("x-github-api-version", "2022-11-28"),
            graphql: (origin, asked.path().to_owned()),
            repository: format!("/repos/{}/{}", segment(owner), segment(name)),
        })
    }

    fn path(&self, rest: &str) -> String {
        format!("{}/{rest}", self.repository)
    }

    /// `GET /user` is closed to the tokens of workflows; `viewer` is not, and
    /// says the bot that writes in their name.
    pub(super) async fn whoami(&self) -> Result<String, HostError> {
        let data = self
            .graphql("query { viewer { databaseId } }", json!({}))
            .await?;
        let id = data["viewer"]["databaseId"].as_u64();
        id.map(|id| id.to_string()).ok_or_else(|| {
            HostError::odd("POST /graphql", 200, "it does not say whose the token is")
        })
    }

    pub(super) async fn comments(&self, pull: u64) -> Result<Vec<Comment>, HostError> {
        let path = self.path(&format!("issues/{pull}/comments"));
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let ask = Ask::get(&path)
                .with("per_page", PAGE)
                .with("page", page.to_string());
            let response = self.talk.ask(&ask).await?;
            let some: Vec<Issued> = parse(&ask, &response)?;
            all.extend(some.into_iter().map(Comment::from));
            if !has_next(&response) {
                break;
            }
        }
        Ok(all)
    }

    pub(super) async fn create(&self, pull: u64, body: &str) -> Result<Comment, HostError> {
        let path = self.path(&format!("issues/{pull}/comments"));
        let ask = Ask::post(&path, json!({"body": body}));
        let made: Issued = self.talk.read(&ask).await?;
        Ok(made.into())
    }

    pub(super) async fn update(&self, comment: &Comment, body: &str) -> Result<(), HostError> {
        let path = self.path(&format!("issues/comments/{}", comment.number));
        let ask = Ask::patch(&path, json!({"body": body}));
        self.talk.ask(&ask).await.map(drop)
    }

    pub(super) async fn remove(&self, comment: &Comment) -> Result<(), HostError> {
        let path = self.path(&format!("issues/comments/{}", comment.number));
        self.talk.ask(&Ask::delete(&path)).await.map(drop)
    }

    pub(super) async fn minimize(&self, comment: &Comment) -> Result<(), HostError> {
        let mutation = "mutation($id: ID!) { minimizeComment(input: \
                        {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }";
        let variables = json!({"id": comment.handle});
        self.graphql(mutation, variables).await.map(drop)
    }

    pub(super) async fn status(&self, commit: &str, status: &Status) -> Result<(), HostError> {
        let path = self.path(&format!("statuses/{}", segment(commit)));
        let mut body = json!({
            "state": match status.verdict {
                Verdict::Good => "success",
                Verdict::Bad => "failure",
            },
            "context": status.name,
            "description": status.description,
        });
        if let Some(link) = &status.link {
            body["target_url"] = json!(link);
        }
        self.talk.ask(&Ask::post(&path, body)).await.map(drop)
    }

    /// They come newest first.
    pub(super) async fn statuses(
        &self,
        pull: &PullRequest,
        name: &str,
    ) -> Result<Vec<Posted>, HostError> {
        let path = self.path(&format!("commits/{}/statuses", segment(&pull.head)));
        let mut found = Vec::new();
        for page in 1..=PAGES {
            let ask = Ask::get(&path)
                .with("per_page", PAGE)
                .with("page", page.to_string());
            let response = self.talk.ask(&ask).await?;
            let some: Vec<Said> = parse(&ask, &response)?;
            let mine = some.into_iter().filter(|one| one.context == name);
            found.extend(mine.map(Posted::from));
            if !has_next(&response) {
                break;
            }
        }
        Ok(found)
    }

    pub(super) async fn pull_request(&self, number: u64) -> Result<PullRequest, HostError> {
        let path = self.path(&format!("pulls/{number}"));
        let pull: Pull = self.talk.read(&Ask::get(&path)).await?;
        Ok(pull.into())
    }

    pub(super) async fn pull_requests_of(
        &self,
        commit: &str,
    ) -> Result<Vec<PullRequest>, HostError> {
        let path = self.path(&format!("commits/{}/pulls", segment(commit)));
        let mut pulls: Vec<Pull> = self.talk.read(&Ask::get(&path)).await?;
        pulls.sort_by_key(|pull| {
            (
                pull.merge_commit_sha.as_deref() != Some(commit),
                pull.head.sha != commit,
                pull.number,
            )
        });
        Ok(pulls.into_iter().map(PullRequest::from).collect())
    }

    /// GraphQL says 200 for most of its errors, and puts them beside the data.
    async fn graphql(&self, query: &str, variables: Value) -> Result<Value, HostError> {
        let (origin, path) = &self.graphql;
        let ask = Ask::post(path, json!({"query": query, "variables": variables}));
        let response = self.talk.ask_at(origin, &ask).await?;
        let mut answer: Value = parse(&ask, &response)?;
        let error = &answer["errors"][0];
        if error.is_null() {
            return Ok(answer["data"].take());
        }
        let kind = match error["type"].as_str() {
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => HostErrorKind::Forbidden,
            Some("NOT_FOUND") => HostErrorKind::NotFound,
            Some("RATE_LIMITED") => HostErrorKind::Limited,
            _ => HostErrorKind::Refused,
        };
        let message = error["message"].as_str().unwrap_or_default();
        Err(HostError {
            kind,
            ..HostError::odd("POST /graphql", response.status.as_u16(), message)
        })
    }
}

/// Whether a `Link` header leads to a further page. Where to is not read: the
/// next page is the next number, on the same host.
fn has_next(response: &HttpResponse) -> bool {
    let link = response.header("link").unwrap_or_default();
    link.split(',').any(|one| one.contains("rel=\"next\""))
}
