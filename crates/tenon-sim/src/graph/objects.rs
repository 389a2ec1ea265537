//! Objects of whatever type, and the tenant itself.

use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Graph, applications, list, principals};
use crate::arm::reply::Reply;
use crate::json::{self, same};

/// The most ids that one request may have.
const MOST: usize = 1000;

/// `POST /directoryObjects/getByIds`: those that are found; no word about the others.
pub(super) fn by_ids(graph: &mut Graph<'_>) -> Answer {
    if graph.call.method != "POST" {
        return graph.method_not_allowed();
    }
    graph.caller.may_read()?;
    let body = graph.body()?;
    let texts = |member: &str| -> Vec<String> {
        let items = json::items(&body, member).iter();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (ids, types) = (texts("ids"), texts("types"));
    if ids.is_empty() || ids.len() > MOST {
        let message = format!("Invalid number of ids specified: it must be between 1 and {MOST}.");
        return Err(GraphError::bad_request(message));
    }
    let wanted = |one: &Value| {
        let named = |id: &String| json::text(one, "id").is_some_and(|own| same(own, id));
        let kind = one["@odata.type"].as_str().unwrap_or_default();
        let kind = kind.trim_start_matches("#microsoft.graph.");
        let typed = types.is_empty()
            || types
                .iter()
                .any(|name| same(name, kind) || same(name, "directoryObject"));
        typed && ids.iter().any(named)
    };
    let found = all(graph).into_iter().filter(wanted).collect();
    list::answer(graph, found)
}

/// `GET /directoryObjects/{id}`.
pub(super) fn one(graph: &mut Graph<'_>, id: &str) -> Answer {
    if graph.call.method != "GET" {
        return graph.method_not_allowed();
    }
    graph.caller.may_read()?;
    let found = all(graph)
        .into_iter()
        .find(|one| json::text(one, "id").is_some_and(|own| same(own, id)))
        .ok_or_else(|| GraphError::not_found(id))?;
    Ok(Reply::json(200, list::selected(graph, found)))
}

fn all(graph: &Graph<'_>) -> Vec<Value> {
    let typed = |kind: &str, objects: Vec<Value>| -> Vec<Value> {
        let named = objects.into_iter().map(|mut one| {
            one["@odata.type"] = json!(format!("#microsoft.graph.{kind}"));
            one
        });
        named.collect()
    };
    let mut all = typed("servicePrincipal", principals::all(graph));
    all.extend(typed("application", applications::all(graph)));
    all
}

/// `GET /organization`: the caller's own tenant and nothing else.
pub(super) fn organization(graph: &mut Graph<'_>) -> Answer {
    if graph.call.method != "GET" {
        return graph.method_not_allowed();
    }
    graph.caller.may_read_organization()?;
    let tenant = graph.state.directory.tenant(&graph.caller.tenant);
    let shown = tenant.map(|tenant| {
        let domains = tenant.domains.iter().enumerate();
        let domains: Vec<Value> = domains
            .map(|(at, name)| json!({"name": name, "isDefault": at == 0, "isInitial": at == 0, "type": "Managed"}))
            .collect();
        json!({
            "id": tenant.id,
            "displayName": tenant.name,
            "tenantType": "AAD",
            "verifiedDomains": domains,
        })
    });
    list::answer(graph, shown.into_iter().collect())
}
