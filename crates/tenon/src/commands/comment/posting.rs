//! The comment and the status.

use std::sync::Arc;

use tenon_client::{
    Host, HostSettings, RealHttp, Status, Urgency, Verdict, ca_file_from_environment,
};
use tenon_model::plan::Action;
use tenon_model::{Code, Diagnostic, Help};

use super::Matter;
use crate::arguments::CommentArguments;
use crate::comment::connect;
use crate::comment::problems::{Doing, explain};
use crate::comment::sticky::{self, Done, Wanted};
use crate::credentials::variable;
use crate::output::Output;

/// The longest description that GitHub takes.
const DESCRIPTION: usize = 140;

/// Posts comment and status, and returns what stood in the way.
pub(super) async fn post(
    matter: &Matter,
    options: &CommentArguments,
    output: &Output,
) -> Vec<Diagnostic> {
    let host = match connected(matter) {
        Ok(host) => host,
        Err(problem) => return vec![*problem],
    };
    post_at(&host, matter, options, output).await
}

fn connected(matter: &Matter) -> Result<Host, Box<Diagnostic>> {
    let http = RealHttp::new(ca_file_from_environment().as_deref()).map_err(|error| {
        Box::new(
            Diagnostic::error(Code::HostDoesNotAnswer, "no connection can be made")
                .note(error.to_string())
                .help(Help::text("look at TENON_CA_FILE and SSL_CERT_FILE")),
        )
    })?;
    connect::host(&matter.ci, &HostSettings::new(Arc::new(http)), &variable)
}

async fn post_at(
    host: &Host,
    matter: &Matter,
    options: &CommentArguments,
    output: &Output,
) -> Vec<Diagnostic> {
    let ci = &matter.ci;
    let (pull, commit) = match place(host, matter).await {
        Ok(place) => place,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    match pull {
        Some(pull) => {
            let commit = commit.as_deref();
            match comment(host, matter, pull, commit).await {
                Ok(done) => tell(matter, pull, &done, output),
                Err(error) => problems.push(explain(ci, Doing::Comment, &error)),
            }
        }
        None => output.say("no pull request belongs to this commit; no comment is written"),
    }
    if let Some(commit) = commit.filter(|_| !options.no_status) {
        let status = status(matter);
        match host.status(&commit, pull, &status).await {
            Ok(()) => output.say(&format!("Status `{}`: {}", status.name, status.description)),
            Err(error) => problems.push(explain(ci, Doing::Status, &error)),
        }
    }
    problems
}

/// The pull request and the commit: what one does not say the other knows.
async fn place(host: &Host, matter: &Matter) -> Result<(Option<u64>, Option<String>), Diagnostic> {
    let ci = &matter.ci;
    let refused = |error| explain(ci, Doing::Finding, &error);
    match (ci.pull, ci.commit.clone()) {
        (Some(pull), Some(commit)) => Ok((Some(pull), Some(commit))),
        (Some(pull), None) => {
            let found = host.pull_request(pull).await.map_err(refused)?;
            let head = Some(found.head).filter(|head| !head.is_empty());
            Ok((Some(pull), head))
        }
        (None, Some(commit)) => {
            let found = host.pull_requests_of(&commit).await.map_err(refused)?;
            let found = found.into_iter().next();
            // What was reviewed is the head of the branch, not the merge.
            let number = found.as_ref().map(|pull| pull.number);
            Ok((number, Some(commit)))
        }
        (None, None) => Err(Diagnostic::error(
            Code::PullRequestUnknown,
            "neither a pull request nor a commit is known",
        )
        .help(Help::text("write --pull-request N, or --commit ID"))),
    }
}

async fn comment(
    host: &Host,
    matter: &Matter,
    pull: u64,
    commit: Option<&str>,
) -> Result<Done, tenon_client::HostError> {
    let wanted = Wanted {
        mark: matter.mark(commit),
        body: &|budget| matter.body(commit, budget),
        budget: matter.ci.kind.budget(),
        urgency: urgency(matter),
    };
    sticky::post(host, pull, &wanted).await
}

/// What is destroyed or rebuilt wants a look; what was applied does not.
fn urgency(matter: &Matter) -> Urgency {
    let destroys = matter
        .plan
        .changes
        .iter()
        .any(|change| matches!(change.action, Action::Delete | Action::Replace));
    if destroys && matter.applied.is_none() {
        Urgency::Asks
    } else {
        Urgency::Told
    }
}

fn tell(matter: &Matter, pull: u64, done: &Done, output: &Output) {
    let what = match done {
        Done::Created => "written",
        Done::Updated => "brought up to date",
        Done::Unchanged => "up to date already",
        Done::Newer { head } => {
            output.say(&format!(
                "the comment of pull request {pull} shows the newer commit {head}; it was left alone"
            ));
            return;
        }
    };
    let of = &matter.ci.repository;
    let host = matter.ci.kind.name();
    output.say(&format!(
        "Comment {what}: pull request {pull} of {of} at {host}"
    ));
}

/// The status of the commit. Its description ends with the whole digest, which
/// there nobody edits.
pub(super) fn status(matter: &Matter) -> Status {
    let plan = &matter.plan;
    let (good, said) = match &matter.applied {
        Some((report, outcome)) => (report.is_complete(), outcome.headline.clone()),
        None => (plan.applyable, tenon_render::headline(plan)),
    };
    let digest = &plan.digest;
    let most = DESCRIPTION.saturating_sub(digest.len() + 2);
    let said = if said.chars().count() > most {
        let cut: String = said.chars().take(most.saturating_sub(3)).collect();
        format!("{cut}...")
    } else {
        said
    };
    Status {
        name: matter.status_name(),
        verdict: if good { Verdict::Good } else { Verdict::Bad },
        description: format!("{said}; {digest}"),
        link: matter.ci.run.clone(),
    }
}
