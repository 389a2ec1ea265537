//! `tenon runs`: what was applied from here.

use std::path::Path;

use tenon_model::journal::{Integrity, Journal};
use tenon_model::place::Sources;
use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic, Help};
use tenon_render::{Depth, TimelineForm};

use crate::arguments::{RunFormat, RunsArguments};
use crate::exit::Exit;
use crate::journal;
use crate::output::{self, Output};
use crate::{files, html, plan_file};

/// Runs the command.
pub(crate) fn run(options: &RunsArguments, output: &Output) -> Exit {
    let Some(id) = &options.id else {
        return list(output);
    };
    let Some(journal) = journal::find(id).filter(|_| !id.is_empty()) else {
        let problem = Diagnostic::error(
            Code::UnreadableFile,
            format!("no journal of a run `{id}` is kept here"),
        )
        .help(Help::command("list those that are", "tenon runs"));
        output.diagnostics(&[problem], &Sources::default());
        return Exit::Error;
    };
    if let Some(path) = &options.html {
        return write_page(path, &journal, options, output);
    }
    if output.is_json() {
        output::print_json(&document(&journal));
    } else if let Some(form) = form(options.format) {
        match tenon_render::timeline(&journal, form) {
            Some(timeline) => output::print(&timeline),
            None => output.say("nothing was begun in this run, so it has no timeline"),
        }
    } else {
        output.show(&tenon_render::run(&journal, &output.options(Depth::Normal)));
    }
    match journal.integrity {
        Integrity::Broken(_) => Exit::Error,
        Integrity::Whole | Integrity::Unfinished => Exit::Ok,
    }
}

/// Writes the page of a run, with the plan that it carried out.
fn write_page(path: &Path, journal: &Journal, options: &RunsArguments, output: &Output) -> Exit {
    let plan = options.plan.as_ref().map(|plan| plan_of(plan, journal));
    let sources = Sources::default();
    let written = plan
        .transpose()
        .and_then(|plan| html::of_run(path, journal, plan.as_ref(), &sources, output));
    match written {
        Ok(()) => Exit::Ok,
        Err(problem) => {
            output.diagnostics(&[*problem], &sources);
            Exit::Error
        }
    }
}

/// Reads the plan that a run carried out; another one would tell lies about it.
fn plan_of(path: &Path, journal: &Journal) -> Result<Plan, Box<Diagnostic>> {
    let plan = plan_file::read(path)?;
    let digest = journal.began().map_or("", |began| &began.digest);
    if plan.digest == digest {
        return Ok(plan);
    }
    let name = files::shown(path);
    let problem = Diagnostic::error(
        Code::InvalidPlan,
        format!("the run did not carry out `{name}`"),
    );
    let said = format!("the run carried out {digest}, and this is {}", plan.digest);
    Err(Box::new(problem.note(said)))
}

/// The form of the timeline; none for lines.
fn form(format: RunFormat) -> Option<TimelineForm> {
    match format {
        RunFormat::Text => None,
        RunFormat::Gantt => Some(TimelineForm::Gantt),
        RunFormat::Svg => Some(TimelineForm::Svg),
        RunFormat::Trace => Some(TimelineForm::Trace),
    }
}

fn list(output: &Output) -> Exit {
    let all = journal::all();
    if output.is_json() {
        let listed: Vec<_> = all.iter().map(summary).collect();
        output::print_json(&listed);
    } else if all.is_empty() {
        output.say("nothing was applied from here yet");
    } else {
        output.show(&tenon_render::runs(&all, &output.options(Depth::Normal)));
    }
    Exit::Ok
}

fn summary(journal: &Journal) -> serde_json::Value {
    serde_json::json!({
        "began": journal.began(),
        "at": journal.entries.first().map(|entry| &entry.at),
        "ended": journal.ended(),
        "intact": journal.integrity == Integrity::Whole,
    })
}

fn document(journal: &Journal) -> serde_json::Value {
    serde_json::json!({
        "format": tenon_model::journal::FORMAT,
        "intact": journal.integrity == Integrity::Whole,
        "entries": journal.entries,
    })
}
