//! A machine that exists: what may change, and when.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    DATA_DISKS, INTERFACES, OS_DISK, attached, checks, create, disks, identities, power, spot,
    surroundings, view,
};
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::compute::image::Image;
use crate::providers::compute::placement_group;
use crate::providers::resources::usages;
use crate::providers::{Patching, Write};
use crate::store::Resource;

/// Properties nobody can change, with the names messages give them.
const FIXED: &[(&str, &str)] = &[
    (
        "properties.osProfile.computerName",
        "osProfile.computerName",
    ),
    (
        "properties.osProfile.adminUsername",
        "osProfile.adminUsername",
    ),
    (
        "properties.osProfile.linuxConfiguration.disablePasswordAuthentication",
        "linuxConfiguration.disablePasswordAuthentication",
    ),
    (
        "properties.osProfile.linuxConfiguration.provisionVMAgent",
        "linuxConfiguration.provisionVMAgent",
    ),
    (
        "properties.osProfile.windowsConfiguration.provisionVMAgent",
        "windowsConfiguration.provisionVMAgent",
    ),
    (
        "properties.osProfile.linuxConfiguration.ssh.publicKeys",
        "linuxConfiguration.ssh.publicKeys",
    ),
    (
        "properties.storageProfile.osDisk.createOption",
        "osDisk.createOption",
    ),
    ("properties.storageProfile.osDisk.name", "osDisk.name"),
    ("properties.storageProfile.osDisk.osType", "osDisk.osType"),
    (
        "properties.storageProfile.osDisk.diffDiskSettings",
        "osDisk.diffDiskSettings",
    ),
    (
        "properties.storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType",
        "osDisk.managedDisk.securityProfile.securityEncryptionType",
    ),
    ("properties.priority", "priority"),
    ("properties.evictionPolicy", "evictionPolicy"),
    ("properties.platformFaultDomain", "platformFaultDomain"),
    ("plan", "plan"),
    ("zones", "zones"),
    ("extendedLocation", "extendedLocation"),
];

/// Ids nobody can change; they compare without case.
const FIXED_IDS: &[(&str, &str)] = &[
    ("properties.availabilitySet.id", "availabilitySet.id"),
    (
        "properties.virtualMachineScaleSet.id",
        "virtualMachineScaleSet.id",
    ),
];

/// Changes that take a deallocated machine.
const OFF_ONLY: &[(&str, &str)] = &[
    (
        "properties.storageProfile.osDisk.managedDisk.storageAccountType",
        "osDisk.managedDisk.storageAccountType",
    ),
    (
        "properties.storageProfile.diskControllerType",
        "diskControllerType",
    ),
    (
        "properties.securityProfile.encryptionAtHost",
        "securityProfile.encryptionAtHost",
    ),
    (
        "properties.additionalCapabilities.ultraSSDEnabled",
        "additionalCapabilities.ultraSSDEnabled",
    ),
    (
        "properties.additionalCapabilities.hibernationEnabled",
        "additionalCapabilities.hibernationEnabled",
    ),
    (
        "properties.proximityPlacementGroup.id",
        "proximityPlacementGroup",
    ),
    ("properties.host.id", "host"),
    ("properties.capacityReservation", "capacityReservation"),
    (
        "properties.billingProfile.maxPrice",
        "billingProfile.maxPrice",
    ),
];

/// Validates a change of a machine and completes it.
pub(super) fn shape(write: &mut Write<'_>) -> Result<(), ArmError> {
    let Some(mut before) = write.before.clone() else {
        return Ok(());
    };
    fit_os_disk(write, &mut before);
    check_secrets(write, &before)?;
    create::take_secrets(&mut write.after.body);
    keep(write, &before);
    placement_group::leave(write);
    check_image(write, &before)?;
    check_fixed(write, &before)?;
    check_off_only(write, &before)?;
    check_security(write, &before)?;
    spot::price(&write.after.body)?;
    placement_group::check(write)?;
    let size = checks::size(write.state, &write.after.body)?;
    json::set(
        &mut write.after.body,
        "properties.hardwareProfile.vmSize",
        size.name.as_str(),
    );
    check_resize(write, &before)?;
    check_interfaces(write, &before)?;
    check_os_disk_size(write, &before)?;
    detach(&mut write.after.body);
    checks::data_disks(&write.after.body, &size)?;
    surroundings::interfaces(write, &size)?;
    disks::check_attached(write)?;
    identities::shape(write)?;
    usages::check_machine(write.state, &write.after, Some(&before))?;
    create::fill_references(write);
    disks::make_data_disks(write, &Image::default());
    store_os_disk(write);
    if swaps(write, &before) {
        attached::show(write);
    }
    write.after.hidden = before.hidden.clone();
    json::set(&mut write.after.hidden, "power", power(&before));
    Ok(())
}

/// What a PUT leaves out of an object stays; lists are what was sent.
fn keep(write: &mut Write<'_>, before: &Resource) {
    if write.patching == Patching::No {
        keep_unnamed(write, before);
    }
    keep_disk_ids(&mut write.after.body, &before.body);
}

