//! What is ours and no longer named.
//!
//! The markers say what is ours; the live references say in which order it
//! goes, and what must stay because something that stays needs it.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Protect;
use tenon_model::marker::{Base, Marker, Ownership, Protection};
use tenon_model::plan::{Action, Kept, KeptBecause, Mode, Reason};
use tenon_model::rules::{Rules, Tags};
use tenon_model::snapshot::Live;
use tenon_model::{Address, ResourceId, Value};

use crate::Inputs;
use crate::decide::{Decision, Decisions, child_property};
use crate::diff::Difference;
use crate::looks::is_group;

/// Adds a decision for everything of ours that nothing asks for.
pub(crate) fn add<'a>(inputs: &Inputs<'a>, decisions: &mut Decisions<'a>) {
    let candidates = candidates(inputs, decisions);
    let mut staying = Staying::of(inputs, &candidates);
    staying.close();
    let Staying { kept, .. } = staying;
    for candidate in candidates {
        match kept.get(&candidate.live.id) {
            Some(because) => decisions.kept.push(Kept {
                address: candidate.address,
                id: candidate.live.id.clone(),
                kind: candidate.rules.noun.to_owned(),
                because: because.clone(),
            }),
            None => decisions.push(deletion(inputs, candidate)),
        }
    }
}

/// Something of ours that nothing asks for.
struct Candidate<'a> {
    address: Address,
    live: &'a Live,
    rules: &'static Rules,
    protection: Protection,
}

