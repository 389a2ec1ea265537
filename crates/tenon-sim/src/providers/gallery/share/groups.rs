//! Subscriptions and tenants that a gallery is shared with directly.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{GROUPS, PERMISSIONS};
use crate::arm::error::ArmError;
use crate::json;
use crate::state::State;
use crate::store::Resource;

/// The sorts of groups, and how many of each there may be.
const MOST: [(&str, usize); 2] = [("Subscriptions", 30), ("AADTenants", 5)];

/// To whom a consumer owes that it sees a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owed {
    /// Its subscription is named.
    Subscription,
    /// Its tenant is named.
    Tenant,
}

/// What becomes of the ids that are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Add,
    Remove,
}

/// Why a subscription may use a gallery that is shared directly, if it may.
pub(crate) fn shared_with(state: &State, gallery: &Resource, subscription: &str) -> Option<Owed> {
    if json::text(&gallery.body, PERMISSIONS) != Some("Groups") {
        return None;
    }
    let tenant = state.directory.tenant_of(subscription).unwrap_or_default();
    let named = |kind: &str, wanted: &str| {
        of(gallery).iter().any(|group| {
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

pub(super) fn of(gallery: &Resource) -> &[Value] {
    json::items(&gallery.hidden, GROUPS)
}

pub(super) fn any(gallery: &Resource) -> bool {
    json::text(&gallery.body, PERMISSIONS) == Some("Groups") && !of(gallery).is_empty()
}

pub(super) fn invalid(name: &str, value: &str) -> ArmError {
    let message = format!("The value '{value}' of parameter '{name}' is invalid.");
    ArmError::invalid_parameter(name, message)
}

/// Adds to the groups, or takes away from them.
pub(super) fn change(gallery: &mut Resource, body: &Value, change: Change) -> Result<(), ArmError> {
    let mut groups = of(gallery).to_vec();
    for sent in json::items(body, "groups") {
        let kind = json::text(sent, "type").unwrap_or_default();
        let Some((kind, most)) = MOST.iter().find(|(known, _)| json::same(known, kind)) else {
            return Err(invalid("groups.type", kind));
        };
        let named = ids(sent)?;
        let place = groups
            .iter()
            .position(|group| json::text(group, "type") == Some(kind));
        let place = place.unwrap_or_else(|| {
            groups.push(json!({"type": kind, "ids": []}));
            groups.len() - 1
        });
        let mut kept = json::items(&groups[place], "ids").to_vec();
        kept.retain(|id| !named.contains(id));
        if change == Change::Add {
            kept.extend(named);
        }
        if kept.len() > *most {
            let message = format!(
                "Gallery '{}' cannot be shared with more than {most} {kind}.",
                gallery.name()
            );
            return Err(ArmError::invalid_parameter("groups.ids", message));
        }
        groups[place]["ids"] = json!(kept);
    }
    groups.retain(|group| !json::items(group, "ids").is_empty());
    json::set(&mut gallery.hidden, GROUPS, json!(groups));
    Ok(())
}

fn ids(group: &Value) -> Result<Vec<Value>, ArmError> {
    let mut ids = Vec::new();
    for id in json::items(group, "ids").iter().filter_map(Value::as_str) {
        if Uuid::try_parse(id).is_err() {
            return Err(invalid("groups.ids", id));
        }
        ids.push(json!(id.to_ascii_lowercase()));
    }
    Ok(ids)
}
