//! What a new machine must fulfil, from its size and image to its account.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{DATA_DISKS, INTERFACES, OS_DISK};
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::compute::image::Image;
use crate::providers::resources::skus::is_offered;
use crate::providers::{Write, locations};
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

/// The refusal for a parameter that is not there.
pub(super) fn missing(name: &str) -> ArmError {
    let message = format!("Required parameter '{name}' is missing (null).");
    ArmError::invalid_parameter(name, message)
}

fn bad(message: String) -> ArmError {
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

/// The plan of an image out of the marketplace.
pub(super) fn plan(body: &Value, image: &Image) -> Result<(), ArmError> {
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

/// The interfaces: there, near, free, and one of them first.
pub(super) fn interfaces(write: &Write<'_>, size: &Size) -> Result<(), ArmError> {
    let body = &write.after.body;
    let named = json::items(body, INTERFACES);
    let inline = json::items(
        body,
        "properties.networkProfile.networkInterfaceConfigurations",
    );
    if named.is_empty() && inline.is_empty() {
        return Err(missing("networkProfile"));
    }
    if named.len() > usize::try_from(size.network_interfaces).unwrap_or(usize::MAX) {
        let message = format!(
            "The number of network interfaces for virtual machine {} exceeds the maximum allowed for the virtual machine size {}. The number of network interfaces is {} and the maximum allowed is {}.",
            write.id.name(),
            size.name,
            named.len(),
            size.network_interfaces
        );
        return Err(ArmError::bad_request(
            "VirtualMachineNetworkInterfacesExceeded",
            message,
        ));
    }
    let first = named
        .iter()
        .filter(|one| json::truth(one, "properties.primary") == Some(true))
        .count();
    if named.len() > 1 && first != 1 {
        let message = "Virtual machine must have exactly one network interface set as the primary.";
        return Err(ArmError::bad_request(
            "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
            message,
        ));
    }
    named.iter().try_for_each(|one| interface(write, one))
}

fn interface(write: &Write<'_>, one: &Value) -> Result<(), ArmError> {
    let id = json::text(one, "id").ok_or_else(|| missing("networkInterface.id"))?;
    let state = &*write.state;
    let found = state.store.find(id);
    let near = found.filter(|found| found.location() == write.after.location());
    let Some(near) = near else {
        let message = format!(
            "Resource {id} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.",
            write.after.id
        );
        return Err(ArmError::not_found("NotFound", message));
    };
    if near.state() != "Succeeded" {
        let message = format!(
            "Cannot proceed with operation because resource {id} used by resource {} is not in Succeeded state. Resource is in {} state and the last operation that updated/is updating the resource is PutNicOperation.",
            write.after.id,
            near.state()
        );
        return Err(
            ArmError::new(429, "RetryableError", "A retryable error occurred.")
                .detail("ReferencedResourceNotProvisioned", message)
                .header("Retry-After", "2"),
        );
    }
    let key = near.key();
    let mut users = state.store.referrers(&key);
    let other = users.find(|user| {
        user.is("Microsoft.Compute/virtualMachines") && user.key() != write.after.key()
    });
    other.map_or_else(|| reserved(write, near), |other| Err(in_use(near, other)))
}

fn in_use(interface: &Resource, machine: &Resource) -> ArmError {
    let message = format!(
        "Network Interface {} is used by existing VM {}.",
        interface.id, machine.id
    );
    ArmError::bad_request("NicInUse", message)
}

/// An interface stays reserved for a machine that failed to come up.
fn reserved(write: &Write<'_>, interface: &Resource) -> Result<(), ArmError> {
    let Some(until) = json::text(&interface.hidden, "reservedUntil") else {
        return Ok(());
    };
    let mine =
        json::text(&interface.hidden, "reservedFor").is_some_and(|key| key == write.after.key());
    let over = until
        .parse::<jiff::Timestamp>()
        .is_ok_and(|until| until <= write.state.now());
    if mine || over {
        return Ok(());
    }
    let message = "Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another nic(s) or retry after 180 seconds. To learn more about this limitation, please refer https://aka.ms/deletenic.";
    Err(ArmError::bad_request("NicReservedForAnotherVm", message))
}

/// Zones, availability set and how they exclude each other.
pub(super) fn placement(write: &Write<'_>) -> Result<(), ArmError> {
    let body = &write.after.body;
    let zones = json::items(body, "zones");
    let set = json::text(body, "properties.availabilitySet.id");
    if zones.len() > 1 {
        let message = "A Virtual Machine can be placed in one zone only.";
        return Err(bad(message.to_owned()).at("zones"));
    }
    if let Some(zone) = zones.first().and_then(Value::as_str) {
        let location = write.after.location();
        if !locations::is_zonal(location) || !["1", "2", "3"].contains(&zone) {
            let message = format!(
                "The zone(s) '{zone}' for resource 'Microsoft.Compute/virtualMachines/{}' is not supported. The supported zones for location '{location}' are '{}'",
                write.id.name(),
                if locations::is_zonal(location) {
                    "1,3,2"
                } else {
                    ""
                }
            );
            return Err(ArmError::bad_request("InvalidAvailabilityZone", message));
        }
        if set.is_some() {
            let message = "Virtual Machine cannot be created in an availability set and a zone at the same time.";
            return Err(bad(message.to_owned()));
        }
    }
    let Some(set) = set else { return Ok(()) };
    let found = write.state.store.find(set).filter(|found| {
        let group = found.parsed().group.unwrap_or_default();
        json::same(&group, write.id.group.as_deref().unwrap_or_default())
    });
    let Some(found) = found else {
        let message = format!(
            "Availability Set '{set}' cannot be found in the resource group of the Virtual Machine."
        );
        return Err(ArmError::bad_request("NotFound", message));
    };
    if json::text(&found.body, "sku.name") != Some("Aligned") {
        let message = format!(
            "Addition of a managed disk to a VM in the non-managed Availability Set '{}' is not supported.",
            found.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    Ok(())
}

/// The account: required for generalized images, forbidden for specialized ones.
pub(super) fn account(body: &Value, image: &Image) -> Result<(), ArmError> {
    let profile = json::get(body, "properties.osProfile");
    let Some(profile) = profile else {
        return if image.specialized {
            Ok(())
        } else {
            Err(missing("osProfile"))
        };
    };
    if image.specialized {
        return Err(ArmError::invalid_parameter(
            "osProfile",
            "Parameter 'osProfile' is not allowed.",
        ));
    }
    let windows = image.os_type == "Windows";
    let name =
        json::text(profile, "adminUsername").ok_or_else(|| missing("osProfile.adminUsername"))?;
    user_name(name, if windows { 20 } else { 64 })?;
    let computer = json::text(profile, "computerName").unwrap_or_default();
    if computer.len() > if windows { 15 } else { 64 } {
        let message = format!(
            "{} computer name cannot be more than {} characters long, be entirely numeric, or contain the following characters.",
            image.os_type,
            if windows { 15 } else { 64 }
        );
        return Err(ArmError::invalid_parameter("computerName", message));
    }
    way_in(profile, windows)?;
    custom_data(profile)
}

/// User names the platform keeps for itself.
const RESERVED: [&str; 32] = [
    "administrator",
    "admin",
    "user",
    "user1",
    "test",
    "user2",
    "test1",
    "user3",
    "admin1",
    "1",
    "123",
    "a",
    "actuser",
    "adm",
    "admin2",
    "aspnet",
    "backup",
    "console",
    "david",
    "guest",
    "john",
    "owner",
    "root",
    "server",
    "sql",
    "support",
    "support_388945a0",
    "sys",
    "test2",
    "test3",
    "user4",
    "user5",
];

fn user_name(name: &str, most: usize) -> Result<(), ArmError> {
    if name.is_empty() || name.len() > most || name.ends_with('.') {
        let message = format!(
            "The Admin Username specified is not valid: it must be 1 to {most} characters long and must not end with a period."
        );
        return Err(ArmError::invalid_parameter("adminUsername", message));
    }
    if RESERVED.iter().any(|reserved| json::same(reserved, name)) {
        let message = format!("The Admin Username specified is not allowed: '{name}' is reserved.");
        return Err(ArmError::invalid_parameter("adminUsername", message));
    }
    Ok(())
}

fn way_in(profile: &Value, windows: bool) -> Result<(), ArmError> {
    let password = json::text(profile, "adminPassword");
    let keys = json::items(profile, "linuxConfiguration.ssh.publicKeys");
    let only_keys =
        json::truth(profile, "linuxConfiguration.disablePasswordAuthentication") == Some(true);
    if windows && password.is_none() {
        return Err(missing("adminPassword"));
    }
    if let Some(password) = password {
        let classes = [
            password.chars().any(|c| c.is_ascii_lowercase()),
            password.chars().any(|c| c.is_ascii_uppercase()),
            password.chars().any(|c| c.is_ascii_digit()),
            password.chars().any(|c| !c.is_ascii_alphanumeric()),
        ];
        let (least, most) = if windows { (8, 123) } else { (6, 72) };
        let enough = classes.iter().filter(|has| **has).count() >= 3;
        if !enough || !(least..=most).contains(&password.len()) {
            let message = format!(
                "The supplied password must be between {least}-{most} characters long and must satisfy at least 3 of password complexity requirements from the following: Contains an uppercase character, Contains a lowercase character, Contains a numeric digit, Contains a special character, Control characters are not allowed"
            );
            return Err(ArmError::invalid_parameter("adminPassword", message));
        }
    }
    if windows {
        return Ok(());
    }
    if keys.is_empty() && (only_keys || password.is_none()) {
        let message = "Authentication using either SSH or by user name and password must be enabled in Linux profile.";
        return Err(ArmError::invalid_parameter("linuxConfiguration", message));
    }
    keys.iter().try_for_each(|key| ssh_key(profile, key))
}

fn ssh_key(profile: &Value, key: &Value) -> Result<(), ArmError> {
    let user = json::text(profile, "adminUsername").unwrap_or_default();
    let wanted = format!("/home/{user}/.ssh/authorized_keys");
    if json::text(key, "path") != Some(wanted.as_str()) {
        let message = format!(
            "Destination path for SSH public keys is currently limited to its default value {wanted} due to a known issue in Linux provisioning agent."
        );
        return Err(ArmError::invalid_parameter(
            "linuxConfiguration.ssh.publicKeys.path",
            message,
        ));
    }
    let data = json::text(key, "keyData").unwrap_or_default().trim();
    let known = ["ssh-rsa ", "ssh-ed25519 "]
        .iter()
        .any(|start| data.starts_with(start));
    if known {
        return Ok(());
    }
    let message = "The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.";
    Err(ArmError::invalid_parameter(
        "linuxConfiguration.ssh.publicKeys.keyData",
        message,
    ))
}

fn custom_data(profile: &Value) -> Result<(), ArmError> {
    use base64::Engine;
    let Some(data) = json::text(profile, "customData") else {
        return Ok(());
    };
    let decoded = base64::engine::general_purpose::STANDARD.decode(data);
    let problem = match decoded {
        Err(_) => "Custom data in OSProfile must be in Base64 encoding.",
        Ok(bytes) if bytes.len() > 65_535 => {
            "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters."
        }
        Ok(_) => return Ok(()),
    };
    Err(ArmError::invalid_parameter("customData", problem))
}
