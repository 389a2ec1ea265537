//! A new machine: its image chosen, its disks made, its defaults filled in.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    INTERFACES, OS_DISK, account, attached, checks, disks, identities, spot, surroundings,
};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::clock::stamp;
use crate::json;
use crate::providers::Write;
use crate::providers::compute::image::{self, Image};
use crate::providers::resources::usages;
use crate::world::Size;

/// Validates a new machine and completes it.
pub(super) fn shape(write: &mut Write<'_>) -> Result<(), ArmError> {
    let body = &write.after.body;
    if json::get(body, "properties.storageProfile").is_none() {
        return Err(checks::missing("storageProfile"));
    }
    surroundings::placement(write)?;
    let size = checks::size(write.state, body)?;
    spot::check(&mut write.after.body)?;
    let body = &write.after.body;
    let image = image_of(write)?;
    if image.is_none() {
        attached::check_new(write, &size)?;
    }
    if let Some(image) = &image {
        account::check(body, image)?;
        checks::fit(body, &size, image)?;
        checks::plan(&write.after, image)?;
        checks::os_disk(body, &size, image)?;
    }
    let image = image.unwrap_or_default();
    disks::add_image_disks(&mut write.after.body, &image);
    checks::data_disks(&write.after.body, &size)?;
    surroundings::interfaces(write, &size)?;
    disks::check_attached(write)?;
    identities::shape(write)?;
    usages::check_machine(write.state, &write.after, None)?;
    complete(write, &size, &image);
    Ok(())
}

/// Fills in what a machine that was checked does not say, and makes its disks.
pub(super) fn complete(write: &mut Write<'_>, size: &Size, image: &Image) {
    fill(write, size, image);
    disks::make_os_disk(write, size, image);
    disks::make_data_disks(write, image);
}

/// The image a machine is made from; none when its OS disk exists already.
fn image_of(write: &Write<'_>) -> Result<Option<Image>, ArmError> {
    let body = &write.after.body;
    let option = json::text(body, &format!("{OS_DISK}.createOption"));
    match option {
        None if json::get(body, OS_DISK).is_some() => Err(checks::missing("osDisk.createOption")),
        Some("Attach") => Ok(None),
        _ => {
            let reference = json::get(body, "properties.storageProfile.imageReference");
            let reference = reference.ok_or_else(|| checks::missing("imageReference"))?;
            let consumer = write.id.subscription.as_deref().unwrap_or_default();
            let location = write.after.location();
            image::resolve(write.state, reference, location, consumer).map(Some)
        }
    }
}

fn fill(write: &mut Write<'_>, size: &Size, image: &Image) {
    let (name, now) = (write.id.name().to_owned(), write.state.now());
    let key = write.after.key();
    let unique = write.state.derived_id(&format!("vm/{key}/{now}"));
    let body = &mut write.after.body;
    json::set(
        body,
        "properties.hardwareProfile.vmSize",
        size.name.as_str(),
    );
    json::set(body, "properties.vmId", unique);
    json::set(body, "properties.timeCreated", stamp(now));
    if !image.exact_version.is_empty() {
        let path = "properties.storageProfile.imageReference.exactVersion";
        json::set(body, path, image.exact_version.as_str());
    }
    if json::get(body, "properties.osProfile").is_some() {
        json::default(body, "properties.osProfile.computerName", name);
        account_defaults(body, "properties.osProfile", &image.os_type);
    }
    fill_references(write);
    let secrets = take_secrets(&mut write.after.body);
    json::set(&mut write.after.hidden, "secrets", secrets);
    json::set(&mut write.after.hidden, "power", "running");
}

/// What an account shows that was not sent; `profile` is where it stands.
pub(crate) fn account_defaults(body: &mut Value, profile: &str, os_type: &str) {
    let at = |member: &str| format!("{profile}.{member}");
    json::default(body, &at("secrets"), json!([]));
    json::default(body, &at("allowExtensionOperations"), true);
    json::default(body, &at("requireGuestProvisionSignal"), true);
    let rows: &[(&str, Value)] = if os_type == "Windows" {
        &[
            ("windowsConfiguration.provisionVMAgent", json!(true)),
            ("windowsConfiguration.enableAutomaticUpdates", json!(true)),
            (
                "windowsConfiguration.patchSettings.patchMode",
                json!("AutomaticByOS"),
            ),
            (
                "windowsConfiguration.patchSettings.assessmentMode",
                json!("ImageDefault"),
            ),
            (
                "windowsConfiguration.enableVMAgentPlatformUpdates",
                json!(false),
            ),
        ]
    } else {
        &[
            (
                "linuxConfiguration.disablePasswordAuthentication",
                json!(false),
            ),
            ("linuxConfiguration.provisionVMAgent", json!(true)),
            (
                "linuxConfiguration.patchSettings.patchMode",
                json!("ImageDefault"),
            ),
            (
                "linuxConfiguration.patchSettings.assessmentMode",
                json!("ImageDefault"),
            ),
            (
                "linuxConfiguration.enableVMAgentPlatformUpdates",
                json!(false),
            ),
        ]
    };
    for (member, value) in rows {
        json::default(body, &at(member), value.clone());
    }
}

/// Sub-resource ids are echoed with the group in capitals where Compute owns them.
pub(super) fn fill_references(write: &mut Write<'_>) {
    let body = &mut write.after.body;
    for path in [
        "properties.availabilitySet.id",
        "properties.proximityPlacementGroup.id",
    ] {
        if let Some(id) = json::text(body, path).and_then(ResourceId::parse) {
            json::set(body, path, id.shouted());
        }
    }
    for one in json::items_mut(body, INTERFACES) {
        if json::get(one, "properties").is_some_and(|properties| {
            properties
                .as_object()
                .is_some_and(serde_json::Map::is_empty)
        }) {
            json::take(one, "properties");
        }
    }
}

/// What is kept of a secret.
pub(crate) fn fingerprint(value: &Value) -> String {
    let digest = Sha256::digest(value.as_str().unwrap_or_default().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes out what is never shown again and keeps a fingerprint of what must not change.
pub(super) fn take_secrets(body: &mut Value) -> Value {
    let mut kept = json!({});
    for name in ["customData", "adminPassword"] {
        if let Some(value) = json::take(body, &format!("properties.osProfile.{name}")) {
            kept[name] = json!(fingerprint(&value));
        }
    }
    let unattended = "properties.osProfile.windowsConfiguration.additionalUnattendContent";
    for content in json::items_mut(body, unattended) {
        json::take(content, "content");
    }
    kept
}
