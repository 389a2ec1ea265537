//! Linked scopes: rights on what a body refers to.
//!
//! A write runs as the primary identity. Where its body names a resource of
//! another tenant, an auxiliary token of that tenant has to answer for it, on
//! every write and not only on the first.

use super::authentication::Caller;
use super::error::ArmError;
use super::id::ResourceId;
use super::{denial, rbac};
use crate::providers;
use crate::state::State;
use crate::store::Resource;

/// A reference in a body and the action it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it stands in the body.
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) action: Needs,
}

/// The right a link takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Needs {
    /// To read whatever it is.
    Read,
    /// One action.
    Action(&'static str),
}

impl Link {
    pub(crate) fn read(path: impl Into<String>, id: &str) -> Self {
        Self {
            path: path.into(),
            id: id.to_owned(),
            action: Needs::Read,
        }
    }

    pub(crate) fn join(path: impl Into<String>, id: &str, action: &'static str) -> Self {
        Self {
            path: path.into(),
            id: id.to_owned(),
            action: Needs::Action(action),
        }
    }
}

/// Checks every link of a body that is about to be written to `target`.
pub(crate) fn check(
    state: &State,
    caller: &Caller,
    target: &ResourceId,
    links: &[Link],
) -> Result<(), ArmError> {
    links
        .iter()
        .try_for_each(|link| check_one(state, caller, target, link))
}

fn check_one(
    state: &State,
    caller: &Caller,
    target: &ResourceId,
    link: &Link,
) -> Result<(), ArmError> {
    let linked = ResourceId::parse(&link.id).filter(|id| !id.parts.is_empty());
    let Some(linked) = linked else {
        let message = format!(
            "Property id '{}' at path '{}' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{{subscriptionId}}' or '/providers/{{resourceProviderNamespace}}/'.",
            link.id, link.path
        );
        return Err(ArmError::bad_request("LinkedInvalidPropertyId", message));
    };
    // Ids without a subscription belong to nobody in particular.
    let Some(subscription) = &linked.subscription else {
        return Ok(());
    };
    let action = match link.action {
        Needs::Action(action) => action.to_owned(),
        Needs::Read => format!("{}/read", providers::canonical(&linked.type_name())),
    };
    let Some(tenant) = state.directory.tenant_of(subscription) else {
        return Err(subscription_unknown(caller, target, &action, subscription));
    };
    let Some(identity) = caller.in_tenant(tenant) else {
        return Err(not_represented(caller, target, &action, subscription));
    };
    if rbac::allows(state, identity, &action, &linked.key()) {
        return Ok(());
    }
    if let Some(denial) = denial::find(state, identity, &action, &linked.key()) {
        return Err(denied(caller, target, denial));
    }
    Err(not_permitted(caller, target, &action, &linked))
}

fn write_action(target: &ResourceId) -> String {
    format!("{}/write", providers::action_type(&target.type_name()))
}

fn refused(message: String) -> ArmError {
    ArmError::new(403, "LinkedAuthorizationFailed", message)
}

/// No token speaks for the tenant of the linked subscription.
fn not_represented(
    caller: &Caller,
    target: &ResourceId,
    action: &str,
    subscription: &str,
) -> ArmError {
    refused(format!(
        "The client has permission to perform action '{action}' on scope '{target}', however the current tenant '{}' is not authorized to access linked subscription '{subscription}'.",
        caller.primary.tenant
    ))
}

/// A token speaks for it, but holds no fitting role.
fn not_permitted(
    caller: &Caller,
    target: &ResourceId,
    action: &str,
    linked: &ResourceId,
) -> ArmError {
    refused(format!(
        "The client '{}' with object id '{}' has permission to perform action '{}' on scope '{target}'; however, it does not have permission to perform action(s) '{action}' on the linked scope(s) '{linked}' (respectively) or the linked scope(s) are invalid.",
        caller.primary.application,
        caller.primary.object_id,
        write_action(target)
    ))
}

/// Somebody took the right on the linked resource away.
fn denied(caller: &Caller, target: &ResourceId, denial: &Resource) -> ArmError {
    refused(format!(
        "The client '{}' with object id '{}' has permission to perform action '{}' on scope '{target}'; however, {}",
        caller.primary.application,
        caller.primary.object_id,
        write_action(target),
        denial::because_of(denial)
    ))
}

fn subscription_unknown(
    caller: &Caller,
    target: &ResourceId,
    action: &str,
    subscription: &str,
) -> ArmError {
    refused(format!(
        "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{target}'; however the linked subscription '{subscription}' was not found.",
        caller.primary.application, caller.primary.object_id
    ))
}
