//! Galleries.

use serde_json::{Value, json};

use super::{check_empty, names, share, shown};
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
        names::check_gallery(write.id.name())?;
        check_unique(write)?;
        match write.before.clone() {
            Some(before) => {
                check_fixed(&write.sent, &before.body)?;
                json::fill(
                    &mut write.after.body,
                    &json!({"properties": before.body["properties"]}),
                );
            }
            None => share::prepare(write)?,
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
        check_empty(state, resource)?;
        share::check_reset(resource)
    }

    fn act(&self, action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
        share::act(action)
    }

    fn view(&self, state: &State, resource: &Resource, view: View<'_>) -> Value {
        let mut body = shown(resource, view.version);
        // The older word for the same; the Azure CLI has both.
        if view.expands("SharingProfile/Groups") || json::same(view.select, "Permissions") {
            share::reveal(state, resource, &mut body);
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

/// How a gallery is shared is decided when it is made. Only `Reset` makes one private.
fn check_fixed(sent: &Value, before: &Value) -> Result<(), ArmError> {
    let permissions = |body| json::text(body, share::PERMISSIONS);
    let was = permissions(before).unwrap_or("Private");
    if permissions(sent).is_some_and(|now| now != was) {
        return Err(ArmError::property_change(
            "gallery.properties.sharingProfile.permissions",
        ));
    }
    let path = format!("{}.publicNamePrefix", share::COMMUNITY);
    let sent = json::text(sent, &path);
    if sent.is_some() && sent != json::text(before, &path) {
        return Err(ArmError::property_change(&format!("gallery.{path}")));
    }
    Ok(())
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
    if other.is_none() {
        return Ok(());
    }
    let message = format!(
        "The gallery name '{}' is not unique within the subscription '{subscription}'. Please pick another gallery name.",
        write.id.name(),
    );
    Err(ArmError::conflict("Conflict", message))
}
