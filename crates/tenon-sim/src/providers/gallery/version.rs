//! Image versions.

use std::time::Duration;

use serde_json::{Value, json};

use super::{dates, replicas, shown};
use crate::arm::conflict::check_own;
use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::arm::operations::Effect;
use crate::call::Call;
use crate::clock::stamp;
use crate::json;
use crate::providers::compute::image;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

mod encryption;
mod fixed;
mod likeness;
mod regions;
mod source;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/galleries/images/versions",
    place: Place::Tracked,
    flow: Flow::Gallery,
    // Replicas take longer than that, see `takes`.
    durations: Durations {
        create: 60,
        update: 30,
        delete: 60,
        action: 5,
    },
    page: 0,
    hooks: &Version,
};

pub(super) const REGIONS: &str = "properties.publishingProfile.targetRegions";

const END_OF_LIFE: &str = "properties.publishingProfile.endOfLifeDate";
const IMAGE_STATE: &str = "properties.imageState";

struct Version;

impl Hooks for Version {
    fn links(&self, body: &Value) -> Vec<Link> {
        let mut links = source::links(body);
        links.extend(encryption::links(body));
        links
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_name(write.id.name())?;
        dates::read(&mut write.after.body, END_OF_LIFE)?;
        regions::check_count(
            &write.after.body,
            "replicaCount",
            "properties.publishingProfile.replicaCount",
        )?;
        let origin = match write.before.clone() {
            Some(before) => {
                fixed::check(&write.sent, &before.body)?;
                json::fill(
                    &mut write.after.body,
                    &json!({"properties": before.body["properties"]}),
                );
                restore(&mut write.after.body);
                None
            }
            None => Some(source::check(write)?),
        };
        check_home(write)?;
        regions::fill(write)?;
        encryption::check(write, origin.as_ref())?;
        fill_defaults(write);
        if let Some(origin) = origin {
            source::check_size(write, &origin);
        }
        Ok(())
    }

    fn check_idle(&self, _: &State, resource: &Resource) -> Result<(), ArmError> {
        if !resource.is_deleting() {
            return check_own(resource);
        }
        let message = format!(
            "Operation 'Update Gallery Image Version' is not on allowed on {}; since it is marked for deletion. You can only retry the Delete operation (or wait for an ongoing one to complete)",
            resource.name()
        );
        Err(ArmError::conflict("OperationNotAllowed", message))
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let blocked = json::truth(
            &resource.body,
            "properties.safetyProfile.blockDeletionBeforeEndOfLife",
        );
        let ends = dates::stored(&resource.body, END_OF_LIFE);
        if blocked == Some(true) && ends.is_none_or(|ends| ends > state.now()) {
            let message = "Deletion of Gallery image version is not allowed because the image is enabled for blockDeletionBeforeEndOfLife and its endOfLifeDate has not reached yet";
            return Err(ArmError::conflict(
                "DeleteGalleryImageVersionBlockedBeforeEndOfLife",
                message,
            ));
        }
        image::check_unused(state, resource)
    }

    fn takes(&self, state: &State, after: &Resource) -> Duration {
        replicas::takes(state, after)
    }

    /// With the gallery's soft delete a version is put aside first.
    fn end(&self, state: &State, resource: &Resource) -> Effect {
        let again = json::text(&resource.body, IMAGE_STATE) == Some("SoftDeleted");
        if keeps(state, resource) && !again {
            Effect::Bury
        } else {
            Effect::Remove
        }
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

/// Whether the gallery of a version keeps what is deleted for a while.
fn keeps(state: &State, version: &Resource) -> bool {
    let definition = version.parsed().parent().unwrap_or_default();
    let gallery = definition.parent().unwrap_or_default();
    let gallery = state.store.get(&gallery.key());
    gallery.is_some_and(|gallery| {
        let path = "properties.softDeletePolicy.isSoftDeleteEnabled";
        json::truth(&gallery.body, path) == Some(true)
    })
}

/// Puts a version aside: nothing can be made of it, and it can be had back.
pub(crate) fn bury(state: &mut State, key: &str) {
    state.store.update(key, |version| {
        json::set(&mut version.body, IMAGE_STATE, "SoftDeleted");
        version.set_state("Succeeded");
    });
}

/// `restore` brings a version back that was put aside, and is not kept.
fn restore(body: &mut Value) {
    let asked = json::take(body, "properties.restore");
    if asked == Some(json!(true)) {
        json::set(body, IMAGE_STATE, "Active");
    }
}

/// In a gallery that is shared with groups, versions lie where the gallery does.
fn check_home(write: &Write<'_>) -> Result<(), ArmError> {
    let definition = write.id.parent().unwrap_or_default();
    let gallery = definition.parent().unwrap_or_default();
    let Some(gallery) = write.state.store.get(&gallery.key()) else {
        return Ok(());
    };
    let home = json::plain_location(gallery.location());
    if super::share::openness(gallery) != Some("Groups") || home == write.after.location() {
        return Ok(());
    }
    let message = format!(
        "The location '{}' of gallery image version must be the location '{home}' of its gallery, since the gallery is shared directly.",
        write.after.location()
    );
    Err(ArmError::invalid_parameter("location", message))
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
    let message = "The image version name is invalid. The image version name should follow Major(int).Minor(int).Patch(int) format, for e.g: 1.0.0, 2018.12.1 etc.";
    Err(ArmError::invalid_parameter(
        "galleryImageVersionName",
        message,
    ))
}

fn fill_defaults(write: &mut Write<'_>) {
    let now = stamp(write.state.now());
    let new = write.before.is_none();
    let kept = new && keeps(write.state, &write.after);
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
    if kept {
        json::set(body, IMAGE_STATE, "Active");
    }
}

#[cfg(test)]
mod tests;
