//! What a deployment hands back.

use serde_json::{Map, Value, json};

use crate::arm::error::ArmError;
use crate::json;
use crate::template::{Problem, Scope};

/// The values of the outputs of a deployment whose resources are there.
pub(super) fn read(scope: &Scope<'_>, outputs: &Value) -> Result<Value, ArmError> {
    let mut read = Map::new();
    for (name, output) in outputs.as_object().into_iter().flatten() {
        let value = output_value(scope, output).map_err(|problem| not_evaluated(name, problem))?;
        let Some(value) = value else { continue };
        let form = json::text(output, "type").unwrap_or("String");
        let mut entry = json!({"type": capital(form)});
        if !form.to_ascii_lowercase().starts_with("secure") {
            entry["value"] = value;
        }
        read.insert(name.clone(), entry);
    }
    Ok(Value::Object(read))
}

/// The value of an output; `None` when its condition is not met.
fn output_value(scope: &Scope<'_>, output: &Value) -> Result<Option<Value>, Problem> {
    let condition = output.get("condition").filter(|one| !one.is_null());
    if let Some(condition) = condition
        && scope.value(condition)? != Value::Bool(true)
    {
        return Ok(None);
    }
    if let Some(copy) = output.get("copy") {
        let mut looped = copy.clone();
        json::set(&mut looped, "name", "value");
        let values = scope.value(&json!({"copy": [looped]}))?;
        return Ok(values.get("value").cloned());
    }
    scope
        .value(output.get("value").unwrap_or(&Value::Null))
        .map(Some)
}

fn not_evaluated(name: &str, problem: Problem) -> ArmError {
    let what = match problem {
        Problem::Invalid(what) => what,
        Problem::Later => "The value is not known.".to_owned(),
    };
    let message = format!(
        "Unable to evaluate template outputs: '{name}'. Please see error details and deployment operations. Please see https://aka.ms/arm-common-errors for usage details."
    );
    let what = format!("The template output '{name}' is not valid: {what}");
    let mut error = ArmError::bad_request("DeploymentOutputEvaluationFailed", message);
    error.details.push(json!({
        "code": "DeploymentOutputEvaluationFailed",
        "target": name,
        "message": what,
    }));
    error
}

/// `String` for `string`, as deployments show the types of outputs.
fn capital(form: &str) -> String {
    let mut letters = form.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
