//! A set that exists: what a write leaves out stays, and what may change.

use serde_json::Value;

use super::{IMAGE, INTERFACES, PROFILE, model_of, rolling};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json;
use crate::providers::compute::{image, machine};
use crate::providers::{Patching, Write};
use crate::store::Resource;

/// Properties nobody can change, with the names messages give them.
const FIXED: &[(&str, &str)] = &[
    ("properties.orchestrationMode", "orchestrationMode"),
    (
        "properties.platformFaultDomainCount",
        "platformFaultDomainCount",
    ),
    ("properties.zoneBalance", "zoneBalance"),
    ("plan", "plan"),
    ("extendedLocation", "extendedLocation"),
];

/// The same of the model of a machine.
const FIXED_IN_MODEL: &[&str] = &[
    "osProfile.computerNamePrefix",
    "osProfile.adminUsername",
    "osProfile.linuxConfiguration.disablePasswordAuthentication",
    "osProfile.linuxConfiguration.provisionVMAgent",
    "osProfile.windowsConfiguration.provisionVMAgent",
    "storageProfile.osDisk.createOption",
    "storageProfile.osDisk.diffDiskSettings",
    "storageProfile.osDisk.managedDisk.storageAccountType",
    "evictionPolicy",
    "securityProfile.securityType",
    "securityProfile.uefiSettings.secureBootEnabled",
    "securityProfile.uefiSettings.vTpmEnabled",
];

/// What a PUT leaves out of an object stays; lists are what was sent. Secrets
/// leave the body in every case.
pub(super) fn keep(write: &mut Write<'_>) {
    let account = format!("{PROFILE}.osProfile");
    let mut kept = write.before.as_ref().map_or_else(
        || serde_json::json!({}),
        |before| {
            json::get(&before.hidden, "secrets")
                .cloned()
                .unwrap_or_default()
        },
    );
    for secret in ["adminPassword", "customData"] {
        if let Some(value) = json::get(&write.after.body, &format!("{account}.{secret}")) {
            json::set(&mut kept, secret, machine::fingerprint(value));
        }
    }
    if let (Some(before), Patching::No) = (&write.before, write.patching) {
        let mut old = before.body.clone();
        json::take(&mut old, "tags");
        if json::get(&write.after.body, "identity").is_some() {
            json::take(&mut old, "identity");
        }
        let reference = format!("{PROFILE}.storageProfile.imageReference");
        if json::get(&write.after.body, &reference).is_some() {
            json::take(&mut old, &reference);
        }
        json::fill(&mut write.after.body, &old);
    }
    json::set(&mut write.after.hidden, "secrets", kept);
}

/// Refuses what cannot change.
pub(super) fn check(write: &Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    let after = &write.after.body;
    let moves = model_of(before) != model_of(&write.after);
    if moves && rolling::is_under_way(write.state, before) {
        let message = "Cannot update the model of the Virtual Machine Scale Set while a rolling upgrade is in progress. Wait for it to end or cancel it.";
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    for (path, name) in FIXED {
        same(after, &before.body, path, name)?;
    }
    for name in FIXED_IN_MODEL {
        same(after, &before.body, &format!("{PROFILE}.{name}"), name)?;
    }
    let priority = |body| {
        let path = format!("{PROFILE}.priority");
        json::text(body, &path).unwrap_or("Regular").to_owned()
    };
    if priority(after) != priority(&before.body) {
        return Err(ArmError::property_change("priority"));
    }
    let password =
        |secrets: &Value| json::text(secrets, "secrets.adminPassword").map(str::to_owned);
    if password(&before.hidden) != password(&write.after.hidden) {
        return Err(ArmError::property_change("osProfile.adminPassword"));
    }
    let group = "properties.singlePlacementGroup";
    if json::truth(after, group) == Some(true) && json::truth(&before.body, group) == Some(false) {
        return Err(ArmError::property_change("singlePlacementGroup"));
    }
    zones(after, &before.body)?;
    networks(after, &before.body)?;
    disk_size(after, &before.body)?;
    os_state(write, before)
}

fn same(after: &Value, before: &Value, path: &str, name: &str) -> Result<(), ArmError> {
    let (now, then) = (json::get(after, path), json::get(before, path));
    let alike = match (now.and_then(Value::as_str), then.and_then(Value::as_str)) {
        (Some(now), Some(then)) => json::same(now, then),
        _ => now == then,
    };
    if alike {
        Ok(())
    } else {
        Err(ArmError::property_change(name))
    }
}

/// A set in zones can be spread over more of them, and that is all.
fn zones(after: &Value, before: &Value) -> Result<(), ArmError> {
    let (now, then) = (json::items(after, "zones"), json::items(before, "zones"));
    let only_more = then.iter().all(|zone| now.contains(zone));
    let stays_regional = now.is_empty();
    if only_more && (stays_regional || !then.is_empty()) {
        return Ok(());
    }
    Err(ArmError::property_change("zones"))
}

/// Other subnets of the same network will do.
fn networks(after: &Value, before: &Value) -> Result<(), ArmError> {
    let networks = |body: &Value| -> Vec<String> {
        let subnets = json::items(body, INTERFACES)
            .iter()
            .flat_map(|one| json::items(one, "properties.ipConfigurations"))
            .filter_map(|one| json::text(one, "properties.subnet.id"));
        let mut networks: Vec<String> = subnets
            .filter_map(|id| Some(ResourceId::parse(id)?.parent()?.key()))
            .collect();
        networks.sort();
        networks.dedup();
        networks
    };
    let (now, then) = (networks(after), networks(before));
    if then.is_empty() || now.iter().all(|network| then.contains(network)) {
        return Ok(());
    }
    let name = "networkProfile.networkInterfaceConfigurations.ipConfigurations.subnet";
    Err(ArmError::property_change(name))
}

fn disk_size(after: &Value, before: &Value) -> Result<(), ArmError> {
    let path = format!("{PROFILE}.storageProfile.osDisk.diskSizeGB");
    let (now, then) = (json::number(after, &path), json::number(before, &path));
    match (now, then) {
        (Some(now), Some(then)) if now < then => {
            Err(ArmError::property_change("osDisk.diskSizeGB"))
        }
        _ => Ok(()),
    }
}

/// Instances cannot turn from generalized to specialized, or back.
fn os_state(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let (Some(now), Some(then)) = (
        json::text(&write.after.body, IMAGE),
        json::text(&before.body, IMAGE),
    ) else {
        return Ok(());
    };
    let location = write.after.location();
    let specialized = |id| image::of_gallery(write.state, id, location).map(|one| one.specialized);
    match (specialized(now), specialized(then)) {
        (Ok(now), Ok(then)) if now != then => {
            let message = "Cannot update Virtual Machine Scale Set since the current OS state for the VM image is different from the OS state of the new VM image.";
            Err(ArmError::bad_request("BadRequest", message))
        }
        (Err(error), _) => Err(error),
        _ => Ok(()),
    }
}
