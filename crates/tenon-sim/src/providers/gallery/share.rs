//! Whom a gallery is open to without a role, and how its owner says so.
//!
//! `permissions` of the sharing profile is fixed when the gallery is made. Groups
//! come and go with `POST …/share`; they are shown only where a reader expands
//! `SharingProfile/Groups`.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::reply::Reply;
use crate::json;
use crate::providers::Action;
use crate::state::State;
use crate::store::Resource;

/// Where a resource remembers its groups: the body of an answer has them only
/// on demand.
pub(crate) const GROUPS: &str = "sharing";

const PERMISSIONS: &str = "properties.sharingProfile.permissions";
const COMMUNITY: &str = "properties.sharingProfile.communityGalleryInfo";

/// To whom a consumer owes that it sees a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owed {
    /// Its subscription is named.
    Subscription,
    /// Its tenant is named.
    Tenant,
}

/// Why a subscription may use a gallery that is shared directly, if it may.
pub(crate) fn shared_with(state: &State, gallery: &Resource, subscription: &str) -> Option<Owed> {
    if json::text(&gallery.body, PERMISSIONS) != Some("Groups") {
        return None;
    }
    let tenant = state.directory.tenant_of(subscription).unwrap_or_default();
    let groups = gallery.hidden.get(GROUPS).and_then(Value::as_array);
    let named = |kind: &str, wanted: &str| {
        groups.into_iter().flatten().any(|group| {
            let ids = json::items(group, "ids").iter().filter_map(Value::as_str);
            json::text(group, "type") == Some(kind)
                && ids.into_iter().any(|id| json::same(id, wanted))
        })
    };
    if named("Subscriptions", subscription) {
        Some(Owed::Subscription)
    } else {
        named("AADTenants", tenant).then_some(Owed::Tenant)
    }
}

/// Whether everybody may use a gallery under a public name.
pub(crate) fn is_public_as(gallery: &Resource, name: &str) -> bool {
    let names = json::items(&gallery.body, &format!("{COMMUNITY}.publicNames"));
    json::truth(
        &gallery.body,
        &format!("{COMMUNITY}.communityGalleryEnabled"),
    ) == Some(true)
        && names
            .iter()
            .any(|known| known.as_str().is_some_and(|known| json::same(known, name)))
}

/// Opens a gallery to everybody, under a name that is made of its prefix.
pub(crate) fn enable_community(state: &State, gallery: &mut Resource) {
    let key = gallery.key();
    let prefix = json::text(&gallery.body, &format!("{COMMUNITY}.publicNamePrefix"));
    let prefix = prefix.unwrap_or(gallery.name()).to_owned();
    let name = format!("{prefix}-{}", state.derived_id(&format!("public/{key}")));
    let body = &mut gallery.body;
    json::default(body, &format!("{COMMUNITY}.publicNames"), json!([name]));
    json::set(body, &format!("{COMMUNITY}.communityGalleryEnabled"), true);
}

/// Answers `POST …/share`.
pub(super) fn act(action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
    action
        .name
        .eq_ignore_ascii_case("share")
        .then(|| share(action))
}

fn share(action: &mut Action<'_>) -> Result<Reply, ArmError> {
    let body: Value = serde_json::from_slice(&action.call.body).unwrap_or_default();
    let permissions = json::text(&action.resource.body, PERMISSIONS).unwrap_or("Private");
    let wanted = json::text(&body, "operationType").unwrap_or_default();
    let needs = match wanted {
        "Add" | "Remove" | "Reset" => "Groups",
        "EnableCommunity" => "Community",
        _ => return Err(invalid("operationType", wanted)),
    };
    let resets = wanted == "Reset" && permissions == "Community";
    if permissions != needs && !resets {
        let message = format!(
            "Operation '{wanted}' is not allowed for gallery '{}' since its sharing permission is '{permissions}'.",
            action.resource.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    let mut gallery = action.resource.clone();
    match wanted {
        "Add" | "Remove" => change(&mut gallery, &body, wanted == "Add")?,
        "EnableCommunity" => enable_community(action.state, &mut gallery),
        _ => {
            json::set(&mut gallery.hidden, GROUPS, json!([]));
            json::take(
                &mut gallery.body,
                &format!("{COMMUNITY}.communityGalleryEnabled"),
            );
        }
    }
    action.state.store.update(&gallery.key(), |stored| {
        stored.body = gallery.body;
        stored.hidden = gallery.hidden;
    });
    Ok(Reply::json(200, body))
}

fn invalid(name: &str, value: &str) -> ArmError {
    let message = format!("The value '{value}' of parameter '{name}' is invalid.");
    ArmError::invalid_parameter(name, message)
}

/// Adds to the groups, or takes away from them.
fn change(gallery: &mut Resource, body: &Value, adds: bool) -> Result<(), ArmError> {
    let mut groups = match gallery.hidden.get(GROUPS) {
        Some(Value::Array(groups)) => groups.clone(),
        _ => Vec::new(),
    };
    for sent in json::items(body, "groups") {
        let kind = json::text(sent, "type").unwrap_or_default();
        if !matches!(kind, "Subscriptions" | "AADTenants") {
            return Err(invalid("groups.type", kind));
        }
        let place = groups
            .iter()
            .position(|group| json::text(group, "type") == Some(kind));
        let place = place.unwrap_or_else(|| {
            groups.push(json!({"type": kind, "ids": []}));
            groups.len() - 1
        });
        let named: Vec<Value> = json::items(sent, "ids").to_vec();
        let mut ids: Vec<Value> = json::items(&groups[place], "ids").to_vec();
        ids.retain(|id| !named.contains(id));
        if adds {
            ids.extend(named);
        }
        groups[place]["ids"] = json!(ids);
    }
    groups.retain(|group| !json::items(group, "ids").is_empty());
    json::set(&mut gallery.hidden, GROUPS, json!(groups));
    Ok(())
}
