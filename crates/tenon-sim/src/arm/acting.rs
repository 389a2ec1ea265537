//! POST of actions.

use super::error::ArmError;
use super::id::ResourceId;
use super::reply::Reply;
use super::writing::require_writable;
use super::{Context, method_not_allowed, rbac, reading};
use crate::providers::{self, Action};

/// Answers a POST to a word below a resource.
pub(crate) fn act(
    context: &mut Context<'_>,
    id: &ResourceId,
    word: &str,
) -> Result<Reply, ArmError> {
    if context.call.method != "POST" {
        return Err(method_not_allowed(context.call));
    }
    let kind = providers::find(&id.type_name());
    let type_name = providers::canonical(&id.type_name());
    let action = format!("{type_name}/{word}/action");
    rbac::require(context.state, &context.caller, &action, &id.to_string())?;
    require_writable(context.state, id)?;
    let resource = reading::existing(context.state, id)?.clone();
    let mut action = Action {
        state: context.state,
        call: context.call,
        id,
        kind,
        name: word,
        resource,
    };
    match kind.hooks.act(&mut action) {
        Some(answer) => answer,
        None => {
            let message = format!("The resource '{type_name}' has no action '{word}'.");
            Err(ArmError::not_found("InvalidResourceType", message))
        }
    }
}
