//! What is found out about a deployment before anything is written.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::run::Prepared;
use super::runtime;
use crate::arm::Context;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::{location, policy, rbac, schema, versions};
use crate::json;
use crate::providers::{self, resources::provider};
use crate::state::State;
use crate::template::{
    Declared, Nothing, Parameters, Problem, Scope, Template, declared, dependencies,
};

/// Reads the deployment a body describes and checks all of it.
pub(super) fn prepare(context: &Context<'_>, id: &ResourceId) -> Result<Prepared, ArmError> {
    let body = context.json_body()?;
    let properties = json::get(&body, "properties").ok_or_else(|| {
        let message = "The request content was invalid and could not be deserialized: 'Required property 'properties' not found in JSON. Path '', line 1, position 1.'.";
        ArmError::bad_request("InvalidRequestContent", message)
    })?;
    check_mode(properties)?;
    let written = written_template(properties)?;
    let template = Template::read(written).map_err(invalid)?;
    let shown = json!({
        "name": id.name(),
        "properties": {"template": written, "mode": "Incremental", "provisioningState": "Accepted"},
    });
    let place = runtime::place(context.state, id, &shown);
    let given = properties.get("parameters").cloned().unwrap_or_default();
    let parameters = Parameters::read(&template.parameters, &given, &place).map_err(invalid)?;
    let scope = Scope::new(&parameters, &template.variables, &place, &Nothing);
    let declared = declared(&template, &scope).map_err(invalid)?;
    let waits = dependencies(&declared, &scope).map_err(invalid)?;
    check_all(context, &declared, &scope, id)?;
    Ok(Prepared {
        hash: hash(written),
        template,
        parameters,
        declared,
        waits,
    })
}

fn check_mode(properties: &Value) -> Result<(), ArmError> {
    let mode = json::text(properties, "mode").unwrap_or_default();
    if json::same(mode, "Incremental") {
        return Ok(());
    }
    if json::same(mode, "Complete") {
        let message = "The simulator does not play deployments in the mode 'Complete'.";
        return Err(ArmError::bad_request("NotSupported", message));
    }
    let message = format!(
        "The deployment mode '{mode}' is not valid. The allowed modes are 'Incremental, Complete'. Please see https://aka.ms/arm-deploy for usage details."
    );
    Err(ArmError::bad_request("InvalidDeploymentMode", message))
}

fn written_template(properties: &Value) -> Result<&Value, ArmError> {
    if let Some(link) = json::text(properties, "templateLink.uri") {
        let message = format!(
            "Unable to download deployment content from '{link}'. The simulator reads templates from the request only."
        );
        return Err(ArmError::bad_request("InvalidContentLink", message));
    }
    json::get(properties, "template").ok_or_else(|| {
        let message =
            "Deployment template validation failed: 'Template content cannot be null or empty.'.";
        ArmError::bad_request("InvalidTemplate", message)
    })
}

/// The refusal of a template that is wrong in itself.
pub(super) fn invalid(problem: Problem) -> ArmError {
    let what = match problem {
        Problem::Invalid(what) => what,
        Problem::Later => "The template function 'reference' is not expected at this location. Please see https://aka.ms/arm-functions for usage details.".to_owned(),
    };
    let message = format!("Deployment template validation failed: '{what}'.");
    violation(message)
}

fn violation(message: String) -> ArmError {
    let mut error = ArmError::bad_request("InvalidTemplate", message);
    error.additional = Some(Box::new(json!({
        "type": "TemplateViolation",
        "info": {"lineNumber": 1, "linePosition": 1, "path": ""},
    })));
    error
}

/// The refusal of one resource whose expressions have no value.
pub(super) fn inexpressible(one: &Declared, what: &str) -> ArmError {
    let message = format!(
        "Unable to process template language expressions for resource '{}' at line '1' and column '1'. '{what}'",
        one.id
    );
    violation(message)
}

