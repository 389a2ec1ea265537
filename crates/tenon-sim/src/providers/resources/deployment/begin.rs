//! PUT of a deployment: everything is checked, then it begins.

use std::time::Duration;

use serde_json::{Value, json};

use super::preflight::prepare;
use super::run::{Prepared, Run, Step};
use super::{KIND, active, view};
use crate::arm::conflict::{Attempt, check_locks};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::operations::{self, Effect, Start};
use crate::arm::reply::Reply;
use crate::arm::writing::require_writable;
use crate::arm::{Context, rbac, reading};
use crate::json;
use crate::providers::Flow;
use crate::store::Resource;

/// The longest name a deployment can have.
const LONGEST_NAME: usize = 64;

/// Answers a PUT of a deployment.
pub(crate) fn put(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    allow(context, id, "write")?;
    let before = context.state.store.get(&id.key()).cloned();
    if let Some(before) = before.as_ref().filter(|before| before.operation.is_some()) {
        return Err(active(before));
    }
    let prepared = prepare(context, id)?;
    let operation = begin(context, id, before.as_ref(), prepared)?;
    let state = &*context.state;
    let shown = state.store.get(&id.key()).map(view::shown);
    let status = if before.is_some() { 200 } else { 201 };
    let reply = Reply::json(status, shown.unwrap_or_default());
    Ok(operations::announce(
        state,
        context.call,
        &operation,
        Flow::Deployment,
        reply,
    ))
}

/// Rights, name and surroundings, for a write as for a validation.
pub(super) fn allow(context: &Context<'_>, id: &ResourceId, verb: &str) -> Result<(), ArmError> {
    let state = &*context.state;
    let action = format!("{}/{verb}", KIND.type_name);
    rbac::require(state, &context.caller, &action, &id.to_string())?;
    let (Some(subscription), Some(group)) = (&id.subscription, &id.group) else {
        let message = "The simulator plays deployments to resource groups only.";
        return Err(ArmError::bad_request("NotSupported", message));
    };
    require_writable(state, id)?;
    let group = reading::existing(state, &ResourceId::of_group(subscription, group))?;
    if group.is_deleting() {
        let message = format!(
            "The resource group '{}' is in deprovisioning state and cannot perform this operation.",
            group.name()
        );
        return Err(ArmError::conflict("ResourceGroupBeingDeleted", message));
    }
    check_locks(state, &id.key(), Attempt::Write)?;
    let name = id.name();
    let fits = name.len() <= LONGEST_NAME
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.()".contains(c));
    if fits {
        return Ok(());
    }
    let message = format!(
        "The deployment name '{name}' is not valid. The name may have up to {LONGEST_NAME} characters: letters, digits, '-', '.', '(', ')' and '_'."
    );
    Err(ArmError::bad_request("InvalidDeploymentName", message))
}

fn begin(
    context: &mut Context<'_>,
    id: &ResourceId,
    before: Option<&Resource>,
    prepared: Prepared,
) -> Result<String, ArmError> {
    let body = context.json_body()?;
    let state = &mut *context.state;
    let now = state.now();
    let mut resource = Resource::new(id, json!({}), now);
    if let Some(before) = before {
        resource.id.clone_from(&before.id);
        resource.created = before.created;
    } else {
        resource.id = canonical_id(state, id);
    }
    KIND.type_name.clone_into(&mut resource.type_name);
    if let Some(tags) = json::get(&body, "tags") {
        json::set(&mut resource.body, "tags", tags.clone());
    }
    resource.set_state("Accepted");
    let key = resource.key();
    let target = resource.parsed();
    let correlation = correlation(context.call, state);
    resource.hidden = json!({
        "shown": view::frame(&prepared, &correlation),
    });
    state.store.put(resource);
    let operation = operations::start(
        state,
        Start {
            target: &target,
            verb: "DeploymentOperation",
            lasts: Duration::ZERO,
            effect: Effect::Deploy,
        },
    );
    let run = run(context, &target, &operation, prepared, &body);
    run.save(context.state, &key);
    operations::wake(context.state, &key, Duration::ZERO);
    Ok(operation)
}

/// The id with the group and the type as Azure spells them.
fn canonical_id(state: &crate::state::State, id: &ResourceId) -> String {
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let group = id.group.as_deref().unwrap_or_default();
    let found = state
        .store
        .get(&ResourceId::of_group(subscription, group).key());
    let group = ResourceId::of_group(subscription, found.map_or(group, Resource::name));
    group
        .with_part("Microsoft.Resources", "deployments", id.name())
        .to_string()
}

fn correlation(call: &crate::call::Call, state: &mut crate::state::State) -> String {
    match call.header("x-ms-correlation-request-id") {
        Some(sent) => sent.to_owned(),
        None => state.fresh_id("correlation"),
    }
}

fn run(
    context: &mut Context<'_>,
    id: &ResourceId,
    operation: &str,
    prepared: Prepared,
    body: &Value,
) -> Run {
    let state = &*context.state;
    let steps = prepared
        .declared
        .into_iter()
        .zip(prepared.waits)
        .enumerate()
        .map(|(place, (declared, waits))| {
            let number = state.derived_id(&format!("{operation}/{place}"));
            let number = number.replace('-', "").to_ascii_uppercase();
            Step::new(declared, waits, number[..16].to_owned())
        })
        .collect();
    Run {
        caller: context.caller.clone(),
        base: context.call.base.clone(),
        operation: operation.to_owned(),
        variables: prepared.template.variables,
        outputs: prepared.template.outputs,
        shown: json!({
            "name": id.name(),
            "properties": {
                "template": json::get(body, "properties.template"),
                "parameters": prepared.parameters.shown(),
                "mode": "Incremental",
                "provisioningState": "Running",
            },
        }),
        parameters: prepared.parameters,
        steps,
        canceled: false,
        ended: None,
        error: None,
        results: Value::Null,
    }
}
