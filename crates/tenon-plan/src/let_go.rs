//! Letting go: what is ours is nobody's, or another deployment's, and stays.
//!
//! Only markers are written. What has tags loses ours, or gets those of the
//! other deployment; a child without tags loses its name in the marker of what
//! it lies in.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Desired;
use tenon_model::marker::{Marker, Ownership, Start};
use tenon_model::plan::{Action, Reason};
use tenon_model::rules::{Rules, Tags};
use tenon_model::snapshot::Live;
use tenon_model::{Address, ResourceId};

use crate::decide::{
    Decision, Decisions, Marking, Writes, child_property, outer_of, problems, speaker, without,
};
use crate::diff::Difference;
use crate::orphans::entry_of;
use crate::{Inputs, LetGo, wishes};

/// A live resource that our markers call ours.
pub(crate) struct Ours<'a> {
    address: Address,
    desired: Option<&'a Desired>,
    live: &'a Live,
    rules: &'static Rules,
    /// Its own marker, or that of what it lies in.
    marker: &'a Marker,
}

impl Ours<'_> {
    fn fleet(&self) -> Option<&Address> {
        self.desired?.fleet.as_ref()
    }

    /// Every address that stands for it.
    pub(crate) fn names(&self) -> Vec<Address> {
        let mut names = vec![self.address.clone()];
        names.extend(self.desired.map(|desired| desired.entry.clone()));
        names.extend(self.fleet().cloned());
        names
    }

    fn is_child(&self) -> bool {
        self.rules.tags == Tags::Parent
    }
}

/// Everything that is ours.
pub(crate) fn known<'a>(inputs: &Inputs<'a>) -> impl Iterator<Item = Ours<'a>> {
    let named: BTreeMap<&ResourceId, &Desired> = inputs
        .graph
        .written()
        .map(|desired| (&desired.id, desired))
        .collect();
    let live = inputs.snapshot.iter();
    live.filter_map(|live| ours(inputs, live, named.get(&live.id).copied()))
        .collect::<Vec<_>>()
        .into_iter()
}

fn ours<'a>(inputs: &Inputs<'a>, live: &'a Live, desired: Option<&'a Desired>) -> Option<Ours<'a>> {
    let us = &inputs.deployment.name;
    let rules = desired.map(|desired| desired.rules);
    let rules = rules.or_else(|| (inputs.rules_of)(&live.id.resource_type()));
    let rules = rules.unwrap_or(inputs.any);
    if let Ownership::Marked(marker) = &live.ownership {
        return (marker.deployment == *us).then(|| Ours {
            address: desired.map_or_else(|| marker.address.clone(), |one| one.address.clone()),
            desired,
            live,
            rules,
            marker,
        });
    }
    let speaker = speaker(inputs, &live.id, desired)?;
    let property = child_property(&live.id);
    Some(Ours {
        address: desired.map_or_else(
            || speaker.marker.address.join(&property.replace('/', ".")),
            |one| one.address.clone(),
        ),
        desired,
        live,
        rules: speaker.rules,
        marker: speaker.marker,
    })
}

/// Decides for what is let go of, and for the markers that name it.
pub(crate) fn decide<'a>(inputs: &Inputs<'a>, asked: &LetGo) -> Decisions<'a> {
    let mut decisions = Decisions::default();
    let going: Vec<Ours<'a>> = known(inputs)
        .filter(|one| wishes::names(&asked.addresses, &one.address, one.fleet()))
        .collect();
    let ids: BTreeSet<&ResourceId> = going.iter().map(|one| &one.live.id).collect();
    let mut parents: BTreeMap<ResourceId, Vec<&Ours<'a>>> = BTreeMap::new();
    for one in &going {
        let parent = outer_of(&one.live.id).filter(|_| one.is_child());
        if let Some(parent) = parent {
            if ids.contains(&parent) {
                // It goes where its parent goes.
                continue;
            }
            if asked.to.is_some() {
                let problem = problems::child_alone(&one.address, &one.marker.address, inputs.spec);
                decisions.diagnostics.push(problem);
                continue;
            }
            parents.entry(parent).or_default().push(one);
        }
        if let Some(desired) = one.desired.filter(|_| speaks_for_entry(one, &going)) {
            let problem = problems::still_named(desired, asked.to.as_deref());
            decisions.diagnostics.push(problem);
        }
        decisions.push(decision(inputs, one, asked));
    }
    for one in known(inputs) {
        if let Some(children) = parents.get(&one.live.id) {
            let mut parent = decision(inputs, &one, asked);
            parent.action = Action::Update;
            parent.reason = Reason::Bookkeeping;
            let children = children.iter().map(|child| (&child.live.id, child.rules));
            parent.marker = Some(without(one.marker, &one.live.id, children));
            decisions.push(parent);
        }
    }
    decisions
}

/// Whether it is the resource of its entry that a warning is about: one is
/// enough.
fn speaks_for_entry(one: &Ours<'_>, going: &[Ours<'_>]) -> bool {
    let entry = one.desired.map_or(&one.address, |desired| &desired.entry);
    one.address == *entry || !going.iter().any(|other| other.address == *entry)
}

fn decision<'a>(inputs: &Inputs<'a>, one: &Ours<'a>, asked: &LetGo) -> Decision<'a> {
    let version = one.desired.map(|desired| desired.api_version.clone());
    let version = version.or_else(|| one.marker.api_version.clone());
    Decision {
        entry: one
            .desired
            .map_or_else(|| entry_of(&one.address), |desired| desired.entry.clone()),
        fleet: one.fleet().cloned(),
        id: one.live.id.clone(),
        address: one.address.clone(),
        rules: one.rules,
        resource_type: one.live.id.resource_type(),
        api_version: version.unwrap_or_else(|| one.rules.api_version.to_owned()),
        desired: None,
        live: Some(one.live),
        action: Action::Forget,
        reason: match &asked.to {
            Some(to) => Reason::HandedOver { to: to.clone() },
            None => Reason::Asked,
        },
        difference: Difference::default(),
        marker: asked.to.as_ref().map(|to| Marker {
            deployment: to.clone(),
            ..one.marker.clone()
        }),
        marking: Marking::AtOnce,
        ours: true,
        lets_go: Vec::new(),
        stops_for: Vec::new(),
        writes: Writes::Itself,
        reach: None,
        start: Start::NotOwed,
        taken: None,
        fresh: None,
        place: one
            .desired
            .map_or_else(|| inputs.spec.clone(), |desired| desired.place.clone()),
    }
}
