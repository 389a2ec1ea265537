//! What of a version stays as it was made.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::json;

const FIXED: [&str; 6] = [
    "storageProfile.source.id",
    "storageProfile.source.virtualMachineId",
    "storageProfile.source.communityGalleryImageId",
    "storageProfile.osDiskImage.source.id",
    "publishingProfile.replicationMode",
    "publishingProfile.storageAccountType",
];

const DATA_DISKS: &str = "properties.storageProfile.dataDiskImages";

pub(super) fn check(sent: &Value, before: &Value) -> Result<(), ArmError> {
    for path in FIXED {
        let full = format!("properties.{path}");
        let same = match (json::text(sent, &full), json::text(before, &full)) {
            (Some(now), Some(then)) => json::same(now, then),
            (None, _) => true,
            _ => false,
        };
        if !same {
            return Err(change(path));
        }
    }
    check_data_disks(sent, before)
}

fn change(path: &str) -> ArmError {
    ArmError::property_change(&format!("galleryImageVersion.properties.{path}"))
}

fn check_data_disks(sent: &Value, before: &Value) -> Result<(), ArmError> {
    let luns = |body| {
        let disks = json::items(body, DATA_DISKS).iter();
        disks.filter_map(|disk| json::number(disk, "lun")).collect()
    };
    let (now, then): (BTreeSet<i64>, BTreeSet<i64>) = (luns(sent), luns(before));
    if !now.is_subset(&then) {
        let message = "Adding new Data Disks or changing the LUN of a Data Disk in an existing Image is not allowed.";
        return Err(ArmError::conflict("PropertyChangeNotAllowed", message)
            .at("galleryImageVersion.properties.storageProfile.dataDiskImages"));
    }
    for disk in json::items(sent, DATA_DISKS) {
        let lun = json::number(disk, "lun");
        let mut known = json::items(before, DATA_DISKS).iter();
        let known = known.find(|known| json::number(known, "lun") == lun);
        let was = known.and_then(|known| json::text(known, "source.id"));
        let now = json::text(disk, "source.id");
        if now.is_some_and(|now| !was.is_some_and(|was| json::same(was, now))) {
            return Err(change("storageProfile.dataDiskImages.source.id"));
        }
    }
    Ok(())
}
