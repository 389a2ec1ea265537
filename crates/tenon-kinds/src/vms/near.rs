//! What a machine stands with: an availability set, a proximity placement
//! group.

use tenon_model::desired::Declaration;
use tenon_model::kind::Surroundings;
use tenon_model::rules::{Absent, Disruption, Row, Same};
use tenon_model::spec::Entry;
use tenon_model::{Code, Diagnostic, Help, ResourceId};

use super::spot::is_spot;
use crate::draft::Draft;
use crate::nsgs::{Named, named};
use crate::refer::{PLACEMENT_GROUP, Reference, refer};

/// A machine joins when it is made, and never leaves.
pub(super) const SET: Row = Row::new(AVAILABILITY_SET.key, AVAILABILITY_SET.path, Same::Id)
    .fixed()
    .absent(Absent::Removed);
pub(super) const GROUP: Row = Row::new(PLACEMENT_GROUP.key, PLACEMENT_GROUP.path, Same::Id)
    .costs(Disruption::Deallocate)
    .absent(Absent::Removed);

const AVAILABILITY_SET: Reference = Reference {
    key: "availability_set",
    section: "availability_sets",
    noun: "availability set",
    path: "properties.availabilitySet.id",
};

/// Writes what an entry of machines stands with.
pub(super) fn declare(
    draft: &mut Draft,
    entry: &Entry,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    for to in [&AVAILABILITY_SET, &PLACEMENT_GROUP] {
        refer(draft, entry, to, around, out);
    }
    let item = entry.item.get(AVAILABILITY_SET.key);
    let set = item.and_then(|item| named(item, AVAILABILITY_SET.section, around));
    if let Some(set) = set {
        same_resource_group(draft, entry, &set, out);
        same_group(entry, &set, around, out);
    }
    let conflicts = [
        ("zone", "lies in one place and a zone is another"),
        ("zones", "lies in one place and zones are others"),
    ];
    for (other, why) in conflicts {
        if entry.item.get(other).is_some() {
            conflict(entry, other, why, out);
        }
    }
    if is_spot(&entry.item) {
        conflict(entry, "priority", "takes no spot machines", out);
    }
}

/// Azure looks for the set in the machine's own group only.
fn same_resource_group(draft: &mut Draft, entry: &Entry, set: &Named, out: &mut Declaration) {
    let text = set.value.as_text().unwrap_or_default();
    let Ok(set) = ResourceId::parse(text) else {
        return;
    };
    let own = draft.desired().id.resource_group().unwrap_or_default();
    let theirs = set.resource_group().unwrap_or_default();
    if own.eq_ignore_ascii_case(theirs) {
        return;
    }
    out.diagnostics.push(
        Diagnostic::error(
            Code::ConflictingKeys,
            format!(
                "`{}` is in the group {own}, its availability set in {theirs}",
                entry.address
            ),
        )
        .at(
            entry.item.place_of(AVAILABILITY_SET.key),
            "Azure looks in the machine's group only",
        )
        .help(Help::text("put both into one resource group"))
        .about(&entry.address),
    );
}

/// A machine and its set lie in the same proximity placement group, or in none;
/// of a set that is not in this spec nobody knows.
fn same_group(entry: &Entry, set: &Named, around: &Surroundings<'_>, out: &mut Declaration) {
    let sets = around.spec.all_entries();
    let mut sets = sets.filter(|(section, _)| *section == AVAILABILITY_SET.section);
    let Some((_, set)) = sets.find(|(_, one)| Some(&one.address) == set.address.as_ref()) else {
        return;
    };
    let group = |entry: &Entry| {
        let item = entry.item.get(PLACEMENT_GROUP.key)?;
        Some(Same::Id.normal(&named(item, PLACEMENT_GROUP.section, around)?.value))
    };
    if group(entry) == group(set) {
        return;
    }
    let key = match entry.item.get(PLACEMENT_GROUP.key) {
        Some(_) => PLACEMENT_GROUP.key,
        None => AVAILABILITY_SET.key,
    };
    out.diagnostics.push(
        Diagnostic::error(
            Code::ConflictingKeys,
            format!(
                "`{}` and its availability set are in different placement groups",
                entry.address
            ),
        )
        .at(entry.item.place_of(key), "the machine")
        .context(set.item.place_of(PLACEMENT_GROUP.key), "its set")
        .help(Help::text("give both the same `placement_group`, or none"))
        .about(&entry.address),
    );
}

/// An availability set and `other` exclude each other.
fn conflict(entry: &Entry, other: &str, why: &str, out: &mut Declaration) {
    let Some(set) = entry.item.member("availability_set") else {
        return;
    };
    out.diagnostics.push(
        Diagnostic::error(
            Code::ConflictingKeys,
            format!("`availability_set` and `{other}` exclude each other"),
        )
        .at(&set.place, format!("it {why}"))
        .context(entry.item.place_of(other), "and here")
        .help(Help::text(format!(
            "leave one of them out: {other}, or the set"
        )))
        .about(&entry.address),
    );
}
