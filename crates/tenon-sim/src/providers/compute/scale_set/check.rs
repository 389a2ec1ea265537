//! What a set must fulfil before anything is made.

use serde_json::Value;

use super::{INTERFACES, PROFILE, capacity, health, is_flexible, machine_body};
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::compute::image::Image;
use crate::providers::compute::machine::{self, missing};
use crate::providers::{Write, locations, network};
use crate::store::Resource;
use crate::world::Size;

/// The most instances of a set, and of one placement group.
const MOST: i64 = 1000;
const MOST_IN_GROUP: i64 = 100;

fn bad(message: impl Into<String>) -> ArmError {
    ArmError::bad_request("BadRequest", message.into())
}

/// The settings of the set itself, with their defaults filled in.
pub(super) fn settings(write: &mut Write<'_>) -> Result<(), ArmError> {
    let body = &mut write.after.body;
    json::default(body, "properties.orchestrationMode", "Uniform");
    let has_profile = json::get(body, PROFILE).is_some();
    if is_flexible(&write.after) {
        flexible(&mut write.after.body, has_profile)?;
    } else {
        uniform(&mut write.after.body, has_profile)?;
    }
    let body = &write.after.body;
    zones(write)?;
    upgrades(body)?;
    size_of_set(body)
}

fn uniform(body: &mut Value, has_profile: bool) -> Result<(), ArmError> {
    if json::text(body, "properties.upgradePolicy.mode").is_none() {
        return Err(missing("upgradePolicy"));
    }
    if !has_profile {
        return Err(missing("virtualMachineProfile"));
    }
    json::default(body, "properties.singlePlacementGroup", true);
    let zonal = !json::items(body, "zones").is_empty();
    let usual = if zonal { 1 } else { 5 };
    json::default(body, "properties.platformFaultDomainCount", usual);
    let fits: &[i64] = if zonal { &[1, 5] } else { &[1, 2, 3, 4, 5] };
    fault_domains(body, fits)
}

fn flexible(body: &mut Value, has_profile: bool) -> Result<(), ArmError> {
    if json::truth(body, "properties.singlePlacementGroup") == Some(true) {
        return Err(bad(
            "The value 'True' of parameter 'singlePlacementGroup' is not allowed for a Virtual Machine Scale Set with Flexible orchestration.",
        ));
    }
    if json::truth(body, "properties.overprovision") == Some(true) {
        return Err(bad(
            "Overprovisioning is not supported for a Virtual Machine Scale Set with Flexible orchestration.",
        ));
    }
    if json::number(body, "properties.platformFaultDomainCount").is_none() {
        return Err(missing("platformFaultDomainCount"));
    }
    let version = format!("{PROFILE}.networkProfile.networkApiVersion");
    if has_profile && json::text(body, &version).is_none() {
        return Err(missing("networkProfile.networkApiVersion"));
    }
    json::default(body, "properties.singlePlacementGroup", false);
    json::default(body, "properties.upgradePolicy.mode", "Manual");
    let zonal = !json::items(body, "zones").is_empty();
    fault_domains(body, if zonal { &[1] } else { &[1, 2, 3] })
}

fn fault_domains(body: &Value, fits: &[i64]) -> Result<(), ArmError> {
    let count = json::number(body, "properties.platformFaultDomainCount").unwrap_or(1);
    if fits.contains(&count) {
        return Ok(());
    }
    let fits: Vec<String> = fits.iter().map(ToString::to_string).collect();
    let message = format!(
        "The specified fault domain count {count} is not supported here. Supported values: {}.",
        fits.join(", ")
    );
    Err(ArmError::invalid_parameter(
        "platformFaultDomainCount",
        message,
    ))
}

fn zones(write: &Write<'_>) -> Result<(), ArmError> {
    let (body, location) = (&write.after.body, write.after.location());
    let zones = json::items(body, "zones");
    let known = |zone: &Value| {
        zone.as_str()
            .is_some_and(|zone| ["1", "2", "3"].contains(&zone))
    };
    if let Some(zone) = zones
        .iter()
        .find(|zone| !locations::is_zonal(location) || !known(zone))
    {
        let message = format!(
            "The zone(s) '{}' for resource 'Microsoft.Compute/virtualMachineScaleSets/{}' is not supported. The supported zones for location '{location}' are '{}'",
            zone.as_str().unwrap_or_default(),
            write.id.name(),
            if locations::is_zonal(location) {
                "1,3,2"
            } else {
                ""
            }
        );
        return Err(ArmError::bad_request("InvalidAvailabilityZone", message));
    }
    if json::get(body, "properties.zoneBalance").is_some() && zones.len() < 2 {
        let message = "Property 'zoneBalance' can only be set for a Virtual Machine Scale Set with more than one zone.";
        return Err(ArmError::invalid_parameter("zoneBalance", message));
    }
    Ok(())
}

