//! A new machine: its image chosen, its disks made, its defaults filled in.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{DATA_DISKS, INTERFACES, OS_DISK, checks};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::clock::stamp;
use crate::json;
use crate::providers::compute::disk;
use crate::providers::compute::image::{self, Image};
use crate::providers::resources::usages;
use crate::providers::{Write, identity};
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

/// Validates a new machine and completes it.
pub(super) fn shape(write: &mut Write<'_>) -> Result<(), ArmError> {
    let body = &write.after.body;
    if json::get(body, "properties.storageProfile").is_none() {
        return Err(checks::missing("storageProfile"));
    }
    let size = checks::size(write.state, body)?;
    let image = image_of(write)?;
    checks::placement(write)?;
    if let Some(image) = &image {
        checks::account(body, image)?;
        checks::fit(body, &size, image)?;
        checks::plan(body, image)?;
        checks::os_disk(body, &size, image)?;
    }
    let image = image.unwrap_or_default();
    add_image_disks(&mut write.after.body, &image);
    checks::data_disks(&write.after.body, &size)?;
    checks::interfaces(write, &size)?;
    check_attached(write)?;
    identities(write)?;
    usages::check_machine(write.state, &write.after, None)?;
    fill(write, &size, &image);
    make_os_disk(write, &size, &image);
    make_data_disks(write, &image);
    Ok(())
}

/// The image a machine is made from; none when its OS disk exists already.
fn image_of(write: &Write<'_>) -> Result<Option<Image>, ArmError> {
    let body = &write.after.body;
    let option = json::text(body, &format!("{OS_DISK}.createOption"));
    match option {
        None if json::get(body, OS_DISK).is_some() => Err(checks::missing("osDisk.createOption")),
        Some("Attach") => {
            let id = json::text(body, &format!("{OS_DISK}.managedDisk.id"));
            let found = id.and_then(|id| write.state.store.find(id));
            found.map(|_| None).ok_or_else(|| {
                let message = format!("Disk {} is not found.", id.unwrap_or_default());
                ArmError::not_found("ResourceNotFound", message)
            })
        }
        _ => {
            let reference = json::get(body, "properties.storageProfile.imageReference");
            let reference = reference.ok_or_else(|| checks::missing("imageReference"))?;
            image::resolve(write.state, reference, write.after.location()).map(Some)
        }
    }
}

/// An image's data disks come along unless the body names its own.
fn add_image_disks(body: &mut Value, image: &Image) {
    let named: Vec<i64> = json::items(body, DATA_DISKS)
        .iter()
        .filter_map(|disk| json::number(disk, "lun"))
        .collect();
    let mut disks = json::items(body, DATA_DISKS).to_vec();
    for (lun, _) in image
        .data_disks
        .iter()
        .filter(|(lun, _)| !named.contains(lun))
    {
        disks.push(json!({"lun": lun, "createOption": "FromImage"}));
    }
    json::set(body, DATA_DISKS, disks);
}

/// Disks to attach have to be there, free, and in the right place.
pub(super) fn check_attached(write: &Write<'_>) -> Result<(), ArmError> {
    let state = &*write.state;
    for one in json::items(&write.after.body, DATA_DISKS) {
        let attach = json::text(one, "createOption") == Some("Attach");
        let Some(id) = json::text(one, "managedDisk.id") else {
            if attach {
                return Err(checks::missing("dataDisk.managedDisk.id"));
            }
            continue;
        };
        let Some(found) = state.store.find(id) else {
            if attach {
                let message = format!("Disk {id} is not found.");
                return Err(ArmError::not_found("ResourceNotFound", message));
            }
            continue;
        };
        let owner = disk::owner(state, found).filter(|owner| owner.key() != write.after.key());
        let shared = json::number(&found.body, "properties.maxShares").unwrap_or(1) > 1;
        if let Some(owner) = owner.filter(|_| !shared) {
            let message = format!(
                "Cannot attach data disk '{}' to VM '{}' because the disk is currently owned by VM '{}'. Please verify the disk is not in use.",
                found.name(),
                write.id.name(),
                owner.id
            );
            return Err(ArmError::conflict("ConflictingUserInput", message));
        }
        let zones = |body: &Value| json::items(body, "zones").to_vec();
        if found.location() != write.after.location()
            || (!zones(&found.body).is_empty() && zones(&found.body) != zones(&write.after.body))
        {
            let message = format!(
                "Disk {id} cannot be attached to the VM because it is not in the same location or zone."
            );
            return Err(ArmError::bad_request("BadRequest", message));
        }
    }
    Ok(())
}

