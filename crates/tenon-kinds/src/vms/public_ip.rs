//! The public IP address of a machine: one of its own, or one that it names.

use tenon_model::desired::Declaration;
use tenon_model::kind::Surroundings;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Value};

use super::name;
use super::network::Join;
use crate::draft::Draft;
use crate::networks::attributes;
use crate::nsgs::{Named, named, unknown};
use crate::placement::Placement;
use crate::public_ips::{self, RULES};

/// The address of the public IP of an entry that has one of its own.
pub(super) fn address(entry: &Entry) -> Address {
    entry.address.join("public_ip")
}

/// The name of an entry, or the id, that a machine takes its address from.
fn written(entry: &Entry) -> Option<&Item> {
    let item = entry.item.get("public_ip")?;
    item.scalar()?.as_text().map(|_| item)
}

/// What shows the address of an entry: its own, or the one that it names in
/// this spec.
pub(super) fn shown_by(entry: &Entry, around: &Surroundings<'_>) -> Option<Address> {
    match written(entry) {
        Some(item) => named(item, "public_ips", around)?.address,
        None => (entry.item.bool("public_ip") != Some(false)).then(|| address(entry)),
    }
}

/// Adds the public IP of an entry, unless it names one or says that it has
/// none.
pub(super) fn declare(
    entry: &Entry,
    place: &Placement,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) -> Option<Join> {
    if entry.item.bool("public_ip") == Some(false) {
        return None;
    }
    if let Some(item) = written(entry) {
        let found = named(item, "public_ips", around);
        if found.is_none() {
            let problem = unknown(item, "public_ips", "public IP", around);
            out.diagnostics.push(problem.about(&entry.address));
        }
        return Some(Join {
            named: found?,
            place: item.place.clone(),
        });
    }
    let address = address(entry);
    let written = entry
        .item
        .get("public_ip")
        .and_then(|item| item.text("name"));
    let own = written.map_or_else(|| format!("{}PublicIP", name(entry)), str::to_owned);
    let id = place.id(RULES.resource_type, &[&own]);
    let mut draft = Draft::new(&RULES, address.clone(), id.clone(), entry, place).tracked(place);
    public_ips::fill(&mut draft, entry.item.get("public_ip"));
    // An address without zones survives any zone only where the region has
    // none; a machine in a zone gets one in the same zone.
    if let Some(zone) = super::machine::zone(entry) {
        draft.set("zones", vec![Value::Text(zone.0)]);
        draft.at("zones", &zone.1);
    }
    out.resources.push(draft.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));
    Some(Join {
        named: Named {
            value: Value::text(id.as_str()),
            address: Some(address),
        },
        place: entry.item.place_of("public_ip").clone(),
    })
}
