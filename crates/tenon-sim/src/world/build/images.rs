//! Galleries of a world file as the resources they become.

use serde_json::{Value, json};

use crate::arm::id::ResourceId;
use crate::clock::stamp;
use crate::json::{self, plain_location};
use crate::providers::gallery::gallery::unique_name_of;
use crate::providers::gallery::{share, version};
use crate::providers::locations;
use crate::state::State;
use crate::store::Resource;
use crate::world::{Gallery, GalleryImage, ImageVersion, TargetRegion, WorldError};

fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

/// Stores a gallery with everything in it.
pub(super) fn fill(
    state: &mut State,
    group: &ResourceId,
    gallery: &Gallery,
) -> Result<(), WorldError> {
    let id = group.with_part("Microsoft.Compute", "galleries", &gallery.name);
    let subscription = group.subscription.as_deref().unwrap_or_default();
    let mut body = json!({
        "location": plain_location(&gallery.location),
        "tags": gallery.tags,
        "properties": {
            "identifier": {"uniqueName": unique_name_of(subscription, &gallery.name)},
            "provisioningState": "Succeeded",
        },
    });
    if !gallery.sharing.is_empty() {
        json::set(
            &mut body,
            "properties.sharingProfile.permissions",
            gallery.sharing.as_str(),
        );
    }
    if gallery.soft_delete {
        let path = "properties.softDeletePolicy.isSoftDeleteEnabled";
        json::set(&mut body, path, true);
    }
    let now = state.now();
    let mut resource = Resource::new(&id, body, now);
    share_with(state, &mut resource, gallery)?;
    state.store.put(resource);
    for image in &gallery.images {
        let id = id.child("images", &image.name);
        let body = definition(gallery, image);
        state.store.put(Resource::new(&id, body, now));
        for version in &image.versions {
            fill_version(state, &id, gallery, version)?;
        }
    }
    Ok(())
}

/// Opens a gallery to those that the world names.
fn share_with(state: &State, resource: &mut Resource, gallery: &Gallery) -> Result<(), WorldError> {
    let place = format!("gallery `{}`", gallery.name);
    let unknown = |what: &str, name: &str| WorldError::Invalid {
        place: place.clone(),
        message: format!("`{name}` is no {what} of this world"),
    };
    let mut groups = Vec::new();
    let mut ids = Vec::new();
    for name in &gallery.shared_with.subscriptions {
        ids.push(super::subscription(state, name, &place)?);
    }
    if !ids.is_empty() {
        groups.push(json!({"type": "Subscriptions", "ids": ids}));
    }
    let mut ids = Vec::new();
    for name in &gallery.shared_with.tenants {
        let named = state
            .world
            .tenants
            .iter()
            .find(|tenant| tenant.name == *name);
        let text = named.map_or(name, |tenant| &tenant.id);
        let tenant = state.directory.tenant(text);
        ids.push(tenant.ok_or_else(|| unknown("tenant", name))?.id.clone());
    }
    if !ids.is_empty() {
        groups.push(json!({"type": "AADTenants", "ids": ids}));
    }
    if !groups.is_empty() {
        json::set(&mut resource.hidden, share::GROUPS, json!(groups));
    }
    if gallery.sharing == "Community" {
        if !gallery.public_name.is_empty() {
            let names = "properties.sharingProfile.communityGalleryInfo.publicNames";
            json::set(&mut resource.body, names, json!([gallery.public_name]));
        }
        share::enable_community(state, resource);
    }
    Ok(())
}

fn definition(gallery: &Gallery, image: &GalleryImage) -> Value {
    let features: Vec<Value> = image
        .features
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let mut body = json!({
        "location": plain_location(&gallery.location),
        "tags": {},
        "properties": {
            "osType": or(&image.os_type, "Linux"),
            "osState": or(&image.os_state, "Generalized"),
            "hyperVGeneration": or(&image.generation, "V2"),
            "architecture": or(&image.architecture, "x64"),
            "identifier": image.identifier.as_ref().map_or_else(
                || json!({"publisher": gallery.name, "offer": image.name, "sku": image.name}),
                |identifier| json!(identifier),
            ),
            "provisioningState": "Succeeded",
        },
    });
    if !features.is_empty() {
        json::set(&mut body, "properties.features", features);
    }
    if let Some(plan) = &image.purchase_plan {
        json::set(&mut body, "properties.purchasePlan", json!(plan));
    }
    if !image.disallowed_disk_types.is_empty() {
        let types = json!(image.disallowed_disk_types);
        json::set(&mut body, "properties.disallowed.diskTypes", types);
    }
    if let Some(ends) = image.end_of_life {
        json::set(&mut body, "properties.endOfLifeDate", stamp(ends));
    }
    body
}

