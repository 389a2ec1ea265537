//! GitLab, in REST (v4).
//!
//! Sources: GitLab Docs, "Notes API" (merge requests), "Commits API" (commit
//! statuses, merge requests of a commit), "Merge requests API", "Users API",
//! "REST API: pagination".

use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

use super::error::{HostError, HostErrorKind};
use super::talk::{Ask, Talk, parse, segment};
use super::{Comment, HostAt, HostSettings, PAGES, Posted, PullRequest, Status, Verdict};
use crate::http::HeaderName;

/// The most that a page holds; 20 unless it is asked for.
const PAGE: &str = "100";

/// A project at GitLab.
pub struct GitLab {
    talk: Talk,
    project: String,
    built: Built,
}

/// What was built, for the status: a merge request from a fork belongs to one
/// project and its commits to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// The project of the commit; none for that of the merge request.
    pub project: Option<String>,
    /// The commit and the pipeline that runs for it. A status of that commit
    /// joins it; without it the commit gets a pipeline of its own.
    pub pipeline: Option<(String, u64)>,
}

#[derive(Deserialize)]
struct Note {
    id: u64,
    #[serde(default)]
    body: String,
    author: User,
    #[serde(default)]
    system: bool,
}

#[derive(Deserialize)]
struct User {
    id: u64,
}

#[derive(Deserialize)]
struct Merge {
    iid: u64,
    sha: Option<String>,
    merge_commit_sha: Option<String>,
    squash_commit_sha: Option<String>,
}

impl From<Note> for Comment {
    fn from(note: Note) -> Self {
        Self {
            number: note.id,
            body: note.body,
            author: note.author.id.to_string(),
            handle: String::new(),
        }
    }
}

#[derive(Deserialize)]
struct Said {
    id: u64,
    name: String,
    #[serde(default)]
    description: Option<String>,
    author: Option<User>,
}

impl From<Said> for Posted {
    fn from(one: Said) -> Self {
        Self {
            description: one.description.unwrap_or_default(),
            author: one
                .author
                .map(|user| user.id.to_string())
                .unwrap_or_default(),
        }
    }
}

impl From<Merge> for PullRequest {
    fn from(merge: Merge) -> Self {
        Self {
            number: merge.iid,
            head: merge.sha.unwrap_or_default(),
        }
    }
}

impl GitLab {
    /// Returns a project by its number or by its path, `group/name`.
    #[must_use]
    pub fn new(settings: &HostSettings, at: &HostAt, project: &str, built: Built) -> Self {
        let sign = (
            HeaderName::from_static("private-token"),
            at.token.expose_secret().to_owned(),
        );
        Self {
            talk: Talk::new(settings, at.api.clone(), sign),
            project: project.to_owned(),
            built,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/projects/{}/{rest}", segment(&self.project))
    }

    fn note(&self, pull: u64, comment: &Comment) -> String {
        self.path(&format!("merge_requests/{pull}/notes/{}", comment.number))
    }

    pub(super) async fn whoami(&self) -> Result<String, HostError> {
        let user: User = self.talk.read(&Ask::get("/user")).await?;
        Ok(user.id.to_string())
    }

    pub(super) async fn comments(&self, pull: u64) -> Result<Vec<Comment>, HostError> {
        let path = self.path(&format!("merge_requests/{pull}/notes"));
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let ask = Ask::get(&path)
                .with("per_page", PAGE)
                .with("page", page.to_string())
                .with("order_by", "created_at")
                .with("sort", "asc");
            let response = self.talk.ask(&ask).await?;
            let some: Vec<Note> = parse(&ask, &response)?;
            let written = some.into_iter().filter(|note| !note.system);
            all.extend(written.map(Comment::from));
            if response.header("x-next-page").is_none_or(str::is_empty) {
                break;
            }
        }
        Ok(all)
    }

    pub(super) async fn create(&self, pull: u64, body: &str) -> Result<Comment, HostError> {
        let path = self.path(&format!("merge_requests/{pull}/notes"));
        let ask = Ask::post(&path, json!({"body": body}));
        let note: Note = self.talk.read(&ask).await?;
        Ok(note.into())
    }

    pub(super) async fn update(
        &self,
        pull: u64,
        comment: &Comment,
        body: &str,
    ) -> Result<(), HostError> {
        let path = self.note(pull, comment);
        let ask = Ask::put(&path, json!({"body": body}));
        self.talk.ask(&ask).await.map(drop)
    }

    pub(super) async fn remove(&self, pull: u64, comment: &Comment) -> Result<(), HostError> {
        let path = self.note(pull, comment);
        self.talk.ask(&Ask::delete(&path)).await.map(drop)
    }

    pub(super) async fn status(&self, commit: &str, status: &Status) -> Result<(), HostError> {
        let project = self.built.project.as_ref().unwrap_or(&self.project);
        let path = format!(
            "/projects/{}/statuses/{}",
            segment(project),
            segment(commit)
        );
        let mut body = json!({
            "state": match status.verdict {
                Verdict::Good => "success",
                Verdict::Bad => "failed",
            },
            "name": status.name,
            "description": status.description,
        });
        if let Some(link) = &status.link {
            body["target_url"] = json!(link);
        }
        if let Some((of, pipeline)) = &self.built.pipeline
            && of == commit
        {
            body["pipeline_id"] = json!(pipeline);
        }
        match self.talk.ask(&Ask::post(&path, body)).await {
            // It is what it should be already.
            Err(error)
                if error.kind == HostErrorKind::Refused
                    && error.message.contains("Cannot transition status") =>
            {
                Ok(())
            }
            other => other.map(drop),
        }
    }

    /// The one with the highest number is the newest.
    pub(super) async fn statuses(
        &self,
        pull: &PullRequest,
        name: &str,
    ) -> Result<Vec<Posted>, HostError> {
        let project = self.built.project.as_ref().unwrap_or(&self.project);
        let path = format!(
            "/projects/{}/repository/commits/{}/statuses",
            segment(project),
            segment(&pull.head)
        );
        let mut found: Vec<Said> = Vec::new();
        for page in 1..=PAGES {
            let ask = Ask::get(&path)
                .with("name", name)
                .with("all", "true")
                .with("per_page", PAGE)
                .with("page", page.to_string());
            let response = self.talk.ask(&ask).await?;
            let some: Vec<Said> = parse(&ask, &response)?;
            found.extend(some.into_iter().filter(|one| one.name == name));
            if response.header("x-next-page").is_none_or(str::is_empty) {
                break;
            }
        }
        found.sort_by_key(|one| std::cmp::Reverse(one.id));
        Ok(found.into_iter().map(Posted::from).collect())
    }

    pub(super) async fn pull_request(&self, number: u64) -> Result<PullRequest, HostError> {
        let path = self.path(&format!("merge_requests/{number}"));
        let merge: Merge = self.talk.read(&Ask::get(&path)).await?;
        Ok(merge.into())
    }

    pub(super) async fn pull_requests_of(
        &self,
        commit: &str,
    ) -> Result<Vec<PullRequest>, HostError> {
        let path = self.path(&format!(
            "repository/commits/{}/merge_requests",
            segment(commit)
        ));
        let mut merges: Vec<Merge> = self.talk.read(&Ask::get(&path)).await?;
        merges.sort_by_key(|merge| {
            let made = [&merge.merge_commit_sha, &merge.squash_commit_sha];
            let is_it = made.iter().any(|sha| sha.as_deref() == Some(commit));
            (!is_it, merge.sha.as_deref() != Some(commit), merge.iid)
        });
        Ok(merges.into_iter().map(PullRequest::from).collect())
    }
}
