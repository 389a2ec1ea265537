//! Compute galleries, image definitions and image versions.

mod dates;
pub(crate) mod definition;
#[expect(
    clippy::module_inception,
    reason = "the gallery itself is one of the three types"
)]
pub(crate) mod gallery;
mod names;
pub(crate) mod open;
pub(crate) mod replicas;
pub(crate) mod share;
pub(crate) mod version;

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::reading;
use crate::clock::stamp;
use crate::state::State;
use crate::store::Resource;

/// From here on answers say who made a resource and when.
const SYSTEM_DATA_SINCE: &str = "2024-03-03";

/// From here on a definition is generation 2 with trusted launch unless it says otherwise.
const SECOND_GENERATION_SINCE: &str = "2025-03-03";

fn shown(resource: &Resource, version: &str) -> Value {
    let mut body = resource.shown();
    if version >= SYSTEM_DATA_SINCE {
        body["systemData"] = json!({
            "createdAt": stamp(resource.created),
            "lastModifiedAt": stamp(resource.changed),
        });
    }
    body
}

/// How many of what is inside a refusal names.
const NESTED_SHOWN: usize = 5;

/// Nothing goes before what is inside it.
fn check_empty(state: &State, resource: &Resource) -> Result<(), ArmError> {
    let key = resource.key();
    let nested: Vec<String> = state
        .store
        .below(&key)
        .filter(|one| !one.parsed().is_extension())
        .take(NESTED_SHOWN)
        .map(|one| reading::type_and_names(&one.parsed()))
        .collect();
    if nested.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '{}'. Please delete all nested resources before deleting this resource.",
        nested.join(", ")
    );
    Err(ArmError::conflict("CannotDeleteResource", message))
}
