//! Disk encryption sets of the regions of a version.
//! The messages are those of "Troubleshoot images in an Azure Compute Gallery".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::REGIONS;
use super::source::Origin;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::linked::Link;
use crate::json;
use crate::providers::Write;

const SET: &str = "diskEncryptionSetId";
const OS: &str = "galleryArtifactVersion.properties.publishingProfile.targetRegions.encryption.osDiskImage.diskEncryptionSetId";

/// Whether a region's replicas are encrypted with a key of the owner's.
pub(super) fn is_encrypted(region: &Value) -> bool {
    json::get(region, "encryption").is_some()
}

/// Whether a disk of a managed image is.
pub(super) fn of_disk(body: &Value, disk: &str) -> bool {
    json::text(body, &format!("{disk}.diskEncryptionSet.id")).is_some()
}

/// The disks of a region and their sets: the OS disk has no unit number.
fn sets(region: &Value) -> Vec<(Option<i64>, &str)> {
    let os = json::text(region, &format!("encryption.osDiskImage.{SET}"));
    let data = json::items(region, "encryption.dataDiskImages").iter();
    let data = data.filter_map(|disk| Some((json::number(disk, "lun"), json::text(disk, SET)?)));
    os.map(|os| (None, os)).into_iter().chain(data).collect()
}

pub(super) fn links(body: &Value) -> Vec<Link> {
    let regions = json::items(body, REGIONS).iter();
    let all = regions.flat_map(sets);
    all.map(|(_, id)| Link::read(REGIONS, id)).collect()
}

pub(super) fn check(write: &Write<'_>, origin: Option<&Origin>) -> Result<(), ArmError> {
    let regions = json::items(&write.after.body, REGIONS);
    for region in regions {
        for (_, id) in sets(region) {
            check_set(write, id)?;
        }
        check_luns(region, origin)?;
        check_added(write, region)?;
    }
    check_everywhere(regions)
}

fn refused(message: String) -> ArmError {
    ArmError::invalid_parameter(
        "galleryArtifactVersion.properties.publishingProfile.targetRegions.encryption",
        message,
    )
}

fn name(region: &Value) -> &str {
    json::text(region, "name").unwrap_or_default()
}

fn check_set(write: &Write<'_>, id: &str) -> Result<(), ArmError> {
    let own = write.id.subscription.as_deref().unwrap_or_default();
    let parsed = ResourceId::parse(id).unwrap_or_default();
    if !parsed
        .subscription
        .is_some_and(|subscription| json::same(&subscription, own))
    {
        return Err(refused(format!(
            "The disk encryption set '{id}' must be in the same subscription '{own}' as the gallery resource."
        )));
    }
    if write.state.store.find(id).is_none() {
        let message = format!("The disk encryption set {id} was not found.");
        return Err(ArmError::not_found("NotFound", message));
    }
    Ok(())
}

fn check_luns(region: &Value, origin: Option<&Origin>) -> Result<(), ArmError> {
    let mut seen = BTreeSet::new();
    for disk in json::items(region, "encryption.dataDiskImages") {
        let lun = json::number(disk, "lun").unwrap_or_default();
        if !seen.insert(lun) {
            return Err(refused(format!(
                "Duplicate luns '{lun}' were specified in target region '{}' encryption.dataDiskImages.",
                name(region)
            )));
        }
        let Some(origin) = origin else { continue };
        let known: Vec<String> = origin.data.iter().map(|(lun, _)| lun.to_string()).collect();
        if !known.contains(&lun.to_string()) {
            return Err(refused(format!(
                "An invalid lun [{lun}] was specified in encryption.dataDiskImages. The lun must be one of the following values ['{}'].",
                known.join(",")
            )));
        }
    }
    Ok(())
}

/// Of a version that exists no further disk is encrypted.
fn check_added(write: &Write<'_>, region: &Value) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    let known = json::items(&before.body, REGIONS);
    let known: BTreeSet<Option<i64>> = known.iter().flat_map(sets).map(|(lun, _)| lun).collect();
    let added = sets(region)
        .into_iter()
        .find_map(|(lun, _)| lun.filter(|lun| !known.contains(&Some(*lun))));
    let Some(lun) = added else { return Ok(()) };
    Err(refused(format!(
        "Cannot specify new data disk image encryption lun [{lun}] with a disk encryption set in region [{}] for update gallery image version request. To update this version, remove the new lun. If you need to change the data disk image encryption settings, you must create a new gallery image version with the correct settings.",
        name(region)
    )))
}

/// What is encrypted in one region is in every one.
fn check_everywhere(regions: &[Value]) -> Result<(), ArmError> {
    let mut first: BTreeMap<Option<i64>, (&str, &str)> = BTreeMap::new();
    for region in regions {
        for (lun, set) in sets(region) {
            first.entry(lun).or_insert((set, name(region)));
        }
    }
    for region in regions {
        let own: BTreeSet<Option<i64>> = sets(region).into_iter().map(|(lun, _)| lun).collect();
        for (lun, (set, elsewhere)) in &first {
            if own.contains(lun) {
                continue;
            }
            let disk = lun.map_or_else(|| OS.to_owned(), |lun| format!("LUN {lun}"));
            return Err(refused(format!(
                "A disk encryption set is required for disk '{disk}' in target region '{}' since disk encryption set '{set}' is used for the corresponding disk in region '{elsewhere}'",
                name(region)
            )));
        }
    }
    Ok(())
}
