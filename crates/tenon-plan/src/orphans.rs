//! What is ours and no longer named.
//!
//! The markers say what is ours; the live references say in which order it
//! goes, and what must stay because something that stays needs it.

use std::collections::BTreeMap;

use tenon_model::marker::{Ownership, Start};
use tenon_model::plan::{Action, Kept, Mode, Reason};
use tenon_model::rules::Tags;
use tenon_model::{Address, ResourceId};

use crate::decide::{Decision, Decisions, Marking, Writes, outer_of, without};
use crate::diff::Difference;
use crate::select::LeftOut;
use crate::{Inputs, keep};

mod candidates;
mod staying;

use candidates::{Candidate, candidates};
use staying::Staying;

/// Adds a decision for everything of ours that nothing asks for.
pub(crate) fn add<'a>(inputs: &Inputs<'a>, left_out: &LeftOut, decisions: &mut Decisions<'a>) {
    let candidates = candidates(inputs, decisions);
    let mut staying = Staying::of(inputs, &candidates);
    staying.close();
    staying.keep_what_is_carried(inputs);
    let Staying { kept, .. } = staying;
    for mut candidate in candidates {
        if left_out.has(&candidate.live.id) {
            continue;
        }
        // The same address may stand for another resource now: one with
        // another name, or in another group.
        while decisions.get(&candidate.address).is_some() {
            candidate.address = Address::new(FORMER).join(candidate.address.as_str());
        }
        match kept.get(&candidate.live.id) {
            Some(because) => decisions.kept.push(Kept {
                kind: keep::kind(Some(candidate.live), &candidate.address)
                    .unwrap_or_else(|| candidate.rules.noun.to_owned()),
                address: candidate.address,
                id: candidate.live.id.clone(),
                because: because.clone(),
            }),
            None => decisions.push(deletion(inputs, candidate)),
        }
    }
    let parents = parents_that_stay(inputs, decisions);
    parents.into_iter().for_each(|one| decisions.push(one));
}

/// What stays, and names in its marker a child that goes: it forgets the name
/// when the child is gone.
fn parents_that_stay<'a>(inputs: &Inputs<'a>, decisions: &Decisions<'_>) -> Vec<Decision<'a>> {
    let mut going: BTreeMap<ResourceId, Vec<&Decision<'_>>> = BTreeMap::new();
    for child in decisions.iter() {
        let outer = outer_of(&child.id).filter(|_| child.rules.tags == Tags::Parent);
        if let Some(outer) = outer
            && child.desired.is_none()
            && child.action == Action::Delete
            && decisions.by_id(&outer).is_none()
        {
            going.entry(outer).or_default().push(child);
        }
    }
    let parents = going.into_iter().filter_map(|(parent, children)| {
        let live = inputs.snapshot.get(&parent)?;
        let Ownership::Marked(marker) = &live.ownership else {
            return None;
        };
        let ours = marker.deployment == inputs.deployment.name;
        let candidate = Candidate {
            address: marker.address.clone(),
            live,
            rules: (inputs.rules_of)(&live.id.resource_type()).unwrap_or(inputs.any),
            api_version: marker.api_version.clone(),
            protection: marker.protection,
            stays: None,
        };
        ours.then(|| Decision {
            action: Action::Update,
            reason: Reason::Bookkeeping,
            marking: Marking::Afterwards,
            marker: Some(without(
                marker,
                &live.id,
                children.iter().map(|child| (&child.id, child.rules)),
            )),
            ..deletion(inputs, candidate)
        })
    });
    parents.collect()
}

fn deletion<'a>(inputs: &Inputs<'a>, candidate: Candidate<'a>) -> Decision<'a> {
    let live = candidate.live;
    let named = inputs
        .graph
        .resource(&candidate.address)
        .filter(|one| one.id == live.id);
    let resource_type = live.id.resource_type();
    let api_version = match named {
        Some(desired) => desired.api_version.clone(),
        None => candidate
            .api_version
            .unwrap_or_else(|| candidate.rules.api_version.to_owned()),
    };
    Decision {
        entry: named.map_or_else(
            || entry_of(&candidate.address),
            |desired| desired.entry.clone(),
        ),
        fleet: named.and_then(|desired| desired.fleet.clone()),
        id: live.id.clone(),
        address: candidate.address,
        rules: candidate.rules,
        resource_type,
        api_version,
        desired: None,
        live: Some(live),
        action: Action::Delete,
        reason: match inputs.mode {
            Mode::Destroy => Reason::Destroyed,
            Mode::Live if keep::is_keepsake(Some(live)) => Reason::KeptLongEnough,
            Mode::Live => Reason::Unnamed,
        },
        difference: Difference::default(),
        marker: None,
        marking: Marking::AtOnce,
        ours: true,
        place: named.map_or_else(|| inputs.spec.clone(), |desired| desired.place.clone()),
        lets_go: Vec::new(),
        stops_for: Vec::new(),
        writes: Writes::Itself,
        reach: None,
        start: Start::NotOwed,
        taken: None,
        fresh: None,
    }
}

/// What stands before the address of a resource whose address stands for
/// another one now.
const FORMER: &str = "former";

/// The address that a former form had before another one got it; none for what
/// is no former form.
pub(crate) fn without_former(address: &Address) -> Option<Address> {
    let former = address.segments().take_while(|one| *one == FORMER).count();
    let parts: Vec<&str> = address.segments().skip(former).collect();
    (former > 0).then(|| Address::new(&parts.join(".")))
}

/// The entry of an address that the spec no longer has: its first two
/// segments.
pub(crate) fn entry_of(address: &Address) -> Address {
    let former = address
        .segments()
        .take_while(|segment| *segment == FORMER)
        .count();
    let parts: Vec<&str> = address.segments().take(former + 2).collect();
    Address::new(&parts.join("."))
}
