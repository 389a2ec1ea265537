//! Virtual networks. Their subnets are resources of their own here; the
//! network shows them inline and takes them inline.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cidr::Cidr;
use super::{DURATIONS, malformed, shown_with_guid, subnet};
use crate::arm::conflict::another_operation;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::linked::Link;
use crate::arm::operations;
use crate::call::Call;
use crate::json;
use crate::providers::{Flow, Hooks, Kind, Patching, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Network/virtualNetworks",
    place: Place::Tracked,
    flow: Flow::Network,
    durations: DURATIONS,
    page: 1000,
    hooks: &VirtualNetwork,
};

/// From here on a PUT that does not name `subnets` leaves them alone.
const SUBNETS_KEPT_SINCE: &str = "2023-11-01";

/// From here on new subnets have no way out to the internet by themselves.
pub(super) const PRIVATE_SUBNETS_SINCE: &str = "2025-07-01";

struct VirtualNetwork;

impl Hooks for VirtualNetwork {
    fn links(&self, body: &Value) -> Vec<Link> {
        let subnets = json::items(body, "properties.subnets");
        let at = |place| format!("properties.subnets[{place}].");
        subnets
            .iter()
            .enumerate()
            .flat_map(|(place, one)| subnet::links(one, &at(place)))
            .collect()
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let prefixes = prefixes(&write.after.body, &write.after.id)?;
        if prefixes.is_empty() {
            let message = format!(
                "Address space for virtual network {} must have at least one address prefix.",
                write.after.id
            );
            return Err(ArmError::bad_request("InvalidRequestFormat", message));
        }
        let wanted = take_subnets(write)?;
        if let Some(wanted) = &wanted {
            check_subnets(write, &prefixes, wanted)?;
        } else {
            check_prefixes_kept(write, &prefixes)?;
        }
        fill_defaults(&mut write.after.body);
        if let Some(wanted) = wanted {
            replace_subnets(write, wanted);
        }
        Ok(())
    }

    fn check_idle(&self, state: &State, resource: &Resource) -> Result<(), ArmError> {
        check_idle(state, resource, resource)
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let subnets = state.store.children(&resource.key(), "subnets");
        subnets
            .into_iter()
            .try_for_each(|subnet| subnet::check_unused(state, subnet))
    }

    fn view(&self, state: &State, resource: &Resource, view: View<'_>) -> Value {
        let mut body = shown_with_guid(state, resource);
        let subnets = state.store.children(&resource.key(), "subnets");
        let subnets: Vec<Value> = subnets.map(|one| subnet::shown(state, one)).collect();
        json::set(&mut body, "properties.subnets", subnets);
        let peerings = state
            .store
            .children(&resource.key(), "virtualNetworkPeerings");
        let peerings: Vec<Value> = peerings.map(Resource::shown).collect();
        json::set(&mut body, "properties.virtualNetworkPeerings", peerings);
        if view.version >= "2024-03-01" {
            json::default(
                &mut body,
                "properties.privateEndpointVNetPolicies",
                "Disabled",
            );
        }
        body
    }

    fn look(&self, state: &State, resource: &Resource, word: &str, call: &Call) -> Option<Value> {
        match word.to_ascii_lowercase().as_str() {
            "usages" => Some(usages(state, resource)),
            "checkipaddressavailability" => Some(subnet::availability(
                state,
                resource,
                call.query("ipaddress").unwrap_or(""),
            )),
            _ => None,
        }
    }
}

/// One write at a time in a network, its subnets included.
pub(super) fn check_idle(
    state: &State,
    network: &Resource,
    wanted: &Resource,
) -> Result<(), ArmError> {
    let subnets = state.store.children(&network.key(), "subnets");
    let busy = std::iter::once(network)
        .chain(subnets)
        .find(|one| one.operation.is_some());
    busy.map_or(Ok(()), |busy| Err(another_operation(state, busy, wanted)))
}

/// The address prefixes of a network.
pub(super) fn prefixes(body: &Value, owner: &str) -> Result<Vec<Cidr>, ArmError> {
    let mut ranges = Vec::new();
    for prefix in json::items(body, "properties.addressSpace.addressPrefixes") {
        let prefix = prefix
            .as_str()
            .ok_or_else(|| malformed("An address prefix is not text."))?;
        ranges.extend(Cidr::read(prefix, owner)?);
    }
    Ok(ranges)
}

