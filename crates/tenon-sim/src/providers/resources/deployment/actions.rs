//! POST below a deployment: validate, cancel, export.

use serde_json::json;

use super::begin::allow;
use super::preflight::prepare;
use super::run::{Phase, Run};
use super::{KIND, advance, view};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, method_not_allowed, rbac, reading};
use crate::clock::stamp;
use crate::json;

/// Answers a request to a word below a deployment.
pub(crate) fn act(
    context: &mut Context<'_>,
    id: &ResourceId,
    word: &str,
) -> Result<Reply, ArmError> {
    if context.call.method != "POST" {
        return Err(method_not_allowed(context.call));
    }
    match word.to_ascii_lowercase().as_str() {
        "validate" => validate(context, id),
        "cancel" => cancel(context, id),
        "exporttemplate" => export(context, id),
        _ => {
            let message = format!(
                "The resource '{}' has no action '{word}' in the simulator.",
                KIND.type_name
            );
            Err(ArmError::not_found("InvalidResourceType", message))
        }
    }
}

/// The checks of a PUT without the deployment.
fn validate(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    allow(context, id, "validate/action")?;
    let prepared = prepare(context, id)?;
    let correlation = context.state.fresh_id("correlation");
    let mut properties = view::frame(&prepared, &correlation);
    let validated: Vec<_> = prepared
        .declared
        .iter()
        .filter(|one| one.active && !one.existing)
        .map(|one| json!({"id": one.id}))
        .collect();
    for (member, value) in [
        ("provisioningState", json!("Succeeded")),
        ("timestamp", json!(stamp(context.state.now()))),
        ("duration", json!("PT0S")),
        ("validatedResources", json!(validated)),
    ] {
        json::set(&mut properties, member, value);
    }
    Ok(Reply::json(
        200,
        json!({
            "id": id.to_string(),
            "name": id.name(),
            "type": KIND.type_name,
            "properties": properties,
        }),
    ))
}

/// Starts nothing more; what is under way comes to its end.
fn cancel(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let action = format!("{}/cancel/action", KIND.type_name);
    rbac::require(context.state, &context.caller, &action, &id.to_string())?;
    let key = id.key();
    let found = reading::existing(context.state, id)?;
    let (busy, word) = (found.operation.is_some(), found.state().to_owned());
    let run = Run::load(context.state, &key).filter(|_| busy);
    let Some(mut run) = run else {
        let message = format!(
            "The deployment '{}' cannot be cancelled because its provisioning state is '{word}'. Please see https://aka.ms/arm-deploy for usage details.",
            id.name()
        );
        return Err(ArmError::conflict("DeploymentCannotBeCancelled", message));
    };
    run.canceled = true;
    let now = context.state.now();
    for step in &mut run.steps {
        if step.phase == Phase::Paused {
            step.fail(
                ArmError::conflict("Canceled", "The deployment was canceled."),
                now,
            );
        }
    }
    run.save(context.state, &key);
    advance(context.state, &key);
    Ok(Reply::empty(204))
}

fn export(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let action = format!("{}/exportTemplate/action", KIND.type_name);
    rbac::require(context.state, &context.caller, &action, &id.to_string())?;
    let found = reading::existing(context.state, id)?;
    let template = json::get(&found.hidden, "run.shown.properties.template").cloned();
    Ok(Reply::json(200, json!({"template": template})))
}
