//! The comment and the status.

use std::sync::Arc;

use tenon_client::{
    Host, HostSettings, RealHttp, Status, Urgency, Verdict, ca_file_from_environment,
};
use tenon_model::diagnostic::has_errors;
use tenon_model::event::{Commented, Line};
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
    let Place {
        pull,
        commit,
        problem,
    } = place(host, matter).await;
    let is_found = problem.is_none();
    let mut problems: Vec<Diagnostic> = problem.into_iter().collect();
    match pull {
        Some(pull) => match comment(host, matter, pull, commit.as_deref()).await {
            Ok(done) => tell(matter, pull, &done, output),
            Err(error) => problems.push(explain(ci, Doing::Comment, &error)),
        },
        None if is_found => {
            output.say("no pull request belongs to this commit; no comment is written");
        }
        None => {}
    }
    if let Some(commit) = commit.filter(|_| !options.no_status) {
        let status = status(matter);
        match host.status(&commit, pull, &status).await {
            Ok(()) => {
                output.say(&format!("Status `{}`: {}", status.name, status.description));
                output.json_line(&Line::Status {
                    name: &status.name,
                    commit: &commit,
                    good: status.verdict == Verdict::Good,
                    description: &status.description,
                });
            }
            Err(error) => problems.push(explain(ci, Doing::Status, &error)),
        }
    }
    problems
}

/// Where it goes: what the pull request does not say the commit knows, and the
/// other way round.
#[derive(Default)]
struct Place {
    pull: Option<u64>,
    commit: Option<String>,
    problem: Option<Diagnostic>,
}

async fn place(host: &Host, matter: &Matter) -> Place {
    let ci = &matter.ci;
    let mut place = Place {
        pull: ci.pull,
        commit: ci.commit.clone(),
        problem: None,
    };
    let looked = match (ci.pull, &ci.commit) {
        (Some(_), Some(_)) => return place,
        (Some(pull), None) => host.pull_request(pull).await.map(Some),
        (None, Some(commit)) => {
            let found = host.pull_requests_of(commit).await;
            found.map(|all| all.into_iter().next())
        }
        (None, None) => {
            place.problem = Some(nothing_known());
            return place;
        }
    };
    match looked {
        Ok(None) => {}
        Ok(Some(found)) => {
            place.pull = Some(found.number);
            let head = Some(found.head).filter(|head| !head.is_empty());
            place.commit = place.commit.or(head);
        }
        Err(error) => place.problem = Some(explain(ci, Doing::Finding, &error)),
    }
    place
}

fn nothing_known() -> Diagnostic {
    let message = "neither a pull request nor a commit is known";
    Diagnostic::error(Code::PullRequestUnknown, message)
        .help(Help::text("write --pull-request N, or --commit ID"))
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
    let of = &matter.ci.repository;
    let host = matter.ci.kind.name();
    let (state, what) = match done {
        Done::Created => (Commented::Created, "written".to_owned()),
        Done::Updated => (Commented::Updated, "brought up to date".to_owned()),
        Done::Unchanged => (Commented::Unchanged, "up to date already".to_owned()),
        Done::Newer { head } => {
            let what = format!("left alone, it shows the newer commit {head}");
            (Commented::Newer, what)
        }
    };
    output.json_line(&Line::Comment {
        state,
        host,
        repository: of,
        pull_request: pull,
    });
    output.say(&format!(
        "Comment {what}: pull request {pull} of {of} at {host}"
    ));
}

/// The status of the commit. Its description ends with the whole digest of what
/// may be applied, which there nobody edits.
pub(super) fn status(matter: &Matter) -> Status {
    let plan = &matter.plan;
    let (good, said) = match &matter.applied {
        Some((report, outcome)) => (report.is_complete(), outcome.headline.clone()),
        None => (!has_errors(&plan.diagnostics), tenon_render::headline(plan)),
    };
    let good = good && (plan.applyable || plan.preview.is_some());
    let end = matter
        .digest()
        .map_or(String::new(), |digest| format!("; {digest}"));
    Status {
        name: matter.status_name(),
        verdict: if good { Verdict::Good } else { Verdict::Bad },
        description: format!("{}{end}", cut(&said, DESCRIPTION - end.len())),
        link: matter.ci.run.clone(),
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let some: String = text.chars().take(most - 3).collect();
    format!("{some}...")
}