/// A rolling upgrade looks at health, so there has to be something that tells it.
fn upgrades(body: &Value) -> Result<(), ArmError> {
    if json::text(body, "properties.upgradePolicy.mode") != Some("Rolling") {
        return Ok(());
    }
    if health::is_told(body) {
        return Ok(());
    }
    let message = "Rolling Upgrade mode is not supported for this Virtual Machine Scale Set because a health probe or health extension was not provided.";
    Err(ArmError::bad_request("OperationNotAllowed", message))
}

fn size_of_set(body: &Value) -> Result<(), ArmError> {
    let asked = capacity(body);
    if !(0..=MOST).contains(&asked) {
        let message = format!(
            "The value {asked} of parameter sku.capacity is not allowed. A Virtual Machine Scale Set has 0 to {MOST} instances."
        );
        return Err(ArmError::invalid_parameter("sku.capacity", message));
    }
    let single = json::truth(body, "properties.singlePlacementGroup") == Some(true);
    if single && asked > MOST_IN_GROUP {
        let message = format!(
            "A Virtual Machine Scale Set with a single placement group has at most {MOST_IN_GROUP} instances, and {asked} were asked for. Set singlePlacementGroup to false."
        );
        return Err(ArmError::bad_request("OperationNotAllowed", message));
    }
    Ok(())
}

/// What instances are made of; none for a set that has no model.
pub(super) fn model(write: &mut Write<'_>) -> Result<Option<(Size, Image)>, ArmError> {
    if json::get(&write.after.body, PROFILE).is_none() {
        return Ok(None);
    }
    if json::text(&write.after.body, "sku.name").is_none() {
        return Err(missing("sku.name"));
    }
    interfaces(write)?;
    let probe = Resource {
        body: machine_body(&write.after, 0),
        ..write.after.clone()
    };
    let account = if write.before.is_some() {
        machine::Account::Known
    } else {
        machine::Account::New
    };
    let found = machine::check_model(write.state, &probe, account)?;
    prefix(&write.after.body, &found.1)?;
    let (size, image) = &found;
    let body = &mut write.after.body;
    let at = |member: &str| format!("{PROFILE}.storageProfile.{member}");
    let sku = if size.premium {
        "Premium_LRS"
    } else {
        "Standard_LRS"
    };
    json::default(body, &at("osDisk.managedDisk.storageAccountType"), sku);
    json::default(body, &at("osDisk.caching"), "ReadWrite");
    json::default(body, &at("osDisk.osType"), image.os_type.as_str());
    json::default(body, &at("osDisk.diskSizeGB"), image.os_disk_gb);
    for disk in json::items_mut(body, &at("dataDisks")) {
        json::default(disk, "caching", "None");
        json::default(disk, "managedDisk.storageAccountType", sku);
    }
    if json::get(body, &format!("{PROFILE}.osProfile")).is_some() {
        machine::account_defaults(body, &format!("{PROFILE}.osProfile"), &image.os_type);
    }
    for secret in ["adminPassword", "customData"] {
        json::take(body, &format!("{PROFILE}.osProfile.{secret}"));
    }
    Ok(Some(found))
}

fn prefix(body: &Value, image: &Image) -> Result<(), ArmError> {
    if image.specialized {
        return Ok(());
    }
    let path = format!("{PROFILE}.osProfile.computerNamePrefix");
    let name = json::text(body, &path).unwrap_or_default();
    let most = if image.os_type == "Windows" { 9 } else { 58 };
    if (1..=most).contains(&name.len()) {
        return Ok(());
    }
    let message = format!(
        "{} computer name prefix must be 1 to {most} characters long.",
        image.os_type
    );
    Err(ArmError::invalid_parameter("computerNamePrefix", message))
}

/// One interface is first, and each has addresses in a subnet of this region.
fn interfaces(write: &Write<'_>) -> Result<(), ArmError> {
    let body = &write.after.body;
    let all = json::items(body, INTERFACES);
    if all.is_empty() {
        return Err(missing("networkProfile.networkInterfaceConfigurations"));
    }
    let first = |one: &&Value| json::truth(one, "properties.primary") == Some(true);
    if all.iter().filter(first).count() != 1 && all.len() > 1 {
        let message = "Virtual machine must have exactly one network interface set as the primary.";
        return Err(ArmError::bad_request(
            "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
            message,
        ));
    }
    for one in all {
        if json::text(one, "name").is_none() {
            return Err(missing("networkInterfaceConfiguration.name"));
        }
        let location = write.after.location();
        if let Some(id) = json::text(one, "properties.networkSecurityGroup.id") {
            network::referenced(write.state, write.id, id, location)?;
        }
        let configurations = json::items(one, "properties.ipConfigurations");
        if configurations.is_empty() {
            return Err(missing("networkInterfaceConfiguration.ipConfigurations"));
        }
        for one in configurations {
            let id = json::text(one, "properties.subnet.id")
                .ok_or_else(|| missing("ipConfiguration.subnet"))?;
            network::referenced(write.state, write.id, id, location)?;
        }
    }
    Ok(())
}
