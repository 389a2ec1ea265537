//! Images of the marketplace.

use serde_json::Value;

use super::Image;
use crate::arm::error::ArmError;
use crate::json;
use crate::state::State;

/// Publisher, offer, sku, operating system, generation, size of the marketplace images that exist.
const PLATFORM: &[(&str, &str, &str, &str, &str, i64)] = &[
    ("Canonical", "ubuntu-24_04-lts", "server", "Linux", "V2", 30),
    (
        "Canonical",
        "ubuntu-24_04-lts",
        "server-gen1",
        "Linux",
        "V1",
        30,
    ),
    (
        "Canonical",
        "0001-com-ubuntu-server-jammy",
        "22_04-lts-gen2",
        "Linux",
        "V2",
        30,
    ),
    (
        "Canonical",
        "0001-com-ubuntu-server-jammy",
        "22_04-lts",
        "Linux",
        "V1",
        30,
    ),
    ("Debian", "debian-12", "12-gen2", "Linux", "V2", 30),
    ("Debian", "debian-12", "12", "Linux", "V1", 30),
    ("RedHat", "RHEL", "9-lvm-gen2", "Linux", "V2", 64),
    (
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2022-datacenter-g2",
        "Windows",
        "V2",
        127,
    ),
    (
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2022-datacenter-azure-edition",
        "Windows",
        "V2",
        127,
    ),
    (
        "MicrosoftWindowsServer",
        "WindowsServer",
        "2019-Datacenter",
        "Windows",
        "V1",
        127,
    ),
];

/// Finds an image by publisher, offer, sku and version.
pub(super) fn find(state: &State, reference: &Value) -> Result<Image, ArmError> {
    let part = |member| json::text(reference, member).unwrap_or_default();
    let (publisher, offer, sku, version) = (
        part("publisher"),
        part("offer"),
        part("sku"),
        part("version"),
    );
    if publisher.is_empty() || offer.is_empty() || sku.is_empty() {
        let message = "Required parameter 'imageReference' is missing (null).";
        return Err(ArmError::invalid_parameter("imageReference", message));
    }
    let built_in = PLATFORM.iter().find(|row| {
        json::same(row.0, publisher) && json::same(row.1, offer) && json::same(row.2, sku)
    });
    let urn = format!("{publisher}:{offer}:{sku}");
    let own = state
        .world
        .platform_images
        .iter()
        .any(|image| json::same(image, &urn));
    let exact_version = if json::same(version, "latest") {
        "1.0.0"
    } else {
        version
    };
    let image = |os_type: &str, generation: &str, os_disk_gb| Image {
        os_type: os_type.to_owned(),
        generation: generation.to_owned(),
        architecture: "x64".to_owned(),
        security: if generation == "V2" {
            "trustedlaunchsupported"
        } else {
            ""
        }
        .to_owned(),
        os_disk_gb,
        exact_version: exact_version.to_owned(),
        ..Image::default()
    };
    match built_in {
        Some((_, _, _, os_type, generation, size)) => Ok(image(os_type, generation, *size)),
        None if own => Ok(image("Linux", "V2", 30)),
        None => {
            let message = format!(
                "The platform image '{urn}:{version}' is not available. Verify that all fields in the storage profile are correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile"
            );
            Err(ArmError::not_found("PlatformImageNotFound", message).at("imageReference"))
        }
    }
}
