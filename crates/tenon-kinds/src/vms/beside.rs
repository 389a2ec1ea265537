//! A new machine beside the old one: `rollout.order: create_first`.
//!
//! Two machines of one entry need two names, and nothing that only one of them
//! can have.

use std::collections::BTreeSet;

use tenon_model::desired::Declaration;
use tenon_model::rollout::BESIDE;
use tenon_model::spec::{Entry, Item, Node, Spec};
use tenon_model::{Address, Code, Diagnostic, Help, Value};

/// What of an entry belongs to one machine at a time, and why.
const ONE_AT_A_TIME: &[(&str, &str)] = &[
    ("data_disks", "a disk is attached to one machine at a time"),
    (
        "private_ip",
        "an address belongs to one interface at a time",
    ),
];

/// The spec in which these machines carry the other one of their two names,
/// and everything that is named after them as well.
#[must_use]
pub fn beside(spec: &Spec, machines: &BTreeSet<Address>) -> Spec {
    let mut spec = spec.clone();
    let collections = spec.collections.iter_mut();
    let vms = collections.filter(|one| one.name == super::SECTION.name);
    for entry in vms.flat_map(|one| &mut one.entries) {
        if machines.contains(&entry.address) {
            take_other_name(entry);
        }
    }
    spec
}

fn take_other_name(entry: &mut Entry) {
    if let Node::Map(members) = &mut entry.item.node
        && let Some(name) = members.iter_mut().find(|member| member.name == "name")
        && let Node::Scalar(Value::Text(text)) = &mut name.item.node
    {
        text.push_str(BESIDE);
        return;
    }
    entry.key.push_str(BESIDE);
}

/// Refuses what cannot be there twice.
pub(super) fn check(rollout: &Item, entry: &Entry, out: &mut Declaration) {
    if entry.index > 0 {
        return;
    }
    let taken = ONE_AT_A_TIME.iter().filter_map(|(key, why)| {
        let item = entry.item.get(key)?;
        (!item.members().is_empty() || item.scalar().is_some()).then_some((*key, item, *why))
    });
    let shared = ["nic", "public_ip"].into_iter().filter_map(|key| {
        let item = entry.item.get(key)?;
        let named = item.text("name").is_some() || item.text("id").is_some();
        let is_named =
            named || key == "public_ip" && item.scalar().and_then(Value::as_text).is_some();
        is_named.then_some((key, item, "one name stands for one resource"))
    });
    for (key, item, why) in taken.chain(shared) {
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                format!("`order: create_first` and `{key}` exclude each other"),
            )
            .at(&item.place, why)
            .context(rollout.place_of("order"), "two machines at the same time")
            .help(Help::text(format!(
                "leave `{key}` out, or let the old machine go first:  order: delete_first"
            )))
            .about(&entry.address),
        );
    }
    let goes_back = rollout.text("on_failure") == Some("roll_back");
    if goes_back {
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                "`order: create_first` and `on_failure: roll_back` exclude each other",
            )
            .at(
                rollout.place_of("on_failure"),
                "there is nothing to go back to",
            )
            .context(
                rollout.place_of("order"),
                "the old machine stays until the new one is well",
            )
            .help(Help::text(
                "leave `on_failure` out: a machine that does not get well replaces nobody",
            ))
            .about(&entry.address),
        );
    }
}
