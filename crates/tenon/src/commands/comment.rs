//! `tenon comment`: a plan where it is reviewed.
//!
//! First what needs no right: the summary of the job, notes beside lines, files
//! for GitLab. Then the comment, then the status, each by itself: a right that
//! is missing for one is no reason to leave out the other.

mod posting;
mod showing;

use std::path::Path;

use tenon_model::place::Sources;
use tenon_model::plan::Plan;
use tenon_model::report::{Ended, Report};
use tenon_model::{Code, Diagnostic, Help};
use tenon_render::picture::{self, PictureLimits};
use tenon_render::{CommentState, Depth, Dialect, Glyphs, Links, Mark, Options, Outcome};

use crate::arguments::{CommentArguments, Global};
use crate::comment::ci::{self, Ci, Kind, Named};
use crate::comment::{annotations, caps};
use crate::credentials::variable;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::{files, plan_file};

/// The most bytes of a report within a comment.
const REPORT: usize = 16_000;

/// Everything that a comment is made from.
struct Matter {
    plan: Plan,
    ci: Ci,
    /// Where file names of the plan begin, from the root of the repository.
    folder: String,
    applied: Option<(Report, Outcome)>,
}

/// Runs the command.
pub(crate) async fn run(_: &Global, options: &CommentArguments, output: &Output) -> Exit {
    let matter = match matter(options) {
        Ok(matter) => matter,
        Err(problem) => {
            output.diagnostics(&[*problem.clone()], &Sources::default());
            return Exit::of(&[*problem]);
        }
    };
    if options.dry_run {
        rehearse(&matter, options, output);
        return Exit::Ok;
    }
    let mut problems = showing::show(&matter, options, output);
    problems.extend(posting::post(&matter, options, output).await);
    output.diagnostics(&problems, &Sources::default());
    if problems.iter().any(Diagnostic::is_error) {
        Exit::of(&problems)
    } else {
        Exit::Ok
    }
}

fn matter(options: &CommentArguments) -> Result<Matter, Box<Diagnostic>> {
    caps::size(&options.plan)?;
    let plan = plan_file::read(&options.plan)?;
    caps::check(&plan)?;
    let applied = options.applied.as_deref();
    let applied = applied.map(|path| report(path, &plan)).transpose()?;
    let named = Named {
        host: options.host,
        repository: options.repository.clone(),
        pull: options.pull_request,
        commit: options.commit.clone(),
    };
    let around = ci::Around {
        variable: &variable,
        read: &|path| std::fs::read_to_string(path).ok(),
    };
    let ci = match ci::detect(&around, &named) {
        // What a comment looks like can be seen anywhere: GitHub's Markdown,
        // without links.
        Err(_) if options.dry_run && options.host.is_none() => Ci::at(Kind::GitHub),
        other => other?,
    };
    let folder = ci.checkout.as_deref().and_then(folder).unwrap_or_default();
    Ok(Matter {
        plan,
        ci,
        folder,
        applied,
    })
}

/// Where we are, from the root of the repository.
fn folder(checkout: &str) -> Option<String> {
    let root = std::fs::canonicalize(checkout).ok()?;
    let here = std::env::current_dir().ok()?.canonicalize().ok()?;
    Some(files::shown(here.strip_prefix(root).ok()?))
}

/// What `apply --report` wrote.
#[derive(serde::Deserialize)]
struct Saved {
    format: String,
    report: Report,
    #[serde(default)]
    diagnostics: Vec<Diagnostic>,
}

fn report(path: &Path, plan: &Plan) -> Result<(Report, Outcome), Box<Diagnostic>> {
    let name = files::shown(path);
    let wrong = |code: Code, note: String| {
        let problem = Diagnostic::error(code, format!("`{name}` is no report of this plan"));
        Box::new(problem.note(note).help(Help::command(
            "write it while applying",
            format!("tenon apply PLAN --report {name}"),
        )))
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(Code::UnreadableFile, error.to_string()))?;
    let saved: Saved = serde_json::from_str(&text)
        .map_err(|error| wrong(Code::UnreadableFile, error.to_string()))?;
    let Saved {
        format,
        report,
        diagnostics,
    } = saved;
    if format != "tenon.report/1" || report.steps != plan.steps.len() {
        let note = format!(
            "it is {format}, about {} steps; the plan has {}",
            report.steps,
            plan.steps.len()
        );
        return Err(wrong(Code::UnreadableFile, note));
    }
    let failed = report
        .lines
        .iter()
        .filter(|(_, line)| matches!(line.ended, Some(Ended::Failed { .. })));
    let failures: Vec<(usize, Diagnostic)> =
        failed.map(|(step, _)| *step).zip(diagnostics).collect();
    let looks = Options {
        width: 100,
        glyphs: Glyphs::Unicode,
        depth: Depth::Normal,
    };
    let whole = tenon_render::report(plan, &report, &failures, &Sources::default(), &looks);
    // The first lines say how it ended; outputs come last.
    let mut text = tenon_render::Text::new();
    let mut bytes = 0;
    for line in whole.lines() {
        bytes += line
            .spans()
            .iter()
            .map(|span| span.text.len())
            .sum::<usize>()
            + 1;
        if bytes > REPORT {
            break;
        }
        text.push(line.clone());
    }
    let headline = ended(&report);
    Ok((report, Outcome { headline, text }))
}

