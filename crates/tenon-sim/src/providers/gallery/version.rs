//! Image versions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{replicas, shown};
use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::call::Call;
use crate::clock::stamp;
use crate::json::{self, plain_location};
use crate::providers::compute::image;
use crate::providers::{Durations, Flow, Hooks, Kind, Patching, Place, View, Write, locations};
use crate::state::State;
use crate::store::Resource;

mod source;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/galleries/images/versions",
    place: Place::Tracked,
    flow: Flow::Gallery,
    durations: Durations {
        create: 600,
        update: 120,
        delete: 60,
        action: 5,
    },
    page: 0,
    hooks: &Version,
};

pub(super) const REGIONS: &str = "properties.publishingProfile.targetRegions";

struct Version;

impl Hooks for Version {
    fn links(&self, body: &Value) -> Vec<Link> {
        let source = "properties.storageProfile.source.id";
        let machine = "properties.storageProfile.source.virtualMachineId";
        let mut links = Vec::new();
        for path in [source, machine] {
            let Some(id) = json::text(body, path) else {
                continue;
            };
            let machine = id.to_ascii_lowercase().contains("/virtualmachines/");
            links.push(if machine {
                Link::join(path, id, "Microsoft.Compute/virtualMachines/write")
            } else {
                Link::read(path, id)
            });
        }
        links
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_name(write.id.name())?;
        if let Some(before) = write.before.clone() {
            check_fixed(write, &before)?;
            json::fill(
                &mut write.after.body,
                &json!({"properties": before.body["properties"]}),
            );
        } else {
            source::check(write)?;
        }
        fill_regions(write)?;
        fill_defaults(write);
        Ok(())
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let blocked = json::truth(
            &resource.body,
            "properties.safetyProfile.blockDeletionBeforeEndOfLife",
        );
        let ends = json::text(&resource.body, "properties.publishingProfile.endOfLifeDate");
        let ends = ends.and_then(|ends| ends.parse::<Timestamp>().ok());
        if blocked == Some(true) && ends.is_none_or(|ends| ends > state.now()) {
            let message = format!(
                "Gallery image version {} cannot be deleted before its end of life date because 'blockDeletionBeforeEndOfLife' is set.",
                resource.id
            );
            return Err(ArmError::conflict(
                "DeleteGalleryImageVersionBlockedBeforeEndOfLife",
                message,
            ));
        }
        image::check_unused(state, resource)
    }

    fn view(&self, state: &State, resource: &Resource, view: View<'_>) -> Value {
        let mut body = shown(resource, view.version);
        if view.expands("ReplicationStatus") {
            json::set(
                &mut body,
                "properties.replicationStatus",
                replicas::replication(state, resource),
            );
        }
        body
    }
}

/// Major, minor and patch as numbers.
pub(crate) fn number(name: &str) -> Option<(u32, u32, u32)> {
    let mut parts = name.split('.').map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>()
            .ok()
            .filter(|number| digits && *number <= i32::MAX.unsigned_abs())
    });
    let number = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(number)
}

fn check_name(name: &str) -> Result<(), ArmError> {
    if number(name).is_some() {
        return Ok(());
    }
    let message = format!(
        "Gallery image version name '{name}' is invalid. The format is 'Major.Minor.Patch', where each part is a 32-bit integer."
    );
    Err(ArmError::invalid_parameter(
        "galleryImageVersionName",
        message,
    ))
}

fn check_fixed(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    for path in [
        "storageProfile.source.id",
        "storageProfile.source.virtualMachineId",
        "publishingProfile.replicationMode",
        "publishingProfile.storageAccountType",
    ] {
        let full = format!("properties.{path}");
        let sent = json::get(&write.sent, &full);
        let same = match (
            sent.and_then(Value::as_str),
            json::text(&before.body, &full),
        ) {
            (Some(now), Some(then)) => json::same(now, then),
            (None, _) => true,
            _ => false,
        };
        if !same {
            return Err(ArmError::property_change(&format!(
                "galleryImageVersion.properties.{path}"
            )));
        }
    }
    Ok(())
}

/// Regions are shown by their display names; each new one gets a schedule.
fn fill_regions(write: &mut Write<'_>) -> Result<(), ArmError> {
    let home = write.after.location().to_owned();
    let home_name = locations::display(&home).unwrap_or_default();
    if json::items(&write.after.body, REGIONS).is_empty() {
        json::set(&mut write.after.body, REGIONS, json!([{"name": home_name}]));
    }
    let count = json::number(
        &write.after.body,
        "properties.publishingProfile.replicaCount",
    )
    .unwrap_or(1);
    let storage = json::text(
        &write.after.body,
        "properties.publishingProfile.storageAccountType",
    );
    let storage = storage.unwrap_or("Standard_LRS").to_owned();
    let mut seen = BTreeSet::new();
    for region in json::items_mut(&mut write.after.body, REGIONS) {
        let name = json::text(region, "name").unwrap_or_default().to_owned();
        let Some(display) = locations::display(&name) else {
            let message = format!("The target region '{name}' is not an Azure region.");
            return Err(ArmError::invalid_parameter(
                "publishingProfile.targetRegions",
                message,
            ));
        };
        if !seen.insert(plain_location(&name)) {
            let message =
                format!("Duplicate regions are not allowed in publishing profile: '{display}'.");
            return Err(ArmError::invalid_parameter(
                "publishingProfile.targetRegions",
                message,
            ));
        }
        json::set(region, "name", display);
        json::default(region, "regionalReplicaCount", count);
        json::default(region, "storageAccountType", storage.as_str());
        json::default(region, "excludeFromLatest", false);
    }
    if !seen.contains(&home) {
        let message = format!(
            "The publishing profile regions must contain the location of image version '{home}'."
        );
        return Err(ArmError::invalid_parameter(
            "publishingProfile.targetRegions",
            message,
        ));
    }
    replicas::schedule(write, &seen);
    Ok(())
}

fn fill_defaults(write: &mut Write<'_>) {
    let now = stamp(write.state.now());
    let new = write.patching == Patching::No && write.before.is_none();
    let body = &mut write.after.body;
    for (path, value) in [
        ("properties.publishingProfile.replicaCount", json!(1)),
        (
            "properties.publishingProfile.excludeFromLatest",
            json!(false),
        ),
        (
            "properties.publishingProfile.storageAccountType",
            json!("Standard_LRS"),
        ),
        (
            "properties.publishingProfile.replicationMode",
            json!("Full"),
        ),
        (
            "properties.storageProfile.osDiskImage.hostCaching",
            json!("ReadWrite"),
        ),
        (
            "properties.safetyProfile.reportedForPolicyViolation",
            json!(false),
        ),
        (
            "properties.safetyProfile.allowDeletionOfReplicatedLocations",
            json!(false),
        ),
    ] {
        json::default(body, path, value);
    }
    if new {
        json::set(body, "properties.publishingProfile.publishedDate", now);
    }
}

#[cfg(test)]
mod tests;
