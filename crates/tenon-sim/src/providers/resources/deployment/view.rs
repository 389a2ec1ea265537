//! What a GET of a deployment and of its operations shows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::run::{Phase, Prepared, Run, Step};
use crate::arm::error::ArmError;
use crate::clock::stamp;
use crate::json;
use crate::store::Resource;
use crate::template::Declared;

/// The members that stay the same from beginning to end.
pub(super) fn frame(prepared: &Prepared, correlation: &str) -> Value {
    let active = || {
        prepared
            .declared
            .iter()
            .filter(|one| one.active && !one.existing)
    };
    json!({
        "templateHash": prepared.hash,
        "parameters": prepared.parameters.shown(),
        "mode": "Incremental",
        "correlationId": correlation,
        "providers": providers(active()),
        "dependencies": dependencies(prepared),
    })
}

fn providers<'d>(all: impl Iterator<Item = &'d Declared>) -> Value {
    let mut namespaces: BTreeMap<&str, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for one in all {
        let (namespace, kind) = one.type_name.split_once('/').unwrap_or_default();
        let locations = namespaces
            .entry(namespace)
            .or_default()
            .entry(kind)
            .or_default();
        let written = json::text(&one.body, "location").filter(|text| !text.starts_with('['));
        locations.extend(written.map(json::plain_location));
    }
    namespaces
        .into_iter()
        .map(|(namespace, types)| {
            let types: Vec<Value> = types
                .into_iter()
                .map(|(kind, locations)| {
                    let locations = if locations.is_empty() {
                        json!([null])
                    } else {
                        json!(locations)
                    };
                    json!({"resourceType": kind, "locations": locations})
                })
                .collect();
            json!({"namespace": namespace, "resourceTypes": types})
        })
        .collect()
}

fn dependencies(prepared: &Prepared) -> Value {
    let named = |one: &Declared| {
        json!({
            "id": one.id,
            "resourceType": one.type_name,
            "resourceName": one.name,
        })
    };
    let waiting = prepared.declared.iter().zip(&prepared.waits);
    waiting
        .filter(|(_, waits)| !waits.is_empty())
        .map(|(one, waits)| {
            let on: Vec<Value> = waits
                .iter()
                .map(|place| named(&prepared.declared[*place]))
                .collect();
            let mut entry = named(one);
            entry["dependsOn"] = json!(on);
            entry
        })
        .collect()
}

/// A deployment.
///
/// Its members name other resources, which is why they are not in the body:
/// the store would take the deployment for somebody who needs them.
pub(super) fn shown(resource: &Resource) -> Value {
    let mut body = resource.shown();
    let frame = resource.hidden.get("shown").and_then(Value::as_object);
    for (name, value) in frame.into_iter().flatten() {
        json::set(&mut body, &format!("properties.{name}"), value.clone());
    }
    json::set(&mut body, "properties.timestamp", stamp(resource.changed));
    let run = resource.hidden.get("run").cloned().unwrap_or_default();
    let Ok(run) = serde_json::from_value::<Run>(run) else {
        json::set(&mut body, "properties.duration", "PT0S");
        return body;
    };
    let began = run.steps.iter().filter_map(|step| step.started).min();
    let duration = lasted(began, run.ended);
    json::set(&mut body, "properties.duration", duration);
    if let Some(error) = &run.error {
        json::set(&mut body, "properties.error", error.object());
    }
    if run.ended.is_some() && run.error.is_none() {
        let made: Vec<Value> = run
            .steps
            .iter()
            .filter(|step| step.phase == Phase::Succeeded)
            .map(|step| json!({"id": step.declared.id}))
            .collect();
        json::set(&mut body, "properties.outputResources", made);
        if run
            .results
            .as_object()
            .is_some_and(|results| !results.is_empty())
        {
            json::set(&mut body, "properties.outputs", run.results);
        }
    }
    body
}

/// The operations of a deployment: one for each resource that was begun.
pub(super) fn operations(resource: &Resource) -> Value {
    let run = resource.hidden.get("run").cloned().unwrap_or_default();
    let run = serde_json::from_value::<Run>(run).ok();
    let steps = run.map(|run| run.steps).unwrap_or_default();
    let begun = steps.iter().filter(|step| step.started.is_some());
    let shown: Vec<Value> = begun.map(|step| operation(resource, step)).collect();
    json!({"value": shown})
}

fn operation(deployment: &Resource, step: &Step) -> Value {
    let state = match step.phase {
        Phase::Succeeded => "Succeeded",
        Phase::Failed => "Failed",
        _ => "Running",
    };
    let mut properties = json!({
        "provisioningOperation": "Create",
        "provisioningState": state,
        "timestamp": step.ended.or(step.started).map(stamp),
        "duration": lasted(step.started, step.ended),
        "trackingId": step.number,
        "statusCode": status_word(step.status),
        "targetResource": {
            "id": step.declared.id,
            "resourceType": step.declared.type_name,
            "resourceName": step.declared.name,
        },
    });
    if let Some(error) = &step.error {
        properties["statusMessage"] = json!({"status": "Failed", "error": ArmError::object(error)});
    }
    json!({
        "id": format!("{}/operations/{}", deployment.id, step.number),
        "operationId": step.number,
        "properties": properties,
    })
}

fn status_word(status: u16) -> &'static str {
    match status {
        0 => "Accepted",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        412 => "PreconditionFailed",
        429 => "TooManyRequests",
        _ => "InternalServerError",
    }
}

/// A length of time as ISO 8601 has it.
fn lasted(from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    let (Some(from), Some(until)) = (from, until) else {
        return "PT0S".to_owned();
    };
    let length = until.duration_since(from);
    let (minutes, seconds) = (length.as_secs() / 60, length.as_secs() % 60);
    let part = length.subsec_nanos().unsigned_abs() / 100;
    let fraction = if part == 0 {
        String::new()
    } else {
        format!(".{part:07}")
    };
    if minutes == 0 {
        format!("PT{seconds}{fraction}S")
    } else {
        format!("PT{minutes}M{seconds}{fraction}S")
    }
}
