//! The disks of a machine: made with it, or attached to it.

use serde_json::{Value, json};

use super::{DATA_DISKS, OS_DISK, attached, checks};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::clock::stamp;
use crate::json;
use crate::providers::Write;
use crate::providers::compute::disk;
use crate::providers::compute::image::Image;
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

/// An image's data disks come along unless the body names its own.
pub(super) fn add_image_disks(body: &mut Value, image: &Image) {
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
        if !fits_zone(&found.body, &write.after.body) || found.location() != write.after.location()
        {
            let message = format!(
                "Disk {id} cannot be attached to the VM because it is not in the same location or zone."
            );
            return Err(ArmError::bad_request("BadRequest", message));
        }
    }
    Ok(())
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

pub(super) fn make_os_disk(write: &mut Write<'_>, size: &Size, image: &Image) {
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
    if attached::is_attached(body) {
        attached::show(write);
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
    let open = ["sharedGalleryImageId", "communityGalleryImageId"];
    let open = open.into_iter().find_map(|member| {
        let path = format!("properties.storageProfile.imageReference.{member}");
        Some(json!({"galleryImageReference": {member: json::text(body, &path)?}}))
    });
    let reference = match &image.version_id {
        // Whoever has only the open id never sees the other one.
        Some(id) => open.unwrap_or_else(|| json!({"galleryImageReference": {"id": id}})),
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

/// A disk lies in its machine's zone; only zone-redundant ones reach every zone.
pub(super) fn fits_zone(disk: &Value, machine: &Value) -> bool {
    let redundant = json::text(disk, "sku.name").is_some_and(|sku| sku.ends_with("_ZRS"));
    redundant || json::items(disk, "zones") == json::items(machine, "zones")
}