fn candidates<'a>(inputs: &Inputs<'a>, decisions: &Decisions<'_>) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    for live in inputs.snapshot.iter() {
        if decisions.by_id(&live.id).is_some() {
            continue;
        }
        let marked = match &live.ownership {
            Ownership::Marked(marker) if marker.deployment == inputs.deployment.name => marker,
            Ownership::Foreign => {
                found.extend(child(inputs, live));
                continue;
            }
            _ => continue,
        };
        let rules = (inputs.rules_of)(&live.id.resource_type()).unwrap_or(inputs.any);
        found.push(Candidate {
            protection: protection(inputs, live, marked),
            address: marked.address.clone(),
            live,
            rules,
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
fn child<'a>(inputs: &Inputs<'a>, live: &'a Live) -> Option<Candidate<'a>> {
    let parent = inputs.snapshot.get(&live.id.parent()?)?;
    let Ownership::Marked(marker) = &parent.ownership else {
        return None;
    };
    let rules = (inputs.rules_of)(&live.id.resource_type())?;
    let ours = marker.deployment == inputs.deployment.name
        && rules.tags == Tags::Parent
        && marker.base.has(&child_property(&live.id));
    let kind = live.id.resource_type();
    let collection = kind.rsplit('/').next().unwrap_or_default();
    ours.then(|| Candidate {
        address: inputs
            .graph
            .written()
            .find(|desired| desired.id == live.id)
            .map_or_else(
                || marker.address.join(collection).join(live.id.name()),
                |desired| desired.address.clone(),
            ),
        live,
        rules,
        protection: Protection::Open,
    })
}

/// What stays, and why.
struct Staying<'a> {
    kept: BTreeMap<ResourceId, KeptBecause>,
    candidates: BTreeSet<&'a ResourceId>,
    /// Ids that a live body names, for every live resource.
    names: Vec<(&'a ResourceId, Vec<ResourceId>)>,
}

impl<'a> Staying<'a> {
    fn of(inputs: &Inputs<'a>, candidates: &[Candidate<'a>]) -> Self {
        let mut kept = BTreeMap::new();
        for candidate in candidates {
            if candidate.protection == Protection::Protected {
                kept.insert(candidate.live.id.clone(), KeptBecause::Protected);
            } else if is_group(&candidate.live.id)
                && let Some(because) = foreign(inputs, &candidate.live.id, candidates)
            {
                kept.insert(candidate.live.id.clone(), because);
            }
        }
        let going = candidates
            .iter()
            .map(|candidate| &candidate.live.id)
            .collect();
        let names = if candidates.is_empty() {
            Vec::new()
        } else {
            inputs
                .snapshot
                .iter()
                .map(|live| (&live.id, named_ids(live)))
                .collect()
        };
        let mut staying = Self {
            kept,
            candidates: going,
            names,
        };
        staying.needed_by_others(inputs);
        staying
    }

    /// What somebody else's resource uses cannot go.
    fn needed_by_others(&mut self, inputs: &Inputs<'_>) {
        let ours = |id: &ResourceId| match inputs.snapshot.get(id).map(|live| &live.ownership) {
            Some(Ownership::Marked(marker)) => marker.deployment == inputs.deployment.name,
            _ => false,
        };
        for (id, names) in &self.names {
            let parent = id.parent();
            let of_ours = ours(id) || parent.as_ref().is_some_and(ours);
            if of_ours || self.candidates.contains(id) {
                continue;
            }
            for name in names.iter().filter(|name| self.candidates.contains(name)) {
                let because = KeptBecause::NeededBy { id: (*id).clone() };
                self.kept.entry(name.clone()).or_insert(because);
            }
        }
    }

    /// What is kept keeps what it needs: what its body names, its parent, its
    /// group.
    fn close(&mut self) {
        let names: BTreeMap<&ResourceId, &Vec<ResourceId>> =
            self.names.iter().map(|(id, names)| (*id, names)).collect();
        let mut queue: Vec<ResourceId> = self.kept.keys().cloned().collect();
        while let Some(id) = queue.pop() {
            let group = id
                .resource_group()
                .filter(|_| !is_group(&id))
                .map(|group| ResourceId::group(&id.subscription(), group));
            let needs = names
                .get(&id)
                .into_iter()
                .flat_map(|names| names.iter().cloned());
            for needed in needs.chain(id.parent()).chain(group) {
                if self.candidates.contains(&needed) && !self.kept.contains_key(&needed) {
                    let because = KeptBecause::NeededBy { id: id.clone() };
                    self.kept.insert(needed.clone(), because);
                    queue.push(needed);
                }
            }
        }
    }
}

/// Why a group of ours cannot go: things of others in it.
fn foreign(
    inputs: &Inputs<'_>,
    group: &ResourceId,
    candidates: &[Candidate<'_>],
) -> Option<KeptBecause> {
    let going: BTreeSet<&ResourceId> = candidates
        .iter()
        .map(|candidate| &candidate.live.id)
        .collect();
    let with_machines: BTreeSet<ResourceId> = candidates
        .iter()
        .filter_map(|candidate| os_disk(candidate.live))
        .collect();
    let ids: Vec<ResourceId> = inputs
        .snapshot
        .census(group)
        .iter()
        .filter(|id| !going.contains(id) && !with_machines.contains(id))
        .take(5)
        .cloned()
        .collect();
    (!ids.is_empty()).then_some(KeptBecause::HoldsForeign { ids })
}

/// The OS disk goes with its machine.
fn os_disk(live: &Live) -> Option<ResourceId> {
    let disk = live.body.at(&["properties", "storageProfile", "osDisk"])?;
    let goes = disk
        .member("deleteOption")?
        .as_text()?
        .eq_ignore_ascii_case("Delete");
    let id = disk.at(&["managedDisk", "id"])?.as_text()?;
    ResourceId::parse(id).ok().filter(|_| goes)
}

/// Every resource id that a live body names, its own left out. A back
/// reference (`managedBy`, `virtualMachine`) is no need.
pub(crate) fn named_ids(live: &Live) -> Vec<ResourceId> {
    let mut ids = Vec::new();
    collect(&live.body, &mut ids);
    ids.retain(|id| *id != live.id);
    ids
}

fn collect(value: &Value, ids: &mut Vec<ResourceId>) {
    match value {
        Value::Text(text) if text.starts_with("/subscriptions/") => {
            ids.extend(ResourceId::parse(text));
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Map(map) => {
            for (name, item) in map.iter() {
                if !matches!(
                    name,
                    "managedBy" | "managedByExtended" | "virtualMachine" | "ipConfiguration"
                ) {
                    collect(item, ids);
                }
            }
        }
        _ => {}
    }
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
        None => match &live.ownership {
            Ownership::Marked(Marker {
                api_version: Some(version),
                ..
            }) => version.clone(),
            _ => candidate.rules.api_version.to_owned(),
        },
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
            Mode::Live => Reason::Unnamed,
        },
        difference: Difference::default(),
        marker: Some(Marker {
            deployment: inputs.deployment.name.clone(),
            address: Address::new(""),
            protection: Protection::Open,
            api_version: None,
            base: Base::default(),
        }),
        place: named.map_or_else(|| inputs.spec.clone(), |desired| desired.place.clone()),
    }
}

/// The entry of an address that the spec no longer has: its first two
/// segments.
fn entry_of(address: &Address) -> Address {
    let parts: Vec<&str> = address.segments().take(2).collect();
    Address::new(&parts.join("."))
}