/// Identities have to exist; their ids are shown in the echo.
pub(super) fn identities(write: &mut Write<'_>) -> Result<(), ArmError> {
    let named: Vec<String> = json::members(&write.after.body, "identity.userAssignedIdentities")
        .map(|(id, _)| id.clone())
        .collect();
    for id in named {
        if write.state.store.find(&id).is_none() {
            let message = format!("Resource '{id}' was not found.");
            return Err(ArmError::bad_request("FailedIdentityOperation", message));
        }
        let ids = identity::ids(write.state, &id);
        let map = json::get_mut(&mut write.after.body, "identity.userAssignedIdentities");
        if let Some(map) = map.and_then(Value::as_object_mut) {
            map.insert(id, ids);
        }
    }
    let kind = json::text(&write.after.body, "identity.type").unwrap_or_default();
    if kind == "None" || kind.is_empty() {
        json::take(&mut write.after.body, "identity");
    } else if kind.contains("SystemAssigned") {
        let principal = write
            .state
            .derived_id(&format!("system/{}", write.after.key()));
        let subscription = write.id.subscription.as_deref().unwrap_or_default();
        let tenant = write
            .state
            .directory
            .tenant_of(subscription)
            .unwrap_or_default()
            .to_owned();
        json::set(&mut write.after.body, "identity.principalId", principal);
        json::set(&mut write.after.body, "identity.tenantId", tenant);
    }
    Ok(())
}

fn fill(write: &mut Write<'_>, size: &Size, image: &Image) {
    let (name, now) = (write.id.name().to_owned(), write.state.now());
    let key = write.after.key();
    let unique = write.state.derived_id(&format!("vm/{key}/{now}"));
    let body = &mut write.after.body;
    json::set(
        body,
        "properties.hardwareProfile.vmSize",
        size.name.as_str(),
    );
    json::set(body, "properties.vmId", unique);
    json::set(body, "properties.timeCreated", stamp(now));
    if !image.exact_version.is_empty() {
        let path = "properties.storageProfile.imageReference.exactVersion";
        json::set(body, path, image.exact_version.as_str());
    }
    if json::get(body, "properties.osProfile").is_some() {
        json::default(body, "properties.osProfile.computerName", name);
        account_defaults(body, &image.os_type);
    }
    fill_references(write);
    let secrets = take_secrets(&mut write.after.body);
    json::set(&mut write.after.hidden, "secrets", secrets);
    json::set(&mut write.after.hidden, "power", "running");
}

fn account_defaults(body: &mut Value, os_type: &str) {
    let at = |member: &str| format!("properties.osProfile.{member}");
    json::default(body, &at("secrets"), json!([]));
    json::default(body, &at("allowExtensionOperations"), true);
    json::default(body, &at("requireGuestProvisionSignal"), true);
    let rows: &[(&str, Value)] = if os_type == "Windows" {
        &[
            ("windowsConfiguration.provisionVMAgent", json!(true)),
            ("windowsConfiguration.enableAutomaticUpdates", json!(true)),
            (
                "windowsConfiguration.patchSettings.patchMode",
                json!("AutomaticByOS"),
            ),
            (
                "windowsConfiguration.patchSettings.assessmentMode",
                json!("ImageDefault"),
            ),
            (
                "windowsConfiguration.enableVMAgentPlatformUpdates",
                json!(false),
            ),
        ]
    } else {
        &[
            (
                "linuxConfiguration.disablePasswordAuthentication",
                json!(false),
            ),
            ("linuxConfiguration.provisionVMAgent", json!(true)),
            (
                "linuxConfiguration.patchSettings.patchMode",
                json!("ImageDefault"),
            ),
            (
                "linuxConfiguration.patchSettings.assessmentMode",
                json!("ImageDefault"),
            ),
            (
                "linuxConfiguration.enableVMAgentPlatformUpdates",
                json!(false),
            ),
        ]
    };
    for (member, value) in rows {
        json::default(body, &at(member), value.clone());
    }
}

