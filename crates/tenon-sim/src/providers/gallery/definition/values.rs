//! What the members of a definition may be.
//! The messages are those of "Troubleshoot images in an Azure Compute Gallery".

use serde_json::Value;

use super::IDENTIFIER;
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::Write;
use crate::providers::gallery::dates;

const END_OF_LIFE: &str = "properties.endOfLifeDate";

/// Checks what was sent, each member for itself.
pub(super) fn check(write: &mut Write<'_>) -> Result<(), ArmError> {
    check_required(&write.after.body)?;
    check_end_of_life(write)?;
    for range in ["vCPUs", "memory"] {
        check_range(&write.after.body, range)?;
    }
    Ok(())
}

fn missing(name: &str) -> ArmError {
    let name = format!("galleryImage.properties.{name}");
    let message = format!("Required parameter '{name}' is missing (null).");
    ArmError::invalid_parameter(&name, message)
}

fn check_required(body: &Value) -> Result<(), ArmError> {
    for name in ["osType", "osState"] {
        if json::text(body, &format!("properties.{name}")).is_none() {
            return Err(missing(name));
        }
    }
    for part in IDENTIFIER {
        let name = format!("identifier.{part}");
        let value =
            json::text(body, &format!("properties.{name}")).ok_or_else(|| missing(&name))?;
        check_asset_name(part, value)?;
    }
    Ok(())
}

fn check_asset_name(part: &str, value: &str) -> Result<(), ArmError> {
    let most = if part == "publisher" { 128 } else { 64 };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let fits = !value.is_empty()
        && value.len() <= most
        && value.chars().all(plain)
        && !value.ends_with('.');
    if fits {
        return Ok(());
    }
    let name = format!("galleryImage.properties.identifier.{part}");
    let message = format!(
        "Asset name {name} is not valid. It cannot be empty. Allowed characters are uppercase or lowercase letters, digits, hyphen(-), period (.), underscore (_). Names are not allowed to end with period(.). The length of the name cannot exceed {most} characters."
    );
    Err(ArmError::invalid_parameter(&name, message))
}

/// A date that was there before may have passed since; a new one may not.
fn check_end_of_life(write: &mut Write<'_>) -> Result<(), ArmError> {
    let now = write.state.now();
    let before = write.before.as_ref();
    let before = before.and_then(|before| dates::stored(&before.body, END_OF_LIFE));
    let ends = dates::read(&mut write.after.body, END_OF_LIFE)?;
    if ends.is_none_or(|ends| ends > now || Some(ends) == before) {
        return Ok(());
    }
    let message = "EndOfLifeDate must be set to a future date.";
    Err(ArmError::invalid_parameter(
        "galleryImage.properties.endOfLifeDate",
        message,
    ))
}

fn check_range(body: &Value, range: &str) -> Result<(), ArmError> {
    let path = format!("properties.recommended.{range}");
    let bound = |name: &str| json::number(body, &format!("{path}.{name}"));
    let (Some(min), Some(max)) = (bound("min"), bound("max")) else {
        return Ok(());
    };
    if min <= max {
        return Ok(());
    }
    let name = format!("galleryImage.{path}");
    let message = format!(
        "The minimum value of {name} must not be greater than the maximum value of {name}."
    );
    Err(ArmError::invalid_parameter(&name, message))
}

/// Trusted launch and confidential machines take generation 2; a name stands once.
pub(super) fn check_features(body: &Value) -> Result<(), ArmError> {
    let target = "galleryImage.properties.features";
    let first = json::text(body, "properties.hyperVGeneration") == Some("V1");
    let mut seen = std::collections::BTreeSet::new();
    for feature in json::items(body, "properties.features") {
        let name = json::text(feature, "name").unwrap_or_default();
        let value = json::text(feature, "value").unwrap_or_default();
        if !seen.insert(name.to_ascii_lowercase()) {
            let message = format!("The feature '{name}' is specified more than once.");
            return Err(ArmError::invalid_parameter(target, message));
        }
        let secure = json::same(name, "SecurityType") && !json::same(value, "Standard");
        if first && secure {
            let message = format!(
                "The value '{value}' of feature '{name}' is not supported with Hypervisor generation 'V1'."
            );
            return Err(ArmError::invalid_parameter(target, message));
        }
    }
    Ok(())
}
