//! One edit: planned, tried, applied, looked at.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tenon_model::event::Failure;
use tenon_model::plan::{Action, Change, Plan};
use tenon_model::report::{Ended, Report};
use tenon_model::rules::Disruption;

use crate::edits::Edit;
use crate::here::Here;
use crate::in_place;

/// What an edit shows to be wrong.
pub(crate) async fn edit(edit: &Edit) -> Vec<String> {
    let here = Here::new();
    if let Err(why) = stand(&here, &edit.before).await {
        return vec![format!("before: {why}")];
    }
    let before = identities(&here);
    let plan = match here.plan(&edit.after).await {
        Ok(plan) if plan.applyable => plan,
        // What is protected, or in the way, is no matter of the tables.
        Ok(_) => return Vec::new(),
        Err(why) => return vec![why],
    };
    for change in replaced(&plan) {
        let wrong = in_place::findings(&here, &plan, change).await;
        if !wrong.is_empty() {
            return wrong;
        }
    }
    here.simulator().clear_request_log();
    let report = here.apply(&plan).await;
    let mut wrong = refused(&here);
    if !report.is_complete() {
        wrong.extend(failures(&report));
        return wrong;
    }
    wrong.extend(stayed(&here, &plan, &before));
    wrong.extend(power(&here, &plan).await);
    match here.plan(&edit.after).await {
        Ok(again) => wrong.extend(again.changes.iter().map(|one| {
            format!(
                "planned again: {} {:?} {:?}",
                one.address, one.action, one.properties
            )
        })),
        Err(why) => wrong.push(why),
    }
    wrong
}

async fn stand(here: &Here, spec: &str) -> Result<(), String> {
    let plan = here.plan(spec).await?;
    if !plan.applyable {
        let messages: Vec<&str> = plan
            .diagnostics
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        return Err(messages.join("; "));
    }
    let report = here.apply(&plan).await;
    if report.is_complete() {
        Ok(())
    } else {
        Err(failures(&report).join("; "))
    }
}

fn failures(report: &Report) -> Vec<String> {
    let ended = report.lines.values().filter_map(|line| line.ended.as_ref());
    ended
        .filter_map(|ended| match ended {
            Ended::Failed {
                failure: Failure::Refused { refusal },
                ..
            } => Some(format!("{}: {refusal}", refusal.request)),
            Ended::Failed { failure, .. } => Some(format!("{failure:?}")),
            _ => None,
        })
        .collect()
}

fn replaced(plan: &Plan) -> impl Iterator<Item = &Change> {
    plan.changes
        .iter()
        .filter(|change| change.action == Action::Replace)
}

/// What tells a resource from another of the same name.
fn identity(body: &Json) -> Option<String> {
    let properties = &body["properties"];
    ["vmId", "resourceGuid", "uniqueId"]
        .iter()
        .find_map(|name| Some(properties[name].as_str()?.to_owned()))
}

fn identities(here: &Here) -> BTreeMap<String, Option<String>> {
    let simulator = here.simulator();
    let all = simulator.resource_ids().into_iter();
    all.map(|id| {
        let body = simulator.resource(&id).unwrap_or_default();
        (id.to_ascii_lowercase(), identity(&body))
    })
    .collect()
}

/// Requests of the apply that were refused.
fn refused(here: &Here) -> Vec<String> {
    let log = here.simulator().request_log().into_iter();
    log.filter(|one| one.method != "GET" && one.status >= 400)
        .map(|one| {
            let code = one.error_code.unwrap_or_default();
            format!(
                "{} {} was refused: {} {code}",
                one.method, one.path, one.status
            )
        })
        .collect()
}

/// Whether what changed in place is the same as before, and what was replaced
/// is not.
fn stayed(here: &Here, plan: &Plan, before: &BTreeMap<String, Option<String>>) -> Vec<String> {
    let after = identities(here);
    let mut wrong = Vec::new();
    for change in &plan.changes {
        let key = change.id.as_str().to_ascii_lowercase();
        let (Some(Some(then)), Some(Some(now))) = (before.get(&key), after.get(&key)) else {
            continue;
        };
        let same = then == now;
        if change.action.is_in_place() && !same {
            wrong.push(format!("{} is another one now", change.address));
        }
        if change.action == Action::Replace && same {
            wrong.push(format!("{} is still the same", change.address));
        }
    }
    wrong
}

/// Whether machines stopped that the plan stops, and only those, and run again.
async fn power(here: &Here, plan: &Plan) -> Vec<String> {
    let mut wrong = Vec::new();
    let log = here.simulator().request_log();
    for id in here.simulator().resource_ids() {
        let kind = "/providers/Microsoft.Compute/virtualMachines/";
        // What a machine carries has no power of its own.
        if !id.contains(kind) || id.contains("/extensions/") {
            continue;
        }
        let stop = format!("{id}/deallocate");
        let stopped = log
            .iter()
            .any(|one| one.method == "POST" && one.path.eq_ignore_ascii_case(&stop));
        let own = plan
            .changes
            .iter()
            .find(|change| change.id.as_str().eq_ignore_ascii_case(&id));
        let goes = own.is_some_and(|change| change.action == Action::Replace);
        let said = own.is_some_and(|change| says_stop(plan, change));
        if stopped != said && !goes {
            wrong.push(format!("{id} stopped: {stopped}, planned: {said}"));
        }
        if !here.runs(plan, &id).await {
            wrong.push(format!("{id} does not run"));
        }
    }
    wrong
}

/// Whether the plan says of a machine, or of a disk of its entry, that it stops.
fn says_stop(plan: &Plan, machine: &Change) -> bool {
    plan.changes
        .iter()
        .filter(|change| change.entry == machine.entry)
        .any(|change| change.disruption == Disruption::Deallocate)
}
