//! What differs between the plan that was reviewed and the one that is made
//! now.

use std::collections::BTreeMap;

use tenon_model::Address;
use tenon_model::plan::{Action, Change, Plan, PropertyChange};

/// A resource to which something else happens than was reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The resource.
    pub address: Address,
    /// What was to happen; none if nothing.
    pub reviewed: Option<Action>,
    /// What happens now; none if nothing.
    pub now: Option<Action>,
    /// The properties of which the old or the new value differs, or that only
    /// one of the plans changes.
    pub properties: Vec<String>,
}

/// Returns what differs, by address. Two plans with the same digest have no
/// difference; two with other digests may have none here, when only what they
/// expect to find differs.
#[must_use]
pub fn differences(reviewed: &Plan, now: &Plan) -> Vec<Difference> {
    let before = by_address(reviewed);
    let after = by_address(now);
    let mut all: Vec<&Address> = before.keys().chain(after.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .filter_map(|address| difference(address, before.get(address), after.get(address)))
        .collect()
}

fn by_address(plan: &Plan) -> BTreeMap<&Address, &Change> {
    let changes = plan.changes.iter();
    changes
        .filter(|change| change.action != Action::NoOp)
        .map(|change| (&change.address, change))
        .collect()
}

fn difference(
    address: &Address,
    before: Option<&&Change>,
    after: Option<&&Change>,
) -> Option<Difference> {
    let properties = |change: Option<&&Change>| -> BTreeMap<String, PropertyChange> {
        let all = change.into_iter().flat_map(|change| &change.properties);
        all.map(|one| (one.path.clone(), one.clone())).collect()
    };
    let (old, new) = (properties(before), properties(after));
    let mut paths: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(|path| match (old.get(path), new.get(path)) {
        (Some(one), Some(two)) => one.before != two.before || one.after != two.after,
        _ => true,
    });
    let (reviewed, now) = (before.map(|one| one.action), after.map(|one| one.action));
    let moved = before.map(|one| &one.id) != after.map(|one| &one.id);
    (reviewed != now || moved || !paths.is_empty()).then(|| Difference {
        address: address.clone(),
        reviewed,
        now,
        properties: paths,
    })
}
