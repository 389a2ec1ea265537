//! What a machine stands in: its network interfaces, its zone, its availability set.

use serde_json::Value;

use super::INTERFACES;
use super::checks::{bad, missing};
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::compute::placement_group;
use crate::providers::{Write, locations};
use crate::store::Resource;
use crate::world::Size;

/// The interfaces: there, near, free, and one of them first.
pub(super) fn interfaces(write: &Write<'_>, size: &Size) -> Result<(), ArmError> {
    let body = &write.after.body;
    let named = json::items(body, INTERFACES);
    let inline = json::items(
        body,
        "properties.networkProfile.networkInterfaceConfigurations",
    );
    if named.is_empty() && inline.is_empty() {
        return Err(missing("networkProfile"));
    }
    if named.len() > usize::try_from(size.network_interfaces).unwrap_or(usize::MAX) {
        let message = format!(
            "The number of network interfaces for virtual machine {} exceeds the maximum allowed for the virtual machine size {}. The number of network interfaces is {} and the maximum allowed is {}.",
            write.id.name(),
            size.name,
            named.len(),
            size.network_interfaces
        );
        return Err(ArmError::bad_request(
            "VirtualMachineNetworkInterfacesExceeded",
            message,
        ));
    }
    let first = named
        .iter()
        .filter(|one| json::truth(one, "properties.primary") == Some(true))
        .count();
    if named.len() > 1 && first != 1 {
        let message = "Virtual machine must have exactly one network interface set as the primary.";
        return Err(ArmError::bad_request(
            "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
            message,
        ));
    }
    named.iter().try_for_each(|one| interface(write, one))
}

fn interface(write: &Write<'_>, one: &Value) -> Result<(), ArmError> {
    let id = json::text(one, "id").ok_or_else(|| missing("networkInterface.id"))?;
    let state = &*write.state;
    let found = state.store.find(id);
    let near = found.filter(|found| found.location() == write.after.location());
    let Some(near) = near else {
        let message = format!(
            "Resource {id} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.",
            write.after.id
        );
        return Err(ArmError::bad_request("InvalidResourceReference", message));
    };
    if near.state() != "Succeeded" {
        let message = format!(
            "Cannot proceed with operation because resource {id} used by resource {} is not in Succeeded state. Resource is in {} state and the last operation that updated/is updating the resource is PutNicOperation.",
            write.after.id,
            near.state()
        );
        return Err(
            ArmError::new(429, "RetryableError", "A retryable error occurred.")
                .detail("ReferencedResourceNotProvisioned", message)
                .header("Retry-After", "2"),
        );
    }
    let key = near.key();
    let mut users = state.store.referrers(&key);
    let other = users.find(|user| {
        user.is("Microsoft.Compute/virtualMachines") && user.key() != write.after.key()
    });
    other.map_or_else(|| reserved(write, near), |other| Err(in_use(near, other)))
}

fn in_use(interface: &Resource, machine: &Resource) -> ArmError {
    let message = format!(
        "Network Interface {} is used by existing VM {}.",
        interface.id, machine.id
    );
    ArmError::bad_request("NicInUse", message)
}

/// An interface stays reserved for a machine that failed to come up.
fn reserved(write: &Write<'_>, interface: &Resource) -> Result<(), ArmError> {
    let Some(until) = json::text(&interface.hidden, "reservedUntil") else {
        return Ok(());
    };
    let mine =
        json::text(&interface.hidden, "reservedFor").is_some_and(|key| key == write.after.key());
    let over = until
        .parse::<jiff::Timestamp>()
        .is_ok_and(|until| until <= write.state.now());
    if mine || over {
        return Ok(());
    }
    let message = "Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another nic(s) or retry after 180 seconds. To learn more about this limitation, please refer https://aka.ms/deletenic.";
    Err(ArmError::bad_request("NicReservedForAnotherVm", message))
}

/// Zones, availability set and how they exclude each other.
pub(super) fn placement(write: &Write<'_>) -> Result<(), ArmError> {
    let body = &write.after.body;
    let zones = json::items(body, "zones");
    let set = json::text(body, "properties.availabilitySet.id");
    if zones.len() > 1 {
        let message = "A Virtual Machine can be placed in one zone only.";
        return Err(bad(message.to_owned()).at("zones"));
    }
    if let Some(zone) = zones.first().and_then(Value::as_str) {
        let location = write.after.location();
        if !locations::is_zonal(location) || !["1", "2", "3"].contains(&zone) {
            let message = format!(
                "The zone(s) '{zone}' for resource 'Microsoft.Compute/virtualMachines/{}' is not supported. The supported zones for location '{location}' are '{}'",
                write.id.name(),
                if locations::is_zonal(location) {
                    "1,3,2"
                } else {
                    ""
                }
            );
            return Err(ArmError::bad_request("InvalidAvailabilityZone", message));
        }
        if set.is_some() {
            let message = "Virtual Machine cannot be created in an availability set and a zone at the same time.";
            return Err(bad(message.to_owned()));
        }
    }
    placement_group::check(write)?;
    let Some(set) = set else { return Ok(()) };
    let found = write.state.store.find(set).filter(|found| {
        let group = found.parsed().group.unwrap_or_default();
        json::same(&group, write.id.group.as_deref().unwrap_or_default())
    });
    let Some(found) = found else {
        let message = format!(
            "Availability Set '{set}' cannot be found in the resource group of the Virtual Machine."
        );
        return Err(ArmError::bad_request("NotFound", message));
    };
    if json::text(&found.body, "sku.name") != Some("Aligned") {
        let message = format!(
            "Addition of a managed disk to a VM in the non-managed Availability Set '{}' is not supported.",
            found.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    same_group(body, found)
}

/// A machine and its set lie in one proximity placement group, or in none.
fn same_group(body: &Value, set: &Resource) -> Result<(), ArmError> {
    let group = |body| {
        let id = json::text(body, placement_group::MEMBERSHIP);
        id.map(str::to_ascii_lowercase)
    };
    if group(body) == group(&set.body) {
        return Ok(());
    }
    let message = format!(
        "The virtual machine and its Availability Set '{}' have to be in the same Proximity Placement Group.",
        set.name()
    );
    Err(ArmError::bad_request("BadRequest", message))
}
