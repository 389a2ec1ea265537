//! Image versions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{replicas, shown};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::linked::Link;
use crate::call::Call;
use crate::clock::stamp;
use crate::json::{self, plain_location};
use crate::providers::compute::image;
use crate::providers::{Durations, Flow, Hooks, Kind, Patching, Place, View, Write, locations};
use crate::state::State;
use crate::store::Resource;

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
            check_source(write)?;
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

/// The source has to be there, near, and of the definition's kind.
fn check_source(write: &mut Write<'_>) -> Result<(), ArmError> {
    let profile = "properties.storageProfile";
    let body = &write.after.body;
    let source = json::text(body, &format!("{profile}.source.id"))
        .or_else(|| json::text(body, &format!("{profile}.source.virtualMachineId")));
    let shared = json::text(body, &format!("{profile}.source.communityGalleryImageId"));
    let disk = json::get(body, &format!("{profile}.osDiskImage.source"));
    let Some(source) = source else {
        if disk.is_none() && shared.is_none() {
            let message = "The source must be given either under storageProfile or per disk; one and only one of them.";
            return Err(ArmError::invalid_parameter(
                "galleryImageVersion.properties.storageProfile",
                message,
            ));
        }
        json::default(
            &mut write.after.body,
            &format!("{profile}.osDiskImage.sizeInGB"),
            30,
        );
        return Ok(());
    };
    let size = source_size(write, source)?;
    json::default(
        &mut write.after.body,
        &format!("{profile}.osDiskImage.sizeInGB"),
        size,
    );
    Ok(())
}

fn source_size(write: &Write<'_>, source: &str) -> Result<i64, ArmError> {
    let location = write.after.location();
    let kind = ResourceId::parse(source).map(|id| id.type_name().to_ascii_lowercase());
    if kind.as_deref() == Some("microsoft.compute/galleries/images/versions") {
        let image = image::of_gallery(write.state, source, location)?;
        check_state(write, image.specialized)?;
        return Ok(image.os_disk_gb);
    }
    let found = write.state.store.find(source);
    let near = found.filter(|found| plain_location(found.location()) == location);
    let Some(near) = near else {
        let message = format!(
            "Source '{source}' was not found. Please make sure that it exists and is in the same region as the gallery image version: '{location}'."
        );
        return Err(ArmError::not_found("ResourceNotFound", message).at("source"));
    };
    if near.is("Microsoft.Compute/images") {
        check_likeness(write, near)?;
    }
    let sizes = [
        "properties.storageProfile.osDisk.diskSizeGB",
        "properties.diskSizeGB",
    ];
    Ok(sizes
        .iter()
        .find_map(|path| json::number(&near.body, path))
        .unwrap_or(30))
}

/// A managed image has to be of the definition's kind.
fn check_likeness(write: &Write<'_>, source: &Resource) -> Result<(), ArmError> {
    let disk = "properties.storageProfile.osDisk";
    let specialized = json::text(&source.body, &format!("{disk}.osState"))
        .is_some_and(|state| json::same(state, "Specialized"));
    check_state(write, specialized)?;
    let parent = write.id.parent().unwrap_or_default();
    let Some(definition) = write.state.store.get(&parent.key()) else {
        return Ok(());
    };
    let rows = [
        ("OS type", format!("{disk}.osType"), "osType"),
        (
            "Hypervisor generation",
            "properties.hyperVGeneration".to_owned(),
            "hyperVGeneration",
        ),
    ];
    for (word, path, member) in rows {
        let own = json::text(&source.body, &path).unwrap_or_default();
        let wanted =
            json::text(&definition.body, &format!("properties.{member}")).unwrap_or_default();
        if !own.is_empty() && !json::same(own, wanted) {
            let message = format!(
                "The resource with id '{}' has a different {word} ['{own}'] than the parent gallery image {word} ['{wanted}'].",
                source.id
            );
            return Err(ArmError::invalid_parameter(member, message));
        }
    }
    Ok(())
}

fn check_state(write: &Write<'_>, specialized: bool) -> Result<(), ArmError> {
    let parent = write.id.parent().unwrap_or_default();
    let Some(definition) = write.state.store.get(&parent.key()) else {
        return Ok(());
    };
    let wanted = json::text(&definition.body, "properties.osState").unwrap_or_default();
    let is = if specialized {
        "Specialized"
    } else {
        "Generalized"
    };
    if json::same(wanted, is) {
        return Ok(());
    }
    let message =
        format!("OS State in the parent gallery image is '{wanted}', but the source is '{is}'.");
    Err(ArmError::invalid_parameter("osState", message))
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
