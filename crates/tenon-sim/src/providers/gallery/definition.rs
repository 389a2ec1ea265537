//! Image definitions.

use serde_json::{Value, json};

use super::{SECOND_GENERATION_SINCE, check_empty, names, shown};
use crate::arm::error::ArmError;
use crate::call::Call;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

mod fixed;
mod values;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/galleries/images",
    place: Place::Tracked,
    flow: Flow::Gallery,
    durations: Durations {
        create: 10,
        update: 5,
        delete: 10,
        action: 5,
    },
    page: 0,
    hooks: &Definition,
};

struct Definition;

impl Hooks for Definition {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let gallery = write.id.parent().unwrap_or_default();
        names::check_definition(gallery.name(), write.id.name())?;
        values::check(write)?;
        if write.before.is_none() {
            check_triplet(write)?;
            defaults_of_version(write);
        } else {
            fixed::check(write)?;
        }
        let body = &mut write.after.body;
        json::default(body, "properties.hyperVGeneration", "V1");
        json::default(body, "properties.architecture", "x64");
        values::check_features(body)
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        check_empty(state, resource)
    }

    fn view(&self, _: &State, resource: &Resource, view: View<'_>) -> Value {
        shown(resource, view.version)
    }
}

const IDENTIFIER: [&str; 3] = ["publisher", "offer", "sku"];

fn triplet(body: &Value) -> [&str; 3] {
    IDENTIFIER.map(|part| {
        let value = json::text(body, &format!("properties.identifier.{part}"));
        value.unwrap_or_default()
    })
}

/// Publisher, offer and sku together are unique within a gallery.
fn check_triplet(write: &Write<'_>) -> Result<(), ArmError> {
    let gallery = write.id.parent().unwrap_or_default().key();
    let own = triplet(&write.after.body);
    let same = |other: &Resource| {
        let pairs = triplet(&other.body).into_iter().zip(own);
        pairs.into_iter().all(|(one, two)| json::same(one, two))
    };
    let mut others = write.state.store.children(&gallery, "images");
    let Some(other) = others.find(|other| same(other)) else {
        return Ok(());
    };
    let message = format!(
        "Gallery image: {} identified by (publisher:{}, offer:{}, sku:{}) already exists. Choose a different publisher, offer, sku combination.",
        other.name(),
        own[0],
        own[1],
        own[2],
    );
    Err(ArmError::conflict("Conflict", message))
}

fn defaults_of_version(write: &mut Write<'_>) {
    if write.call.api_version() < SECOND_GENERATION_SINCE {
        return;
    }
    let body = &mut write.after.body;
    json::default(body, "properties.hyperVGeneration", "V2");
    let named = json::items(body, "properties.features")
        .iter()
        .any(|feature| {
            json::text(feature, "name").is_some_and(|name| json::same(name, "SecurityType"))
        });
    if !named && json::text(body, "properties.hyperVGeneration") == Some("V2") {
        let mut features = json::items(body, "properties.features").to_vec();
        features.push(json!({"name": "SecurityType", "value": "TrustedLaunchSupported"}));
        json::set(body, "properties.features", features);
    }
}
