//! The public IP address of a machine.
//!
//! api-version 2025-01-01. Basic addresses can no longer be made (since
//! 2025-03-31), and Standard ones are static.

use tenon_model::desired::Declaration;
use tenon_model::rules::{Absent, Loss, Row, Rules, Same, Tags, Update, Usual, View};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, ResourceId, Value};

use super::name;
use crate::draft::Draft;
use crate::networks::attributes;
use crate::placement::Placement;
use crate::versions;

/// What is known about public IP addresses.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Network/publicIPAddresses",
    api_version: versions::NETWORK,
    noun: "public_ip",
    lost: &[Loss::Value("public_ip", "properties.ipAddress")],
    usual: Usual {
        write: 3,
        delete: 12,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("sku", "sku.name", Same::Caseless).fixed(),
        Row::new(
            "allocation",
            "properties.publicIPAllocationMethod",
            Same::Caseless,
        )
        .fixed()
        .seen(View::Plumbing),
        Row::new("zones", "zones", Same::Set).fixed(),
        Row::new(
            "idle_timeout",
            "properties.idleTimeoutInMinutes",
            Same::Caseless,
        )
        .absent(Absent::Default("4")),
        Row::new(
            "dns_name",
            "properties.dnsSettings.domainNameLabel",
            Same::Caseless,
        )
        .absent(Absent::Removed),
    ],
    lists: &[],
    noise: &[
        "etag",
        "properties.resourceGuid",
        "properties.ipTags",
        "properties.ddosSettings",
        "sku.tier",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "properties.provisioningState",
        "properties.resourceGuid",
        "properties.ipConfiguration",
        "properties.ipAddress",
        "properties.dnsSettings.fqdn",
    ],
};

/// The address of the public IP of an entry.
pub(super) fn address(entry: &Entry) -> Address {
    entry.address.join("public_ip")
}

fn wanted(entry: &Entry) -> bool {
    entry.item.bool("public_ip") != Some(false)
}

/// Adds the public IP of an entry, unless it says that it has none.
pub(super) fn declare(
    entry: &Entry,
    place: &Placement,
    out: &mut Declaration,
) -> Option<ResourceId> {
    if !wanted(entry) {
        return None;
    }
    let address = address(entry);
    let written = entry
        .item
        .get("public_ip")
        .and_then(|item| item.text("name"));
    let own = written.map_or_else(|| format!("{}PublicIP", name(entry)), str::to_owned);
    let id = place.id(RULES.resource_type, &[&own]);
    let mut draft = Draft::new(&RULES, address.clone(), id.clone(), entry, place).tracked(place);
    draft.set("sku.name", "Standard");
    draft.set("properties.publicIPAllocationMethod", "Static");
    let item = entry.item.get("public_ip");
    if let Some(item) = item {
        draft.put_key(
            item,
            "dns_name",
            "dns_name",
            "properties.dnsSettings.domainNameLabel",
        );
        draft.put_key(
            item,
            "idle_timeout",
            "idle_timeout",
            "properties.idleTimeoutInMinutes",
        );
    }
    // An address without zones survives any zone only where the region has
    // none; a machine in a zone gets one in the same zone.
    if let Some(zone) = super::machine::zone(entry) {
        draft.set("zones", vec![Value::Text(zone.0)]);
        draft.at("zones", &zone.1);
    }
    draft.fact("Standard, static");
    let named = item.and_then(|item: &Item| item.text("dns_name"));
    if let Some(label) = named {
        draft.fact(label);
    }
    out.resources.push(draft.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));
    Some(id)
}
