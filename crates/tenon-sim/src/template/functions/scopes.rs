//! Functions that know where they stand: parameters, loops, ids, deployed resources.

use serde_json::Value;

use super::Given;
use crate::arm::versions;
use crate::json;
use crate::template::{Full, Problem, Scope};

/// The value of a function that needs its scope; `None` for another function.
pub(super) fn call(
    scope: &Scope<'_>,
    name: &str,
    given: Given<'_>,
) -> Option<Result<Value, Problem>> {
    Some(match name {
        "parameters" => given.text(0).and_then(|name| scope.parameters.value(name)),
        "variables" => given.text(0).and_then(|name| scope.variable(name)),
        "copyindex" => copy_index(scope, given),
        "resourcegroup" => Ok(scope.place.group.clone()),
        "subscription" => Ok(scope.place.subscription.clone()),
        "tenant" => Ok(serde_json::json!({
            "tenantId": json::get(&scope.place.subscription, "tenantId"),
        })),
        "deployment" => Ok(scope.place.deployment.clone()),
        "providers" => providers(scope, given),
        "resourceid" => resource_id(scope, given).map(Value::from),
        "subscriptionresourceid" => subscription_resource_id(scope, given).map(Value::from),
        "tenantresourceid" => below(given, 0).map(Value::from),
        "extensionresourceid" => extension_resource_id(given).map(Value::from),
        "reference" => reference(scope, given),
        _ => return None,
    })
}

/// `copyIndex()`, `copyIndex(1)`, `copyIndex('loop')`, `copyIndex('loop', 1)`.
fn copy_index(scope: &Scope<'_>, given: Given<'_>) -> Result<Value, Problem> {
    let (name, offset) = match given.optional(0) {
        None => (None, 0),
        Some(Value::Number(_)) => (None, given.number(0)?),
        Some(_) => {
            let offset = given.optional(1).map_or(Ok(0), |_| given.number(1))?;
            (Some(given.text(0)?), offset)
        }
    };
    let place = scope.copies.place(name).ok_or_else(|| {
        Problem::invalid(
            "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-copy for usage details.",
        )
    })?;
    Ok((place + offset).into())
}

/// `providers('Microsoft.Compute', 'virtualMachines')`: versions and regions
/// of a type.
fn providers(scope: &Scope<'_>, given: Given<'_>) -> Result<Value, Problem> {
    let (namespace, kind) = (given.text(0)?, given.text(1)?);
    let type_name = format!("{namespace}/{kind}");
    if !versions::knows(&type_name) {
        return Err(given.wrong("names a resource type that is not known"));
    }
    Ok(serde_json::json!({
        "resourceType": kind,
        "locations": scope.place.locations,
        "apiVersions": versions::offered(&type_name),
    }))
}

/// A full id; a subscription and a group may stand in front of the type.
pub(super) fn resource_id(scope: &Scope<'_>, given: Given<'_>) -> Result<String, Problem> {
    let start = type_place(given)?;
    let own = subscription_of(scope);
    let group = json::text(&scope.place.group, "name").unwrap_or_default();
    let (subscription, group) = match start {
        0 => (own, group),
        1 => (own, given.text(0)?),
        2 => (given.text(0)?, given.text(1)?),
        _ => return Err(given.wrong("has too many arguments in front of the resource type")),
    };
    Ok(format!(
        "/subscriptions/{subscription}/resourceGroups/{group}{}",
        below(given, start)?
    ))
}

fn subscription_resource_id(scope: &Scope<'_>, given: Given<'_>) -> Result<String, Problem> {
    let start = type_place(given)?;
    let subscription = if start == 0 {
        subscription_of(scope)
    } else {
        given.text(0)?
    };
    Ok(format!(
        "/subscriptions/{subscription}{}",
        below(given, start)?
    ))
}

fn extension_resource_id(given: Given<'_>) -> Result<String, Problem> {
    Ok(format!("{}{}", given.text(0)?, below(given, 1)?))
}

fn subscription_of<'s>(scope: &'s Scope<'_>) -> &'s str {
    json::text(&scope.place.subscription, "subscriptionId").unwrap_or_default()
}

/// Where the type stands among the arguments: the first with a slash.
fn type_place(given: Given<'_>) -> Result<usize, Problem> {
    let places = 0..given.values.len();
    for place in places {
        if given.text(place)?.contains('/') {
            return Ok(place);
        }
    }
    Err(given.wrong("expects a resource type"))
}

/// `/providers/Namespace/type/name…` out of a type and as many names as it has segments.
fn below(given: Given<'_>, start: usize) -> Result<String, Problem> {
    let type_name = given.text(start)?;
    let (namespace, kinds) = type_name
        .split_once('/')
        .ok_or_else(|| given.wrong("expects a resource type"))?;
    let kinds: Vec<&str> = kinds.split('/').collect();
    let names = given.values.get(start + 1..).unwrap_or_default();
    if kinds.len() != names.len() {
        return Err(Problem::invalid(format!(
            "Unable to evaluate template language function '{}': the type '{type_name}' requires '{}' resource name argument(s). Please see https://aka.ms/arm-resource-functions/#resourceid for usage details.",
            given.function,
            kinds.len()
        )));
    }
    let mut id = format!("/providers/{namespace}");
    for (place, kind) in kinds.iter().enumerate() {
        id.push_str(&format!("/{kind}/{}", given.text(start + 1 + place)?));
    }
    Ok(id)
}

fn reference(scope: &Scope<'_>, given: Given<'_>) -> Result<Value, Problem> {
    let version = given.optional(1).and_then(Value::as_str);
    let full = given
        .optional(2)
        .and_then(Value::as_str)
        .is_some_and(|word| json::same(word, "Full"));
    let full = if full { Full::Yes } else { Full::No };
    scope.runtime.reference(given.text(0)?, version, full)
}
