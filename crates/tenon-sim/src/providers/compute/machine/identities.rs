//! Who a machine acts as.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::arm::error::ArmError;
use crate::json;
use crate::providers::{Write, identity};

const USERS: &str = "identity.userAssignedIdentities";

/// Identities have to exist; their ids are shown in the echo. `type` has the
/// last word: what it does not name goes.
pub(crate) fn shape(write: &mut Write<'_>) -> Result<(), ArmError> {
    let words = json::text(&write.after.body, "identity.type")
        .unwrap_or_default()
        .to_owned();
    let has = |word: &str| words.split(',').any(|one| json::same(one.trim(), word));
    if words.is_empty() || has("None") {
        json::take(&mut write.after.body, "identity");
        return Ok(());
    }
    if has("UserAssigned") {
        users(write)?;
    } else {
        json::take(&mut write.after.body, USERS);
    }
    for member in ["principalId", "tenantId"] {
        json::take(&mut write.after.body, &format!("identity.{member}"));
    }
    if has("SystemAssigned") {
        system(write);
    }
    Ok(())
}

/// Keys compare without case; the first spelling stays.
fn users(write: &mut Write<'_>) -> Result<(), ArmError> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let old = write.before.as_ref().map(|before| &before.body);
    let old = old.into_iter().flat_map(|body| json::members(body, USERS));
    let spelled: BTreeMap<String, String> = old
        .map(|(id, _)| (id.to_ascii_lowercase(), id.clone()))
        .collect();
    for (id, _) in json::members(&write.after.body, USERS) {
        let key = id.to_ascii_lowercase();
        let id = spelled.get(&key).unwrap_or(id).clone();
        named.insert(key, id);
    }
    if named.is_empty() {
        let message = "The identity type 'UserAssigned' needs at least one user assigned identity.";
        return Err(ArmError::bad_request("InvalidParameter", message)
            .at("identity.userAssignedIdentities"));
    }
    let mut shown = Map::new();
    for id in named.into_values() {
        if write.state.store.find(&id).is_none() {
            let message = format!("Resource '{id}' was not found.");
            return Err(ArmError::bad_request("FailedIdentityOperation", message));
        }
        let ids = identity::ids(write.state, &id);
        shown.insert(id, ids);
    }
    json::set(&mut write.after.body, USERS, Value::Object(shown));
    Ok(())
}

fn system(write: &mut Write<'_>) {
    let principal = write
        .state
        .derived_id(&format!("system/{}", write.after.key()));
    let subscription = write.id.subscription.as_deref().unwrap_or_default();
    let tenant = write
        .state
        .directory
        .tenant_of(subscription)
        .unwrap_or_default()
        .to_owned();
    json::set(&mut write.after.body, "identity.principalId", principal);
    json::set(&mut write.after.body, "identity.tenantId", tenant);
}
