//! The frame of a template: what it has to have before anything is evaluated.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Problem;
use crate::json;

/// The dates of the schemas Resource Manager knows.
const SCHEMAS: [&str; 5] = [
    "2014-04-01-preview",
    "2015-01-01",
    "2018-05-01",
    "2019-04-01",
    "2019-08-01",
];

/// The members a template can have.
const MEMBERS: [&str; 12] = [
    "$schema",
    "contentVersion",
    "apiProfile",
    "languageVersion",
    "definitions",
    "parameters",
    "variables",
    "functions",
    "resources",
    "outputs",
    "metadata",
    "imports",
];

/// A template whose frame holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Template {
    /// The definitions of its parameters.
    pub(crate) parameters: Value,
    pub(crate) variables: Value,
    pub(crate) outputs: Value,
    /// Its resources as written, with the symbolic name where they have one.
    pub(super) resources: Vec<(Option<String>, Value)>,
}

impl Template {
    /// Reads a template.
    pub(crate) fn read(written: &Value) -> Result<Self, Problem> {
        let Some(members) = written.as_object() else {
            return Err(Problem::invalid("The template is not a JSON object."));
        };
        let unknown = members
            .keys()
            .find(|name| !MEMBERS.iter().any(|known| json::same(known, name)));
        if let Some(name) = unknown {
            return Err(Problem::invalid(format!(
                "Could not find member '{name}' on object of type 'Template'. Path '{name}', line 1, position 1."
            )));
        }
        check_schema(&text(members, "$schema")?)?;
        text(members, "contentVersion")?;
        Ok(Self {
            parameters: object(members, "parameters"),
            variables: object(members, "variables"),
            outputs: object(members, "outputs"),
            resources: resources(members)?,
        })
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Result<String, Problem> {
    let found = members.get(name).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| {
        Problem::invalid(format!(
            "Required property '{name}' not found in JSON. Path '', line 1, position 1."
        ))
    })
}

/// An optional object; null counts as empty.
fn object(members: &Map<String, Value>, name: &str) -> Value {
    members
        .get(name)
        .filter(|value| value.is_object())
        .cloned()
        .unwrap_or_else(|| json!({}))
}

fn check_schema(schema: &str) -> Result<(), Problem> {
    let plain = schema.trim_end_matches('#').to_ascii_lowercase();
    let known = SCHEMAS.iter().any(|date| {
        let tail = format!("/schemas/{date}/deploymenttemplate.json");
        plain.ends_with(&tail)
    });
    if known {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "Template schema '{schema}' is not supported. Supported versions are '{}'. Please see https://aka.ms/arm-template for usage details.",
        SCHEMAS.join(",")
    )))
}

/// An array, or with language version 2.0 an object of symbolic names.
fn resources(members: &Map<String, Value>) -> Result<Vec<(Option<String>, Value)>, Problem> {
    match members.get("resources") {
        Some(Value::Array(resources)) => {
            Ok(resources.iter().map(|one| (None, one.clone())).collect())
        }
        Some(Value::Object(resources)) => Ok(resources
            .iter()
            .map(|(name, one)| (Some(name.clone()), one.clone()))
            .collect()),
        _ => Err(Problem::invalid(
            "Required property 'resources' not found in JSON. Path '', line 1, position 1.",
        )),
    }
}
