//! Who a machine acts as.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{Absent, Row, Same};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Map, Value};

use crate::draft::Draft;
use crate::nsgs::{named, unknown};

/// Both change on a machine that runs, and on a scale set. Identities that others assigned stay.
pub(crate) const SYSTEM: Row =
    Row::new("identity.system", "identity.type", Same::SystemAssigned).absent(Absent::Removed);
pub(crate) const USER: Row = Row::new(
    "identity.user.*",
    "identity.userAssignedIdentities.*",
    Same::Presence,
)
.absent(Absent::Removed);

/// Whether the machine has an identity that goes with it.
pub(crate) fn is_system(entry: &Entry) -> bool {
    let item = entry.item.get("identity");
    item.and_then(|item| item.bool("system")) == Some(true)
}

/// Writes the identities of an entry.
pub(crate) fn declare(
    draft: &mut Draft,
    entry: &Entry,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let Some(item) = entry.item.get("identity") else {
        return;
    };
    let mut users = Map::new();
    for one in item.get("user").map_or(&[][..], Item::elements) {
        let Some(named) = named(one, "identities", around) else {
            let problem = unknown(one, "identities", "identity", around);
            out.diagnostics.push(problem.about(&entry.address));
            continue;
        };
        let id = named.value.to_plain_text();
        let name = id.rsplit('/').next().unwrap_or(&id).to_ascii_lowercase();
        draft.at(&format!("identity.user.{name}"), &one.place);
        // Azure lets an identity go that is in use, so its end forces nothing.
        if let Some(address) = &named.address {
            draft.need(address, Relation::Reads, &one.place);
        }
        users.insert(id, Value::Map(Map::new()));
    }
    let words = match (is_system(entry), users.is_empty()) {
        (true, true) => "SystemAssigned",
        (true, false) => "SystemAssigned, UserAssigned",
        (false, false) => "UserAssigned",
        (false, true) => return,
    };
    draft.at("identity.system", item.place_of("system"));
    draft.set("identity.type", words);
    if !users.is_empty() {
        draft.set("identity.userAssignedIdentities", Value::Map(users));
    }
}
