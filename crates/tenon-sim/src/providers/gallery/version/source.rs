//! What a version is made of.

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json::{self, plain_location};
use crate::providers::Write;
use crate::providers::compute::image;
use crate::store::Resource;

/// The source has to be there, near, and of the definition's kind.
pub(super) fn check(write: &mut Write<'_>) -> Result<(), ArmError> {
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
