//! What is ours and no longer named.
//!
//! The markers say what is ours; the live references say in which order it
//! goes, and what must stay because something that stays needs it.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::{Desired, Protect};
use tenon_model::marker::{Marker, Ownership, Protection, Start};
use tenon_model::plan::{Action, Kept, KeptBecause, Mode, Reason};
use tenon_model::rules::{Rules, Tags};
use tenon_model::snapshot::Live;
use tenon_model::spec::Made;
use tenon_model::{Address, ResourceId, Value};

use crate::decide::{Decision, Decisions, Marking, Writes, outer_of, speaker, without};
use crate::diff::Difference;
use crate::instances::Instances;
use crate::looks::is_group;
use crate::select::LeftOut;
use crate::{Inputs, carried};

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
                address: candidate.address,
                id: candidate.live.id.clone(),
                kind: candidate.rules.noun.to_owned(),
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

/// Something of ours that nothing asks for.
struct Candidate<'a> {
    address: Address,
    live: &'a Live,
    rules: &'static Rules,
    /// The api-version that deletes it, where something says so.
    api_version: Option<String>,
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
    let collection = kind.rsplit('/').next().unwrap_or_default();
    Some(Candidate {
        address: desired.map_or_else(
            || speaker.marker.address.join(collection).join(live.id.name()),
            |desired| desired.address.clone(),
        ),
        live,
        rules: speaker.rules,
        api_version: speaker.api_version,
        protection: protection_of_child(inputs, speaker.outer, speaker.marker),
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
            // An assignment is on something, and needs it no more than a tag does.
            let described = (inputs.rules_of)(&id.resource_type())
                .is_some_and(|rules| rules.tags == Tags::Described);
            let goes = self.candidates.contains(id) || instances.has(id);
            if ours(id) || goes || described {
                continue;
            }
            if let Some(parent) = id.parent().filter(ours) {
                // A child that our marker on its parent does not name, nor the
                // spec, is somebody else's and would go with its parent.
                let carried = carried::parent(inputs, id).is_some();
                if self.candidates.contains(&parent) && !named.contains(id) && !carried {
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

    /// What goes with its parent stays with it.
    fn keep_what_is_carried(&mut self, inputs: &Inputs<'_>) {
        let parents = self.candidates.iter().filter_map(|id| {
            let parent = carried::parent(inputs, id)?;
            Some(((*id).clone(), parent))
        });
        let kept: Vec<(ResourceId, ResourceId)> = parents
            .filter(|(id, parent)| self.kept.contains_key(parent) && !self.kept.contains_key(id))
            .collect();
        for (id, parent) in kept {
            self.kept.insert(id, KeptBecause::NeededBy { id: parent });
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
                // `userAssignedIdentities` has its ids as names.
                if name.starts_with("/subscriptions/") {
                    ids.extend(ResourceId::parse(name));
                }
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
        start: Start::NotOwed,
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