/// The subnets a PUT asks for, or `None` when it leaves them alone.
fn take_subnets(write: &mut Write<'_>) -> Result<Option<Vec<Value>>, ArmError> {
    let sent = json::take(&mut write.after.body, "properties.subnets");
    json::take(&mut write.after.body, "properties.virtualNetworkPeerings");
    if write.patching == Patching::Yes {
        return Ok(None);
    }
    let Some(sent) = sent else {
        let kept = write.call.api_version() >= SUBNETS_KEPT_SINCE || write.before.is_none();
        return Ok(if kept { None } else { Some(Vec::new()) });
    };
    let subnets = sent.as_array().cloned().unwrap_or_default();
    if subnets
        .iter()
        .any(|subnet| json::text(subnet, "name").is_none_or(str::is_empty))
    {
        return Err(malformed("Cannot parse the request.")
            .detail("MissingNameProperty", "A subnet has no name."));
    }
    Ok(Some(subnets))
}

fn check_subnets(write: &Write<'_>, prefixes: &[Cidr], wanted: &[Value]) -> Result<(), ArmError> {
    let state = &*write.state;
    let mut seen: Vec<(String, Cidr)> = Vec::new();
    for one in wanted {
        let name = json::text(one, "name").unwrap_or_default();
        let id = write.id.child("subnets", name);
        for range in subnet::ranges(one, &id.to_string())? {
            subnet::check_range(write.id, name, range, prefixes, &seen)?;
            seen.push((name.to_owned(), range));
        }
        subnet::check_references(state, &id, one, write.after.location())?;
        if let Some(before) = state.store.get(&id.key()) {
            subnet::check_prefix_change(state, before, one)?;
        }
    }
    let names: Vec<&str> = wanted
        .iter()
        .filter_map(|one| json::text(one, "name"))
        .collect();
    let gone = state.store.children(&write.id.key(), "subnets");
    gone.filter(|subnet| !names.iter().any(|name| json::same(name, subnet.name())))
        .try_for_each(|subnet| subnet::check_unused(state, subnet))
}

/// A prefix with subnets in it stays.
fn check_prefixes_kept(write: &Write<'_>, prefixes: &[Cidr]) -> Result<(), ArmError> {
    for one in write.state.store.children(&write.id.key(), "subnets") {
        for range in subnet::ranges(&one.body, &one.id)? {
            if !prefixes.iter().any(|prefix| prefix.contains(range)) {
                let message = format!(
                    "IpPrefix on Vnet {} used by subnet {} cannot be deleted because it is in use.",
                    write.id.name(),
                    one.name()
                );
                return Err(ArmError::bad_request("InUsePrefixCannotBeDeleted", message));
            }
        }
    }
    Ok(())
}

fn fill_defaults(body: &mut Value) {
    json::default(body, "properties.enableDdosProtection", false);
}

fn replace_subnets(write: &mut Write<'_>, wanted: Vec<Value>) {
    let parent = ResourceId::parse(&write.after.id).unwrap_or_default();
    let names: Vec<String> = wanted
        .iter()
        .filter_map(|one| json::text(one, "name"))
        .map(str::to_ascii_lowercase)
        .collect();
    let gone: Vec<String> = write
        .state
        .store
        .children(&parent.key(), "subnets")
        .filter(|subnet| !names.contains(&subnet.name().to_ascii_lowercase()))
        .map(Resource::key)
        .collect();
    for key in gone {
        operations::remove(write.state, &key);
    }
    for mut one in wanted {
        let name = json::take(&mut one, "name").unwrap_or_default();
        let id = parent.child("subnets", name.as_str().unwrap_or_default());
        subnet::store_inline(write, &id, one);
    }
}

fn usages(state: &State, network: &Resource) -> Value {
    let subnets = state.store.children(&network.key(), "subnets");
    let rows: Vec<Value> = subnets
        .map(|subnet| {
            let taken = state
                .store
                .index
                .addresses(&subnet.key())
                .map_or(0, BTreeMap::len);
            json!({
                "currentValue": taken,
                "id": subnet.id,
                "limit": subnet::capacity(subnet),
                "name": {"localizedValue": "Subnet size and usage", "value": "SubnetSpace"},
                "unit": "Count",
            })
        })
        .collect();
    json!({"value": rows})
}
