//! What of ours stays although nothing asks for it: what is protected, what holds
//! or serves things of others, and all that those need.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::ResourceId;
use tenon_model::marker::{Ownership, Protection};
use tenon_model::plan::KeptBecause;
use tenon_model::rules::Tags;
use tenon_model::snapshot::Live;

use super::candidates::Candidate;
use crate::instances::Instances;
use crate::looks::is_group;
use crate::references::{named_ids, outlives_its_image};
use crate::{Inputs, carried};

/// What stays, and why.
pub(super) struct Staying<'a> {
    pub(super) kept: BTreeMap<ResourceId, KeptBecause>,
    candidates: BTreeSet<&'a ResourceId>,
    /// Ids that a live body names, for every live resource.
    names: Vec<(&'a ResourceId, Vec<ResourceId>)>,
}

impl<'a> Staying<'a> {
    pub(super) fn of(inputs: &Inputs<'a>, candidates: &[Candidate<'a>]) -> Self {
        let mut kept = BTreeMap::new();
        for candidate in candidates {
            if let Some(because) = &candidate.stays {
                kept.insert(candidate.live.id.clone(), because.clone());
            } else if candidate.protection == Protection::Protected {
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
            let built_from =
                |name: &ResourceId| outlives_its_image(id) && name.name_of("galleries").is_some();
            let names = names.iter().filter(|name| !built_from(name));
            for name in names.filter(|name| self.candidates.contains(name)) {
                let because = KeptBecause::NeededBy { id: (*id).clone() };
                self.kept.entry(name.clone()).or_insert(because);
            }
        }
    }

    /// What goes with its parent stays with it.
    pub(super) fn keep_what_is_carried(&mut self, inputs: &Inputs<'_>) {
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
    pub(super) fn close(&mut self) {
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
