//! What could go: everything that markers call ours and nothing asks for.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::{Desired, Protect};
use tenon_model::marker::{Marker, Ownership, Protection};
use tenon_model::plan::{KeptBecause, Mode};
use tenon_model::rules::Rules;
use tenon_model::snapshot::Live;
use tenon_model::spec::Made;
use tenon_model::{Address, ResourceId};

use crate::Inputs;
use crate::decide::{Decisions, speaker};
use crate::keep::{self, Fate};

/// Something of ours that nothing asks for.
pub(super) struct Candidate<'a> {
    pub(super) address: Address,
    pub(super) live: &'a Live,
    pub(super) rules: &'static Rules,
    /// The api-version that deletes it, where something says so.
    pub(super) api_version: Option<String>,
    pub(super) protection: Protection,
    /// Why it stays for a while; none where its protection decides.
    pub(super) stays: Option<KeptBecause>,
}

pub(super) fn candidates<'a>(inputs: &Inputs<'a>, decisions: &Decisions<'_>) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    let undecided = inputs.snapshot.iter();
    let undecided = undecided.filter(|live| decisions.by_id(&live.id).is_none());
    let undecided: Vec<&Live> = undecided.collect();
    if undecided.is_empty() {
        return found;
    }
    let named: BTreeMap<&ResourceId, &Desired> = inputs
        .graph
        .written()
        .map(|desired| (&desired.id, desired))
        .collect();
    let fresh = decisions.iter().filter_map(|one| one.fresh.as_ref());
    let fresh: BTreeSet<&ResourceId> = fresh.map(|fresh| &fresh.disk).collect();
    for live in undecided {
        let desired = named.get(&live.id).copied();
        // What the spec only refers to is let go of, not deleted.
        let referred = desired.is_some_and(|desired| desired.made == Made::Elsewhere);
        if fresh.contains(&live.id) || referred {
            continue;
        }
        let marked = match &live.ownership {
            Ownership::Marked(marker) if marker.deployment == inputs.deployment.name => marker,
            Ownership::Foreign => {
                found.extend(child(inputs, live, desired));
                continue;
            }
            _ => continue,
        };
        let fate = keep::fate(inputs, live, marked);
        if matches!(fate, Some(Fate::Used)) {
            // It lives with what uses it.
            continue;
        }
        let rules = (inputs.rules_of)(&live.id.resource_type()).unwrap_or(inputs.any);
        found.push(Candidate {
            protection: protection(inputs, live, marked),
            stays: match fate {
                Some(Fate::Stays(because)) => Some(because),
                _ => None,
            },
            address: marked.address.clone(),
            live,
            rules,
            api_version: marked.api_version.clone(),
        });
    }
    found
}

/// While the spec still names a resource, the spec says whether it is
/// protected; afterwards its marker does.
fn protection(inputs: &Inputs<'_>, live: &Live, marker: &Marker) -> Protection {
    let named = inputs
        .graph
        .resource(&marker.address)
        .filter(|desired| desired.id == live.id);
    match named.map(|desired| &desired.protect) {
        Some(Protect::No) => Protection::Open,
        Some(_) => Protection::Protected,
        None => marker.protection,
    }
}

/// A child without tags that its parent's marker calls ours.
fn child<'a>(
    inputs: &Inputs<'a>,
    live: &'a Live,
    desired: Option<&Desired>,
) -> Option<Candidate<'a>> {
    let speaker = speaker(inputs, &live.id, desired)?;
    let kind = live.id.resource_type();
    let collection = match kind.rsplit('/').next().unwrap_or_default() {
        // What the spec calls them.
        "federatedIdentityCredentials" if live.id.directory().is_some() => "federated",
        collection => collection,
    };
    Some(Candidate {
        address: desired.map_or_else(
            || speaker.marker.address.join(collection).join(live.id.name()),
            |desired| desired.address.clone(),
        ),
        live,
        rules: speaker.rules,
        api_version: speaker.api_version,
        protection: protection_of_child(inputs, speaker.outer, speaker.marker),
        stays: None,
    })
}

/// A child goes by itself when its parent stays in the spec, and stays with
/// its parent when that is only kept.
fn protection_of_child(inputs: &Inputs<'_>, parent: &Live, marker: &Marker) -> Protection {
    let asked_for = inputs.mode == Mode::Live
        && inputs
            .graph
            .resource(&marker.address)
            .is_some_and(|desired| desired.id == parent.id);
    if asked_for {
        Protection::Open
    } else {
        protection(inputs, parent, marker)
    }
}