/// Sub-resource ids are echoed with the group in capitals where Compute owns them.
pub(super) fn fill_references(write: &mut Write<'_>) {
    let body = &mut write.after.body;
    for path in [
        "properties.availabilitySet.id",
        "properties.proximityPlacementGroup.id",
    ] {
        if let Some(id) = json::text(body, path).and_then(ResourceId::parse) {
            json::set(body, path, id.shouted());
        }
    }
    for one in json::items_mut(body, INTERFACES) {
        if json::get(one, "properties").is_some_and(|properties| {
            properties
                .as_object()
                .is_some_and(serde_json::Map::is_empty)
        }) {
            json::take(one, "properties");
        }
    }
}

/// Takes out what is never shown again and keeps a fingerprint of what must not change.
pub(super) fn take_secrets(body: &mut Value) -> Value {
    let mut kept = json!({});
    let fingerprint = |value: &Value| {
        let digest = Sha256::digest(value.as_str().unwrap_or_default().as_bytes());
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    for name in ["customData", "adminPassword"] {
        if let Some(value) = json::take(body, &format!("properties.osProfile.{name}")) {
            kept[name] = json!(fingerprint(&value));
        }
    }
    let unattended = "properties.osProfile.windowsConfiguration.additionalUnattendContent";
    for content in json::items_mut(body, unattended) {
        json::take(content, "content");
    }
    kept
}

/// A name the server makes: `{machine}_disk{n}_{32 digits}`.
fn disk_name(state: &State, machine: &Resource, number: usize) -> String {
    let seed = state.derived_id(&format!(
        "disk/{}/{}/{number}",
        machine.key(),
        machine.created
    ));
    let word = if number == 1 {
        "OsDisk_1".to_owned()
    } else {
        format!("disk{number}")
    };
    format!("{}_{word}_{}", machine.name(), seed.replace('-', ""))
}

struct NewDisk<'d> {
    name: &'d str,
    sku: &'d str,
    size: i64,
    creation: Value,
    os: Option<&'d Image>,
}

/// Stores a disk of a machine and hands back its id.
fn make_disk(write: &mut Write<'_>, new: &NewDisk<'_>) -> String {
    let group = ResourceId {
        parts: Vec::new(),
        ..write.after.parsed()
    };
    let id = group.with_part("Microsoft.Compute", "disks", new.name);
    let now = write.state.now();
    let mut body = json!({
        "location": write.after.location(),
        "tags": write.after.body.get("tags").cloned().unwrap_or_else(|| json!({})),
        "sku": {"name": new.sku},
        "properties": {
            "creationData": new.creation,
            "diskSizeGB": new.size,
            "provisioningState": "Succeeded",
        },
    });
    if let Some(zones) = json::get(&write.after.body, "zones") {
        body["zones"] = zones.clone();
    }
    if let Some(image) = new.os {
        json::set(&mut body, "properties.osType", image.os_type.as_str());
        json::set(
            &mut body,
            "properties.hyperVGeneration",
            image.generation.as_str(),
        );
        let capabilities = json!({"acceleratedNetwork": true, "architecture": image.architecture});
        json::set(&mut body, "properties.supportedCapabilities", capabilities);
        if let Some(security) =
            json::text(&write.after.body, "properties.securityProfile.securityType")
        {
            json::set(
                &mut body,
                "properties.securityProfile.securityType",
                security,
            );
        }
    }
    let unique = write.state.derived_id(&format!("disk/{}/{now}", id.key()));
    disk::fill_defaults(&mut body, &unique, &stamp(now));
    let kept = write.state.store.get(&id.key()).is_some();
    if !kept {
        write.state.store.put(Resource::new(&id, body, now));
    }
    id.shouted()
}

