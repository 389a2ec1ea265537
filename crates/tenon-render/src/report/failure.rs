//! What went wrong, what it left behind, and what did not begin because of
//! it: every cause once.

use std::collections::BTreeMap;

use tenon_model::diagnostic::LabelRole;
use tenon_model::place::Sources;
use tenon_model::plan::{Change, Does, Plan};
use tenon_model::report::{Ended, Report};
use tenon_model::{Diagnostic, Help, Label};

use super::{Came, came};
use crate::diagnostics::one;
use crate::layout::Layout;
use crate::run::{Run, Unit};
use crate::words::{and, thing, thousands, verb};
use crate::{Role, Text, names};

/// The failures that are explained.
const EXPLAINED: usize = 20;
/// The columns of the words before names.
const WORD: usize = 13;

/// Adds what failed, what goes on, and what did not begin.
pub(crate) fn failures(
    plan: &Plan,
    run: &Run,
    failures: &[(usize, Diagnostic)],
    report: &Report,
    sources: &Sources,
    layout: &Layout,
    text: &mut Text,
) {
    let causes = causes(failures);
    for (steps, diagnostic) in causes.iter().take(EXPLAINED) {
        text.space();
        let told = told(plan, run, steps, diagnostic, report);
        let aside = aside(plan, run, steps[0]);
        text.append(one(&told, Some(&aside), sources, layout));
    }
    if causes.len() > EXPLAINED {
        text.space();
        let more = format!("and {} more", thousands(causes.len() - EXPLAINED));
        text.push(layout.line().with(Role::Dim, more));
    }
    text.space();
    going_on(run, report, layout, text);
    not_begun(run, report, layout, text);
}

/// The same failure of several steps is one cause.
fn causes(failures: &[(usize, Diagnostic)]) -> Vec<(Vec<usize>, &Diagnostic)> {
    let mut causes: Vec<(Vec<usize>, &Diagnostic)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (step, diagnostic) in failures {
        let key = format!("{} {}", diagnostic.code, diagnostic.message);
        let at = *known.entry(key).or_insert(causes.len());
        if at == causes.len() {
            causes.push((Vec::new(), diagnostic));
        }
        causes[at].0.push(*step);
    }
    causes
}

/// The diagnostic with the spec line of the change, and what the failure left.
fn told(
    plan: &Plan,
    run: &Run,
    steps: &[usize],
    diagnostic: &Diagnostic,
    report: &Report,
) -> Diagnostic {
    let mut told = diagnostic.clone();
    let change = run.steps.get(steps[0]).and_then(|name| name.change);
    let Some(at) = change else {
        return told;
    };
    let change = &plan.changes[at];
    if told.labels.is_empty() {
        told.labels.push(Label {
            place: change.place.clone(),
            message: String::new(),
            role: LabelRole::Primary,
        });
    }
    let others = steps[1..].iter().filter_map(|step| run.steps.get(*step));
    let others = names::fold(others.map(|name| name.address.as_str()), 3);
    if !others.is_empty() {
        told.notes
            .push(format!("the same for {}", others.join(", ")));
    }
    told.notes
        .extend(left(plan, change, &run.changes[&at], report));
    told.notes
        .extend(old_disk(plan, change, &run.changes[&at], report));
    told.helps
        .extend(left_off(plan, change, &run.changes[&at], report));
    told.helps
        .extend(way_back(plan, change, &run.changes[&at], report));
    told
}

/// The way out for a machine that was stopped on the way and does not run now.
fn left_off(plan: &Plan, change: &Change, steps: &[usize], report: &Report) -> Option<Help> {
    let is_done = |wanted| {
        steps
            .iter()
            .any(|step| plan.steps[*step].does == wanted && came(report, *step) == Came::Done)
    };
    let was_to_start = steps
        .iter()
        .any(|step| plan.steps[*step].does == Does::Start);
    let is_off = was_to_start && is_done(Does::Deallocate) && !is_done(Does::Start);
    is_off.then(|| {
        let words = format!(
            "`{}` is stopped now; the next apply starts it, or at once:",
            change.address
        );
        Help::command(words, format!("az vm start --ids {}", change.id))
    })
}

/// Whether one of the steps that do this has come to its end.
fn is_done(plan: &Plan, steps: &[usize], does: Does, report: &Report) -> bool {
    let mut steps = steps.iter();
    steps.any(|step| plan.steps[*step].does == does && came(report, *step) == Came::Done)
}

/// The old OS disk of a machine that is gone.
fn old_disk(plan: &Plan, change: &Change, steps: &[usize], report: &Report) -> Option<String> {
    let mut steps = steps.iter().map(|step| (*step, &plan.steps[*step]));
    let (at, kept) = steps.find(|(_, step)| step.does == Does::Keep && step.id != change.id)?;
    let is_kept = came(report, at) == Came::Done;
    is_kept.then(|| format!("kept for rollback: old OS disk {}", kept.id.name()))
}

