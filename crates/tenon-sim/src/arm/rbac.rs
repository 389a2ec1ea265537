//! Who may do what: role assignments at a scope and above it.

use serde_json::{Value, json};

use super::authentication::{Caller, Identity};
use super::error::ArmError;
use super::id::within;
use super::{denial, roles};
use crate::json;
use crate::state::State;

/// True when an identity may perform an action at a scope, given as a key.
pub(crate) fn allows(state: &State, who: &Identity, action: &str, scope: &str) -> bool {
    granted(state, who, action, scope) && denial::find(state, who, action, scope).is_none()
}

/// True when a role of an identity has an action, denied or not.
fn granted(state: &State, who: &Identity, action: &str, scope: &str) -> bool {
    permissions(state, who, scope)
        .iter()
        .any(|entry| permits(entry, action))
}

/// True when a role of an identity has a data action at a scope, given as a key.
pub(crate) fn allows_data(state: &State, who: &Identity, action: &str, scope: &str) -> bool {
    permissions(state, who, scope).iter().any(|entry| {
        covered(entry, "dataActions", action) && !covered(entry, "notDataActions", action)
    })
}

/// The permission entries an identity holds at a scope.
pub(crate) fn permissions(state: &State, who: &Identity, scope: &str) -> Vec<Value> {
    let now = state.now();
    let grants = state
        .store
        .index
        .grants(&who.object_id.to_ascii_lowercase());
    grants
        .iter()
        .filter(|grant| within(scope, &grant.scope))
        .filter(|grant| grant.effective.is_none_or(|effective| effective <= now))
        .flat_map(|grant| role_permissions(state, &grant.role))
        .collect()
}

/// True when an identity holds any role at, above or below a scope.
pub(crate) fn knows(state: &State, who: &Identity, scope: &str) -> bool {
    let now = state.now();
    let grants = state
        .store
        .index
        .grants(&who.object_id.to_ascii_lowercase());
    grants.iter().any(|grant| {
        (within(scope, &grant.scope) || within(&grant.scope, scope))
            && grant.effective.is_none_or(|effective| effective <= now)
    })
}

fn role_permissions(state: &State, role: &str) -> Vec<Value> {
    if let Some(built_in) = roles::by_id(role) {
        return vec![built_in.permissions()];
    }
    let custom = state.custom_role(role);
    custom.map_or_else(Vec::new, |custom| {
        json::items(&custom.body, "properties.permissions").to_vec()
    })
}

fn permits(entry: &Value, action: &str) -> bool {
    covered(entry, "actions", action) && !covered(entry, "notActions", action)
}

fn covered(entry: &Value, list: &str, action: &str) -> bool {
    let mut patterns = json::items(entry, list).iter().filter_map(Value::as_str);
    patterns.any(|pattern| roles::covers(pattern, action))
}

/// Refuses what the primary identity may not do.
pub(crate) fn require(
    state: &State,
    caller: &Caller,
    action: &str,
    scope: &str,
) -> Result<(), ArmError> {
    let (who, key) = (&caller.primary, scope.to_ascii_lowercase());
    if !granted(state, who, action, &key) {
        return Err(refusal(who, action, scope));
    }
    let Some(denial) = denial::find(state, who, action, &key) else {
        return Ok(());
    };
    let message = format!(
        "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{scope}'; however, {}",
        who.application,
        who.object_id,
        denial::because_of(denial)
    );
    Err(ArmError::new(403, "AuthorizationFailed", message))
}

/// The refusal itself.
pub(crate) fn refusal(who: &Identity, action: &str, scope: &str) -> ArmError {
    let message = format!(
        "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        who.application, who.object_id
    );
    ArmError::new(403, "AuthorizationFailed", message)
}

/// What `GET …/permissions` answers.
pub(crate) fn permission_list(state: &State, who: &Identity, scope: &str) -> Value {
    json!({"value": permissions(state, who, &scope.to_ascii_lowercase())})
}
