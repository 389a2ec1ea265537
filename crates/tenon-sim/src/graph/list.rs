//! Lists: filtered, in pages, with the members that were asked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::error::GraphError;
use super::filter::Filter;
use super::{Answer, Graph};
use crate::arm::reply::Reply;
use crate::call::encode;

/// How many entries a page holds unless `$top` says so.
const PAGE: usize = 100;
/// The most that `$top` may ask for.
const MOST: usize = 999;

/// Answers a list of what is shown.
pub(super) fn answer(graph: &Graph<'_>, all: Vec<Value>) -> Answer {
    let call = graph.call;
    let filter = Filter::read(call.query("$filter").unwrap_or_default())?;
    let found: Vec<Value> = all.into_iter().filter(|one| filter.takes(one)).collect();
    let size = match call.query("$top").map(str::parse) {
        None => PAGE,
        Some(Ok(top @ 1..=MOST)) => top,
        Some(_) => {
            let message = format!("Invalid page size specified: it must be between 1 and {MOST}.");
            return Err(GraphError::bad_request(message));
        }
    };
    let start = call.query("$skiptoken").and_then(read_token).unwrap_or(0);
    let count = found.len();
    let page = found.into_iter().skip(start).take(size);
    let page: Vec<Value> = page.map(|one| selected(graph, one)).collect();
    let mut body = json!({});
    if call.query("$count") == Some("true") {
        body["@odata.count"] = json!(count);
    }
    if start + page.len() < count {
        body["@odata.nextLink"] = json!(next_link(graph, start + page.len()));
    }
    body["value"] = json!(page);
    Ok(Reply::json(200, body))
}

/// Keeps what `$select` names.
pub(super) fn selected(graph: &Graph<'_>, object: Value) -> Value {
    let Some(select) = graph.call.query("$select") else {
        return object;
    };
    let Value::Object(members) = object else {
        return object;
    };
    let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
    members
        .into_iter()
        .filter(|(name, _)| name.starts_with('@') || wanted.contains(&name.as_str()))
        .collect()
}

fn read_token(token: &str) -> Option<usize> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?)
        .ok()?
        .parse()
        .ok()
}

fn next_link(graph: &Graph<'_>, start: usize) -> String {
    let call = graph.call;
    let kept = ["$filter", "$top", "$select", "$count"]
        .into_iter()
        .filter_map(|name| {
            call.query(name)
                .map(|value| format!("{name}={}&", encode(value)))
        });
    let kept: String = kept.collect();
    let token = URL_SAFE_NO_PAD.encode(start.to_string());
    format!("{}{}?{kept}$skiptoken={token}", call.base, call.path)
}