/// The way back for a machine whose old OS disk was kept, and that is gone.
fn way_back(plan: &Plan, change: &Change, steps: &[usize], report: &Report) -> Option<Help> {
    let kept = is_done(plan, steps, Does::Keep, report);
    let gone = is_done(plan, steps, Does::Delete, report);
    (kept && gone).then(|| {
        Help::command(
            format!("bring `{}` back on its old OS disk", change.address),
            format!("tenon rollback {}", change.address),
        )
    })
}

/// What is done of a change that did not come to its end.
fn left(plan: &Plan, change: &Change, steps: &[usize], report: &Report) -> Option<String> {
    let done = steps
        .iter()
        .filter(|step| came(report, **step) == Came::Done);
    let done: Vec<String> = done
        .filter_map(|step| match plan.steps[*step].does {
            Does::Create => Some("created".to_owned()),
            Does::Update => Some("updated".to_owned()),
            Does::Delete => Some("the old one deleted".to_owned()),
            Does::Deallocate => Some("stopped".to_owned()),
            Does::Start => Some("started".to_owned()),
            Does::Detach => Some("detached".to_owned()),
            Does::Reimage => Some("OS disks laid anew".to_owned()),
            Does::Follow | Does::Upgrade => Some("instances upgraded".to_owned()),
            Does::Mark | Does::Keep | Does::Check | Does::Settle => None,
        })
        .collect();
    if done.is_empty() {
        return None;
    }
    let mut said = format!("done for {}: {}", change.address, done.join(", "));
    let kept: Vec<String> = change.kept.iter().map(|item| thing(item)).collect();
    if !kept.is_empty() {
        said = format!("{said}; kept: {}", and(&kept));
    }
    Some(said)
}

/// `vms.web-2, replace, step 2 of 2 (create VM)`.
fn aside(plan: &Plan, run: &Run, step: usize) -> String {
    let Some(name) = run.steps.get(step) else {
        return String::new();
    };
    let Some(at) = name.change else {
        return name.address.to_string();
    };
    let steps = &run.changes[&at];
    let does = verb(plan.changes[at].action);
    match steps.iter().position(|mine| *mine == step) {
        Some(position) if steps.len() > 1 => format!(
            "{}, {does}, step {} of {} ({})",
            name.address,
            position + 1,
            steps.len(),
            name.does
        ),
        _ => format!("{}, {does}", name.address),
    }
}

fn going_on(run: &Run, report: &Report, layout: &Layout, text: &mut Text) {
    for (step, line) in &report.lines {
        if came(report, *step) != Came::GoesOn {
            continue;
        }
        let Some(name) = run.steps.get(*step) else {
            continue;
        };
        let mut row = layout.line();
        row.pad_to(2, 0)
            .push(Role::Warning, "in Azure")
            .pad_to(2 + WORD, 2);
        row.push(Role::Address, name.address.as_str());
        row.push(Role::Plain, format!("   {} goes on", name.does));
        text.push(row);
        if let Some(operation) = &line.operation {
            // An address is there to be pasted, so it is never cut.
            let mut row = layout.line();
            row.pad_to(2 + WORD, 0).push(Role::Dim, operation);
            text.push(row);
        }
    }
}

/// Names what did not begin, by the failure that stood in its way.
fn not_begun(run: &Run, report: &Report, layout: &Layout, text: &mut Text) {
    let mut by_cause: BTreeMap<Option<usize>, Vec<&str>> = BTreeMap::new();
    let waits = |step: &usize| came(report, *step) == Came::NotStarted;
    let because = |step: usize| match report.lines.get(&step)?.ended {
        Some(Ended::Skipped { because }) => Some(because),
        _ => None,
    };
    let told = |unit: &&Unit| !unit.steps.is_empty() && !unit.is_quiet;
    for unit in run.units.iter().filter(told) {
        if unit.steps.iter().all(waits) {
            let cause = unit.steps.iter().find_map(|step| because(*step));
            by_cause.entry(cause).or_default().push(&unit.name);
            continue;
        }
        // Of what began in part, what did not begin is named by itself.
        for steps in run
            .changes
            .values()
            .filter(|steps| unit.steps.contains(&steps[0]))
        {
            let name = run.steps.get(steps[0]).filter(|_| steps.iter().all(waits));
            if let Some(name) = name {
                let cause = because(steps[0]);
                by_cause
                    .entry(cause)
                    .or_default()
                    .push(name.address.as_str());
            }
        }
    }
    for (cause, units) in by_cause {
        let mut items = names::fold(units.iter().copied(), 3);
        let root = cause.and_then(|step| run.steps.get(step));
        if let (Some(root), Some(last)) = (root, items.last_mut()) {
            let wait = if units.len() == 1 { "waits" } else { "wait" };
            *last = format!("{last} ({wait} for {})", root.address);
        }
        layout.listed(2, "not started", WORD, Role::Plain, &items, text);
    }
}
