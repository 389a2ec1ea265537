//! New machines beside their old forms: which of its two names a machine has.
//!
//! What has no state file must see from what is live under which name a machine
//! stands. The marker tells: it names the entry, whatever the name in Azure is.
//! A machine that is to be replaced gets the other name; what then stands under
//! the old one is a former form of it, and goes when the new one is well.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Desired;
use tenon_model::marker::Ownership;
use tenon_model::plan::{Action, Cause, Reason};
use tenon_model::rollout::{BESIDE, Order};
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::{Address, ResourceId, Value};

use crate::decide::{self, Decision, Decisions};
use crate::select::LeftOut;
use crate::{Inputs, ResourceGraph, diff, orphans};

/// What a machine says that has its name, or the name of what belongs to it.
const NAMED_AFTER: &[&str] = &["nic", "computer_name"];

/// Whether new forms of a resource are made beside old ones.
fn is_made_beside(desired: &Desired) -> bool {
    let order = desired.rollout.as_ref().map(|rollout| rollout.order);
    order == Some(Order::CreateFirst)
}

/// The machines that have the second of their two names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Their addresses.
    pub second: BTreeSet<Address>,
    /// How often each has changed its name on the way to the plan.
    turns: BTreeMap<Address, usize>,
}

impl Names {
    /// Those that live machines have. `graph` is that of the first names. Where
    /// both forms are there, as a run that ended early leaves them, the younger
    /// counts.
    #[must_use]
    pub fn standing(graph: &ResourceGraph, snapshot: &Snapshot, deployment: &str) -> Self {
        let machines = graph.written().filter(|desired| is_made_beside(desired));
        let second = machines.filter(|desired| {
            let form = |id: &ResourceId| {
                let live = snapshot.get(id)?;
                is_form_of(live, &desired.address, deployment).then_some(live)
            };
            match (form(&desired.id), form(&second(&desired.id))) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(first), Some(second)) => made_at(second) > made_at(first),
            }
        });
        Self {
            second: second.map(|desired| desired.address.clone()).collect(),
            turns: BTreeMap::new(),
        }
    }

    /// Gives the machines that are to be replaced their other name, and returns
    /// whether there were any: then `inputs` has to be made again with the new
    /// names, and this asked once more. Where both forms are there and none of
    /// them is as it should be, the younger is the one that is replaced.
    pub fn turn(&mut self, inputs: &Inputs<'_>) -> bool {
        if !inputs.graph.written().any(is_made_beside) {
            return false;
        }
        let mut decisions = decide::decide(inputs, &LeftOut::default());
        decide::propagate(inputs, &mut decisions);
        let mut turned = false;
        for decision in decisions.iter() {
            let replaced = decision.action == Action::Replace;
            if replaced && decision.desired.as_deref().is_some_and(is_made_beside) {
                turned |= self.turn_one(decision, inputs);
            }
        }
        turned
    }

    fn turn_one(&mut self, decision: &Decision<'_>, inputs: &Inputs<'_>) -> bool {
        let address = &decision.address;
        let other = match self.second.contains(address) {
            true => first(&decision.id),
            false => Some(second(&decision.id)),
        };
        let other = other.and_then(|id| inputs.snapshot.get(&id));
        let deployment = &inputs.deployment.name;
        let has_other = other.is_some_and(|live| is_form_of(live, address, deployment));
        let turns = self.turns.entry(address.clone()).or_default();
        if *turns > usize::from(has_other) {
            return false;
        }
        *turns += 1;
        if !self.second.remove(address) {
            self.second.insert(address.clone());
        }
        true
    }
}

fn is_form_of(live: &Live, address: &Address, deployment: &str) -> bool {
    match &live.ownership {
        Ownership::Marked(marker) => marker.deployment == deployment && marker.address == *address,
        _ => false,
    }
}

fn second(id: &ResourceId) -> ResourceId {
    id.with_name(&format!("{}{BESIDE}", id.name()))
}

fn first(id: &ResourceId) -> Option<ResourceId> {
    Some(id.with_name(id.name().strip_suffix(BESIDE)?))
}

/// When Azure made it; times of one form compare as texts.
/// Source: `VirtualMachineProperties.timeCreated`, api-version 2024-11-01.
fn made_at(live: &Live) -> &str {
    let made = live.body.at(&["properties", "timeCreated"]);
    made.and_then(Value::as_text).unwrap_or_default()
}

/// The former forms of machines that stand under another name now, with what
/// was named after them, each with the address of what has taken its place.
#[derive(Debug, Default)]
pub(crate) struct Formers {
    successors: BTreeMap<Address, Address>,
    formers: BTreeMap<Address, Address>,
}

impl Formers {
    fn add(&mut self, former: Address, by: Address) {
        self.formers.insert(by.clone(), former.clone());
        self.successors.insert(former, by);
    }

    /// What has taken the place of a former form.
    pub(crate) fn successor(&self, former: &Address) -> Option<&Address> {
        self.successors.get(former)
    }

    /// The former form of what has an address.
    pub(crate) fn of(&self, address: &Address) -> Option<&Address> {
        self.formers.get(address)
    }
}

/// Finds former forms among what nobody asks for any more, and says so there.
/// What takes their place differs from them, and not from nothing.
pub(crate) fn find(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let machines = inputs.graph.written().filter(|one| is_made_beside(one));
    let machines: BTreeSet<&Address> = machines.map(|one| &one.address).collect();
    if machines.is_empty() {
        return;
    }
    let mut formers = Formers::default();
    for index in 0..decisions.len() {
        let former = decisions.at(index);
        let Some(by) = successor(former, decisions) else {
            continue;
        };
        if !machines.contains(&orphans::entry_of(&by)) {
            continue;
        }
        let (address, live) = (former.address.clone(), former.live);
        decisions.at_mut(index).reason = Reason::Succeeded { by: by.clone() };
        if let (Some(live), Some(at)) = (live, decisions.position(&by)) {
            differ(inputs, live, decisions.at_mut(at));
        }
        formers.add(address, by);
    }
    decisions.formers = formers;
}

fn successor(decision: &Decision<'_>, decisions: &Decisions<'_>) -> Option<Address> {
    if decision.desired.is_some() || decision.action != Action::Delete {
        return None;
    }
    let by = orphans::without_former(&decision.address)?;
    let successor = decisions.get(&by)?;
    let kind = &decision.resource_type;
    let same = successor.resource_type.eq_ignore_ascii_case(kind);
    (same && successor.desired.is_some()).then_some(by)
}

fn differ(inputs: &Inputs<'_>, live: &Live, new: &mut Decision<'_>) {
    let (Some(desired), Ownership::Marked(marker)) = (new.desired.as_deref(), &live.ownership)
    else {
        return;
    };
    // What belongs to a machine is there once more, and has the other name.
    if new.action != Action::Create || desired.kind != "vm" {
        return;
    }
    let body = decide::seen(desired, live, inputs.snapshot);
    let mut compared = diff::compare(desired, &body, &marker.base, &BTreeMap::new());
    compared.changes.retain(|change| {
        let moved_here = matches!(change.cause, Cause::Spec | Cause::Lock);
        moved_here && !NAMED_AFTER.contains(&change.path.as_str())
    });
    decide::note_lock(inputs, &mut compared);
    new.difference = compared;
}
