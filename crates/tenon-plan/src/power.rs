//! Which machines are asked whether they run.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Desired;
use tenon_model::rules::Disruption;
use tenon_model::snapshot::{Form, Live, Look};
use tenon_model::{Address, SubscriptionId};

use crate::decide::{self, Decisions};
use crate::select::LeftOut;
use crate::{Inputs, behind, carried, orphans, starts, stops, waves};

/// From so many machines of one subscription on, one list of all of its
/// machines is fewer requests than a request for each.
const LIST_FROM: usize = 4;

/// The third round: whether machines run that the plan stops, that have to run
/// for it, that an earlier run has stopped, or that count when others of their
/// fleet go down; and the instances of scale sets.
#[must_use]
pub fn power_looks(inputs: &Inputs<'_>) -> Vec<Look> {
    let mut decisions = decide::decide(inputs, &LeftOut::default());
    let carries = |live: &Live| carried::parent(inputs, &live.id).is_some();
    if inputs.snapshot.iter().any(carries) {
        // One that the spec no longer names is deleted while its machine runs.
        orphans::add(inputs, &LeftOut::default(), &mut decisions);
    }
    decide::propagate(inputs, &mut decisions);
    stops::add(&mut decisions);
    let wanted = wanted(inputs, &decisions);
    let mut by_subscription: BTreeMap<SubscriptionId, Vec<&Desired>> = BTreeMap::new();
    for decision in decisions.iter() {
        let Some(desired) = decision.desired.as_deref() else {
            continue;
        };
        if wanted.contains(&decision.address) {
            let subscription = desired.id.subscription();
            by_subscription
                .entry(subscription)
                .or_default()
                .push(desired);
        }
    }
    let machines = by_subscription
        .values()
        .flat_map(|machines| match machines.as_slice() {
            [first, ..] if machines.len() >= LIST_FROM => vec![of_all(first)],
            few => few.iter().map(|machine| of_one(machine)).collect(),
        });
    let sets = decisions.iter();
    let sets = sets.flat_map(|decision| behind::looks(inputs, decision));
    machines.chain(sets).collect()
}

fn wanted(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> BTreeSet<Address> {
    let mut wanted = carried::have_to_run(inputs, decisions);
    let stopping = decisions.iter().filter(|decision| {
        let is_vm = decision
            .desired
            .as_ref()
            .is_some_and(|desired| desired.kind == "vm");
        is_vm && (decision.disruption() == Disruption::Deallocate || starts::is_owed(decision))
    });
    wanted.extend(stopping.map(|decision| decision.address.clone()));
    wanted.extend(waves::count_when_others_go_down(inputs, decisions));
    wanted
}

fn of_one(machine: &Desired) -> Look {
    Look {
        form: Form::Power,
        tenant: machine.tenant.clone(),
        path: machine.id.to_string(),
        api_version: machine.api_version.clone(),
        query: vec![("$expand".into(), "instanceView".into())],
        rules: machine.rules,
    }
}

/// Source: `VirtualMachines_ListAll`, parameter `statusOnly`.
fn of_all(machine: &Desired) -> Look {
    let subscription = machine.id.subscription();
    Look {
        form: Form::PowerOfAll,
        tenant: machine.tenant.clone(),
        path: format!(
            "/subscriptions/{subscription}/providers/{}",
            machine.rules.resource_type
        ),
        api_version: machine.api_version.clone(),
        query: vec![("statusOnly".into(), "true".into())],
        rules: machine.rules,
    }
}
