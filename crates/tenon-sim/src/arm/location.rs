//! Where a tracked resource lies: somewhere that exists, and there for ever.

use serde_json::Value;

use super::error::ArmError;
use super::id::ResourceId;
use crate::json;
use crate::providers::{Kind, Place, locations};
use crate::state::State;
use crate::store::Resource;

/// Tracked resources need a location that exists and keep it for ever.
pub(crate) fn check(
    state: &State,
    id: &ResourceId,
    kind: &Kind,
    body: &mut Value,
    before: Option<&Resource>,
) -> Result<(), ArmError> {
    if kind.place != Place::Tracked {
        return Ok(());
    }
    let Some(sent) = json::text(body, "location").map(str::to_owned) else {
        if let Some(before) = before {
            json::set(body, "location", before.location());
            return Ok(());
        }
        let message = "The location property is required for this definition.";
        return Err(ArmError::bad_request("LocationRequired", message));
    };
    let plain = json::plain_location(&sent);
    if !kind.type_name.is_empty() && locations::display(&plain).is_none() {
        let message = format!(
            "The provided location '{sent}' is not available for resource type '{}'. List of available regions for the resource type is '{}'.",
            kind.type_name,
            locations::names().join(",")
        );
        return Err(ArmError::bad_request(
            "LocationNotAvailableForResourceType",
            message,
        ));
    }
    match before {
        Some(before) if json::plain_location(before.location()) != plain => {
            Err(elsewhere(state, id, before, &plain))
        }
        _ => {
            json::set(body, "location", plain);
            Ok(())
        }
    }
}

fn elsewhere(state: &State, id: &ResourceId, before: &Resource, wanted: &str) -> ArmError {
    let here = json::plain_location(before.location());
    let name = state.store.get(&id.key()).map_or(id.name(), Resource::name);
    if id.parts.is_empty() {
        let message = format!(
            "Invalid resource group location '{wanted}'. The Resource group already exists in location '{here}'."
        );
        return ArmError::conflict("InvalidResourceGroupLocation", message);
    }
    let message = format!(
        "The resource '{name}' already exists in location '{here}' in resource group '{}'. A resource with the same name cannot be created in location '{wanted}'. Please select a new resource name.",
        id.group.as_deref().unwrap_or_default()
    );
    ArmError::conflict("InvalidResourceLocation", message)
}
