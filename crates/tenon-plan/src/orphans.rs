//! What is ours and no longer named.
//!
//! The markers say what is ours; the live references say in which order it
//! goes, and what must stay because something that stays needs it.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::{Desired, Protect};
use tenon_model::marker::{Marker, Ownership, Protection};
use tenon_model::plan::{Action, Kept, KeptBecause, Mode, Reason};
use tenon_model::rules::{Rules, Tags};
use tenon_model::snapshot::Live;
use tenon_model::spec::Made;
use tenon_model::{Address, ResourceId, Value};

use crate::Inputs;
use crate::decide::{Decision, Decisions, Marking, child_property};
use crate::diff::Difference;
use crate::instances::Instances;
use crate::looks::is_group;
use crate::select::LeftOut;

/// Adds a decision for everything of ours that nothing asks for.
pub(crate) fn add<'a>(inputs: &Inputs<'a>, left_out: &LeftOut, decisions: &mut Decisions<'a>) {
    let candidates = candidates(inputs, decisions);
    let mut staying = Staying::of(inputs, &candidates);
    staying.close();
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
    let named: BTreeMap<&ResourceId, &Desired> = inputs
        .graph
        .written()
        .map(|desired| (&desired.id, desired))
        .collect();
    for live in inputs.snapshot.iter() {
        let desired = named.get(&live.id).copied();
        // What the spec only refers to is let go of, not deleted.
        let referred = desired.is_some_and(|desired| desired.made == Made::Elsewhere);
        if referred || decisions.by_id(&live.id).is_some() {
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
fn child<'a>(
    inputs: &Inputs<'a>,
    live: &'a Live,
    desired: Option<&Desired>,
) -> Option<Candidate<'a>> {
    let parent = inputs.snapshot.get(&live.id.parent()?)?;
    let Ownership::Marked(marker) = &parent.ownership else {
        return None;
    };
    let rules =
        (inputs.rules_of)(&live.id.resource_type()).or(desired.map(|desired| desired.rules))?;
    let ours = marker.deployment == inputs.deployment.name
        && rules.tags == Tags::Parent
        && marker.base.has(&child_property(&live.id));
    let kind = live.id.resource_type();
    let collection = kind.rsplit('/').next().unwrap_or_default();
    ours.then(|| Candidate {
        address: desired.map_or_else(
            || marker.address.join(collection).join(live.id.name()),
            |desired| desired.address.clone(),
        ),
        live,
        rules,
        protection: protection_of_child(inputs, parent, marker),
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
        let named: BTreeSet<&ResourceId> =
            inputs.graph.written().map(|desired| &desired.id).collect();
        let ours = |id: &ResourceId| match inputs.snapshot.get(id).map(|live| &live.ownership) {
            Some(Ownership::Marked(marker)) => marker.deployment == inputs.deployment.name,
            _ => false,
        };
        let instances = Instances::of(inputs, self.candidates.iter().copied());
        for (id, names) in &self.names {
            if ours(id) || self.candidates.contains(id) || instances.has(id) {
                continue;
            }
            if let Some(parent) = id.parent().filter(ours) {
                // A child that our marker on its parent does not name, nor the
                // spec, is somebody else's and would go with its parent.
                if self.candidates.contains(&parent) && !named.contains(id) {
                    let because = KeptBecause::NeededBy { id: (*id).clone() };
                    self.kept.entry(parent).or_insert(because);
                }
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
    let instances = Instances::of(inputs, going.iter().copied());
    let ids: Vec<ResourceId> = inputs
        .snapshot
        .census(group)
        .iter()
        .filter(|id| !goes_with(id, &going) && !with_machines.contains(id) && !instances.has(id))
        .take(5)
        .cloned()
        .collect();
    (!ids.is_empty()).then_some(KeptBecause::HoldsForeign { ids })
}

/// Whether a resource goes, or lies inside of one that does.
fn goes_with(id: &ResourceId, going: &BTreeSet<&ResourceId>) -> bool {
    going.contains(id) || id.parent().is_some_and(|parent| goes_with(&parent, going))
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

/// Members by which Azure says who uses a resource, or what lies inside of it.
const BACK_REFERENCES: [&str; 9] = [
    "managedBy",
    "managedByExtended",
    "virtualMachine",
    "virtualMachines",
    "ipConfiguration",
    "backendIPConfigurations",
    "privateEndpointConnections",
    "subnets",
    "resources",
];

/// Every resource id that a live body names, its own and those of its children
/// left out. A back reference is no need.
pub(crate) fn named_ids(live: &Live) -> Vec<ResourceId> {
    let mut ids = Vec::new();
    collect(&live.body, &mut ids);
    let inside = format!("{}/", live.id.key());
    ids.retain(|id| *id != live.id && !id.key().starts_with(&inside));
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
                if !BACK_REFERENCES.contains(&name) {
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
        marker: None,
        marking: Marking::AtOnce,
        ours: true,
        place: named.map_or_else(|| inputs.spec.clone(), |desired| desired.place.clone()),
        stops_for: Vec::new(),
    }
}

/// What stands before the address of a resource whose address stands for
/// another one now.
const FORMER: &str = "former";

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
