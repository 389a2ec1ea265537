//! Private addresses of network interfaces: kept, given, or taken as asked.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::interface::CONFIGURATIONS;
use super::subnet;
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::Write;
use crate::store::Resource;

/// Gives every configuration its private address.
pub(super) fn assign(write: &mut Write<'_>) -> Result<(), ArmError> {
    let mut taken = Vec::new();
    let count = json::items(&write.after.body, CONFIGURATIONS).len();
    for place in 0..count {
        let one = &json::items(&write.after.body, CONFIGURATIONS)[place];
        let address = address_for(write, one, &taken)?;
        taken.push(address);
        let one = &mut json::items_mut(&mut write.after.body, CONFIGURATIONS)[place];
        json::set(one, "properties.privateIPAddress", address.to_string());
        json::default(one, "properties.privateIPAllocationMethod", "Dynamic");
        json::default(one, "properties.privateIPAddressVersion", "IPv4");
        json::default(one, "properties.primary", place == 0);
        for member in ["id", "type", "etag"] {
            json::take(one, member);
        }
        reduce(one, "properties.subnet");
    }
    Ok(())
}

/// A reference keeps its id and its delete option; the rest of the object is not its business.
fn reduce(one: &mut Value, path: &str) {
    if let Some(id) = json::text(one, &format!("{path}.id")).map(str::to_owned) {
        json::set(one, path, json!({"id": id}));
    }
    let address = "properties.publicIPAddress";
    if let Some(id) = json::text(one, &format!("{address}.id")).map(str::to_owned) {
        let mut kept = json!({"id": id});
        let option = format!("{address}.properties.deleteOption");
        if let Some(option) = json::text(one, &option) {
            let canonical = if json::same(option, "Delete") {
                "Delete"
            } else {
                "Detach"
            };
            json::set(&mut kept, "properties.deleteOption", canonical);
        }
        json::set(one, address, kept);
    }
}

fn address_for(write: &Write<'_>, one: &Value, taken: &[Ipv4Addr]) -> Result<Ipv4Addr, ArmError> {
    let state = &*write.state;
    let subnet_id = json::text(one, "properties.subnet.id").unwrap_or_default();
    let Some(subnet) = state.store.find(subnet_id) else {
        return Ok(Ipv4Addr::UNSPECIFIED);
    };
    let name = json::text(one, "name").unwrap_or_default();
    let method = json::text(one, "properties.privateIPAllocationMethod").unwrap_or("Dynamic");
    let own = format!("{}/ipConfigurations/{name}", write.after.id);
    let held = state.store.index.addresses(&subnet.key());
    if json::same(method, "Static") {
        let wanted = json::text(one, "properties.privateIPAddress").unwrap_or_default();
        return fixed_address(subnet, wanted, &own, |address| {
            held.and_then(|held| held.get(&address)).cloned()
        });
    }
    if let Some(address) = kept_address(write, name, subnet_id) {
        return Ok(address);
    }
    let mut free = subnet::free(state, subnet).filter(|address| !taken.contains(address));
    free.next().ok_or_else(|| {
        let prefix = json::text(&subnet.body, "properties.addressPrefix").unwrap_or_default();
        let message = format!(
            "Subnet {} with address prefix {prefix} does not have enough capacity for 1 IP addresses.",
            subnet.name()
        );
        ArmError::bad_request("SubnetIsFull", message)
    })
}

/// The address a configuration has already, when it stays in its subnet.
fn kept_address(write: &Write<'_>, name: &str, subnet: &str) -> Option<Ipv4Addr> {
    let before = json::items(&write.before.as_ref()?.body, CONFIGURATIONS);
    let own = before
        .iter()
        .find(|one| json::text(one, "name").is_some_and(|own| json::same(own, name)))?;
    let stays = json::text(own, "properties.subnet.id").is_some_and(|id| json::same(id, subnet));
    let address = json::text(own, "properties.privateIPAddress")?;
    if stays { address.parse().ok() } else { None }
}

fn fixed_address(
    subnet: &Resource,
    wanted: &str,
    own: &str,
    holder: impl Fn(Ipv4Addr) -> Option<String>,
) -> Result<Ipv4Addr, ArmError> {
    let Ok(address) = wanted.parse::<Ipv4Addr>() else {
        let message =
            format!("Private static IP address '{wanted}' of {own} is not a valid address.");
        return Err(ArmError::bad_request("InvalidIPAddressFormat", message));
    };
    let ranges = subnet::ranges(&subnet.body, &subnet.id)?;
    let Some(range) = ranges.into_iter().find(|range| range.holds(address)) else {
        let message = format!(
            "Private static IP address {address} does not belong to the range of subnet prefix of {}.",
            subnet.id
        );
        return Err(ArmError::bad_request(
            "PrivateIPAddressNotInSubnet",
            message,
        ));
    };
    if range.keeps(address) {
        let message = format!(
            "Private static IP address {address} falls within reserved IP range of subnet {}.",
            subnet.id
        );
        return Err(ArmError::bad_request(
            "PrivateIPAddressInReservedRange",
            message,
        ));
    }
    if let Some(other) = holder(address).filter(|other| !json::same(other, own)) {
        let message = format!(
            "IP configuration {own} is using the private IP address {address} which is already allocated to resource {other}."
        );
        return Err(ArmError::bad_request("PrivateIPAddressInUse", message));
    }
    Ok(address)
}