fn keep_unnamed(write: &mut Write<'_>, before: &Resource) {
    let mut old = before.body.clone();
    json::take(&mut old, "tags");
    let identity = json::get(&write.after.body, "identity").is_some();
    if identity {
        json::take(&mut old, "identity");
    }
    // An image is named as a whole: its read-only part must not survive a change.
    if json::get(&write.sent, "properties.storageProfile.imageReference").is_some() {
        let version = "properties.storageProfile.imageReference.exactVersion";
        let exact = json::take(&mut old, version);
        json::take(&mut old, "properties.storageProfile.imageReference");
        if let Some(exact) = exact {
            json::set(&mut write.after.body, version, exact);
        }
    }
    // A storage profile names all data disks; those it leaves out are detached.
    if json::get(&write.sent, "properties.storageProfile").is_some() {
        json::take(&mut old, DATA_DISKS);
        json::default(&mut write.after.body, DATA_DISKS, serde_json::json!([]));
    }
    json::fill(&mut write.after.body, &old);
}

/// A data disk that is named by its unit number alone is the one that is there.
fn keep_disk_ids(body: &mut Value, before: &Value) {
    let old = json::items(before, DATA_DISKS).to_vec();
    for one in json::items_mut(body, DATA_DISKS) {
        let lun = json::number(one, "lun");
        let same = old.iter().find(|disk| json::number(disk, "lun") == lun);
        let by_id = json::text(one, "managedDisk.id").map(str::to_ascii_lowercase);
        let mine = same.filter(|disk| {
            let own = json::text(disk, "managedDisk.id").map(str::to_ascii_lowercase);
            by_id.is_none() || by_id == own
        });
        if let Some(mine) = mine {
            json::fill(one, mine);
        }
    }
}

fn check_secrets(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let mut sent = write.sent.clone();
    let fingerprints = create::take_secrets(&mut sent);
    for name in ["customData", "adminPassword"] {
        let now = json::text(&fingerprints, name);
        let then = json::text(&before.hidden, &format!("secrets.{name}"));
        if now.is_some() && now != then {
            return Err(ArmError::property_change(&format!("osProfile.{name}")));
        }
    }
    let account = json::get(&write.sent, "properties.osProfile").is_some();
    if account && json::get(&before.body, "properties.osProfile").is_none() {
        return Err(ArmError::property_change("osProfile"));
    }
    Ok(())
}

fn check_image(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let path = "properties.storageProfile.imageReference";
    let Some(sent) = json::get(&write.sent, path) else {
        return Ok(());
    };
    let then = json::get(&before.body, path).cloned().unwrap_or_default();
    let members = [
        "id",
        "sharedGalleryImageId",
        "communityGalleryImageId",
        "publisher",
        "offer",
        "sku",
        "version",
    ];
    let same = members.iter().all(|member| {
        let now = json::text(sent, member).unwrap_or_default();
        json::same(now, json::text(&then, member).unwrap_or_default())
    });
    if same {
        Ok(())
    } else {
        Err(ArmError::property_change("imageReference"))
    }
}

