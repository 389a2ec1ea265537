//! Subnets, whether put by themselves or inside their network.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::cidr::Cidr;
use super::virtual_network::{self, PRIVATE_SUBNETS_SINCE};
use super::{DURATIONS, malformed, referenced};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::linked::Link;
use crate::call::Call;
use crate::json;
use crate::providers::{Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Network/virtualNetworks/subnets",
    place: Place::Nested,
    flow: Flow::Network,
    durations: DURATIONS,
    page: 1000,
    hooks: &Subnet,
};

struct Subnet;

impl Hooks for Subnet {
    fn links(&self, body: &Value) -> Vec<Link> {
        links(body, "")
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let network_id = write.id.parent().unwrap_or_default();
        let network = crate::arm::reading::existing(write.state, &network_id)?.clone();
        virtual_network::check_idle(write.state, &network, &write.after)?;
        let ranges = ranges(&write.after.body, &write.after.id)?;
        let prefixes = virtual_network::prefixes(&network.body, &network.id)?;
        let others = siblings(write.state, &write.after)?;
        for range in ranges {
            check_range(&network_id, write.id.name(), range, &prefixes, &others)?;
        }
        check_references(write.state, write.id, &write.after.body, network.location())?;
        if let Some(before) = &write.before {
            check_prefix_change(write.state, before, &write.after.body)?;
        }
        let private = write.call.api_version() >= PRIVATE_SUBNETS_SINCE;
        json::take(&mut write.after.body, "name");
        fill_defaults(&mut write.after.body, private && write.before.is_none());
        Ok(())
    }

    fn check_idle(&self, state: &State, resource: &Resource) -> Result<(), ArmError> {
        let network = resource.parsed().parent().unwrap_or_default();
        let network = state.store.get(&network.key());
        network.map_or(Ok(()), |network| {
            virtual_network::check_idle(state, network, resource)
        })
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        check_unused(state, resource)
    }

    fn stored(&self, state: &mut State, key: &str) {
        touch_parent(state, key);
    }

    fn removed(&self, state: &mut State, gone: &Resource) {
        touch_parent(state, &gone.key());
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        shown(state, resource)
    }
}

/// A change of a child is a change of its parent: the etag moves.
pub(super) fn touch_parent(state: &mut State, key: &str) {
    let parent = ResourceId::parse(key).and_then(|id| id.parent());
    if let Some(parent) = parent {
        state.store.update(&parent.key(), |_| {});
    }
}

/// What a subnet joins.
pub(super) fn links(body: &Value, at: &str) -> Vec<Link> {
    let joins = [
        (
            "networkSecurityGroup",
            "Microsoft.Network/networkSecurityGroups/join/action",
        ),
        ("routeTable", "Microsoft.Network/routeTables/join/action"),
        ("natGateway", "Microsoft.Network/natGateways/join/action"),
    ];
    let mut links = Vec::new();
    for (member, action) in joins {
        let path = format!("properties.{member}.id");
        if let Some(id) = json::text(body, &path) {
            links.push(Link::join(format!("{at}{path}"), id, action));
        }
    }
    links
}

/// The subnet as it is shown, alone and inside its network.
pub(super) fn shown(state: &State, subnet: &Resource) -> Value {
    let mut body = super::shown(state, subnet);
    if let Some(taken) = state
        .store
        .index
        .addresses(&subnet.key())
        .filter(|taken| !taken.is_empty())
    {
        let held: Vec<Value> = taken.values().map(|id| json!({"id": id})).collect();
        json::set(&mut body, "properties.ipConfigurations", held);
    }
    body
}

/// The ranges of a subnet body.
pub(super) fn ranges(body: &Value, owner: &str) -> Result<Vec<Cidr>, ArmError> {
    let one = json::get(body, "properties.addressPrefix");
    let many = json::items(body, "properties.addressPrefixes");
    let texts: Vec<&str> = one
        .into_iter()
        .chain(many)
        .filter_map(Value::as_str)
        .collect();
    if texts.is_empty() {
        let message = format!("Subnet {owner} must have an address prefix.");
        return Err(malformed("Cannot parse the request.").detail("MissingAddressPrefix", message));
    }
    let mut ranges = Vec::new();
    for text in texts {
        ranges.extend(Cidr::read(text, owner)?.filter(|range| !ranges.contains(range)));
    }
    Ok(ranges)
}

fn siblings(state: &State, subnet: &Resource) -> Result<Vec<(String, Cidr)>, ArmError> {
    let network = subnet.parsed().parent().unwrap_or_default().key();
    let mut found = Vec::new();
    for other in state
        .store
        .children(&network, "subnets")
        .filter(|other| other.key() != subnet.key())
    {
        let ranges = ranges(&other.body, &other.id)?;
        found.extend(
            ranges
                .into_iter()
                .map(|range| (other.name().to_owned(), range)),
        );
    }
    Ok(found)
}

pub(super) fn check_range(
    network: &ResourceId,
    name: &str,
    range: Cidr,
    prefixes: &[Cidr],
    others: &[(String, Cidr)],
) -> Result<(), ArmError> {
    let network = network.name();
    if range.length > 29 || !prefixes.iter().any(|prefix| prefix.contains(range)) {
        let message = format!(
            "Subnet '{name}' is not valid because its IP address range is outside the IP address range of virtual network '{network}'."
        );
        return Err(ArmError::bad_request("NetcfgInvalidSubnet", message));
    }
    let overlapping = others
        .iter()
        .any(|(other, taken)| !json::same(other, name) && taken.overlaps(range));
    if overlapping {
        let message = format!(
            "Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '{network}'."
        );
        return Err(ArmError::bad_request("NetcfgSubnetRangesOverlap", message));
    }
    Ok(())
}

