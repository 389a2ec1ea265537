//! Whether instances are well, as the Application Health extension or a probe
//! says it.
//!
//! The world decides: `settings.unwell` names instances, or the images that
//! make every instance unwell that runs them.

use serde_json::{Value, json};

use super::PROFILE;
use crate::faults::rule::glob;
use crate::json;
use crate::state::State;
use crate::store::Resource;

/// Whether an instance says that it is unwell.
pub(super) fn is_unwell(state: &State, instance: &Resource) -> bool {
    let image = json::text(
        &instance.body,
        "properties.storageProfile.imageReference.id",
    );
    let id = instance.parsed().to_string();
    let patterns = &state.world.settings.unwell;
    patterns
        .iter()
        .any(|one| glob(one, &id) || image.is_some_and(|image| glob(one, image)))
}

/// Whether the model of a set has something that tells about health.
pub(super) fn is_told(set: &Value) -> bool {
    let probe = format!("{PROFILE}.networkProfile.healthProbe.id");
    let extensions = json::items(set, &format!("{PROFILE}.extensionProfile.extensions"));
    let tells = |one: &Value| {
        json::text(one, "properties.type").is_some_and(|kind| kind.starts_with("ApplicationHealth"))
    };
    json::text(set, &probe).is_some() || extensions.iter().any(tells)
}

/// `vmHealth` of an instance view; none where nothing tells.
pub(super) fn shown(state: &State, set: &Resource, instance: &Resource) -> Option<Value> {
    if !is_told(&set.body) {
        return None;
    }
    let (code, word) = if is_unwell(state, instance) {
        (
            "HealthState/unhealthy",
            "The VM is reporting itself as unhealthy",
        )
    } else {
        (
            "HealthState/healthy",
            "The VM is reporting itself as healthy",
        )
    };
    let status = json!({"code": code, "level": "Info", "displayStatus": word});
    Some(json!({"status": status}))
}