fn ended(report: &Report) -> String {
    if report.is_complete() {
        return format!("applied in {}s", report.took.div_ceil(1000));
    }
    format!(
        "stopped: {} failed, {} not started, {} done",
        report.failed(),
        report.not_started() + report.skipped(),
        report.done()
    )
}

impl Matter {
    /// The first line of the comment about `commit`.
    fn mark(&self, commit: Option<&str>) -> Mark {
        Mark {
            deployment: self.plan.deployment.name.clone(),
            digest: self.digest(),
            head: commit.unwrap_or_default().to_owned(),
            state: match self.applied {
                Some(_) => CommentState::Applied,
                None => CommentState::Open,
            },
        }
    }

    /// The digest of what may be applied; a preview never is. Nor is what comes
    /// out of a fork's job, whatever it says of itself: its digest must not
    /// become the one that was reviewed.
    fn digest(&self) -> Option<String> {
        let plan = &self.plan;
        let own = self.ci.branch == ci::Branch::Own;
        let applies = plan.applyable && plan.preview.is_none() && own;
        applies.then(|| plan.digest.clone())
    }

    /// The comment in so many bytes.
    fn body(&self, commit: Option<&str>, budget: usize) -> String {
        let dialect = match self.ci.kind {
            Kind::GitHub => Dialect::GitHub,
            Kind::GitLab => Dialect::GitLab,
            Kind::AzureRepos => Dialect::AzureRepos,
        };
        let links = self.ci.web.as_ref().zip(commit).map(|(web, commit)| Links {
            repository: web.clone(),
            commit: commit.to_owned(),
            folder: self.folder.clone(),
        });
        let run = self.ci.run.as_ref();
        let around = tenon_render::Around {
            mark: self.mark(commit),
            dialect,
            budget: Some(budget),
            links,
            run: run.cloned(),
            whole: run.map(|run| format!("[the summary of the job]({run})")),
            picture: self.picture(),
            outcome: self.applied.as_ref().map(|(_, outcome)| outcome.clone()),
        };
        tenon_render::comment(&self.plan, &Sources::default(), &around)
    }

    /// The picture, where the host draws one.
    fn picture(&self) -> Option<String> {
        let limits = match self.ci.kind {
            Kind::GitHub => PictureLimits::GITHUB,
            Kind::GitLab => PictureLimits::GITLAB,
            Kind::AzureRepos => return None,
        };
        picture::mermaid(&self.plan, &limits)
    }

    /// What is called after the deployment.
    fn status_name(&self) -> String {
        crate::comment::status_name(&self.plan.deployment.name)
    }
}

/// Prints what would be sent.
fn rehearse(matter: &Matter, options: &CommentArguments, output: &Output) {
    let ci = &matter.ci;
    let body = matter.body(ci.commit.as_deref(), ci.kind.budget());
    let token = uuid::Uuid::new_v4().simple().to_string();
    output::print(&annotations::harmless(&body, ci.runner, &token));
    if ci.repository.is_empty() {
        output.say("no pull request is known here; nothing would be sent");
        return;
    }
    let host = ci.kind.name();
    let place = match (ci.pull, &ci.commit) {
        (Some(pull), _) => format!("pull request {pull}"),
        (None, Some(commit)) => format!("the pull request of {commit}"),
        (None, None) => "no pull request".to_owned(),
    };
    output.say(&format!(
        "would write this comment of {} bytes to {place} of {} at {host}",
        body.len(),
        ci.repository
    ));
    if !options.no_status {
        let status = posting::status(matter);
        output.say(&format!(
            "would post the status `{}`: {}",
            status.name, status.description
        ));
    }
    output.say("nothing was sent");
}
