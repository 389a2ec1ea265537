//! The execution graph: which requests, in which order.
//!
//! Making follows what is needed; deleting goes against what live bodies name.
//! Nothing waits for anything else, except writes to one network, which Azure
//! takes one at a time, and machines of one fleet, of which only so many may
//! be down.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::{Action, Step};
use tenon_model::{Address, ResourceId};

use crate::Inputs;
use crate::decide::Decisions;
use crate::stops::Stops;

mod body;
mod carried;
mod deleting;
mod drafts;
mod elsewhere;
mod instances;
mod keeping;
mod making;
mod marked;
mod order;
mod precondition;
mod request;
mod retag;
mod rollout;
mod sign;

/// A step before it has a position.
struct Draft {
    step: Step,
    after: BTreeSet<usize>,
}

/// The steps of one resource, by their place among the drafts.
#[derive(Clone, Copy, Default)]
struct Own {
    delete: Option<usize>,
    /// The first step before that, where something of it remains.
    keep: Option<usize>,
    /// Where it lets go of what is replaced.
    detach: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
}

/// The steps of a machine that stops and stays the same.
#[derive(Clone, Copy)]
struct Stopped {
    stop: usize,
    update: Option<usize>,
    start: Option<usize>,
}

struct Building<'b, 'a> {
    inputs: &'b Inputs<'a>,
    decisions: &'b Decisions<'a>,
    drafts: Vec<Draft>,
    own: BTreeMap<Address, Own>,
    /// Which disks change only while their machine stands still.
    stops: Stops,
    stopped: BTreeMap<Address, Stopped>,
    /// The last update of those that get their marker after their children.
    marks: Vec<(ResourceId, usize)>,
}

/// Builds the steps of all decisions, in an order in which each stands after
/// those it waits for.
pub(crate) fn build(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> Vec<Step> {
    let mut building = Building {
        inputs,
        decisions,
        drafts: Vec::new(),
        own: BTreeMap::new(),
        stops: Stops::of(decisions),
        stopped: BTreeMap::new(),
        marks: Vec::new(),
    };
    for decision in decisions.iter() {
        building.add(decision);
    }
    building.what_is_carried_goes_along();
    building.disks_change_while_machines_stand();
    building.making_follows_needs();
    building.giving_follows_taking();
    building.taking_follows_letting_go();
    building.deleting_follows_use();
    building.changing_follows_leaving();
    building.what_is_carried_changes_while_machines_run();
    building.marking_follows_children();
    rollout::pace(&mut building);
    building.keeping_waits_as_deleting();
    building.former_forms_are_their_successors();
    order::sort(building.drafts)
}

impl Building<'_, '_> {
    fn wait(&mut self, step: Option<usize>, before: Option<usize>) {
        if let (Some(step), Some(before)) = (step, before)
            && step != before
        {
            self.drafts[step].after.insert(before);
        }
    }

    /// What remains is kept from when the machine goes, not from when the plan
    /// begins.
    fn keeping_waits_as_deleting(&mut self) {
        for own in self.own.values() {
            let (Some(keep), Some(delete)) = (own.keep, own.delete) else {
                continue;
            };
            let waits = self.drafts[delete].after.clone();
            let before = waits
                .into_iter()
                .filter(|one| !(keep..delete).contains(one));
            let before: Vec<usize> = before.collect();
            self.drafts[keep].after.extend(before);
        }
    }

    /// What happens to a former form belongs to what takes its place.
    fn former_forms_are_their_successors(&mut self) {
        let (formers, decisions) = (&self.decisions.formers, self.decisions);
        for draft in &mut self.drafts {
            let by = formers.successor(&draft.step.address);
            let made = |by: &&Address| {
                let by = decisions.get(by);
                by.is_some_and(|by| by.action == Action::Create)
            };
            if let Some(by) = by.filter(made) {
                draft.step.address = by.clone();
            }
        }
    }

    fn own(&self, address: &Address) -> Own {
        self.own.get(address).copied().unwrap_or_default()
    }
}
