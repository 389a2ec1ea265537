//! Resources of a spec next to what is live of them.
//!
//! Who moved what is read from the plan; here values only stand side by side.

use std::collections::BTreeMap;

use tenon_model::desired::Desired;
use tenon_model::inspection::{Applied, Inspected, Inspection, Owner};
use tenon_model::marker::{Ownership, Protection};
use tenon_model::plan::{Action, Plan, PropertyChange};
use tenon_model::rules::Tags;
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::{Address, Value};

use crate::decide::{self, Decision};
use crate::select::LeftOut;
use crate::{Inputs, diff};

/// Returns the resources that `address` stands for: one resource, an entry with
/// its parts, or the instances of a fleet. `plan` was made from `inputs`.
#[must_use]
pub fn inspect(inputs: &Inputs<'_>, plan: &Plan, address: &Address) -> Vec<Inspection> {
    let decisions = decide::decide(inputs, &LeftOut::default());
    let asked = |decision: &&Decision<'_>| {
        decision.address.is_within(address) || decision.fleet.as_ref() == Some(address)
    };
    let mut asked: Vec<&Decision<'_>> = decisions.iter().filter(asked).collect();
    // Entries before their parts; what they need stands first in decisions.
    asked.sort_by_key(|decision| decision.address != decision.entry);
    let shown = asked.into_iter().filter_map(|decision| {
        let desired = decision.desired.as_deref()?;
        Some(one(desired, decision, inputs.snapshot, plan))
    });
    shown.collect()
}

fn one(desired: &Desired, decision: &Decision<'_>, snapshot: &Snapshot, plan: &Plan) -> Inspection {
    let change = plan.change(&decision.address);
    let changes = change.map_or(&[][..], |change| &change.properties);
    Inspection {
        address: decision.address.clone(),
        kind: decision.rules.noun.to_owned(),
        resource_type: decision.resource_type.clone(),
        id: decision.id.clone(),
        exists: decision.live.is_some(),
        state: decision
            .live
            .and_then(Live::provisioning_state)
            .map(str::to_owned),
        owner: owner(desired, decision.live),
        action: change.map_or(Action::NoOp, |change| change.action),
        properties: properties(desired, decision.live, snapshot, changes),
        place: decision.place.clone(),
    }
}

fn owner(desired: &Desired, live: Option<&Live>) -> Owner {
    let Some(live) = live else {
        return Owner::Absent;
    };
    match &live.ownership {
        Ownership::Marked(marker) => Owner::Marked {
            deployment: marker.deployment.clone(),
            address: marker.address.clone(),
            protected: marker.protection == Protection::Protected,
        },
        _ if desired.rules.tags == Tags::Parent => Owner::Parent,
        Ownership::Copied => Owner::Copied,
        Ownership::Foreign => Owner::Unmarked,
    }
}

fn properties(
    desired: &Desired,
    live: Option<&Live>,
    snapshot: &Snapshot,
    changes: &[PropertyChange],
) -> Vec<Inspected> {
    let leaves = diff::all_leaves(desired);
    let recorded = diff::recorded(&diff::leaves(desired), &BTreeMap::new());
    let base = live.and_then(|live| match &live.ownership {
        Ownership::Marked(marker) => Some(&marker.base),
        _ => None,
    });
    let body = live.map(|live| decide::seen(desired, live, snapshot));
    let mut inspected = Vec::new();
    let mut told = vec![false; changes.len()];
    for leaf in leaves.iter().filter(|leaf| !leaf.is_plumbing()) {
        if diff::is_ignored(leaf, desired) {
            inspected.push(unchanged(leaf, body.as_deref(), Applied::Ignored));
            continue;
        }
        let applied = base.map_or(Applied::Unknown, |base| {
            base.compare(&leaf.property, &recorded).into()
        });
        let about: Vec<usize> = (0..changes.len())
            .filter(|at| is_about(&changes[*at].path, &leaf.property))
            .collect();
        for at in &about {
            told[*at] = true;
            inspected.push(changed(&changes[*at], applied));
        }
        if about.is_empty() {
            inspected.push(unchanged(leaf, body.as_deref(), applied));
        }
    }
    let rest = changes.iter().zip(told).filter(|(_, told)| !told);
    inspected.extend(rest.map(|(change, _)| changed(change, Applied::Unknown)));
    inspected
}

/// Whether a change is one of the property: of all of it, or of a part that
/// has a name of its own, as `image.version` has in `image`.
fn is_about(path: &str, property: &str) -> bool {
    path.strip_prefix(property)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn unchanged(leaf: &diff::Leaf<'_>, live: Option<&Value>, applied: Applied) -> Inspected {
    let sensitive = leaf.is_sensitive();
    let shown = live.and_then(|body| leaf.live(body)).cloned();
    Inspected {
        path: leaf.property.clone(),
        spec: (!sensitive).then(|| leaf.shown(leaf.value.clone())),
        live: shown.filter(|_| !sensitive).map(|value| leaf.shown(value)),
        applied,
        differs: None,
        sensitive,
    }
}

fn changed(change: &PropertyChange, applied: Applied) -> Inspected {
    let is_secret = |value: &Option<Value>| value.as_ref().is_some_and(diff::is_secret);
    let sensitive = change.sensitive || is_secret(&change.before) || is_secret(&change.after);
    let shown = |value: &Option<Value>| value.clone().filter(|_| !sensitive);
    Inspected {
        path: change.path.clone(),
        spec: shown(&change.after),
        live: shown(&change.before),
        applied,
        differs: Some(change.cause),
        sensitive,
    }
}
