//! The regions of a version, and how many replicas are in each.
//! The messages are those of "Troubleshoot images in an Azure Compute Gallery".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::REGIONS;
use crate::arm::error::ArmError;
use crate::json::{self, plain_location};
use crate::providers::gallery::replicas;
use crate::providers::{Write, locations};
use crate::store::Resource;

/// As many replicas a version has at most, everywhere together.
const MOST_REPLICAS: i64 = 100;

/// From here on a region is not taken away by leaving it out.
const SAFETY_SINCE: &str = "2022-03-03";

const PROFILE: &str = "properties.publishingProfile";
const ALLOWED: &str = "properties.safetyProfile.allowDeletionOfReplicatedLocations";

/// Regions are shown by their display names; each new one gets a schedule.
pub(super) fn fill(write: &mut Write<'_>) -> Result<(), ArmError> {
    let before = write.before.clone();
    let home = write.after.location().to_owned();
    name_some(write, &home);
    let defaults = Defaults::of(&write.after.body);
    let mut seen = BTreeSet::new();
    let mut total = 0;
    for region in json::items_mut(&mut write.after.body, REGIONS) {
        let name = json::text(region, "name").unwrap_or_default().to_owned();
        let Some(display) = locations::display(&name) else {
            let message = format!("The target region '{name}' is not an Azure region.");
            return Err(refused("targetRegions", message));
        };
        if !seen.insert(plain_location(&name)) {
            let message = "Duplicate regions are not allowed in target publishing regions.";
            return Err(refused("targetRegions", message));
        }
        json::set(region, "name", display);
        let known = before.as_ref().and_then(|before| named(before, &name));
        defaults.fill(region, known)?;
        check_storage(region, &name)?;
        total += check_count(
            region,
            "targetRegions.regionalReplicaCount",
            "regionalReplicaCount",
        )?;
    }
    check_whole(&seen, &home, total)?;
    check_shallow(&write.after.body, &seen, total)?;
    if let Some(before) = &before {
        check_kept(write, before, &seen)?;
    }
    replicas::schedule(write, &seen);
    Ok(())
}

fn refused(member: &str, message: impl Into<String>) -> ArmError {
    let target = format!("galleryArtifactVersion.{PROFILE}.{member}");
    ArmError::invalid_parameter(&target, message)
}

/// None, or an empty list, means those of before, or home.
fn name_some(write: &mut Write<'_>, home: &str) {
    if !json::items(&write.after.body, REGIONS).is_empty() {
        return;
    }
    let before = write.before.as_ref();
    let before = before.and_then(|before| json::get(&before.body, REGIONS));
    let display = locations::display(home).unwrap_or_default();
    let regions = before
        .cloned()
        .unwrap_or_else(|| json!([{"name": display}]));
    json::set(&mut write.after.body, REGIONS, regions);
}

/// What a region that says nothing has.
struct Defaults {
    count: i64,
    storage: String,
}

impl Defaults {
    fn of(body: &Value) -> Self {
        let storage = json::text(body, &format!("{PROFILE}.storageAccountType"));
        Self {
            count: json::number(body, &format!("{PROFILE}.replicaCount")).unwrap_or(1),
            storage: storage.unwrap_or("Standard_LRS").to_owned(),
        }
    }

    /// The storage of a region that is there already stays as it is.
    fn fill(&self, region: &mut Value, known: Option<&Value>) -> Result<(), ArmError> {
        let storage = known.and_then(|known| json::text(known, "storageAccountType"));
        let sent = json::text(region, "storageAccountType");
        if let (Some(was), Some(sent)) = (storage, sent)
            && !json::same(was, sent)
        {
            return Err(ArmError::property_change(&format!(
                "galleryImageVersion.{PROFILE}.targetRegions.storageAccountType"
            )));
        }
        json::default(region, "regionalReplicaCount", self.count);
        json::default(
            region,
            "storageAccountType",
            storage.unwrap_or(&self.storage),
        );
        json::default(region, "excludeFromLatest", false);
        Ok(())
    }
}

fn named<'r>(version: &'r Resource, name: &str) -> Option<&'r Value> {
    json::items(&version.body, REGIONS).iter().find(|region| {
        json::text(region, "name").is_some_and(|own| plain_location(own) == plain_location(name))
    })
}

fn check_storage(region: &Value, name: &str) -> Result<(), ArmError> {
    let zonal = json::text(region, "storageAccountType").is_some_and(|one| one.ends_with("_ZRS"));
    if !zonal || locations::is_zonal(name) {
        return Ok(());
    }
    let message = "ZRS storage account type is not supported in this region.";
    Err(refused("targetRegions.storageAccountType", message))
}

/// The count at a path of the body, if it may be that.
pub(super) fn check_count(body: &Value, name: &str, path: &str) -> Result<i64, ArmError> {
    let count = json::number(body, path).unwrap_or(1);
    if (1..=MOST_REPLICAS).contains(&count) {
        return Ok(count);
    }
    let message = format!(
        "The value '{count}' of parameter 'galleryArtifactVersion.{PROFILE}.{name}' is out of range. The value must be between '1' and '{MOST_REPLICAS}', inclusive."
    );
    Err(refused(name, message))
}

fn check_whole(seen: &BTreeSet<String>, home: &str, total: i64) -> Result<(), ArmError> {
    if !seen.contains(home) {
        let named: Vec<&str> = seen.iter().map(String::as_str).collect();
        let message = format!(
            "Gallery image version publishing profile regions '{}' must contain the location of image version '{home}'",
            named.join(",")
        );
        return Err(refused("targetRegions", message));
    }
    if total > MOST_REPLICAS {
        let message = format!(
            "The total replica count '{total}' of the target regions is out of range. The value must be between '1' and '{MOST_REPLICAS}', inclusive."
        );
        return Err(refused("targetRegions.regionalReplicaCount", message));
    }
    Ok(())
}

/// A shallow version is for trying: one replica, at home.
fn check_shallow(body: &Value, seen: &BTreeSet<String>, total: i64) -> Result<(), ArmError> {
    let shallow = json::text(body, &format!("{PROFILE}.replicationMode")) == Some("Shallow");
    if !shallow || seen.len() == 1 && total == 1 {
        return Ok(());
    }
    let message = "A gallery image version with replication mode 'Shallow' can have one target region with one replica only.";
    Err(refused("replicationMode", message))
}

/// Regions go only where the safety profile lets them.
fn check_kept(
    write: &Write<'_>,
    before: &Resource,
    seen: &BTreeSet<String>,
) -> Result<(), ArmError> {
    let mut regions = json::items(&before.body, REGIONS).iter();
    let goes = regions.any(|region| {
        json::text(region, "name").is_some_and(|name| !seen.contains(&plain_location(name)))
    });
    let allowed = json::truth(&write.after.body, ALLOWED) == Some(true)
        || write.call.api_version() < SAFETY_SINCE;
    if !goes || allowed {
        return Ok(());
    }
    let message = format!(
        "Complete set of target locations not specified while updating gallery artifact '{}' and type 'GalleryImageVersion'. Deletion of previously replicated locations is not allowed, and you need to specify a complete set of target locations in the update request or specify null or empty set for target regions in the update request or set allow deletion of replicated locations under safety profile property. To figure out complete set of target locations, you can perform a get first on gallery artifact",
        write.id.name()
    );
    Err(ArmError::bad_request("BadRequest", message))
}
