//! The conditions of a policy rule.

use serde_json::Value;

use crate::arm::id::ResourceId;
use crate::faults::rule::glob;
use crate::json;
use crate::providers;

/// True when a condition holds for a resource. What is not understood does not hold.
pub(super) fn holds(condition: &Value, id: &ResourceId, body: &Value) -> bool {
    let all = |name: &str| condition.get(name).and_then(Value::as_array);
    if let Some(parts) = all("allOf") {
        return parts.iter().all(|part| holds(part, id, body));
    }
    if let Some(parts) = all("anyOf") {
        return parts.iter().any(|part| holds(part, id, body));
    }
    if let Some(part) = condition.get("not") {
        return !holds(part, id, body);
    }
    let value = match (condition.get("field"), condition.get("value")) {
        (Some(Value::String(name)), _) => field(name, id, body),
        (_, Some(value)) => Some(value.clone()),
        _ => return false,
    };
    let members = condition.as_object().into_iter().flatten();
    let mut tests = members.filter(|(name, _)| !["field", "value"].contains(&name.as_str()));
    tests.all(|(name, wanted)| test(name, value.as_ref(), wanted))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn same(left: Option<&Value>, right: &Value) -> bool {
    left.is_some_and(|left| json::same(&text(left), &text(right)))
}

fn test(name: &str, value: Option<&Value>, wanted: &Value) -> bool {
    let one_of = || {
        let all = wanted.as_array().into_iter().flatten();
        all.into_iter().any(|wanted| same(value, wanted))
    };
    let like = || value.is_some_and(|value| glob(&text(wanted), &text(value)));
    let contains = || match value {
        Some(Value::Array(items)) => items.iter().any(|item| same(Some(item), wanted)),
        Some(value) => text(value)
            .to_ascii_lowercase()
            .contains(&text(wanted).to_ascii_lowercase()),
        None => false,
    };
    let has_key = || {
        let members = value.and_then(Value::as_object).into_iter().flatten();
        members
            .into_iter()
            .any(|(name, _)| json::same(name, &text(wanted)))
    };
    match name.to_ascii_lowercase().as_str() {
        "equals" => same(value, wanted),
        "notequals" => !same(value, wanted),
        "in" => one_of(),
        "notin" => !one_of(),
        "like" => like(),
        "notlike" => !like(),
        "contains" => contains(),
        "notcontains" => !contains(),
        "containskey" => has_key(),
        "notcontainskey" => !has_key(),
        "exists" => value.is_some() == json::same(&text(wanted), "true"),
        _ => false,
    }
}

/// The value of a field: what every resource has, a tag, or an alias.
fn field(name: &str, id: &ResourceId, body: &Value) -> Option<Value> {
    let type_name = providers::canonical(&id.type_name());
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "type" => return Some(Value::from(providers::action_type(&type_name))),
        "name" => return Some(Value::from(id.name())),
        "id" => return Some(Value::from(id.to_string())),
        "location" | "kind" | "tags" | "identity.type" => {
            return json::get(body, &lower).cloned();
        }
        _ => {}
    }
    if let Some(tag) = lower.strip_prefix("tags") {
        let tag = tag.trim_matches(['.', '[', ']', '\'']);
        return json::members(body, "tags")
            .find(|(own, _)| json::same(own, tag))
            .map(|(_, value)| value.clone());
    }
    let path = lower
        .strip_prefix(&type_name.to_ascii_lowercase())?
        .strip_prefix('/')?;
    // Some aliases keep the name of an older form of the body.
    let path = match path {
        "sku.name" if type_name.ends_with("/virtualMachines") => "hardwareProfile.vmSize",
        "imageid" => "storageProfile.imageReference.id",
        "imagepublisher" => "storageProfile.imageReference.publisher",
        "imageoffer" => "storageProfile.imageReference.offer",
        "imagesku" => "storageProfile.imageReference.sku",
        path if path.starts_with("sku.") => return member(body, path),
        path => path,
    };
    member(body.get("properties")?, path)
}

/// The member at a path; names compare without case.
fn member(value: &Value, path: &str) -> Option<Value> {
    let mut here = value;
    for name in path.split('.') {
        let members = here.as_object()?;
        here = members
            .iter()
            .find(|(own, _)| json::same(own, name))
            .map(|(_, value)| value)?;
    }
    (!here.is_null()).then(|| here.clone())
}
