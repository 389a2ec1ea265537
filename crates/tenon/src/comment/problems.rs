//! What a host refused, in words that say what to do.

use tenon_client::{HostError, HostErrorKind};
use tenon_model::{Code, Diagnostic, Help};

use super::ci::{Branch, Ci, Kind};

/// The page about all of this.
const PAGE: &str = "docs/comment.md says which right each host wants";

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Reading or writing comments.
    Comment,
    /// Posting a status.
    Status,
    /// Finding the pull request of a commit.
    Finding,
    /// Reading which plan was reviewed.
    Reading,
}

impl Doing {
    fn words(self) -> &'static str {
        match self {
            Self::Comment => "the comment",
            Self::Status => "the status",
            Self::Finding => "the pull request",
            Self::Reading => "the statuses",
        }
    }
}

/// Explains what a host answered.
pub(crate) fn explain(ci: &Ci, doing: Doing, error: &HostError) -> Diagnostic {
    let host = ci.kind.name();
    let what = doing.words();
    let problem =
        |code: Code, message: String| Diagnostic::error(code, message).note(error.to_string());
    match error.kind {
        HostErrorKind::Unauthorized => problem(
            Code::HostTokenRejected,
            format!("{host} does not accept the token"),
        )
        .help(Help::text(token(ci.kind))),
        HostErrorKind::Forbidden => missing(
            ci,
            doing,
            problem(
                Code::HostRightMissing,
                match doing {
                    Doing::Finding | Doing::Reading => {
                        format!("{host} does not let this token read {what}")
                    }
                    _ => format!("{host} does not let this token write {what}"),
                },
            ),
        ),
        HostErrorKind::NotFound => missing(
            ci,
            doing,
            problem(
                Code::HostRightMissing,
                format!("{host} does not show this token what {what} belongs to"),
            )
            .note("a host says 404 for what is not there and for what the token may not see"),
        ),
        HostErrorKind::Limited => problem(
            Code::HostDoesNotAnswer,
            format!("{host} limits the rate of requests for longer than this run waits"),
        )
        .help(Help::text(
            "run the same command again later; it goes on where it stopped",
        )),
        HostErrorKind::NoAnswer => problem(
            Code::HostDoesNotAnswer,
            format!("{host} does not answer as documented"),
        )
        .help(Help::text(
            "run the same command again; behind a proxy look at HTTPS_PROXY and TENON_CA_FILE",
        )),
        HostErrorKind::TooLong | HostErrorKind::Refused => {
            problem(Code::HostRefused, format!("{host} refuses {what}")).help(Help::text(
                "look at what it says; the plan is in the job summary all the same",
            ))
        }
    }
}

/// The right to add, host by host.
fn missing(ci: &Ci, doing: Doing, problem: Diagnostic) -> Diagnostic {
    let problem = match (ci.kind, ci.branch) {
        // Nothing in the workflow of a fork can change that.
        (Kind::GitHub, Branch::OfFork) => problem
            .note("the branch is one of a fork: its workflows get a token that only reads")
            .help(Help::text(
                "post from a second workflow, on `workflow_run`, that renders the saved plan again",
            )),
        (_, Branch::OfFork) => problem
            .note("the branch is one of a fork: its pipelines get fewer rights")
            .help(Help::text(
                "post from a job of the repository itself, which renders the saved plan again",
            ))
            .help(Help::text(right(ci.kind, doing))),
        (_, Branch::Own) => problem.help(Help::text(right(ci.kind, doing))),
    };
    problem.help(Help::text(PAGE))
}

/// What to add.
fn right(kind: Kind, doing: Doing) -> &'static str {
    match (kind, doing) {
        (Kind::GitHub, Doing::Comment) => {
            "add `pull-requests: write` to the `permissions` of the job"
        }
        (Kind::GitHub, Doing::Status) => "add `statuses: write` to the `permissions` of the job",
        (Kind::GitHub, Doing::Finding) => {
            "add `pull-requests: read` and `contents: read` to the `permissions` of the job"
        }
        (Kind::GitHub, Doing::Reading) => "add `statuses: read` to the `permissions` of the job",
        (Kind::GitLab, Doing::Comment | Doing::Finding | Doing::Reading) => {
            "give GITLAB_TOKEN a project access token with the scope `api` and the role Reporter"
        }
        (Kind::GitLab, Doing::Status) => {
            "give GITLAB_TOKEN a project access token with the scope `api` and the role Developer"
        }
        (Kind::AzureRepos, Doing::Comment | Doing::Status | Doing::Reading) => {
            "give the build identity of the project `Contribute to pull requests` on the repository"
        }
        (Kind::AzureRepos, Doing::Finding) => {
            "give the build identity of the project `Read` on the repository"
        }
    }
}

/// Where a token comes from.
fn token(kind: Kind) -> &'static str {
    match kind {
        Kind::GitHub => "set GITHUB_TOKEN: `env: {GITHUB_TOKEN: \"${{ github.token }}\"}`",
        Kind::GitLab => {
            "set GITLAB_TOKEN to a project access token with the scope `api`; CI_JOB_TOKEN may not write notes"
        }
        Kind::AzureRepos => {
            "set SYSTEM_ACCESSTOKEN: `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}`"
        }
    }
}

/// No token at all.
pub(crate) fn no_token(ci: &Ci, looked: &[&str]) -> Diagnostic {
    let host = ci.kind.name();
    let problem = Diagnostic::error(
        Code::HostTokenMissing,
        format!("there is no token for {host}"),
    )
    .note(format!("looked for {}", looked.join(", ")))
    .help(Help::text(token(ci.kind)));
    match ci.branch {
        Branch::Own => problem,
        Branch::OfFork => problem
            .note("the branch is one of a fork: its pipelines get no secrets")
            .help(Help::text(
                "post from a job of the repository itself, which renders the saved plan again",
            )),
    }
}
