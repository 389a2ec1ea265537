//! What is told when a run is over: the report, its failures, and the exit code.

use std::path::Path;

use tenon_model::Diagnostic;
use tenon_model::event::{Failure, Line};
use tenon_model::place::Sources;
use tenon_model::report::{Document, Ended, FORMAT, Report};
use tenon_render::Depth;

use crate::arguments::Approval;
use crate::exit::Exit;
use crate::output::Output;
use crate::{files, html, journal, lease};

use super::ready::Ready;

/// Tells how the run ended, to people and to programs.
pub(super) fn conclude(
    ready: &Ready,
    report: &Report,
    approval: &Approval,
    output: &Output,
) -> Exit {
    let failures: Vec<(usize, Diagnostic)> = report
        .lines
        .iter()
        .filter_map(|(step, line)| match &line.ended {
            Some(Ended::Failed { failure }) => Some((
                *step,
                ready.scene.explain_failure(&ready.plan, *step, failure),
            )),
            _ => None,
        })
        .collect();
    let text = tenon_render::report(
        &ready.plan,
        report,
        &failures,
        &ready.sources,
        &output.options(Depth::Normal),
    );
    output.show(&text);
    if let Some(why) = report.lease_lost.as_ref().filter(|_| !report.is_complete()) {
        let lost = lease::lost(&ready.plan.deployment.name, why);
        output.diagnostics(&[lost], &ready.sources);
    }
    output.json_line(&Line::Report { report });
    if let Some(path) = &approval.report {
        save_report(path, report, &failures, output);
    }
    if let Some(path) = &approval.html {
        save_page(path, ready, output);
    }
    exit(report)
}

/// Writes the page of the run that has just ended, from its journal.
fn save_page(path: &Path, ready: &Ready, output: &Output) {
    let Some(journal) = journal::of_plan(&ready.plan.digest) else {
        output.say("no page of this run is written, since no journal of it is kept");
        return;
    };
    let written = html::of_run(path, &journal, Some(&ready.plan), &ready.sources, output);
    if let Err(problem) = written {
        output.diagnostics(&[*problem], &Sources::default());
    }
}

fn save_report(path: &Path, report: &Report, failures: &[(usize, Diagnostic)], output: &Output) {
    let document = Document {
        format: FORMAT,
        report,
        diagnostics: failures.iter().map(|(_, problem)| problem).collect(),
    };
    // Through a value, so that members stand in the order of their names.
    let text = format!("{:#}\n", serde_json::json!(document));
    if let Err(error) = files::replace(path, &text) {
        output.diagnostics(&[files::unwritable(path, &error)], &Sources::default());
    }
}

fn exit(report: &Report) -> Exit {
    if report.is_complete() {
        return Exit::Ok;
    }
    if report.stopped {
        return Exit::Interrupted;
    }
    let only_stale = report.lines.values().all(|line| {
        !matches!(&line.ended, Some(Ended::Failed { failure })
            if !matches!(failure, Failure::Stale { .. } | Failure::Presence { .. }))
    });
    if only_stale && report.done() == 0 && report.lease_lost.is_none() {
        Exit::Stale
    } else {
        Exit::HalfWay
    }
}
