//! The account on a new machine: required for generalized images, forbidden
//! for specialized ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::checks::missing;
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::compute::image::Image;

/// The account: required for generalized images, forbidden for specialized ones.
pub(super) fn check(body: &Value, image: &Image) -> Result<(), ArmError> {
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
    let Some(data) = json::text(profile, "customData") else {
        return Ok(());
    };
    let decoded = STANDARD.decode(data);
    let problem = match decoded {
        Err(_) => "Custom data in OSProfile must be in Base64 encoding.",
        Ok(bytes) if bytes.len() > 65_535 => {
            "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters."
        }
        Ok(_) => return Ok(()),
    };
    Err(ArmError::invalid_parameter("customData", problem))
}
