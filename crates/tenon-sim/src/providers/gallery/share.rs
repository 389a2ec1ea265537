//! Whom a gallery is open to without a role, and how its owner says so.
//!
//! `permissions` of the sharing profile is fixed when the gallery is made. Groups
//! come and go with `POST …/share`, a community gallery goes live with it, and
//! `Reset` clears the profile: the gallery is private then. What is taken away
//! is gone at once; `sharingStatus` follows region by region.
//! Sources: `gallery.json` and its examples; "Share images by using a community
//! gallery"; "Share a gallery with all users in a subscription or tenant".

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::operations::{self, Effect, Start};
use crate::arm::reply::Reply;
use crate::arm::writing::Verb;
use crate::json;
use crate::providers::{Action, Flow, Write};
use crate::state::State;
use crate::store::Resource;

mod groups;
mod status;

pub(crate) use groups::{Owed, shared_with};
pub(super) use status::reveal;

/// Where a resource remembers its groups: the body of an answer has them only
/// on demand.
pub(crate) const GROUPS: &str = "sharing";

pub(super) const PERMISSIONS: &str = "properties.sharingProfile.permissions";
pub(super) const COMMUNITY: &str = "properties.sharingProfile.communityGalleryInfo";

/// Whether everybody may use a gallery under a public name.
pub(crate) fn is_public_as(gallery: &Resource, name: &str) -> bool {
    let names = json::items(&gallery.body, &format!("{COMMUNITY}.publicNames"));
    is_public(gallery)
        && names
            .iter()
            .any(|known| known.as_str().is_some_and(|known| json::same(known, name)))
}

fn is_public(gallery: &Resource) -> bool {
    let enabled = format!("{COMMUNITY}.communityGalleryEnabled");
    json::truth(&gallery.body, &enabled) == Some(true)
}

/// Whether its owner has chosen to open a gallery, and how: `Groups` or `Community`.
pub(super) fn openness(gallery: &Resource) -> Option<&str> {
    json::text(&gallery.body, PERMISSIONS).filter(|permissions| *permissions != "Private")
}

/// Completes the sharing profile of a new gallery.
pub(super) fn prepare(write: &mut Write<'_>) -> Result<(), ArmError> {
    if json::text(&write.after.body, PERMISSIONS) != Some("Community") {
        return Ok(());
    }
    for member in [
        "publisherUri",
        "publisherContact",
        "eula",
        "publicNamePrefix",
    ] {
        let path = format!("gallery.{COMMUNITY}.{member}");
        let value = json::text(&write.after.body, &format!("{COMMUNITY}.{member}"));
        if value.is_none_or(str::is_empty) {
            let message = format!("Required parameter '{path}' is missing (null).");
            return Err(ArmError::invalid_parameter(&path, message));
        }
    }
    name_publicly(write.state, &mut write.after);
    let enabled = format!("{COMMUNITY}.communityGalleryEnabled");
    json::set(&mut write.after.body, &enabled, false);
    Ok(())
}

/// Its public name is known before it is public: prefix and a GUID.
fn name_publicly(state: &State, gallery: &mut Resource) {
    let key = gallery.key();
    let prefix = json::text(&gallery.body, &format!("{COMMUNITY}.publicNamePrefix"));
    let prefix = prefix.unwrap_or(gallery.name()).to_owned();
    let name = format!("{prefix}-{}", state.derived_id(&format!("public/{key}")));
    json::default(
        &mut gallery.body,
        &format!("{COMMUNITY}.publicNames"),
        json!([name]),
    );
}

/// Opens a gallery to everybody, under a name that is made of its prefix.
pub(crate) fn enable_community(state: &State, gallery: &mut Resource) {
    name_publicly(state, gallery);
    let enabled = format!("{COMMUNITY}.communityGalleryEnabled");
    json::set(&mut gallery.body, &enabled, true);
}

/// A gallery goes only after its sharing was reset; its group does not go before either.
pub(crate) fn check_reset(gallery: &Resource) -> Result<(), ArmError> {
    if !is_public(gallery) && !groups::any(gallery) {
        return Ok(());
    }
    let message = format!(
        "Gallery '{}' cannot be deleted since it is shared. Reset its sharing profile first.",
        gallery.name()
    );
    Err(ArmError::conflict("OperationNotAllowed", message))
}

/// Answers `POST …/share`.
pub(super) fn act(action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
    action
        .name
        .eq_ignore_ascii_case("share")
        .then(|| share(action))
}

fn share(action: &mut Action<'_>) -> Result<Reply, ArmError> {
    action
        .kind
        .hooks
        .check_idle(action.state, &action.resource)?;
    let body: Value = serde_json::from_slice(&action.call.body).unwrap_or_default();
    let mut gallery = action.resource.clone();
    let wanted = json::text(&body, "operationType").unwrap_or_default();
    check_permission(&gallery, wanted)?;
    match wanted {
        "Add" => groups::change(&mut gallery, &body, groups::Change::Add)?,
        "Remove" => groups::change(&mut gallery, &body, groups::Change::Remove)?,
        "EnableCommunity" => enable_community(action.state, &mut gallery),
        _ => reset(&mut gallery),
    }
    gallery.set_state("Updating");
    let key = gallery.key();
    action.state.store.update(&key, |stored| {
        stored.body = gallery.body;
        stored.hidden = gallery.hidden;
    });
    let state = &mut *action.state;
    let lasts = state.lasts(&action.kind.durations, action.kind.type_name, Verb::Action);
    let start = Start {
        target: action.id,
        verb: "ShareGallery",
        lasts,
        effect: Effect::Settle,
    };
    let operation = operations::start(state, start);
    operations::shows(state, &operation, body.clone());
    let reply = Reply::json(202, body);
    Ok(operations::announce(
        state,
        action.call,
        &operation,
        Flow::Gallery,
        reply,
    ))
}

/// Every operation is for one sort of gallery; resetting is for all.
fn check_permission(gallery: &Resource, wanted: &str) -> Result<(), ArmError> {
    let needs = match wanted {
        "Add" | "Remove" => "Groups",
        "EnableCommunity" => "Community",
        "Reset" => return Ok(()),
        _ => return Err(groups::invalid("operationType", wanted)),
    };
    let permissions = json::text(&gallery.body, PERMISSIONS).unwrap_or("Private");
    if permissions == needs {
        return Ok(());
    }
    let message = format!(
        "Operation '{wanted}' is not allowed for gallery '{}' since its sharing permission is '{permissions}'.",
        gallery.name()
    );
    Err(ArmError::conflict("OperationNotAllowed", message))
}

fn reset(gallery: &mut Resource) {
    json::set(&mut gallery.hidden, GROUPS, json!([]));
    json::take(&mut gallery.body, COMMUNITY);
    json::set(&mut gallery.body, PERMISSIONS, "Private");
}