pub(super) fn check_references(
    state: &State,
    id: &ResourceId,
    body: &Value,
    location: &str,
) -> Result<(), ArmError> {
    for member in ["networkSecurityGroup", "routeTable", "natGateway"] {
        if let Some(target) = json::text(body, &format!("properties.{member}.id")) {
            referenced(state, id, target, location)?;
        }
    }
    Ok(())
}

/// A subnet in use keeps its range.
pub(super) fn check_prefix_change(
    state: &State,
    before: &Resource,
    body: &Value,
) -> Result<(), ArmError> {
    if ranges(&before.body, &before.id)? == ranges(body, &before.id)? {
        return Ok(());
    }
    let used = state
        .store
        .index
        .addresses(&before.key())
        .is_some_and(|taken| !taken.is_empty());
    if !used {
        return Ok(());
    }
    let message = format!(
        "IpPrefix {} on Subnet {} has active allocations and cannot be deleted.",
        json::text(&before.body, "properties.addressPrefix").unwrap_or_default(),
        before.name()
    );
    Err(ArmError::bad_request("InUsePrefixCannotBeDeleted", message))
}

/// Refuses to let go of a subnet somebody is in.
pub(super) fn check_unused(state: &State, subnet: &Resource) -> Result<(), ArmError> {
    let taken = state.store.index.addresses(&subnet.key());
    let held = taken.and_then(|taken| taken.values().next()).cloned();
    // Interfaces of uniform instances are no resources of their own.
    let key = subnet.key();
    let mut users = state.store.referrers(&key);
    let instance = users
        .find(|user| user.is("Microsoft.Compute/virtualMachineScaleSets/virtualMachines"))
        .map(|user| format!("{}/networkInterfaces", user.id));
    let Some(user) = held.or(instance) else {
        return Ok(());
    };
    let message = format!(
        "Subnet {} is in use by {user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
        subnet.name()
    );
    Err(ArmError::bad_request("InUseSubnetCannotBeDeleted", message))
}

fn fill_defaults(body: &mut Value, private: bool) {
    json::default(body, "properties.delegations", json!([]));
    json::default(
        body,
        "properties.privateEndpointNetworkPolicies",
        "Disabled",
    );
    json::default(
        body,
        "properties.privateLinkServiceNetworkPolicies",
        "Enabled",
    );
    if private {
        json::default(body, "properties.defaultOutboundAccess", false);
    }
    json::default(body, "properties.provisioningState", "Succeeded");
}

/// Stores a subnet that came inside its network's body.
pub(super) fn store_inline(write: &mut Write<'_>, id: &ResourceId, mut body: Value) {
    let before = write.state.store.get(&id.key()).cloned();
    let private = write.call.api_version() >= PRIVATE_SUBNETS_SINCE;
    for member in ["id", "name", "type", "etag"] {
        json::take(&mut body, member);
    }
    fill_defaults(&mut body, private && before.is_none());
    let now = write.state.now();
    match before {
        // An untouched subnet keeps its etag.
        Some(before) if before.body == body => {}
        Some(before) => write.state.store.put(Resource {
            body,
            changed: now,
            ..before
        }),
        None => write.state.store.put(Resource::new(id, body, now)),
    }
}

/// How many addresses interfaces can have in a subnet.
pub(super) fn capacity(subnet: &Resource) -> u32 {
    let ranges = ranges(&subnet.body, &subnet.id).unwrap_or_default();
    ranges.into_iter().map(Cidr::capacity).sum()
}

/// The free addresses of a subnet, in order.
pub(super) fn free<'s>(
    state: &'s State,
    subnet: &'s Resource,
) -> impl Iterator<Item = Ipv4Addr> + 's {
    let ranges = ranges(&subnet.body, &subnet.id).unwrap_or_default();
    let taken = state.store.index.addresses(&subnet.key());
    ranges.into_iter().flat_map(move |range| {
        // Both sides come in order, so one pass over the taken ones will do.
        let mut taken = taken
            .into_iter()
            .flat_map(|taken| taken.keys().copied())
            .peekable();
        range.usable().filter(move |address| {
            while taken.next_if(|held| held < address).is_some() {}
            taken.next_if_eq(address).is_none()
        })
    })
}

/// What `CheckIPAddressAvailability` answers.
pub(super) fn availability(state: &State, network: &Resource, address: &str) -> Value {
    let Ok(address) = address.parse::<Ipv4Addr>() else {
        return json!({"available": false, "isPlatformReserved": false});
    };
    let subnets = state.store.children(&network.key(), "subnets");
    let home = subnets.into_iter().find(|subnet| {
        let ranges = ranges(&subnet.body, &subnet.id).unwrap_or_default();
        ranges.into_iter().any(|range| range.holds(address))
    });
    let Some(home) = home else {
        return json!({"available": false, "isPlatformReserved": false});
    };
    let ranges = ranges(&home.body, &home.id).unwrap_or_default();
    if ranges
        .into_iter()
        .any(|range| range.keeps(address) && range.holds(address))
    {
        return json!({"available": false, "isPlatformReserved": true});
    }
    let mut free = free(state, home);
    if free.any(|open| open == address) {
        return json!({"available": true, "isPlatformReserved": false});
    }
    let others: Vec<String> = self::free(state, home)
        .take(5)
        .map(|address| address.to_string())
        .collect();
    json!({"available": false, "availableIPAddresses": others, "isPlatformReserved": false})
}
