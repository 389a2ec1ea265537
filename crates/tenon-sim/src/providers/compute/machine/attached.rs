//! An OS disk that exists before its machine has it: attached when the machine
//! is made, or swapped in while it is deallocated.
//!
//! Sources: the texts of `osDisk.createOption` and `osProfile` in
//! Microsoft.Compute 2024-11-01; learn.microsoft.com, "Change the OS disk used
//! by an Azure VM", on what has to be the same.

use serde_json::Value;

use super::{OS_DISK, checks, disks};
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::Write;
use crate::providers::compute::disk;
use crate::providers::compute::image::Image;
use crate::store::Resource;
use crate::world::Size;

/// Whether the OS disk of a new machine exists already.
pub(super) fn is_attached(body: &Value) -> bool {
    json::text(body, &format!("{OS_DISK}.createOption")) == Some("Attach")
}

/// Validates the OS disk that a new machine is made with.
pub(super) fn check_new(write: &Write<'_>, size: &Size) -> Result<(), ArmError> {
    let body = &write.after.body;
    for (path, name) in [
        ("properties.osProfile", "osProfile"),
        ("properties.storageProfile.imageReference", "imageReference"),
    ] {
        if json::get(body, path).is_some() {
            let message = format!("Parameter '{name}' is not allowed.");
            return Err(ArmError::invalid_parameter(name, message));
        }
    }
    let found = free(write)?;
    if let Some(said) = json::text(body, &format!("{OS_DISK}.osType")) {
        same("osDisk.osType", Some(said), os_type(&found))?;
    }
    security(body, &found)?;
    let generation = json::text(&found.body, "properties.hyperVGeneration").unwrap_or("V1");
    let image = Image {
        generation: generation.to_owned(),
        architecture: size.architecture.clone(),
        security: "trustedlaunchandconfidentialvmsupported".to_owned(),
        ..Image::default()
    };
    checks::fit(body, size, &image)
}

/// Validates the OS disk that a machine gets in place of the one that it has.
pub(super) fn check_swap(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let found = free(write)?;
    let old = json::text(&before.body, &format!("{OS_DISK}.managedDisk.id"));
    let old = old.and_then(|id| write.state.store.find(id));
    if let Some(old) = old {
        same("osDisk.osType", os_type(&found), os_type(old))?;
        let generation = |disk: &Resource| {
            let path = "properties.hyperVGeneration";
            json::text(&disk.body, path).unwrap_or("V1").to_owned()
        };
        let (new, old) = (generation(&found), generation(old));
        same("osDisk.hyperVGeneration", Some(&new), Some(&old))?;
    }
    if let Some(name) = json::text(&write.sent, &format!("{OS_DISK}.name")) {
        same("osDisk.name", Some(name), Some(found.name()))?;
    }
    security(&write.after.body, &found)
}

/// The disk that a body names, which has to be there, an OS disk, and nobody
/// else's.
fn free(write: &Write<'_>) -> Result<Resource, ArmError> {
    let body = &write.after.body;
    let id = json::text(body, &format!("{OS_DISK}.managedDisk.id"));
    let id = id.ok_or_else(|| checks::missing("osDisk.managedDisk.id"))?;
    let found = write.state.store.find(id).ok_or_else(|| {
        ArmError::not_found("ResourceNotFound", format!("Disk {id} is not found."))
    })?;
    let owner = disk::owner(write.state, found);
    if let Some(owner) = owner.filter(|owner| owner.key() != write.after.key()) {
        let message = format!(
            "Cannot attach OS disk '{}' to VM '{}' because the disk is currently owned by VM '{}'. Please verify the disk is not in use.",
            found.name(),
            write.id.name(),
            owner.id
        );
        return Err(ArmError::conflict("ConflictingUserInput", message));
    }
    if os_type(found).is_none() {
        let message = format!("Disk {id} is not an OS disk.");
        return Err(ArmError::bad_request("BadRequest", message));
    }
    if !disks::fits_zone(&found.body, body) || found.location() != write.after.location() {
        let message = format!(
            "Disk {id} cannot be attached to the VM because it is not in the same location or zone."
        );
        return Err(ArmError::bad_request("BadRequest", message));
    }
    Ok(found.clone())
}

fn os_type(disk: &Resource) -> Option<&str> {
    json::text(&disk.body, "properties.osType")
}

fn same(name: &str, now: Option<&str>, then: Option<&str>) -> Result<(), ArmError> {
    let (now, then) = (now.unwrap_or_default(), then.unwrap_or_default());
    if json::same(now, then) {
        return Ok(());
    }
    let message = format!("The value '{now}' of parameter '{name}' must be '{then}'.");
    Err(ArmError::conflict("OperationNotAllowed", message).at(name))
}

/// A disk keeps the security type of the machine that it was made with.
fn security(body: &Value, disk: &Resource) -> Result<(), ArmError> {
    let path = "properties.securityProfile.securityType";
    let of = |body: &Value| json::text(body, path).unwrap_or("Standard").to_owned();
    let (machine, disk) = (of(body), of(&disk.body));
    same("securityProfile.securityType", Some(&machine), Some(&disk))
}

/// What a machine shows of an OS disk that it was not made with.
pub(super) fn show(write: &mut Write<'_>) {
    let id = json::text(&write.after.body, &format!("{OS_DISK}.managedDisk.id"));
    let found = id.and_then(|id| write.state.store.find(id)).cloned();
    let Some(found) = found else { return };
    let body = &mut write.after.body;
    let mut set = |member: &str, value: Value| {
        json::set(body, &format!("{OS_DISK}.{member}"), value);
    };
    set("name", found.name().into());
    set("managedDisk.id", found.parsed().shouted().into());
    for (member, of_disk) in [
        ("osType", "properties.osType"),
        ("diskSizeGB", "properties.diskSizeGB"),
        ("managedDisk.storageAccountType", "sku.name"),
    ] {
        if let Some(value) = json::get(&found.body, of_disk) {
            set(member, value.clone());
        }
    }
}
