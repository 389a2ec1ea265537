//! A part of a plan.
//!
//! What is asked for takes with it whatever has to happen first: what it
//! needs, what has to let go of it before it is deleted, what is replaced with
//! it, and the marker that speaks for it. What is left alone keeps those back
//! that would need it, by the same relation read the other way.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::{Action, Mode, Partial, Reason};
use tenon_model::rules::Tags;
use tenon_model::spec::Made;
use tenon_model::{Address, ResourceId};

use crate::decide::{Decision, Decisions};
use crate::{Inputs, Wishes, decide, let_go, orphans, references, wishes};

/// What a plan leaves alone although something would happen to it.
#[derive(Default)]
pub(crate) struct LeftOut {
    ids: BTreeSet<ResourceId>,
    changes: usize,
}

impl LeftOut {
    pub(crate) fn has(&self, id: &ResourceId) -> bool {
        self.ids.contains(id)
    }

    /// Everything that the spec names but these.
    pub(crate) fn all_but(inputs: &Inputs<'_>, these: &BTreeSet<&ResourceId>) -> Self {
        let written = inputs.graph.written().map(|one| &one.id);
        Self {
            ids: written.filter(|id| !these.contains(id)).cloned().collect(),
            changes: 0,
        }
    }

    /// What stays although the spec no longer names it.
    pub(crate) fn unnamed(&self, inputs: &Inputs<'_>) -> impl Iterator<Item = &ResourceId> {
        let named: BTreeSet<&ResourceId> = if self.ids.is_empty() {
            BTreeSet::new()
        } else {
            inputs.graph.written().map(|one| &one.id).collect()
        };
        self.ids.iter().filter(move |id| !named.contains(id))
    }

    pub(crate) fn partial(&self, wishes: &Wishes) -> Option<Partial> {
        wishes.is_partial().then(|| Partial {
            left_out: self.changes,
            targets: wishes.targets.clone(),
            excluded: wishes.exclude.clone(),
        })
    }
}

/// Every address that somebody may ask for: those of the spec, with entries and
/// fleets, and those of what it no longer names.
#[must_use]
pub fn known_addresses(inputs: &Inputs<'_>) -> BTreeSet<Address> {
    if inputs.wishes.let_go.is_some() {
        return let_go::known(inputs).flat_map(|one| one.names()).collect();
    }
    let nothing = LeftOut::default();
    let mut decisions = decide::decide(inputs, &nothing);
    orphans::add(inputs, &nothing, &mut decisions);
    let named = inputs
        .graph
        .written()
        .map(|one| (&one.address, &one.entry, one.fleet.as_ref()));
    let live = decisions
        .iter()
        .map(|one| (&one.address, &one.entry, one.fleet.as_ref()));
    let kept = decisions.kept.iter().map(|one| &one.address);
    named
        .chain(live)
        .flat_map(|(address, entry, fleet)| [Some(address), Some(entry), fleet])
        .flatten()
        .chain(kept)
        .cloned()
        .collect()
}

/// What of `everything` the author did not ask for.
pub(crate) fn left_out(inputs: &Inputs<'_>, everything: &Decisions<'_>) -> LeftOut {
    let needs = Needs::of(inputs, everything);
    let asked = |asked: &BTreeSet<Address>| -> BTreeSet<usize> {
        let matching = everything.iter().enumerate();
        matching
            .filter(|(_, one)| wishes::names(asked, &one.address, one.fleet.as_ref()))
            .map(|(index, _)| index)
            .collect()
    };
    let mut selected = if inputs.wishes.targets.is_empty() {
        (0..everything.len()).collect()
    } else {
        closure(asked(&inputs.wishes.targets), &needs.first)
    };
    for index in closure(asked(&inputs.wishes.exclude), &needs.after()) {
        selected.remove(&index);
    }
    let mut left_out = LeftOut::default();
    for (index, decision) in everything.iter().enumerate() {
        if selected.contains(&index) || !is_open(decision) {
            continue;
        }
        left_out.ids.insert(decision.id.clone());
        left_out.changes += usize::from(decision.action != Action::NoOp);
    }
    left_out
}

