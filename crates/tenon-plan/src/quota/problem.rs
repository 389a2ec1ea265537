//! What to say about machines that do not fit.

use std::collections::BTreeSet;

use tenon_model::plan::{Action, Change, Plan};
use tenon_model::{Address, Code, Diagnostic, Help};

use super::Region;
use super::rooms::{Followed, Way};

/// The machines that are named.
const NAMED: usize = 3;

/// The error of a region, if its machines do not fit.
pub(super) fn of(plan: &Plan, region: &Region, way: &Way) -> Option<Diagnostic> {
    let steps = way.quotas.values().flat_map(|quota| &quota.short);
    let steps: BTreeSet<usize> = steps.copied().collect();
    let mut short: Vec<&Change> = Vec::new();
    for step in &steps {
        let change = plan.change(&plan.steps[*step].address)?;
        if !short.iter().any(|one| one.address == change.address) {
            short.push(change);
        }
    }
    let first = short.first()?;
    let mut problem = Diagnostic::error(
        Code::QuotaExceeded,
        format!("not enough vCPU quota for {}", names(&short)),
    )
    .at(&first.place, "");
    for (name, quota) in &way.quotas {
        problem = problem.note(numbers(name, region, quota));
    }
    if let Some(wave) = wave(plan, &first.address) {
        problem = problem.note(wave);
    }
    for help in ways_out(plan, region, way) {
        problem = problem.help(help);
    }
    Some(
        short
            .iter()
            .fold(problem, |problem, change| problem.about(&change.address)),
    )
}

fn names(short: &[&Change]) -> String {
    let named = short.iter().take(NAMED);
    let named: Vec<String> = named.map(|one| format!("`{}`", one.address)).collect();
    match short.len().checked_sub(NAMED + 1) {
        Some(more) => format!("{} and {} more", named.join(", "), more + 1),
        None => named.join(", "),
    }
}

/// `standardDSv5Family in westeurope: 8 used + 2 needed > limit 8`.
fn numbers(name: &str, region: &Region, quota: &Followed) -> String {
    let usage = quota.usage;
    let freed = match quota.peak.freed {
        0 => String::new(),
        freed => format!(" - {freed} freed before"),
    };
    let sum = format!("{} used{freed} + {} needed", usage.used, quota.peak.taken);
    let place = &region.location;
    if quota.short.is_empty() {
        format!("{name} in {place}: ok ({sum}, limit {})", usage.limit)
    } else {
        format!("{name} in {place}: {sum} > limit {}", usage.limit)
    }
}

/// Where the first of them stands in its fleet's rollout.
fn wave(plan: &Plan, machine: &Address) -> Option<String> {
    let mut found = plan.waves.iter().filter_map(|fleet| {
        let at = fleet.waves.iter().position(|wave| wave.contains(machine))?;
        Some((fleet, at + 1))
    });
    if let Some((fleet, at)) = found.next() {
        let all = fleet.waves.len();
        return Some(format!(
            "`{machine}` is in wave {at} of {all} of `{}`",
            fleet.fleet
        ));
    }
    let change = plan.change(machine)?;
    let fleet = change.fleet.as_ref()?;
    let rolls = plan.waves.iter().any(|waves| waves.fleet == *fleet);
    let made = change.action == Action::Create && rolls;
    made.then(|| format!("`{machine}` is new, beside the waves of `{fleet}`"))
}

fn ways_out(plan: &Plan, region: &Region, way: &Way) -> Vec<Help> {
    let short = || way.quotas.iter().filter(|(_, one)| !one.short.is_empty());
    let mut helps = Vec::new();
    let goes = plan
        .changes
        .iter()
        .find(|change| change.action == Action::Delete && change.kind == "vm");
    if let Some(goes) = goes.filter(|_| short().all(|(_, one)| one.ends_well())) {
        helps.push(Help::command(
            "there is room when what goes is gone; let it go first",
            format!("tenon apply --target {}", goes.entry),
        ));
    }
    let limits: Vec<String> = short()
        .map(|(name, one)| format!("{name} to at least {}", one.usage.used + one.peak.more()))
        .collect();
    helps.push(Help::text(format!(
        "raise the limit of {} (portal, Quotas, {}), or take a size of another family",
        limits.join(" and of "),
        region.location
    )));
    helps
}
