//! The hosts of code: comments and commit statuses of a pull request.
//!
//! Three services in plain REST, behind one enum. A host knows how it is asked
//! and what its answers mean; what a comment says, which one is ours, and what
//! happens when two pipelines meet is decided by whoever calls.
//!
//! A token goes to the address that it was given for and nowhere else: no
//! redirect is followed, no link of an answer is opened, and pages are counted
//! instead.

mod azure_repos;
mod error;
mod github;
mod gitlab;
mod limits;
mod talk;

use std::sync::Arc;

use secrecy::SecretString;

use crate::clock::Clock;
use crate::http::Http;
use crate::retry::{Jitter, Patience};

pub use azure_repos::{AzureRepos, AzureToken};
pub use error::{HostError, HostErrorKind};
pub use github::GitHub;
pub use gitlab::{Built, GitLab};

/// No pull request has more pages of comments than this.
const PAGES: u32 = 1000;

/// How hosts are spoken to.
#[derive(Clone)]
pub struct HostSettings {
    /// What carries the requests.
    pub http: Arc<dyn Http>,
    /// How long to wait for what.
    pub patience: Patience,
    /// Chance in waits.
    pub jitter: Jitter,
    /// The time of day.
    pub clock: Clock,
}

impl HostSettings {
    /// Returns the usual settings.
    #[must_use]
    pub fn new(http: Arc<dyn Http>) -> Self {
        Self {
            http,
            patience: Patience::default(),
            jitter: Jitter::default(),
            clock: Clock::default(),
        }
    }
}

/// A comment of a pull request as its host has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The host's number; the lower one is the older one. In Azure Repos that
    /// of the thread.
    pub number: u64,
    /// Markdown.
    pub body: String,
    /// The host's id of who wrote it; empty if that account is gone.
    pub author: String,
    /// What else the host wants to know to find it again.
    handle: String,
}

/// A pull request, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// The number that people know it by.
    pub number: u64,
    /// The newest commit of its branch.
    pub head: String,
}

/// Whether a comment wants to be acknowledged. Only Azure Repos shows the
/// difference: a branch may be kept closed while a thread is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// For whoever is interested.
    Told,
    /// Somebody has to look.
    Asks,
}

/// A status of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What it is called: `tenon / web-prod`.
    pub name: String,
    /// Whether it is good.
    pub verdict: Verdict,
    /// One line, at most 140 characters.
    pub description: String,
    /// Where it leads, if anywhere.
    pub link: Option<String>,
}

/// A status that somebody posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// What it says.
    pub description: String,
    /// The host's id of who posted it; empty if that account is gone.
    pub author: String,
}

/// Whether a commit may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Good,
    /// It may not.
    Bad,
}

/// A host of code, and a repository there.
pub enum Host {
    /// GitHub, or a GitHub Enterprise Server.
    GitHub(GitHub),
    /// GitLab, hosted or own.
    GitLab(GitLab),
    /// Azure Repos, or an Azure DevOps Server.
    AzureRepos(AzureRepos),
}

macro_rules! each {
    ($host:expr, $one:ident => $call:expr) => {
        match $host {
            Host::GitHub($one) => $call.await,
            Host::GitLab($one) => $call.await,
            Host::AzureRepos($one) => $call.await,
        }
    };
}

impl Host {
    /// The id of whoever the token belongs to, as [`Comment::author`] has it.
    ///
    /// # Errors
    ///
    /// When the host does not say it.
    pub async fn whoami(&self) -> Result<String, HostError> {
        each!(self, host => host.whoami())
    }

    /// All comments of a pull request, from all pages; those that the host
    /// itself writes are left out.
    ///
    /// # Errors
    ///
    /// When the host refuses, or does not answer.
    pub async fn comments(&self, pull: u64) -> Result<Vec<Comment>, HostError> {
        each!(self, host => host.comments(pull))
    }

    /// Writes a comment.
    ///
    /// # Errors
    ///
    /// As above; [`HostErrorKind::TooLong`] if the body is.
    pub async fn create(
        &self,
        pull: u64,
        body: &str,
        urgency: Urgency,
    ) -> Result<Comment, HostError> {
        match self {
            Self::GitHub(host) => host.create(pull, body).await,
            Self::GitLab(host) => host.create(pull, body).await,
            Self::AzureRepos(host) => host.create(pull, body, urgency).await,
        }
    }

    /// Writes a comment anew where it stands.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn update(
        &self,
        pull: u64,
        comment: &Comment,
        body: &str,
        urgency: Urgency,
    ) -> Result<(), HostError> {
        match self {
            Self::GitHub(host) => host.update(comment, body).await,
            Self::GitLab(host) => host.update(pull, comment, body).await,
            Self::AzureRepos(host) => host.update(pull, comment, body, urgency).await,
        }
    }

    /// Takes a comment away. One that is gone already is no error.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn remove(&self, pull: u64, comment: &Comment) -> Result<(), HostError> {
        let removed = match self {
            Self::GitHub(host) => host.remove(comment).await,
            Self::GitLab(host) => host.remove(pull, comment).await,
            Self::AzureRepos(host) => host.remove(pull, comment).await,
        };
        match removed {
            Err(error) if error.kind == HostErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Makes a comment small without taking it away: GitHub hides it as
    /// outdated, GitLab, which cannot, gets `folded` in place of its body, and
    /// Azure Repos closes the thread.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn fold(&self, pull: u64, comment: &Comment, folded: &str) -> Result<(), HostError> {
        match self {
            Self::GitHub(host) => host.minimize(comment).await,
            Self::GitLab(host) => host.update(pull, comment, folded).await,
            Self::AzureRepos(host) => host.settle(pull, comment, Urgency::Told).await,
        }
    }

    /// Posts a status; one of the same name gives way. Azure Repos keeps
    /// statuses of a pull request apart from those of a commit; there it is the
    /// pull request's if there is one.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn status(
        &self,
        commit: &str,
        pull: Option<u64>,
        status: &Status,
    ) -> Result<(), HostError> {
        match self {
            Self::GitHub(host) => host.status(commit, status).await,
            Self::GitLab(host) => host.status(commit, status).await,
            Self::AzureRepos(host) => host.status(commit, pull, status).await,
        }
    }

    /// The statuses of a name, the newest first, whoever posted them.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn statuses(&self, pull: &PullRequest, name: &str) -> Result<Vec<Posted>, HostError> {
        each!(self, host => host.statuses(pull, name))
    }

    /// A pull request.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn pull_request(&self, number: u64) -> Result<PullRequest, HostError> {
        each!(self, host => host.pull_request(number))
    }

    /// The pull requests that a commit came with; first the one that it merges,
    /// then those whose newest commit it is.
    ///
    /// # Errors
    ///
    /// As above.
    pub async fn pull_requests_of(&self, commit: &str) -> Result<Vec<PullRequest>, HostError> {
        each!(self, host => host.pull_requests_of(commit))
    }
}

/// A token and the address that it is for.
#[derive(Clone, Debug)]
pub struct HostAt {
    /// The base address of the API.
    pub api: crate::cloud::Endpoint,
    /// The token.
    pub token: SecretString,
}

#[cfg(test)]
mod tests;
