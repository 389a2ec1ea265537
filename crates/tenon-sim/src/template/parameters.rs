//! The parameters of a template: what was given, what is filled in, what may be shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::functions::type_of;
use super::{Nothing, Place, Problem, Scope};
use crate::json;

/// One parameter with its value.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "type")]
    form: String,
    value: Value,
}

/// All parameters of a template, by their names in lower case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Parameters(BTreeMap<String, Parameter>);

impl Parameters {
    /// Lays the given values over the definitions and checks both.
    ///
    /// `given` is the `parameters` member of a deployment: names with `{value}`.
    pub(crate) fn read(definitions: &Value, given: &Value, place: &Place) -> Result<Self, Problem> {
        check_names(definitions, given)?;
        let mut read = Self::default();
        let mut left = Vec::new();
        for (name, definition) in definitions.as_object().into_iter().flatten() {
            match given_value(given, name)? {
                Some(value) => read.take(name, definition, value)?,
                None if definition.get("defaultValue").is_some() => left.push((name, definition)),
                None if is_nullable(definition) => read.take(name, definition, Value::Null)?,
                None => {
                    return Err(Problem::invalid(format!(
                        "The value for the template parameter '{name}' at line '1' and column '1' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details."
                    )));
                }
            }
        }
        read.fill(left, place)?;
        Ok(read)
    }

    /// Evaluates defaults, which may name other parameters in any order.
    fn fill(&mut self, mut left: Vec<(&String, &Value)>, place: &Place) -> Result<(), Problem> {
        while !left.is_empty() {
            let before = left.len();
            let mut refused = None;
            let mut still = Vec::new();
            for (name, definition) in left {
                let nothing = json!({});
                let scope = Scope::new(self, &nothing, place, &Nothing);
                match scope.value(&definition["defaultValue"]) {
                    Ok(value) => self.take(name, definition, value)?,
                    Err(problem) => {
                        refused = Some(problem);
                        still.push((name, definition));
                    }
                }
            }
            if still.len() == before {
                return Err(refused.unwrap_or(Problem::Later));
            }
            left = still;
        }
        Ok(())
    }

    fn take(&mut self, name: &str, definition: &Value, value: Value) -> Result<(), Problem> {
        let form = json::text(definition, "type").unwrap_or_default();
        check_form(name, form, &value)?;
        check_allowed(name, definition, &value)?;
        check_length(name, definition, &value)?;
        let parameter = Parameter {
            name: name.to_owned(),
            form: form.to_owned(),
            value,
        };
        self.0.insert(name.to_ascii_lowercase(), parameter);
        Ok(())
    }

    pub(super) fn value(&self, name: &str) -> Result<Value, Problem> {
        let found = self.0.get(&name.to_ascii_lowercase());
        found.map(|found| found.value.clone()).ok_or_else(|| {
            Problem::invalid(format!(
                "The template parameter '{name}' is not found. Please see https://aka.ms/arm-syntax-parameters for usage details."
            ))
        })
    }

    /// The parameters as a deployment shows them: secure ones without their values.
    pub(crate) fn shown(&self) -> Value {
        let shown = self.0.values().map(|parameter| {
            let form = canonical(&parameter.form);
            let mut entry = json!({"type": form});
            if !form.starts_with("Secure") {
                entry["value"] = parameter.value.clone();
            }
            (parameter.name.clone(), entry)
        });
        Value::Object(shown.collect::<Map<_, _>>())
    }
}

fn is_nullable(definition: &Value) -> bool {
    json::truth(definition, "nullable") == Some(true)
}

/// The value that was given for a parameter.
fn given_value(given: &Value, name: &str) -> Result<Option<Value>, Problem> {
    let entry = json::members(&json!({"all": given}), "all")
        .find(|(own, _)| json::same(own, name))
        .map(|(_, entry)| entry.clone());
    let Some(entry) = entry else { return Ok(None) };
    if entry.get("reference").is_some_and(|one| !one.is_null()) {
        return Err(Problem::invalid(format!(
            "The parameter '{name}' refers to a key vault, which the simulator does not read."
        )));
    }
    entry.get("value").cloned().map(Some).ok_or_else(|| {
        Problem::invalid(format!(
            "The value of deployment parameter '{name}' is null. Please specify the value or use the parameter reference. See https://aka.ms/arm-create-parameter-file for details."
        ))
    })
}

/// The form of a parameter as deployments show it.
fn canonical(form: &str) -> &'static str {
    match form.to_ascii_lowercase().as_str() {
        "securestring" => "SecureString",
        "secureobject" => "SecureObject",
        "int" | "integer" => "Int",
        "bool" | "boolean" => "Bool",
        "array" => "Array",
        "object" => "Object",
        _ => "String",
    }
}

fn check_names(definitions: &Value, given: &Value) -> Result<(), Problem> {
    let names = |value: &Value| -> Vec<String> {
        let members = value.as_object().into_iter().flatten();
        members.map(|(name, _)| name.clone()).collect()
    };
    let known = names(definitions);
    let strange: Vec<String> = names(given)
        .into_iter()
        .filter(|name| !known.iter().any(|known| json::same(known, name)))
        .collect();
    if strange.is_empty() {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "The template parameters '{}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are '{}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.",
        strange.join(", "),
        known.join(", ")
    )))
}

fn check_form(name: &str, form: &str, value: &Value) -> Result<(), Problem> {
    let (wanted, fits) = match canonical(form) {
        "Int" => ("Integer", value.is_i64() || value.is_u64()),
        "Bool" => ("Boolean", value.is_boolean()),
        "Array" => ("Array", value.is_array()),
        "Object" | "SecureObject" => ("Object", value.is_object()),
        _ => ("String, Uri", value.is_string()),
    };
    if fits || value.is_null() {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "Template parameter JToken type is not valid. Expected '{wanted}'. Actual '{}'. The parameter is '{name}'. Please see https://aka.ms/arm-create-parameter-file for usage details.",
        type_of(value)
    )))
}

fn check_allowed(name: &str, definition: &Value, value: &Value) -> Result<(), Problem> {
    let allowed = json::items(definition, "allowedValues");
    let is_allowed = |value: &Value| allowed.contains(value);
    let fits = allowed.is_empty()
        || is_allowed(value)
        || value
            .as_array()
            .is_some_and(|items| items.iter().all(is_allowed));
    if fits {
        return Ok(());
    }
    let listed: Vec<String> = allowed
        .iter()
        .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
        .collect();
    Err(Problem::invalid(format!(
        "The provided value for the template parameter '{name}' is not valid. The value '{}' is not part of the allowed value(s): '{}'.",
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
        listed.join(",")
    )))
}

fn check_length(name: &str, definition: &Value, value: &Value) -> Result<(), Problem> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        _ => return Ok(()),
    };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let refuse = |than: &str, bound: i64| {
        Err(Problem::invalid(format!(
            "The provided value for the template parameter '{name}' is not valid. Length of the value should be {than} than or equal to '{bound}'. Please see https://aka.ms/arm-create-parameter-file for usage details."
        )))
    };
    match (
        json::number(definition, "minLength"),
        json::number(definition, "maxLength"),
    ) {
        (Some(least), _) if length < least => refuse("greater", least),
        (_, Some(most)) if length > most => refuse("less", most),
        _ => Ok(()),
    }
}
