//! DELETE of resources.

use super::conflict::{Attempt, check_locks};
use super::error::ArmError;
use super::id::ResourceId;
use super::operations::{self, Effect, Start};
use super::reply::Reply;
use super::writing::{Verb, require_writable};
use super::{Context, conditions, rbac, reading};
use crate::providers::{self, Flow, Kind};
use crate::store::Resource;

/// Answers a DELETE.
pub(crate) fn delete(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let kind = providers::find(&id.type_name());
    let type_name = providers::action_type(&id.type_name());
    rbac::require(
        context.state,
        &context.caller,
        &format!("{type_name}/delete"),
        &id.to_string(),
    )?;
    require_writable(context.state, id)?;
    let state = &*context.state;
    let Some(resource) = state.store.get(&id.key()).cloned() else {
        return gone_already(context, id);
    };
    check_locks(state, &id.key(), Attempt::Delete)?;
    conditions::check(context, kind, Some(&resource))?;
    if resource.is_deleting() && resource.operation.is_some() {
        return Ok(accepted(context, kind, &resource));
    }
    kind.hooks
        .check_idle(state, &resource)
        .map_err(|error| operations::pointed(state, context.call, &resource, error))?;
    kind.hooks.check_delete(state, &resource, context.call)?;
    if kind.flow == Flow::Sync && !id.parts.is_empty() {
        return Ok(at_once(context, &resource));
    }
    Ok(slowly(context, kind, &resource))
}

/// Deleting nothing is a success, except where the group is missing, and for groups themselves.
fn gone_already(context: &Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let refusal = reading::absent(context.state, id);
    if refusal.code == "ResourceGroupNotFound" {
        Err(refusal)
    } else {
        Ok(Reply::empty(204))
    }
}

fn at_once(context: &mut Context<'_>, resource: &Resource) -> Reply {
    let shown = context.state.show(resource, context.call);
    operations::remove(context.state, &resource.key());
    // Role assignments are handed back one last time.
    if resource
        .type_name
        .starts_with("Microsoft.Authorization/role")
    {
        Reply::json(200, shown)
    } else {
        Reply::empty(200)
    }
}

fn slowly(context: &mut Context<'_>, kind: &'static Kind, resource: &Resource) -> Reply {
    let state = &mut *context.state;
    let id = resource.parsed();
    let group = id.parts.is_empty();
    state
        .store
        .update(&resource.key(), |resource| resource.set_state("Deleting"));
    let lasts = state.lasts(&kind.durations, &id.type_name(), Verb::Delete);
    let effect = if group {
        Effect::RemoveGroup
    } else {
        kind.hooks.end(state, resource)
    };
    operations::start(
        state,
        Start {
            target: &id,
            verb: "DeleteOperation",
            lasts,
            effect,
        },
    );
    accepted(context, kind, resource)
}

/// The answer to a delete that is under way.
fn accepted(context: &Context<'_>, kind: &'static Kind, resource: &Resource) -> Reply {
    let state = &*context.state;
    let current = state.store.get(&resource.key());
    let operation = current
        .and_then(|current| current.operation.clone())
        .unwrap_or_default();
    let id = resource.parsed();
    if !id.parts.is_empty() {
        return operations::announce(
            state,
            context.call,
            &operation,
            kind.flow,
            Reply::empty(202),
        );
    }
    let address = format!(
        "{}/subscriptions/{}/operationresults/{operation}?api-version={}{}",
        context.call.base,
        id.subscription.unwrap_or_default(),
        context.call.api_version(),
        operations::seals(state, &operation)
    );
    Reply::empty(202)
        .header("Location", address)
        .headers(operations::retry_after(state, Flow::Sync))
}
