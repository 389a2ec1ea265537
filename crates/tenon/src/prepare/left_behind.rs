//! Subscriptions that an earlier run wrote to and the spec no longer names.
//!
//! A plan looks where the spec says, so that it says the same to everybody. The
//! journals of this folder may remember more. They add a warning and nothing
//! else: who has none gets the same plan.

use std::collections::BTreeSet;

use tenon_model::journal::{Remain, Remains};
use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic, Help, Place, ResourceId, SubscriptionId, marker};

/// A warning for each such subscription.
pub(super) fn warnings(plan: &Plan, remains: &Remains, spec: &Place) -> Vec<Diagnostic> {
    let scopes = plan.deployment.places();
    let is_seen = |id: &SubscriptionId| scopes.iter().any(|scope| scope.subscription == *id);
    let left = remains.by_subscription().into_iter();
    left.filter(|(subscription, _)| !is_seen(subscription))
        .map(|(subscription, left)| warning(&plan.deployment.name, &subscription, &left, spec))
        .collect()
}

fn warning(
    deployment: &str,
    subscription: &SubscriptionId,
    left: &[(&ResourceId, &Remain)],
    spec: &Place,
) -> Diagnostic {
    let directory = left.iter().find_map(|(id, _)| id.directory());
    let place = match &directory {
        Some(tenant) => format!("the directory of tenant {tenant}"),
        None => format!("subscription {subscription}"),
    };
    let find = match &directory {
        Some(_) => format!(
            "az ad app list --all --query \"[?contains(tags, '{}={deployment}')]\"",
            marker::DEPLOYMENT_TAG
        ),
        None => format!(
            "az resource list --subscription {subscription} --tag {}={deployment}",
            marker::DEPLOYMENT_TAG
        ),
    };
    let run = left.iter().map(|(_, remain)| remain.run.as_str()).max();
    let problem = Diagnostic::warning(
        Code::LeftBehind,
        format!("`{deployment}` made things in {place}, which the spec no longer names"),
    )
    .at(spec, "no plan looks there any more");
    let problem = left
        .first()
        .into_iter()
        .fold(problem, |problem, (id, remain)| {
            let more = match left.len() {
                1 => String::new(),
                many => format!(", and {} more", many - 1),
            };
            problem.note(format!("`{}`, {id}{more}", remain.address))
        });
    problem
        .note(format!(
            "the journal of the run {} says so; whether it is still there, only Azure knows",
            run.unwrap_or_default()
        ))
        .help(Help::command(
            "to delete it, put its entries back, and take them out again after",
            format!("tenon destroy {}", targets(left)),
        ))
        .help(Help::command(
            "or find what is left by its tag; when nothing is, delete the journals in .tenon/runs",
            find,
        ))
}

/// How many entries are named.
const NAMED: usize = 3;

/// The entries, as the command line names them.
fn targets(left: &[(&ResourceId, &Remain)]) -> String {
    let entry = |remain: &Remain| {
        let parts: Vec<&str> = remain.address.segments().take(2).collect();
        format!("--target {}", parts.join("."))
    };
    let entries: BTreeSet<String> = left.iter().map(|(_, remain)| entry(remain)).collect();
    if entries.len() > NAMED {
        return "--target <address>".to_owned();
    }
    entries.into_iter().collect::<Vec<_>>().join(" ")
}
