//! Keys that name another entry or a full id, and put its id into the body.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::spec::Entry;

use crate::draft::Draft;
use crate::nsgs::{named, unknown};

/// A key that names another entry.
pub(crate) struct Reference {
    /// The key.
    pub(crate) key: &'static str,
    /// The collection of what it names.
    pub(crate) section: &'static str,
    /// What one of it is called.
    pub(crate) noun: &'static str,
    /// Where its id goes.
    pub(crate) path: &'static str,
}

/// The proximity placement group of machines and sets.
pub(crate) const PLACEMENT_GROUP: Reference = Reference {
    key: "placement_group",
    section: "placement_groups",
    noun: "proximity placement group",
    path: "properties.proximityPlacementGroup.id",
};

/// Writes what the entry refers to, if it does, and needs it.
pub(crate) fn refer(
    draft: &mut Draft,
    entry: &Entry,
    to: &Reference,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let Some(item) = entry.item.get(to.key) else {
        return;
    };
    let Some(named) = named(item, to.section, around) else {
        let problem = unknown(item, to.section, to.noun, around);
        out.diagnostics.push(problem.about(&entry.address));
        return;
    };
    draft.at(to.key, &item.place);
    draft.set(to.path, named.value);
    if let Some(address) = named.address {
        draft.need(&address, Relation::Uses, &item.place);
    }
}
