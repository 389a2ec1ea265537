//! A plan as far as a reviewer of a golden reads it: changes and steps, one
//! per line, without what every plan has.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use tenon_model::Diagnostic;
use tenon_model::plan::{Change, Plan, PropertyChange, Step};

/// The reduced plan.
pub(crate) fn plan(plan: &Plan) -> String {
    let summary = serde_json::to_value(plan.summary).unwrap_or_default();
    let mut out = String::from("{\n");
    let _ = write!(
        out,
        "\"applyable\": {}, \"summary\": {}",
        plan.applyable,
        used(&summary)
    );
    list(&mut out, "changes", plan.changes.iter().map(change));
    list(
        &mut out,
        "kept",
        plan.kept
            .iter()
            .map(|kept| json!([kept.address, kept.because])),
    );
    list(
        &mut out,
        "steps",
        plan.steps.iter().enumerate().map(|(at, one)| step(at, one)),
    );
    list(
        &mut out,
        "diagnostics",
        plan.diagnostics.iter().map(diagnostic),
    );
    list(
        &mut out,
        "outputs",
        plan.outputs
            .iter()
            .map(|(name, value)| json!([name, value])),
    );
    out.push_str("\n}\n");
    out
}

fn list(out: &mut String, name: &str, items: impl Iterator<Item = Value>) {
    let lines: Vec<String> = items.map(|item| format!("  {item}")).collect();
    if !lines.is_empty() {
        let _ = write!(out, ",\n\"{name}\": [\n{}\n]", lines.join(",\n"));
    }
}

/// Counts that are not zero.
fn used(summary: &Value) -> Value {
    let counts = summary.as_object().cloned().unwrap_or_default();
    counts
        .into_iter()
        .filter(|(_, count)| *count != 0)
        .collect::<Map<_, _>>()
        .into()
}

fn change(change: &Change) -> Value {
    let mut line = json!({
        "address": change.address,
        "action": change.action,
        "reason": change.reason,
        "disruption": change.disruption,
    });
    let properties: Vec<Value> = change.properties.iter().map(property).collect();
    for (name, value) in [
        ("properties", json!(properties)),
        ("lost", json!(change.lost)),
        ("kept", json!(change.kept)),
    ] {
        if value != json!([]) {
            line[name] = value;
        }
    }
    line
}

fn property(property: &PropertyChange) -> Value {
    json!([
        property.path,
        property.op,
        property.before,
        property.after,
        property.cause,
        property.disruption
    ])
}

fn step(at: usize, step: &Step) -> Value {
    let mut line = json!({
        "step": at,
        "address": step.address,
        "does": step.does,
        "after": step.after,
    });
    if let Some(body) = &step.request.body {
        line["body"] = without_marker(&serde_json::to_value(body).unwrap_or_default());
    }
    if !step.request.remove.is_empty() {
        line["remove"] = json!(step.request.remove);
    }
    line
}

/// The marker has a fingerprint of every property; that it is there is enough.
fn without_marker(body: &Value) -> Value {
    let mut body = body.clone();
    let Some(tags) = body.get_mut("tags").and_then(Value::as_object_mut) else {
        return body;
    };
    let ours = tags
        .keys()
        .filter(|name| name.starts_with("tenon-"))
        .count();
    tags.retain(|name, _| !name.starts_with("tenon-"));
    tags.insert("tenon".into(), json!(ours));
    body
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic
        .place()
        .map(|place| format!("{}:{}", place.line, place.column));
    json!([diagnostic.code.to_string(), place, diagnostic.message])
}