/// A number that follows from the template's text.
fn hash(template: &Value) -> String {
    let digest = Sha256::digest(template.to_string().as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(bytes).to_string()
}

/// The value of a body, or `None` when it can only be known later.
pub(super) fn body_of(scope: &Scope<'_>, one: &Declared) -> Result<Option<Value>, ArmError> {
    let mut body = one.body.clone();
    // A nested template with a scope of its own is evaluated when it is deployed.
    let own_scope = json::text(&body, "properties.expressionEvaluationOptions.scope")
        .is_some_and(|scope| json::same(scope, "inner"));
    let nested = own_scope
        .then(|| json::take(&mut body, "properties.template"))
        .flatten();
    match scope.inside(one.copies.clone()).value(&body) {
        Ok(mut body) => {
            if let Some(nested) = nested {
                json::set(&mut body, "properties.template", nested);
            }
            Ok(Some(body))
        }
        Err(Problem::Later) => Ok(None),
        Err(Problem::Invalid(what)) => Err(inexpressible(one, &what)),
    }
}

fn check_all(
    context: &Context<'_>,
    all: &[Declared],
    scope: &Scope<'_>,
    deployment: &ResourceId,
) -> Result<(), ArmError> {
    let active = || all.iter().filter(|one| one.active && !one.existing);
    let mut bodies = Vec::new();
    for one in active() {
        versions::check_version(&one.api_version, &providers::canonical(&one.type_name))?;
        bodies.push((one, body_of(scope, one)?));
    }
    check_rights(context, active())?;
    let mut found = Vec::new();
    for (one, body) in bodies {
        let Some(id) = ResourceId::parse(&one.id) else {
            return Err(inexpressible(one, "The resource id is not valid."));
        };
        provider::require_registered(context.state, &id)?;
        if let Some(body) = body {
            found.extend(check_one(context.state, one, &id, body).err());
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(not_valid(context.state, deployment, found))
}

fn check_one(state: &State, one: &Declared, id: &ResourceId, body: Value) -> Result<(), ArmError> {
    let kind = providers::find(&one.type_name);
    let before = state.store.get(&id.key());
    let mut body = body;
    location::check(state, id, kind, &mut body, before)?;
    let Ok(read) = schema::normalise(&one.type_name, &one.api_version, &body) else {
        // Providers say by themselves what they cannot read.
        return Ok(());
    };
    policy::check(state, id, &read)?;
    kind.hooks.preflight(state, id, &read)
}

fn check_rights<'d>(
    context: &Context<'_>,
    all: impl Iterator<Item = &'d Declared>,
) -> Result<(), ArmError> {
    let who = &context.caller.primary;
    let mut refused = Vec::new();
    for one in all {
        let action = format!("{}/write", providers::action_type(&one.type_name));
        if !rbac::allows(context.state, who, &action, &one.id.to_ascii_lowercase()) {
            refused.push(format!(
                "Authorization failed for template resource '{}' of type '{}'. The client '{}' with object id '{}' does not have permission to perform action '{action}' at scope '{}'.",
                one.name, one.type_name, who.application, who.object_id, one.id
            ));
        }
    }
    let message = match refused.len() {
        0 => return Ok(()),
        1 => format!(
            "The template deployment failed with error: '{}'.",
            refused.join("")
        ),
        _ => format!(
            "Deployment failed with multiple errors: '{}'",
            refused.join(":")
        ),
    };
    Err(ArmError::bad_request("InvalidTemplateDeployment", message))
}

fn not_valid(state: &State, deployment: &ResourceId, found: Vec<ArmError>) -> ArmError {
    let tracking = state.derived_id(&format!("tracking/{deployment}/{}", state.now()));
    if found
        .iter()
        .all(|one| one.code == "RequestDisallowedByPolicy")
    {
        let message = "The template deployment failed because of policy violation. Please see details for more information.";
        let mut error = ArmError::bad_request("InvalidTemplateDeployment", message);
        error.details = found.iter().map(ArmError::object).collect();
        return error;
    }
    let message = format!(
        "The template deployment '{}' is not valid according to the validation procedure. The tracking id is '{tracking}'. See inner errors for details.",
        deployment.name()
    );
    let mut error = ArmError::bad_request("InvalidTemplateDeployment", message);
    error.details = found
        .into_iter()
        .map(|mut one| {
            // Quotas have another code when it is a deployment that meets them.
            if one.code == "OperationNotAllowed" && one.message.contains("quota") {
                one.code = "QuotaExceeded".to_owned();
            }
            one.object()
        })
        .collect();
    error
}