fn make_os_disk(write: &mut Write<'_>, size: &Size, image: &Image) {
    let at = |member: &str| format!("{OS_DISK}.{member}");
    let name = disk_name(write.state, &write.after, 1);
    let body = &mut write.after.body;
    json::default(body, &at("createOption"), "FromImage");
    json::default(body, &at("name"), name);
    let ephemeral = json::get(body, &at("diffDiskSettings")).is_some();
    json::default(
        body,
        &at("caching"),
        if ephemeral { "ReadOnly" } else { "ReadWrite" },
    );
    json::default(
        body,
        &at("deleteOption"),
        if ephemeral { "Delete" } else { "Detach" },
    );
    if json::text(body, &at("createOption")) == Some("Attach") {
        return;
    }
    json::default(body, &at("osType"), image.os_type.as_str());
    json::default(body, &at("diskSizeGB"), image.os_disk_gb);
    let sku = if size.premium {
        "Premium_LRS"
    } else {
        "Standard_LRS"
    };
    json::default(body, &at("managedDisk.storageAccountType"), sku);
    let text = |path: &str| json::text(body, path).unwrap_or_default().to_owned();
    let (name, sku) = (
        text(&at("name")),
        text(&at("managedDisk.storageAccountType")),
    );
    let reference = match &image.version_id {
        Some(id) => json!({"galleryImageReference": {"id": id}}),
        None => json!({"imageReference": platform_id(body)}),
    };
    let mut creation = json!({"createOption": "FromImage"});
    json::merge(&mut creation, &reference);
    let gb = json::number(body, &at("diskSizeGB")).unwrap_or(image.os_disk_gb);
    let new = NewDisk {
        name: &name,
        sku: &sku,
        size: gb,
        creation,
        os: Some(image),
    };
    let id = make_disk(write, &new);
    json::set(&mut write.after.body, &at("managedDisk.id"), id);
}

/// The id of a marketplace image, as disks made of it show it.
fn platform_id(body: &Value) -> Value {
    let part = |member: &str| {
        json::text(
            body,
            &format!("properties.storageProfile.imageReference.{member}"),
        )
        .unwrap_or_default()
    };
    let location = json::text(body, "location").unwrap_or_default();
    json!({"id": format!(
        "/Subscriptions/00000000-0000-0000-0000-000000000000/Providers/Microsoft.Compute/Locations/{location}/Publishers/{}/ArtifactTypes/VMImage/Offers/{}/Skus/{}/Versions/{}",
        part("publisher"), part("offer"), part("sku"), part("exactVersion")
    )})
}

/// Makes the data disks that do not exist yet.
pub(super) fn make_data_disks(write: &mut Write<'_>, image: &Image) {
    let count = json::items(&write.after.body, DATA_DISKS).len();
    for place in 0..count {
        let mut one = json::items(&write.after.body, DATA_DISKS)[place].clone();
        data_disk(write, &mut one, place, image);
        json::items_mut(&mut write.after.body, DATA_DISKS)[place] = one;
    }
}

fn data_disk(write: &mut Write<'_>, one: &mut Value, place: usize, image: &Image) {
    json::take(one, "toBeDetached");
    let attached = json::text(one, "managedDisk.id").map(str::to_owned);
    if let Some(found) = attached.and_then(|id| write.state.store.find(&id).cloned()) {
        let sku = json::text(&found.body, "sku.name").unwrap_or("Standard_LRS");
        json::default(one, "name", found.name());
        json::default(
            one,
            "caching",
            if sku.starts_with("Premium") {
                "ReadOnly"
            } else {
                "None"
            },
        );
        json::default(one, "deleteOption", "Detach");
        json::set(one, "managedDisk.storageAccountType", sku);
        json::set(one, "managedDisk.id", found.parsed().shouted());
        if let Some(size) = json::number(&found.body, "properties.diskSizeGB") {
            json::set(one, "diskSizeGB", size);
        }
        json::set(one, "toBeDetached", false);
        return;
    }
    let lun = json::number(one, "lun").unwrap_or_default();
    let of_image = image
        .data_disks
        .iter()
        .find(|(own, _)| *own == lun)
        .map(|(_, size)| *size);
    json::default(one, "diskSizeGB", of_image.unwrap_or(1023));
    json::default(one, "name", disk_name(write.state, &write.after, place + 2));
    json::default(one, "caching", "None");
    json::default(one, "deleteOption", "Detach");
    json::default(one, "managedDisk.storageAccountType", "Standard_LRS");
    let text = |path: &str| json::text(one, path).unwrap_or_default().to_owned();
    let (name, sku) = (text("name"), text("managedDisk.storageAccountType"));
    let option = text("createOption");
    let creation = match (&image.version_id, option.as_str()) {
        (Some(id), "FromImage") => {
            json!({"createOption": "FromImage", "galleryImageReference": {"id": id, "lun": lun}})
        }
        _ => json!({"createOption": option}),
    };
    let size = json::number(one, "diskSizeGB").unwrap_or(1023);
    let id = make_disk(
        write,
        &NewDisk {
            name: &name,
            sku: &sku,
            size,
            creation,
            os: None,
        },
    );
    json::set(one, "managedDisk.id", id);
    json::set(one, "toBeDetached", false);
}
