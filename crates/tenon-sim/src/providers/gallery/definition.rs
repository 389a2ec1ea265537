//! Image definitions.

use serde_json::{Value, json};

use super::{SECOND_GENERATION_SINCE, check_empty, shown};
use crate::arm::error::ArmError;
use crate::call::Call;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

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
        check_required(&write.after.body)?;
        if write.before.is_none() {
            check_triplet(write)?;
            defaults_of_version(write);
        } else {
            check_fixed(write)?;
        }
        let body = &mut write.after.body;
        json::default(body, "properties.hyperVGeneration", "V1");
        json::default(body, "properties.architecture", "x64");
        Ok(())
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        check_empty(state, resource)
    }

    fn view(&self, _: &State, resource: &Resource, view: View<'_>) -> Value {
        shown(resource, view.version)
    }
}

const IDENTIFIER: [&str; 3] = ["publisher", "offer", "sku"];

fn check_required(body: &Value) -> Result<(), ArmError> {
    let missing = |name: &str| {
        let message =
            format!("Required parameter 'galleryImage.properties.{name}' is missing (null).");
        ArmError::invalid_parameter(&format!("galleryImage.properties.{name}"), message)
    };
    for name in ["osType", "osState"] {
        if json::text(body, &format!("properties.{name}")).is_none() {
            return Err(missing(name));
        }
    }
    for part in IDENTIFIER {
        let name = format!("identifier.{part}");
        let value =
            json::text(body, &format!("properties.{name}")).ok_or_else(|| missing(&name))?;
        let most = if part == "publisher" { 128 } else { 64 };
        if value.is_empty() || value.len() > most || value.ends_with('.') {
            let message =
                format!("The Asset name '{value}' of galleryImage.properties.{name} is not valid.");
            return Err(ArmError::invalid_parameter(
                &format!("galleryImage.properties.{name}"),
                message,
            ));
        }
    }
    Ok(())
}

fn triplet(body: &Value) -> [String; 3] {
    IDENTIFIER.map(|part| {
        let value = json::text(body, &format!("properties.identifier.{part}"));
        value.unwrap_or_default().to_ascii_lowercase()
    })
}

/// Publisher, offer and sku together are unique within a gallery.
fn check_triplet(write: &Write<'_>) -> Result<(), ArmError> {
    let gallery = write.id.parent().unwrap_or_default().key();
    let own = triplet(&write.after.body);
    let mut others = write.state.store.children(&gallery, "images");
    match others.find(|other| triplet(&other.body) == own) {
        Some(other) => {
            let message = format!(
                "The gallery image identified by (publisher:{}, offer:{}, sku:{}) already exists. Choose a different publisher, offer, sku combination. The existing one is {}.",
                own[0],
                own[1],
                own[2],
                other.name()
            );
            Err(ArmError::conflict("Conflict", message))
        }
        None => Ok(()),
    }
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

fn check_fixed(write: &mut Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    for path in [
        "osType",
        "osState",
        "hyperVGeneration",
        "architecture",
        "identifier.publisher",
        "identifier.offer",
        "identifier.sku",
        "purchasePlan.name",
    ] {
        let full = format!("properties.{path}");
        let sent = json::get(&write.sent, &full);
        let same = match (
            sent.and_then(Value::as_str),
            json::text(&before.body, &full),
        ) {
            (Some(now), Some(then)) => json::same(now, then),
            _ => false,
        };
        if sent.is_some() && !same {
            return Err(ArmError::property_change(&format!(
                "galleryImage.properties.{path}"
            )));
        }
    }
    for kept in [
        "hyperVGeneration",
        "architecture",
        "features",
        "purchasePlan",
    ] {
        let path = format!("properties.{kept}");
        if let Some(value) = json::get(&before.body, &path) {
            json::default(&mut write.after.body, &path, value.clone());
        }
    }
    Ok(())
}