fn check_fixed(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let after = &write.after.body;
    let swapped = swaps(write, before);
    for (path, name) in FIXED {
        // The name is that of the disk.
        if swapped && *name == "osDisk.name" {
            continue;
        }
        let (now, then) = (json::get(after, path), json::get(&before.body, path));
        let dropped = now.is_none() && write.patching == Patching::Yes;
        if now != then && !dropped {
            return Err(ArmError::property_change(name));
        }
    }
    for (path, name) in FIXED_IDS {
        let text = |body| {
            json::text(body, path)
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        if text(after) != text(&before.body) {
            return Err(ArmError::property_change(name));
        }
    }
    if swapped && is_on(before) {
        let message = "Swapping the OS disk is allowed only when the VM is deallocated.";
        return Err(ArmError::conflict("OperationNotAllowed", message).at("osDisk.managedDisk.id"));
    }
    if swapped {
        attached::check_swap(write, before)?;
    }
    Ok(())
}

/// Whether another OS disk is asked for than the one that is there.
fn swaps(write: &Write<'_>, before: &Resource) -> bool {
    let disk = format!("{OS_DISK}.managedDisk.id");
    let (now, then) = (
        json::text(&write.after.body, &disk),
        json::text(&before.body, &disk),
    );
    now.is_some_and(|now| !json::same(now, then.unwrap_or_default()))
}

fn is_on(machine: &Resource) -> bool {
    power(machine) != "deallocated"
}

fn check_off_only(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    if !is_on(before) {
        return Ok(());
    }
    for (path, name) in OFF_ONLY {
        let (now, then) = (
            json::get(&write.after.body, path),
            json::get(&before.body, path),
        );
        let same = match (now.and_then(Value::as_str), then.and_then(Value::as_str)) {
            (Some(now), Some(then)) => json::same(now, then),
            _ => now == then || (then.is_none() && now == Some(&Value::Bool(false))),
        };
        if !same {
            let message = format!(
                "Changing property '{name}' is not allowed for existing VM '{}' while it is running. Please Deallocate the VM and retry the operation.",
                before.name()
            );
            return Err(ArmError::conflict("OperationNotAllowed", message).at(name));
        }
    }
    Ok(())
}

fn check_security(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let path = "properties.securityProfile.securityType";
    let read = |body| json::text(body, path).unwrap_or("Standard").to_owned();
    let (now, then) = (read(&write.after.body), read(&before.body));
    let upgrade = then == "Standard" && now == "TrustedLaunch" && !is_on(before);
    if now == then || upgrade {
        return Ok(());
    }
    Err(ArmError::property_change("securityProfile.securityType"))
}

/// Sizes of another architecture never fit; sizes of another cluster take a stop.
fn check_resize(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let path = "properties.hardwareProfile.vmSize";
    let find = |body| {
        let name = json::text(body, path).unwrap_or_default();
        write.state.sizes.get(&name.to_ascii_lowercase())
    };
    let (Some(now), Some(then)) = (find(&write.after.body), find(&before.body)) else {
        return Ok(());
    };
    if now.architecture != then.architecture {
        let message = format!(
            "Cannot resize VM '{}' from size '{}' to '{}' because the CPU Architecture '{}' of the new size differs from '{}'.",
            before.name(),
            then.name,
            now.name,
            now.architecture,
            then.architecture
        );
        return Err(ArmError::bad_request("BadRequest", message));
    }
    if now.cluster == then.cluster || !is_on(before) {
        return Ok(());
    }
    let near = write
        .state
        .sizes
        .values()
        .filter(|size| size.cluster == then.cluster);
    let near: Vec<&str> = near.map(|size| size.name.as_str()).collect();
    let message = format!(
        "Unable to resize the VM '{}' because the requested size '{}' is not available in the current hardware cluster. The available sizes in this cluster are: {}. Read more on VM resizing strategy at https://aka.ms/azure-resizevm.",
        before.name(),
        now.name,
        near.join(",")
    );
    Err(ArmError::conflict("OperationNotAllowed", message))
}

fn check_interfaces(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let ids = |body: &Value| -> BTreeSet<String> {
        let all = json::items(body, INTERFACES).iter();
        all.filter_map(|one| json::text(one, "id"))
            .map(str::to_ascii_lowercase)
            .collect()
    };
    if ids(&write.after.body) == ids(&before.body) || !is_on(before) {
        return Ok(());
    }
    let message = format!(
        "Cannot add or remove network interfaces from a running virtual machine '{}'. Deallocate it first.",
        before.name()
    );
    Err(ArmError::bad_request(
        "CannotAddOrRemoveNetworkInterfacesFromARunningVirtualMachine",
        message,
    ))
}

/// The OS disk may have got another storage through its own resource.
fn fit_os_disk(write: &mut Write<'_>, before: &mut Resource) {
    let path = format!("{OS_DISK}.{}", view::STORAGE);
    let Some(sku) = view::os_disk_sku(write.state, &before.body).map(str::to_owned) else {
        return;
    };
    json::set(&mut before.body, &path, sku.as_str());
    if json::text(&write.sent, &path).is_none() {
        json::set(&mut write.after.body, &path, sku);
    }
}

/// The storage of the OS disk changes through its machine, too.
fn store_os_disk(write: &mut Write<'_>) {
    let path = format!("{OS_DISK}.{}", view::STORAGE);
    let id = json::text(&write.after.body, &format!("{OS_DISK}.managedDisk.id"));
    let disk = id
        .and_then(|id| write.state.store.find(id))
        .map(Resource::key);
    let (Some(disk), Some(sku)) = (disk, json::text(&write.sent, &path).map(str::to_owned)) else {
        return;
    };
    write
        .state
        .store
        .update(&disk, |disk| json::set(&mut disk.body, "sku.name", sku));
}

/// An OS disk grows through its own resource only.
fn check_os_disk_size(write: &mut Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let path = format!("{OS_DISK}.diskSizeGB");
    let sent = json::number(&write.sent, &path);
    let id = json::text(&before.body, &format!("{OS_DISK}.managedDisk.id"));
    let disk = id.and_then(|id| write.state.store.find(id));
    let current = disk.and_then(|disk| json::number(&disk.body, "properties.diskSizeGB"));
    let current = current.or_else(|| json::number(&before.body, &path));
    if sent.is_some() && sent != current {
        let message = "User is not allowed to resize the OS disk through the virtual machine. Resize the disk resource instead.";
        return Err(ArmError::conflict("ResizeDiskError", message).at("osDisk.diskSizeGB"));
    }
    if let Some(current) = current {
        json::set(&mut write.after.body, &path, current);
    }
    Ok(())
}

/// Disks marked to be detached leave the list.
fn detach(body: &mut Value) {
    if let Some(disks) = json::get_mut(body, DATA_DISKS).and_then(Value::as_array_mut) {
        disks.retain(|disk| json::truth(disk, "toBeDetached") != Some(true));
    }
}