/// Whether something happens to a resource, or would if it could.
fn is_open(decision: &Decision<'_>) -> bool {
    let made = decision.desired.as_ref().map(|desired| desired.made);
    match (decision.action, made) {
        (Action::NoOp, Some(Made::Elsewhere)) => decision.live.is_none(),
        (Action::NoOp, _) => !decision.ours,
        _ => true,
    }
}

fn closure(start: BTreeSet<usize>, next: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut stack: Vec<usize> = start.iter().copied().collect();
    let mut reached = start;
    while let Some(index) = stack.pop() {
        for other in &next[index] {
            if reached.insert(*other) {
                stack.push(*other);
            }
        }
    }
    reached
}

/// Who has to be in a plan if another is.
struct Needs {
    /// By the position of the other.
    first: Vec<BTreeSet<usize>>,
}

impl Needs {
    fn of(inputs: &Inputs<'_>, everything: &Decisions<'_>) -> Self {
        let mut needs = Self {
            first: vec![BTreeSet::new(); everything.len()],
        };
        let going = going(everything);
        for (index, decision) in everything.iter().enumerate() {
            needs.of_spec(inputs, everything, index, decision);
            needs.marker_of_parent(everything, index, decision);
            needs.former_form(everything, index, decision);
            // Who names what goes has to let go of it, or go as well.
            if decision.action != Action::NoOp {
                for used in used(decision) {
                    if let Some(gone) = going.get(&used).filter(|gone| **gone != index) {
                        needs.first[*gone].insert(index);
                    }
                }
            }
        }
        needs
    }

    fn of_spec(
        &mut self,
        inputs: &Inputs<'_>,
        everything: &Decisions<'_>,
        index: usize,
        decision: &Decision<'_>,
    ) {
        if let Some(desired) = &decision.desired {
            let needed = desired.needs.iter();
            let needed = needed.filter_map(|need| everything.position(&need.on));
            self.first[index].extend(needed);
        }
        if let Reason::UsesReplaced { address } = &decision.reason
            && let Some(replaced) = everything.position(address)
        {
            self.first[replaced].insert(index);
        }
        if inputs.mode == Mode::Destroy {
            let dependents = inputs.graph.dependents(&decision.address);
            let dependents = dependents.filter_map(|(one, _)| everything.position(&one.address));
            self.first[index].extend(dependents);
        }
    }

    /// What is made beside its former form replaces it: none without the other.
    fn former_form(&mut self, everything: &Decisions<'_>, index: usize, decision: &Decision<'_>) {
        let former = everything.formers.of(&decision.address);
        if let Some(former) = former.and_then(|former| everything.position(former)) {
            self.first[index].insert(former);
            self.first[former].insert(index);
        }
    }

    /// The marker that speaks for a child is written by the update of its
    /// parent.
    fn marker_of_parent(
        &mut self,
        everything: &Decisions<'_>,
        index: usize,
        decision: &Decision<'_>,
    ) {
        if decision.action == Action::NoOp || decision.rules.tags != Tags::Parent {
            return;
        }
        let parent = decide::outer_of(&decision.id).and_then(|id| everything.by_id(&id));
        let parent = parent.filter(|parent| parent.action.is_in_place());
        let parent = parent.and_then(|parent| everything.position(&parent.address));
        self.first[index].extend(parent);
    }

    /// The same relation from the other side.
    fn after(&self) -> Vec<BTreeSet<usize>> {
        let mut after = vec![BTreeSet::new(); self.first.len()];
        for (index, first) in self.first.iter().enumerate() {
            for other in first {
                after[*other].insert(index);
            }
        }
        after
    }
}

fn going(everything: &Decisions<'_>) -> BTreeMap<ResourceId, usize> {
    let all = everything.iter().enumerate();
    all.filter(|(_, decision)| decision.goes())
        .map(|(index, decision)| (decision.id.clone(), index))
        .collect()
}

/// What the live resource of a decision uses, with what it lies in.
fn used(decision: &Decision<'_>) -> Vec<ResourceId> {
    let Some(live) = decision.live else {
        return Vec::new();
    };
    let group = live
        .id
        .resource_group()
        .map(|group| ResourceId::group(&live.id.subscription(), group));
    let mut used = references::named_ids(live);
    used.extend(live.id.parent());
    used.extend(group);
    used
}
