//! Galleries.

use serde_json::{Value, json};

use super::{check_empty, share, shown};
use crate::arm::error::ArmError;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::json;
use crate::providers::{Action, Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/galleries",
    place: Place::Tracked,
    flow: Flow::Gallery,
    durations: Durations {
        create: 10,
        update: 5,
        delete: 10,
        action: 5,
    },
    page: 0,
    hooks: &Gallery,
};

struct Gallery;

impl Hooks for Gallery {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_name(write.id.name())?;
        check_unique(write)?;
        if let Some(before) = &write.before {
            let path = "properties.sharingProfile.permissions";
            let sent = json::get(&write.sent, path);
            if sent.is_some() && sent != json::get(&before.body, path) {
                return Err(ArmError::property_change(
                    "gallery.properties.sharingProfile.permissions",
                ));
            }
            json::fill(
                &mut write.after.body,
                &json!({"properties": before.body["properties"]}),
            );
        }
        let name = unique_name(write);
        json::set(
            &mut write.after.body,
            "properties.identifier.uniqueName",
            name,
        );
        Ok(())
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        check_empty(state, resource)
    }

    fn act(&self, action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
        share::act(action)
    }

    fn view(&self, _: &State, resource: &Resource, view: View<'_>) -> Value {
        let mut body = shown(resource, view.version);
        if view.expands("SharingProfile/Groups")
            && let Some(groups) = resource.hidden.get(share::GROUPS)
        {
            json::set(
                &mut body,
                "properties.sharingProfile.groups",
                groups.clone(),
            );
        }
        body
    }
}

/// `{subscription}-{GALLERY}`: the name direct sharing uses.
pub(crate) fn unique_name_of(subscription: &str, name: &str) -> String {
    format!("{subscription}-{}", name.to_ascii_uppercase())
}

fn unique_name(write: &Write<'_>) -> String {
    let subscription = write.id.subscription.as_deref().unwrap_or_default();
    unique_name_of(subscription, write.id.name())
}

fn check_name(name: &str) -> Result<(), ArmError> {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = name.len() <= 80
        && name.chars().all(inner)
        && edge(name.chars().next())
        && edge(name.chars().last());
    if fits {
        return Ok(());
    }
    let message = format!(
        "The entity name 'galleryName' is invalid according to its validation rule: ^[^_\\W][\\w-._]{{0,79}}(?<![-.])$. The name is '{name}'."
    );
    Err(ArmError::invalid_parameter("galleryName", message))
}

/// A gallery's name is unique within its subscription.
fn check_unique(write: &Write<'_>) -> Result<(), ArmError> {
    let subscription = write.id.subscription.as_deref().unwrap_or_default();
    let mut all = write
        .state
        .store
        .of_type(subscription, None, KIND.type_name);
    let key = write.id.key();
    let other = all.find(|other| json::same(other.name(), write.id.name()) && other.key() != key);
    let Some(other) = other else { return Ok(()) };
    let message = format!(
        "The gallery name '{}' is not unique within the subscription '{subscription}'. The existing gallery is '{}'.",
        write.id.name(),
        other.id
    );
    Err(ArmError::conflict("Conflict", message))
}
