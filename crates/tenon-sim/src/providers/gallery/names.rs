//! What galleries and image definitions may be called.
//! Source: "Troubleshoot images in an Azure Compute Gallery"; the messages are its own.

use crate::arm::error::ArmError;

/// The rule that refusals quote, as the published descriptions have it.
const RULE: &str = r"^[^_\W][\w-._]{0,79}(?<![-.])$";

const LONGEST: usize = 80;

/// A gallery's name: no dashes.
pub(super) fn check_gallery(name: &str) -> Result<(), ArmError> {
    check_trailing(name, name)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if !name.chars().all(plain) {
        let message = "Gallery name is invalid. Allowed characters are English alphanumeric characters, with underscores, and periods allowed in the middle, up to 80 characters total. All other special characters, including dashes, are disallowed.";
        return Err(ArmError::invalid_parameter("galleryName", message));
    }
    check_rule("galleryName", "galleryName", name)
}

/// A definition's name, below that of its gallery.
pub(super) fn check_definition(gallery: &str, name: &str) -> Result<(), ArmError> {
    check_trailing(&format!("{gallery}/{name}"), name)?;
    check_rule("galleryImageName", name, name)
}

fn check_trailing(shown: &str, name: &str) -> Result<(), ArmError> {
    let Some(last) = name.chars().last().filter(|last| "._".contains(*last)) else {
        return Ok(());
    };
    let message = format!(
        "The provided resource name {shown} has these invalid trailing characters: {last}. The name can not end with characters: {last}"
    );
    Err(ArmError::bad_request("InvalidResourceName", message))
}

fn check_rule(parameter: &str, shown: &str, name: &str) -> Result<(), ArmError> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = name.len() <= LONGEST
        && name.chars().all(inner)
        && edge(name.chars().next())
        && edge(name.chars().last());
    if fits {
        return Ok(());
    }
    let message =
        format!("The entity name '{shown}' is invalid according to its validation rule: {RULE}.");
    Err(ArmError::invalid_parameter(parameter, message))
}
