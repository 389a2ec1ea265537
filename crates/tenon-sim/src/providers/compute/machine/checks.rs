//! What a machine must fulfil: its size, its image, its disks.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{DATA_DISKS, OS_DISK};
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::compute::image::Image;
use crate::providers::resources::skus::is_offered;
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

/// The refusal for a parameter that is not there.
pub(crate) fn missing(name: &str) -> ArmError {
    let message = format!("Required parameter '{name}' is missing (null).");
    ArmError::invalid_parameter(name, message)
}

pub(super) fn bad(message: String) -> ArmError {
    ArmError::bad_request("BadRequest", message)
}

/// The size of a body, when it exists and may be used here.
pub(super) fn size(state: &State, body: &Value) -> Result<Size, ArmError> {
    let path = "properties.hardwareProfile.vmSize";
    let name = json::text(body, path).ok_or_else(|| missing("hardwareProfile.vmSize"))?;
    let location = json::text(body, "location").unwrap_or_default();
    let known = state.sizes.get(&name.to_ascii_lowercase());
    let Some(size) = known.filter(|size| is_offered(size, location)) else {
        let sizes: Vec<&str> = state
            .sizes
            .values()
            .map(|size| size.name.as_str())
            .collect();
        let message = format!(
            "The value {name} provided for the VM size is not valid. The valid sizes in the current region are: {}. Find out more on the available VM sizes in each region at https://aka.ms/azure-regions.",
            sizes.join(",")
        );
        return Err(ArmError::invalid_parameter("vmSize", message));
    };
    let restricted = size
        .restricted
        .iter()
        .any(|one| json::plain_location(one) == location);
    let zone = json::items(body, "zones").first().and_then(Value::as_str);
    let zone_missing = zone.is_some_and(|zone| !size.zones.iter().any(|own| own == zone));
    if restricted || zone_missing {
        let message = format!(
            "The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: {}' is currently not available in location '{location}'. Please try another size or deploy to a different location or different zone. See https://aka.ms/azureskunotavailable for details.",
            size.name
        );
        return Err(ArmError::conflict("SkuNotAvailable", message));
    }
    Ok(size.clone())
}

/// Generation, architecture and security of an image on a size.
pub(super) fn fit(body: &Value, size: &Size, image: &Image) -> Result<(), ArmError> {
    let generation = image.generation.trim_start_matches(['V', 'v']);
    if !size
        .generations
        .split(',')
        .any(|one| json::same(one.trim(), &image.generation))
    {
        return Err(bad(format!(
            "The selected VM size '{}' cannot boot Hypervisor Generation '{generation}'. If this was a Create operation please check that the Hypervisor Generation of the Image matches the Hypervisor Generation of the selected VM Size. If this was an Update operation please select a Hypervisor Generation '{generation}' VM Size. For more information, see https://aka.ms/azuregen2vm",
            size.name
        )));
    }
    if !json::same(&size.architecture, &image.architecture) {
        return Err(bad(format!(
            "Cannot create a VM of size '{}' because this VM size only supports a CPU Architecture of '{}', but an image or disk with CPU Architecture '{}' was given. Please check that the CPU Architecture of the image or disk is compatible with that of the VM size.",
            size.name, size.architecture, image.architecture
        )));
    }
    security(body, size, image)
}

fn security(body: &Value, size: &Size, image: &Image) -> Result<(), ArmError> {
    let path = "properties.securityProfile.securityType";
    let asked = json::text(body, path)
        .unwrap_or("Standard")
        .to_ascii_lowercase();
    let supported: &[&str] = match image.security.as_str() {
        "trustedlaunch" => &["trustedlaunch"],
        "confidentialvm" => &["confidentialvm"],
        "trustedlaunchsupported" => &["standard", "trustedlaunch"],
        "confidentialvmsupported" => &["standard", "confidentialvm"],
        "trustedlaunchandconfidentialvmsupported" => {
            &["standard", "trustedlaunch", "confidentialvm"]
        }
        _ => &["standard"],
    };
    if !supported.contains(&asked.as_str()) {
        let message = format!(
            "The provided image supports security type(s) '{}', which do not include the security type '{asked}' of the virtual machine.",
            supported.join("', '")
        );
        return Err(bad(message).at("securityProfile.securityType"));
    }
    let runs = match asked.as_str() {
        "trustedlaunch" => size.trusted_launch,
        "confidentialvm" => !size.confidential.is_empty(),
        _ => true,
    };
    if !runs {
        let message = format!(
            "The VM size '{}' does not support the security type '{asked}'.",
            size.name
        );
        return Err(bad(message).at("securityProfile.securityType"));
    }
    confidential(body, asked == "confidentialvm")?;
    let uefi = json::get(body, "properties.securityProfile.uefiSettings").is_some();
    if uefi && asked == "standard" {
        let message = "Use of UEFI settings is only supported with security type 'TrustedLaunch' or 'ConfidentialVM'.";
        return Err(ArmError::invalid_parameter(
            "securityProfile.uefiSettings",
            message,
        ));
    }
    Ok(())
}

