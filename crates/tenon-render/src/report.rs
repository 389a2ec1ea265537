//! How a run ended: the sentence, what went wrong and what that means, who
//! took how long, and the outputs.

use tenon_model::Diagnostic;
use tenon_model::event::Failure;
use tenon_model::place::Sources;
use tenon_model::plan::{Action, Mode, Plan};
use tenon_model::report::{Ended, Report};

use crate::layout::Layout;
use crate::run::Run;
use crate::words::{count, duration, past, thousands};
use crate::{Options, Role, Text};

mod bars;
mod chain;
mod failure;

/// Returns the report of a run; `failures` explains steps by position.
#[must_use]
pub fn report(
    plan: &Plan,
    report: &Report,
    failures: &[(usize, Diagnostic)],
    sources: &Sources,
    options: &Options,
) -> Text {
    let layout = Layout::of(options);
    let run = Run::of(plan);
    let mut text = Text::new();
    if report.is_complete() {
        layout.paragraph(Role::Good, &applied(plan, &run, report), &mut text);
    } else {
        layout.paragraph(Role::Error, &stopped(&run, report), &mut text);
        failure::failures(plan, &run, failures, report, sources, &layout, &mut text);
    }
    bars::bars(&run, report, &layout, &mut text);
    chain::chain(plan, &run, report, &layout, &mut text);
    if !report.outputs.is_empty() {
        text.space();
        text.push(layout.line().with(Role::Heading, "Outputs"));
        let outputs = report.outputs.iter();
        crate::outputs::rows(
            outputs.map(|(name, value)| (name.as_str(), value)),
            &layout,
            &mut text,
        );
    }
    text
}

fn applied(plan: &Plan, run: &Run, report: &Report) -> String {
    let verb = match plan.mode {
        Mode::Live => "Applied",
        Mode::Destroy => "Destroyed",
    };
    let mut said = Vec::new();
    for action in [
        Action::Replace,
        Action::Create,
        Action::Update,
        Action::Delete,
        Action::Adopt,
        Action::Forget,
    ] {
        let changed = run
            .changes
            .keys()
            .filter(|at| plan.changes[**at].action == action);
        let number = changed.count();
        if number > 0 {
            said.push(format!("{} {}", thousands(number), past(action)));
        }
    }
    if said.is_empty() {
        said.push("nothing to do".to_owned());
    }
    let name = &plan.deployment.name;
    format!(
        "{verb} {name} in {}: {}.",
        duration(report.took),
        said.join(", ")
    )
}

/// How far a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Came {
    /// To its end.
    Done,
    /// Nowhere.
    NotStarted,
    /// It goes on in Azure.
    GoesOn,
    /// To a bad end.
    Failed,
}

/// How far a step came.
pub(crate) fn came(report: &Report, step: usize) -> Came {
    let Some(line) = report.lines.get(&step) else {
        return Came::NotStarted;
    };
    match &line.ended {
        Some(Ended::Done { .. }) => Came::Done,
        Some(Ended::Failed {
            failure: Failure::Abandoned,
        }) => Came::GoesOn,
        Some(Ended::Failed { .. }) => Came::Failed,
        Some(Ended::Skipped { .. }) => Came::NotStarted,
        None if line.from.is_some() => Came::GoesOn,
        None => Came::NotStarted,
    }
}

fn stopped(run: &Run, report: &Report) -> String {
    let mut counts = [0; 4];
    for steps in run.changes.values() {
        let worst = steps.iter().map(|step| came(report, *step)).max();
        counts[worst.unwrap_or(Came::NotStarted) as usize] += 1;
    }
    let [done, not_started, goes_on, failed] = counts;
    let mut said = Vec::new();
    if failed > 0 {
        said.push(format!("{} failed", count(failed, "change")));
    }
    if goes_on > 0 {
        let verb = if goes_on == 1 { "goes on" } else { "go on" };
        said.push(format!("{} {verb} in Azure", thousands(goes_on)));
    }
    if not_started > 0 {
        said.push(format!("{} not started", thousands(not_started)));
    }
    said.push(format!("{} done", thousands(done)));
    let word = if report.stopped {
        "Interrupted"
    } else {
        "Stopped"
    };
    format!(
        "{word} after {}: {}.",
        duration(report.took),
        said.join(", ")
    )
}
