//! What resources and tags may be called.

use serde_json::Value;

use super::error::ArmError;
use super::id::ResourceId;
use crate::json;
use crate::providers::{Flow, Kind, Place};

/// How many tags a resource can have, and how long they can be.
const MOST_TAGS: usize = 50;
const LONGEST_TAG_NAME: usize = 512;
const LONGEST_TAG_VALUE: usize = 256;

/// Characters that no name may have.
const FORBIDDEN: &str = "<>*%&:\\?/+\"";

/// Checks the name of a resource that is about to be written.
pub(super) fn check(id: &ResourceId, kind: &Kind) -> Result<(), ArmError> {
    let name = id.name();
    if kind.place == Place::Extension || id.parts.is_empty() {
        return Ok(());
    }
    let fits = match kind.flow {
        Flow::Network => is_word(name, 80),
        Flow::Compute | Flow::Disk => is_word(name, 80) && machine_fits(kind, name),
        Flow::Gallery | Flow::Sync | Flow::Deployment => {
            !name.contains(|c| FORBIDDEN.contains(c)) && name.len() <= 260
        }
    };
    if fits {
        return Ok(());
    }
    let message = format!(
        "Resource name {name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'."
    );
    let code = if kind.flow == Flow::Network {
        "InvalidResourceName"
    } else {
        "InvalidParameter"
    };
    Err(ArmError::bad_request(code, message))
}

fn machine_fits(kind: &Kind, name: &str) -> bool {
    let longest = if kind.type_name.ends_with("/virtualMachines") {
        64
    } else {
        80
    };
    name.len() <= longest
}

fn is_word(name: &str, longest: usize) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    name.len() <= longest
        && word(name.chars().next())
        && word(name.chars().last())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "._-".contains(c))
}

/// Checks the tags of a body.
pub(super) fn check_tags(body: &Value) -> Result<(), ArmError> {
    let tags: Vec<(&String, &Value)> = json::members(body, "tags").collect();
    if tags.len() > MOST_TAGS {
        let message = format!("The number of tags on the resource exceeds {MOST_TAGS}.");
        return Err(ArmError::bad_request("TooManyTags", message));
    }
    for (name, value) in tags {
        if name.contains(|c| "<>%&\\?/".contains(c)) {
            let message = format!(
                "The tag name '{name}' has reserved characters '<,>,%,&,\\,?,/' or control characters."
            );
            return Err(ArmError::bad_request("InvalidTagNameCharacters", message));
        }
        if name.is_empty() || name.len() > LONGEST_TAG_NAME {
            let message = format!(
                "Tag name too large. Following tag name '{name}' exceeded the maximum length. Maximum allowed length for tag name - '{LONGEST_TAG_NAME}' characters."
            );
            return Err(ArmError::bad_request("TagNameTooLong", message));
        }
        if value
            .as_str()
            .is_some_and(|value| value.chars().count() > LONGEST_TAG_VALUE)
        {
            let message = format!(
                "Tag value too large. Following tag value of '{name}' exceeded the maximum length. Maximum allowed length for tag value - '{LONGEST_TAG_VALUE}' characters."
            );
            return Err(ArmError::bad_request("TagValueTooLong", message));
        }
    }
    Ok(())
}
