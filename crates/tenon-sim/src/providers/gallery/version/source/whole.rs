//! Sources that are taken as a whole: managed images, machines, versions.

use serde_json::Value;

use super::{Origin, not_found};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json::{self, plain_location};
use crate::providers::Write;
use crate::providers::compute::image::{self, Image};
use crate::providers::gallery::version::{REGIONS, encryption};
use crate::store::Resource;

const OS_DISK: &str = "properties.storageProfile.osDisk";
const DATA_DISKS: &str = "properties.storageProfile.dataDisks";

/// What a body says when no size is known.
const USUAL_GB: i64 = 30;

pub(super) fn read(write: &Write<'_>, id: &str) -> Result<Origin, ArmError> {
    let parsed = ResourceId::parse(id).unwrap_or_default();
    match parsed.type_name().to_ascii_lowercase().as_str() {
        "microsoft.compute/galleries/images/versions" => of_version(write, id),
        "microsoft.compute/images" => of_image(near(write, id)?),
        "microsoft.compute/virtualmachines" => of_machine(write, near(write, id)?),
        _ => {
            let message = format!(
                "The source id: {id} must either be a managed image, virtual machine or another gallery image version"
            );
            Err(ArmError::invalid_parameter(
                "galleryArtifactVersion.properties.storageProfile.source.id",
                message,
            ))
        }
    }
    .map(|origin| Origin {
        id: id.to_owned(),
        ..origin
    })
}

pub(super) fn near<'w>(write: &'w Write<'_>, id: &str) -> Result<&'w Resource, ArmError> {
    let found = write.state.store.find(id);
    let near = found.filter(|found| plain_location(found.location()) == write.after.location());
    near.ok_or_else(|| not_found(id))
}

fn of_version(write: &Write<'_>, id: &str) -> Result<Origin, ArmError> {
    let location = write.after.location();
    let image = image::of_gallery(write.state, id, location);
    let image = image.map_err(|_| not_found(id))?;
    let version = write.state.store.find(id);
    let regions = version.map_or(&[][..], |version| json::items(&version.body, REGIONS));
    Ok(Origin {
        encrypted: regions.iter().any(encryption::is_encrypted),
        ..of(image)
    })
}

pub(super) fn of_community(write: &Write<'_>, id: &str) -> Result<Origin, ArmError> {
    let reference = serde_json::json!({"communityGalleryImageId": id});
    let consumer = write.id.subscription.as_deref().unwrap_or_default();
    let image = image::resolve(write.state, &reference, write.after.location(), consumer);
    let image = image.map_err(|_| not_found(id))?;
    Ok(Origin {
        id: id.to_owned(),
        ..of(image)
    })
}

fn of(image: Image) -> Origin {
    Origin {
        os_type: Some(image.os_type),
        generation: Some(image.generation),
        specialized: Some(image.specialized),
        plan: image.plan,
        os_gb: image.os_disk_gb,
        data: image.data_disks,
        ..Origin::default()
    }
}

fn of_image(found: &Resource) -> Result<Origin, ArmError> {
    let body = &found.body;
    let text = |path: &str| json::text(body, path).map(str::to_owned);
    let state = text(&format!("{OS_DISK}.osState"));
    Ok(Origin {
        os_type: text(&format!("{OS_DISK}.osType")),
        generation: text("properties.hyperVGeneration"),
        specialized: Some(state.is_some_and(|state| json::same(&state, "Specialized"))),
        encrypted: encryption::of_disk(body, OS_DISK),
        os_gb: json::number(body, &format!("{OS_DISK}.diskSizeGB")).unwrap_or(USUAL_GB),
        data: data(body, |disk| json::number(disk, "diskSizeGB")),
        ..Origin::default()
    })
}

fn data(body: &Value, size: impl Fn(&Value) -> Option<i64>) -> Vec<(i64, i64)> {
    let disks = json::items(body, DATA_DISKS).iter();
    disks
        .filter_map(|disk| Some((json::number(disk, "lun")?, size(disk).unwrap_or(USUAL_GB))))
        .collect()
}

fn of_machine(write: &Write<'_>, machine: &Resource) -> Result<Origin, ArmError> {
    let body = &machine.body;
    check_disks(write, machine)?;
    let os = managed(write, json::get(body, OS_DISK));
    let of_os = |path: &str| {
        os.and_then(|os| json::text(&os.body, path))
            .map(str::to_owned)
    };
    let size = |disk: &Value| {
        let kept = managed(write, Some(disk));
        let kept = kept.and_then(|kept| json::number(&kept.body, "properties.diskSizeGB"));
        kept.or_else(|| json::number(disk, "diskSizeGB"))
    };
    let os_type = json::text(body, &format!("{OS_DISK}.osType")).map(str::to_owned);
    let set = "properties.encryption.diskEncryptionSetId";
    Ok(Origin {
        os_type: os_type.or_else(|| of_os("properties.osType")),
        generation: of_os("properties.hyperVGeneration"),
        specialized: Some(json::truth(&machine.hidden, "generalized") != Some(true)),
        plan: json::get(body, "plan").cloned(),
        encrypted: of_os(set).is_some(),
        os_gb: json::get(body, OS_DISK).and_then(size).unwrap_or(USUAL_GB),
        data: data(body, size),
        ..Origin::default()
    })
}

fn managed<'w>(write: &'w Write<'_>, disk: Option<&Value>) -> Option<&'w Resource> {
    write.state.store.find(json::text(disk?, "managedDisk.id")?)
}

/// Disks that are not kept, or not kept as the gallery needs them.
fn check_disks(write: &Write<'_>, machine: &Resource) -> Result<(), ArmError> {
    let id = &machine.id;
    let refused = |message: String| {
        let target = "galleryArtifactVersion.properties.storageProfile.source";
        Err(ArmError::invalid_parameter(target, message))
    };
    let os = json::get(&machine.body, OS_DISK);
    if os.is_some_and(|os| json::get(os, "diffDiskSettings").is_some()) {
        return refused(format!(
            "Source virtual machine {id} cannot contain an ephemeral OS disk."
        ));
    }
    let all = os.into_iter().chain(json::items(&machine.body, DATA_DISKS));
    for disk in all {
        let Some(disk_id) = json::text(disk, "managedDisk.id") else {
            return refused(format!(
                "Source virtual machine {id} must be created from Managed Disks."
            ));
        };
        let ultra = managed(write, Some(disk))
            .and_then(|kept| json::text(&kept.body, "sku.name"))
            .is_some_and(|sku| sku.starts_with("Ultra"));
        if ultra {
            return refused(format!(
                "Source virtual machine {id} cannot contain disk ['{disk_id}'] stored in an UltraSSD account type."
            ));
        }
    }
    Ok(())
}