/// A confidential machine has a virtual TPM and says what of its disk is
/// encrypted; no other machine does.
fn confidential(body: &Value, is_confidential: bool) -> Result<(), ArmError> {
    let member = "osDisk.managedDisk.securityProfile.securityEncryptionType";
    let path = format!("properties.storageProfile.{member}");
    let said = json::text(body, &path);
    let known = [
        "VMGuestStateOnly",
        "DiskWithVMGuestState",
        "NonPersistedTPM",
    ];
    let fits = said.is_some_and(|said| known.iter().any(|one| json::same(one, said)));
    if fits != is_confidential || said.is_some() != is_confidential {
        let message = format!(
            "The value '{}' of parameter '{member}' does not fit the security type of the virtual machine.",
            said.unwrap_or("null")
        );
        return Err(ArmError::invalid_parameter(member, message));
    }
    let tpm = json::truth(body, "properties.securityProfile.uefiSettings.vTpmEnabled");
    if is_confidential && tpm != Some(true) {
        let member = "securityProfile.uefiSettings.vTpmEnabled";
        let message = "Virtual machines with security type 'ConfidentialVM' have to enable vTPM.";
        return Err(ArmError::invalid_parameter(member, message));
    }
    Ok(())
}

/// The plan of an image out of the marketplace.
pub(super) fn plan(machine: &Resource, image: &Image) -> Result<(), ArmError> {
    let body = &machine.body;
    let part = |plan: Option<&Value>, member| {
        plan.and_then(|plan| json::text(plan, member))
            .unwrap_or("null")
            .to_ascii_lowercase()
    };
    let (asked, wanted) = (json::get(body, "plan"), image.plan.as_ref());
    let differs = ["name", "publisher", "product"]
        .iter()
        .any(|member| part(asked, member) != part(wanted, member));
    if !differs {
        return Ok(());
    }
    if asked.is_none() {
        let message = format!(
            "Creating a virtual machine from Marketplace image or a custom image sourced from a Marketplace image requires Plan information in the request. VM: '{}'.",
            machine.id
        );
        return Err(ArmError::bad_request("VMMarketplaceInvalidInput", message));
    }
    let message = format!(
        "Creating a virtual machine from a gallery image with plan ['{}'], which is a different plan than the parent gallery image plan ['{}'], is not allowed.",
        part(asked, "name"),
        part(wanted, "name")
    );
    Err(ArmError::invalid_parameter("plan", message))
}

/// The OS disk's type and size.
pub(super) fn os_disk(body: &Value, size: &Size, image: &Image) -> Result<(), ArmError> {
    let kind = json::text(body, &format!("{OS_DISK}.managedDisk.storageAccountType"));
    if let Some(kind) = kind {
        if image
            .disallowed_disks
            .iter()
            .any(|one| json::same(one, kind))
        {
            let message = format!("The storage account type '{kind}' is disallowed by the image.");
            return Err(ArmError::invalid_parameter(
                "osDisk.managedDisk.storageAccountType",
                message,
            ));
        }
        if kind.starts_with("Premium") && !size.premium {
            let message = format!(
                "Requested operation cannot be performed because the VM size {} does not support the storage account type {kind} of disk.",
                size.name
            );
            return Err(ArmError::invalid_parameter(
                "managedDisk.storageAccountType",
                message,
            ));
        }
    }
    let ephemeral = json::get(body, &format!("{OS_DISK}.diffDiskSettings")).is_some();
    if ephemeral && !size.ephemeral {
        let message = format!(
            "OS disk of Ephemeral VM is not supported for VM size {}.",
            size.name
        );
        return Err(ArmError::invalid_parameter(
            "osDisk.diffDiskSettings",
            message,
        ));
    }
    match json::number(body, &format!("{OS_DISK}.diskSizeGB")) {
        Some(asked) if asked < image.os_disk_gb => {
            let message = format!(
                "The specified disk size {asked} GB is smaller than the size of the corresponding disk in the VM image: {} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size.",
                image.os_disk_gb
            );
            Err(ArmError::bad_request("OperationNotAllowed", message).at("osDisk.diskSizeGB"))
        }
        _ => Ok(()),
    }
}

/// Number and unit numbers of the data disks.
pub(super) fn data_disks(body: &Value, size: &Size) -> Result<(), ArmError> {
    let disks = json::items(body, DATA_DISKS);
    let most = usize::try_from(size.data_disks).unwrap_or(usize::MAX);
    if disks.len() > most {
        let message = format!(
            "The maximum number of data disks allowed to be attached to a VM of this size is {most}."
        );
        return Err(ArmError::conflict("OperationNotAllowed", message).at("dataDisks"));
    }
    let mut seen = BTreeSet::new();
    for disk in disks {
        let lun = json::number(disk, "lun").ok_or_else(|| missing("dataDisk.lun"))?;
        if !seen.insert(lun) {
            let message = format!(
                "A disk at LUN {lun} already exists. The LUN of each data disk must be unique."
            );
            return Err(ArmError::invalid_parameter("dataDisks", message));
        }
        if json::text(disk, "createOption").is_none() {
            return Err(missing("dataDisk.createOption"));
        }
    }
    Ok(())
}
