//! Sources that are given disk by disk: managed disks, snapshots, blobs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Origin, PROFILE, whole};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json;
use crate::providers::Write;

/// What a blob is taken for, whose size nobody tells.
const BLOB_GB: i64 = 30;

pub(super) fn read(write: &Write<'_>) -> Result<Origin, ArmError> {
    let body = &write.after.body;
    let os = json::get(body, &format!("{PROFILE}.osDiskImage"));
    let os = os.map(|os| one(write, os)).transpose()?.unwrap_or_default();
    let mut origin = Origin {
        id: os.id.clone(),
        ..os
    };
    let mut luns = BTreeSet::new();
    let mut sources = BTreeSet::new();
    for disk in json::items(body, &format!("{PROFILE}.dataDiskImages")) {
        let lun = json::number(disk, "lun").unwrap_or_default();
        if !luns.insert(lun) {
            return Err(refused(
                "Duplicated lun numbers have been detected in the input data disks. Lun number must be unique for each data disk.",
            ));
        }
        let read = one(write, disk)?;
        if json::same(&read.id, &origin.id) {
            return Err(refused(&format!(
                "OSDiskImage and DataDiskImage cannot point to same blob {}",
                read.id
            )));
        }
        if !sources.insert(read.id.to_ascii_lowercase()) {
            return Err(refused(
                "Duplicated source ids are found in the input disks. Source id should be unique for each disk.",
            ));
        }
        origin.encrypted |= read.encrypted;
        origin.data.push((lun, read.os_gb));
    }
    Ok(origin)
}

fn refused(message: &str) -> ArmError {
    ArmError::invalid_parameter("galleryArtifactVersion.properties.storageProfile", message)
}

fn one(write: &Write<'_>, disk: &Value) -> Result<Origin, ArmError> {
    if let Some(uri) = json::text(disk, "source.uri") {
        return Ok(Origin {
            id: uri.to_owned(),
            os_gb: BLOB_GB,
            ..Origin::default()
        });
    }
    let id = json::text(disk, "source.id").unwrap_or_default();
    let kind = ResourceId::parse(id).unwrap_or_default().type_name();
    let fits = ["Microsoft.Compute/disks", "Microsoft.Compute/snapshots"];
    if !fits.iter().any(|fit| json::same(fit, &kind)) {
        return Err(refused(&format!(
            "The source id: {id} must be a managed disk or snapshot."
        )));
    }
    let found = whole::near(write, id)?;
    let text = |path: &str| json::text(&found.body, path).map(str::to_owned);
    Ok(Origin {
        id: id.to_owned(),
        os_type: text("properties.osType"),
        generation: text("properties.hyperVGeneration"),
        encrypted: text("properties.encryption.diskEncryptionSetId").is_some(),
        os_gb: json::number(&found.body, "properties.diskSizeGB").unwrap_or(BLOB_GB),
        ..Origin::default()
    })
}