fn fill_version(
    state: &mut State,
    definition: &ResourceId,
    gallery: &Gallery,
    version: &ImageVersion,
) -> Result<(), WorldError> {
    let place = format!(
        "version `{}` of image `{}`",
        version.name,
        definition.name()
    );
    if version::number(&version.name).is_none() {
        let message = "a version has the form Major.Minor.Patch".to_owned();
        return Err(WorldError::Invalid { place, message });
    }
    let home = [TargetRegion {
        name: gallery.location.clone(),
        ..TargetRegion::default()
    }];
    let regions = if version.regions.is_empty() {
        &home
    } else {
        version.regions.as_slice()
    };
    for region in regions {
        super::check_location(&region.name, &place)?;
    }
    let now = state.now();
    let id = definition.child("versions", &version.name);
    let mut body = version_body(gallery, version, regions);
    let published = stamp(version.published.unwrap_or(now));
    json::set(
        &mut body,
        "properties.publishingProfile.publishedDate",
        published,
    );
    if let Some(ends) = version.end_of_life {
        json::set(
            &mut body,
            "properties.publishingProfile.endOfLifeDate",
            stamp(ends),
        );
    }
    let mut resource = Resource::new(&id, body, now);
    for region in regions {
        let state = or(&region.state, "Completed");
        let path = format!("replicas.{}", plain_location(&region.name));
        json::set(&mut resource.hidden, &path, json!({"state": state}));
    }
    state.store.put(resource);
    Ok(())
}

fn version_body(gallery: &Gallery, version: &ImageVersion, regions: &[TargetRegion]) -> Value {
    let targets: Vec<Value> = regions
        .iter()
        .map(|region| {
            json!({
                "name": locations::display(&region.name),
                "regionalReplicaCount": region.replicas.unwrap_or(1),
                "storageAccountType": or(&region.storage_account_type, "Standard_LRS"),
                "excludeFromLatest": region.exclude_from_latest,
            })
        })
        .collect();
    let data_disks: Vec<Value> = version
        .data_disks
        .iter()
        .map(|disk| json!({"lun": disk.lun, "sizeInGB": disk.size_gb, "hostCaching": "None"}))
        .collect();
    let mut body = json!({
        "location": plain_location(&gallery.location),
        "tags": version.tags,
        "properties": {
            "publishingProfile": {
                "targetRegions": targets,
                "replicaCount": 1,
                "excludeFromLatest": version.exclude_from_latest,
                "storageAccountType": "Standard_LRS",
                "replicationMode": "Full",
            },
            "storageProfile": {
                "osDiskImage": {
                    "sizeInGB": version.os_disk_size_gb.unwrap_or(30),
                    "hostCaching": "ReadWrite",
                    "source": {},
                },
            },
            "safetyProfile": {
                "allowDeletionOfReplicatedLocations": version.allow_deletion_of_replicated_locations,
                "reportedForPolicyViolation": false,
            },
            "provisioningState": or(&version.provisioning_state, "Succeeded"),
        },
    });
    if !version.source.is_empty() {
        let path = if ResourceId::parse(&version.source)
            .is_some_and(|id| json::same(&id.type_name(), "Microsoft.Compute/virtualMachines"))
        {
            "properties.storageProfile.source.virtualMachineId"
        } else {
            "properties.storageProfile.source.id"
        };
        json::set(&mut body, path, version.source.as_str());
    }
    if version.soft_deleted {
        json::set(&mut body, "properties.imageState", "SoftDeleted");
    }
    if version.block_deletion_before_end_of_life {
        json::set(
            &mut body,
            "properties.safetyProfile.blockDeletionBeforeEndOfLife",
            true,
        );
    }
    if !data_disks.is_empty() {
        json::set(
            &mut body,
            "properties.storageProfile.dataDiskImages",
            data_disks,
        );
    }
    body
}

/// A version that comes as a bare resource is replicated everywhere it names.
pub(super) fn all_replicas_ready(version: &mut Resource) {
    let regions = json::items(&version.body, "properties.publishingProfile.targetRegions");
    let names: Vec<String> = regions
        .iter()
        .filter_map(|region| json::text(region, "name"))
        .map(plain_location)
        .collect();
    for name in names {
        json::set(
            &mut version.hidden,
            &format!("replicas.{name}"),
            json!({"state": "Completed"}),
        );
    }
}
