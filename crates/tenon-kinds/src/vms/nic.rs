//! The network interface of a machine.
//!
//! api-version 2025-01-01. It outlives the machine: a replace keeps it, and
//! with it the private address.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{
    Absent, Disruption, Extra, KeyedList, Keys, Row, Rules, Same, Sole, Tags, Update, Usual, View,
};
use tenon_model::spec::Entry;
use tenon_model::{Address, Map, Value};

use super::name as machine_name;
use super::network::Join;
use crate::draft::Draft;
use crate::networks::attributes;
use crate::placement::Placement;
use crate::versions;

macro_rules! ip {
    ($member:literal) => {
        concat!("properties.ipConfigurations[name].properties.", $member)
    };
}

/// What is known about network interfaces.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Network/networkInterfaces",
    api_version: versions::NETWORK,
    noun: "nic",
    lost: &[],
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
        Row::new(
            "ip.*.name",
            "properties.ipConfigurations[name].name",
            Same::Caseless,
        )
        .seen(View::Plumbing),
        Row::new("subnet", ip!("subnet.id"), Same::Id).costs(Disruption::Restart),
        // 400 PrivateIPAddressInUse.
        Row::new("private_ip", ip!("privateIPAddress"), Same::Caseless)
            .sole(Sole::Within(ip!("subnet.id"))),
        Row::new(
            "private_ip_allocation",
            ip!("privateIPAllocationMethod"),
            Same::Caseless,
        ),
        // 400 PublicIPAddressInUse.
        Row::new("public_ip", ip!("publicIPAddress.id"), Same::Id)
            .absent(Absent::Removed)
            .sole(Sole::Value),
        Row::new("nsg", "properties.networkSecurityGroup.id", Same::Id).absent(Absent::Removed),
        Row::new(
            "accelerated_networking",
            "properties.enableAcceleratedNetworking",
            Same::Caseless,
        )
        .costs(Disruption::Restart),
    ],
    lists: &[KeyedList {
        path: "properties.ipConfigurations",
        key: "name",
        property: "ip.*",
        extra: Extra::Keep,
        keys: Keys::Names,
    }],
    noise: &[
        "etag",
        "properties.resourceGuid",
        "properties.macAddress",
        "properties.primary",
        "properties.dnsSettings",
        "properties.hostedWorkloads",
        "properties.tapConfigurations",
        "properties.auxiliaryMode",
        "properties.auxiliarySku",
        "properties.nicType",
        "properties.disableTcpStateTracking",
        "properties.vnetEncryptionSupported",
        "properties.allowPort25Out",
        "properties.defaultOutboundConnectivityEnabled",
        "properties.enableIPForwarding",
        "kind",
        "properties.ipConfigurations[].id",
        "properties.ipConfigurations[].etag",
        "properties.ipConfigurations[].type",
        "properties.ipConfigurations[].properties.provisioningState",
        "properties.ipConfigurations[].properties.primary",
        "properties.ipConfigurations[].properties.privateIPAddressVersion",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "kind",
        "properties.provisioningState",
        "properties.resourceGuid",
        "properties.macAddress",
        "properties.primary",
        "properties.virtualMachine",
        "properties.hostedWorkloads",
        "properties.tapConfigurations",
        "properties.vnetEncryptionSupported",
        "properties.defaultOutboundConnectivityEnabled",
        "properties.dnsSettings.appliedDnsServers",
        "properties.dnsSettings.internalDomainNameSuffix",
        "properties.dscpConfiguration",
        "properties.privateEndpoint",
        "properties.allowPort25Out",
        "properties.ipConfigurations[].etag",
        "properties.ipConfigurations[].type",
        "properties.ipConfigurations[].properties.provisioningState",
        "properties.ipConfigurations[].properties.privateLinkConnectionProperties",
    ],
};

/// The address of the interface of an entry.
pub(super) fn address(entry: &Entry) -> Address {
    entry.address.join("nic")
}

/// The name of the interface in Azure.
pub(super) fn name(entry: &Entry) -> String {
    written(entry, "name").unwrap_or_else(|| format!("{}VMNic", machine_name(entry)))
}

/// The name of its only address: that of `az vm create` unless the spec gives
/// another.
pub(super) fn ip_configuration(entry: &Entry) -> String {
    written(entry, "ip_configuration").unwrap_or_else(|| format!("ipconfig{}", machine_name(entry)))
}

fn written(entry: &Entry, key: &str) -> Option<String> {
    entry.item.get("nic")?.text(key).map(str::to_owned)
}

/// What an interface joins.
pub(super) struct Joins {
    pub(super) subnet: Option<Join>,
    pub(super) group: Option<Join>,
    pub(super) public_ip: Option<Join>,
}

/// Adds the interface of an entry.
pub(super) fn declare(
    entry: &Entry,
    place: &Placement,
    around: &Surroundings<'_>,
    joins: &Joins,
    out: &mut Declaration,
) {
    let address = address(entry);
    let id = around.ids[&address].clone();
    let mut draft = Draft::new(&RULES, address.clone(), id.clone(), entry, place).tracked(place);
    let mut ip = Map::new();
    if let Some(subnet) = &joins.subnet {
        join(&mut draft, subnet, "subnet");
        ip.insert(
            "subnet",
            Value::Map(Map::from([("id", subnet.named.value.clone())])),
        );
    }
    if let Some(public) = &joins.public_ip {
        let reference = Map::from([("id", public.named.value.clone())]);
        ip.insert("publicIPAddress", Value::Map(reference));
        join(&mut draft, public, "public_ip");
    }
    private_address(entry, &mut ip, &mut draft);
    let configuration = Map::from([
        ("name", Value::Text(ip_configuration(entry))),
        ("properties", Value::Map(ip)),
    ]);
    draft.set(
        "properties.ipConfigurations",
        vec![Value::Map(configuration)],
    );
    if let Some(group) = &joins.group {
        join(&mut draft, group, "nsg");
        draft.set(
            "properties.networkSecurityGroup.id",
            group.named.value.clone(),
        );
    }
    draft.put_key(
        &entry.item,
        "accelerated_networking",
        "accelerated_networking",
        "properties.enableAcceleratedNetworking",
    );
    out.resources.push(draft.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));
}

fn join(draft: &mut Draft, join: &Join, property: &str) {
    draft.at(property, &join.place);
    if let Some(address) = &join.named.address {
        draft.need(address, Relation::Uses, &join.place);
    }
}

fn private_address(entry: &Entry, ip: &mut Map, draft: &mut Draft) {
    let Some(item) = entry.item.get("private_ip") else {
        ip.insert("privateIPAllocationMethod", Value::text("Dynamic"));
        return;
    };
    draft.at("private_ip", &item.place).reads(item);
    ip.insert("privateIPAllocationMethod", Value::text("Static"));
    ip.insert("privateIPAddress", item.to_value());
}
