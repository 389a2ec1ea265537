//! Which machines are asked whether they run.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::Action;
use tenon_model::rules::{Disruption, Rules};
use tenon_model::snapshot::{Form, Live, Look};
use tenon_model::{Address, ResourceId, SubscriptionId, TenantId};

use crate::decide::{self, Decision, Decisions};
use crate::select::LeftOut;
use crate::{
    Inputs, behind, carried, fresh, in_use, keep, orphans, rollback, starts, stops, waves,
};

/// From so many machines of one subscription on, one list of all of its
/// machines is fewer requests than a request for each.
const LIST_FROM: usize = 4;

/// A machine that is asked.
struct Asked<'a> {
    tenant: TenantId,
    rules: &'static Rules,
    api_version: &'a str,
}

/// What is left to be read for a plan when the rest has been.
pub enum ThirdRound<'a> {
    /// This.
    Asks(Vec<Look>),
    /// Nothing. What was decided to find that out holds for the plan.
    AsksNothing(Draft<'a>),
}

/// What is decided about every resource by itself: where a plan begins.
pub struct Draft<'a>(pub(crate) Box<Decisions<'a>>);

/// The third round: whether machines run that the plan stops, that have to run
/// for it, that an earlier run has stopped, that are in the way of a change, or
/// that count when others of their fleet go down; and the instances of scale
/// sets.
#[must_use]
pub fn third_round<'a>(inputs: &Inputs<'a>) -> ThirdRound<'a> {
    if let Some(asked) = &inputs.wishes.rollback {
        let mut looks = looks(inputs, &rollback::decide(inputs, asked));
        looks.extend(rollback::looks(inputs, asked));
        return ThirdRound::Asks(looks);
    }
    let mut decisions = draft(inputs, &LeftOut::default());
    let carries = |live: &Live| carried::parent(inputs, &live.id).is_some();
    let carries = inputs.snapshot.iter().any(carries);
    // Else nothing follows from any of them for another one.
    let apart = !carries && !decisions.iter().any(has_consequences);
    if carries {
        // One that the spec no longer names is deleted while its machine runs.
        orphans::add(inputs, &LeftOut::default(), &mut decisions);
    }
    if !apart {
        decide::propagate(inputs, &mut decisions);
        stops::add(&mut decisions);
    }
    let mut looks = looks(inputs, &decisions);
    let kept = decisions.iter();
    let kept = kept.filter_map(|decision| keep::look(inputs.snapshot, decision));
    keep::once(kept, &mut looks);
    if apart && looks.is_empty() {
        ThirdRound::AsksNothing(Draft(Box::new(decisions)))
    } else {
        ThirdRound::Asks(looks)
    }
}

/// What is decided about every resource by itself.
pub(crate) fn draft<'a>(inputs: &Inputs<'a>, left_out: &LeftOut) -> Decisions<'a> {
    let mut decisions = decide::decide(inputs, left_out);
    fresh::add(inputs, &mut decisions);
    decisions
}

/// Whether others may have to be replaced, or to stop, because of what happens
/// to a resource.
fn has_consequences(decision: &Decision<'_>) -> bool {
    decision.action == Action::Replace || decision.action.is_in_place()
}

fn looks(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> Vec<Look> {
    let mut by_subscription: BTreeMap<SubscriptionId, BTreeMap<ResourceId, Asked<'_>>> =
        BTreeMap::new();
    for (id, asked) in asked(inputs, decisions) {
        let machines = by_subscription.entry(id.subscription()).or_default();
        machines.entry(id).or_insert(asked);
    }
    let machines = by_subscription.iter().flat_map(|(subscription, machines)| {
        match machines.values().next() {
            Some(first) if machines.len() >= LIST_FROM => vec![of_all(subscription, first)],
            _ => machines.iter().map(of_one).collect(),
        }
    });
    let sets = decisions.iter();
    let sets = sets.flat_map(|decision| behind::looks(inputs, decision));
    machines.chain(sets).collect()
}

fn asked<'d>(inputs: &Inputs<'_>, decisions: &'d Decisions<'_>) -> Vec<(ResourceId, Asked<'d>)> {
    let wanted = wanted(inputs, decisions);
    let written = decisions.iter().filter_map(|decision| {
        let desired = decision.desired.as_deref()?;
        let asked = Asked {
            tenant: desired.tenant.clone(),
            rules: desired.rules,
            api_version: &desired.api_version,
        };
        wanted
            .contains(&decision.address)
            .then(|| (desired.id.clone(), asked))
    });
    let in_the_way = in_use::machines(decisions).into_iter();
    let in_the_way = in_the_way.filter_map(|(id, tenant)| {
        let rules = (inputs.rules_of)(&id.resource_type())?;
        let api_version = rules.api_version;
        Some((
            id,
            Asked {
                tenant,
                rules,
                api_version,
            },
        ))
    });
    written.chain(in_the_way).collect()
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

fn of_one((id, asked): (&ResourceId, &Asked<'_>)) -> Look {
    Look {
        form: Form::Power,
        tenant: asked.tenant.clone(),
        path: id.to_string(),
        api_version: asked.api_version.to_owned(),
        query: vec![("$expand".into(), "instanceView".into())],
        rules: asked.rules,
    }
}

/// Source: `VirtualMachines_ListAll`, parameter `statusOnly`.
fn of_all(subscription: &SubscriptionId, asked: &Asked<'_>) -> Look {
    let kind = asked.rules.resource_type;
    Look {
        form: Form::PowerOfAll,
        tenant: asked.tenant.clone(),
        path: format!("/subscriptions/{subscription}/providers/{kind}"),
        api_version: asked.api_version.to_owned(),
        query: vec![("statusOnly".into(), "true".into())],
        rules: asked.rules,
    }
}
