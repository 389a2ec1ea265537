//! What bodies of applications and service principals have to keep to.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::error::GraphError;
use crate::json::{self, same};
use crate::world;

/// How long what was deleted can be restored, and keeps its names.
const RECYCLED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The longest tag. Source: Microsoft Learn, "Understand the app manifest", on `tags`.
const LONGEST_TAG: usize = 256;

/// Whether what was deleted at a moment is gone for good.
pub(super) fn is_gone(deleted: Timestamp, now: Timestamp) -> bool {
    deleted
        .saturating_add(RECYCLED)
        .is_ok_and(|until| until <= now)
}

/// Tags are neither empty nor long, without spaces, each only once.
pub(super) fn check_tags(body: &Value, kind: &str) -> Result<(), GraphError> {
    let tags: Vec<&str> = json::items(body, "tags")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let fits = |tag: &&str| {
        (1..=LONGEST_TAG).contains(&tag.chars().count()) && !tag.contains(char::is_whitespace)
    };
    let twice = (1..tags.len()).any(|at| tags[..at].contains(&tags[at]));
    if twice || !tags.iter().all(fits) {
        let message = format!("Invalid value specified for property 'tags' of resource '{kind}'.");
        return Err(GraphError::bad_request(message));
    }
    Ok(())
}

/// A unique name is one application's, thirty days after its deletion too, and stays what it
/// was once set. Source: microsoftgraph/msgraph-bicep-types issues 137 and 202.
pub(super) fn check_unique_name(
    all: &[world::Application],
    own: Option<&world::Application>,
    wanted: &world::Application,
    now: Timestamp,
) -> Result<(), GraphError> {
    let name = &wanted.unique_name;
    if let Some(own) = own.filter(|own| !own.unique_name.is_empty()) {
        let message =
            "Invalid value specified for property 'uniqueName' of resource 'Application'.";
        return if own.unique_name == *name {
            Ok(())
        } else {
            Err(GraphError::bad_request(message))
        };
    }
    let holds = |one: &world::Application| {
        same(&one.unique_name, name)
            && same(&one.tenant, &wanted.tenant)
            && one.deleted.is_none_or(|deleted| !is_gone(deleted, now))
    };
    if !name.is_empty() && all.iter().any(holds) {
        let message = "Another object with the same value for property uniqueName already exists.";
        return Err(GraphError::bad_request(message));
    }
    Ok(())
}
