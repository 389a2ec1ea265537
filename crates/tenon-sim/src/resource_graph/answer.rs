//! A query from request to answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::pipeline::{Rows, run};
use super::{Refusal, parser, tables};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, paging, rbac, throttle};
use crate::json::same;

/// What the type is called in page sizes and api-versions.
const TYPE: &str = "Microsoft.ResourceGraph/resources";

/// The most rows in one answer.
const MOST: usize = 1000;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Request {
    query: String,
    subscriptions: Option<Vec<String>>,
    management_groups: Option<Vec<String>>,
    options: Option<Options>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skip")]
    skip: Option<usize>,
    #[serde(rename = "$skipToken")]
    skip_token: Option<String>,
    result_format: Option<String>,
}

/// Answers a query.
pub(crate) fn answer(context: &mut Context<'_>) -> Result<Reply, ArmError> {
    let charge = throttle::query(context.state, &context.caller);
    if let Some(refusal) = charge.refusal {
        return Err(refusal);
    }
    let mut reply = ask(context)?;
    reply.headers.extend(charge.headers);
    Ok(reply)
}

fn ask(context: &mut Context<'_>) -> Result<Reply, ArmError> {
    let body = context.json_body()?;
    let request: Request = serde_json::from_value(body).map_err(|error| {
        let detail = json!({"code": "InvalidRequest", "message": error.to_string()});
        refused(context, vec![detail])
    })?;
    let options = request.options.unwrap_or_default();
    let query = parser::parse(&request.query).map_err(|refusal| invalid(context, refusal))?;
    let named = request.subscriptions.unwrap_or_default();
    if request.management_groups.is_some_and(|all| !all.is_empty()) {
        let message = "The simulator has no management groups.";
        let detail = json!({"code": "InvalidManagementGroupScope", "message": message});
        return Err(refused(context, vec![detail]));
    }
    let subscriptions = scope(context, &named)?;
    let rows = tables::rows(context.state, &context.caller, query.table, &subscriptions);
    let rows = run(rows, &query.steps).map_err(|refusal| invalid(context, refusal))?;
    page(context, &rows, &options)
}

/// The subscriptions a query is about: those that were named, or all the caller knows.
fn scope(context: &mut Context<'_>, named: &[String]) -> Result<Vec<String>, ArmError> {
    let state = &*context.state;
    let who = &context.caller.primary;
    let known: Vec<String> = state
        .directory
        .subscriptions
        .iter()
        .filter(|entry| same(&entry.tenant, &who.tenant))
        .filter(|entry| rbac::knows(state, who, &ResourceId::of_subscription(&entry.id).key()))
        .map(|entry| entry.id.clone())
        .filter(|id| named.is_empty() || named.iter().any(|named| same(named, id)))
        .collect();
    if known.is_empty() && !named.is_empty() {
        let message = format!(
            "There must be at least one subscription that is eligible to contain resources. Given: '{}'.",
            named.join(", ")
        );
        let detail = json!({"code": "NoValidSubscriptionsInQueryRequest", "message": message});
        return Err(refused(context, vec![detail]));
    }
    Ok(known)
}

fn page(context: &mut Context<'_>, rows: &Rows, options: &Options) -> Result<Reply, ArmError> {
    if options.top.is_some_and(|top| !(1..=MOST).contains(&top)) {
        let message = format!("The value of $top must be between 1 and {MOST}.");
        let detail = json!({"code": "InvalidQueryOptions", "message": message});
        return Err(refused(context, vec![detail]));
    }
    let size = paging::size(context.state, context.call, TYPE, MOST);
    let size = options.top.map_or(size, |top| top.min(size));
    let skip = match &options.skip_token {
        Some(token) => read_token(token).ok_or_else(|| {
            let message = "The skip token is malformed or does not belong to the query.";
            let detail = json!({"code": "InvalidSkipToken", "message": message});
            refused(context, vec![detail])
        })?,
        None => options.skip.unwrap_or_default(),
    };
    let total = rows.rows.len();
    let shown: Vec<_> = rows.rows.iter().skip(skip).take(size).collect();
    let more = skip + shown.len() < total;
    // Pages need a column that makes their order stable.
    let pages = rows.columns.iter().any(|column| column == "id");
    let mut body = json!({
        "totalRecords": total,
        "count": shown.len(),
        "resultTruncated": if more && !pages { "true" } else { "false" },
        "facets": [],
        "data": if wants_table(context, options) {
            table(&rows.columns, &shown)
        } else {
            json!(shown)
        },
    });
    if more && pages {
        body["$skipToken"] = json!(token(skip + shown.len()));
    }
    Ok(Reply::json(200, body))
}

/// The oldest versions answer with a table unless told otherwise.
fn wants_table(context: &Context<'_>, options: &Options) -> bool {
    match options.result_format.as_deref() {
        Some(format) => same(format, "table"),
        None => context.call.api_version() < "2020-04-01",
    }
}

fn table(columns: &[String], rows: &[&super::expression::Row]) -> Value {
    let form = |column: &String| {
        let mut values = rows.iter().filter_map(|row| row.get(column));
        match values.find(|value| !value.is_null()) {
            Some(Value::Bool(_)) => "boolean",
            Some(Value::Number(_)) => "integer",
            Some(Value::Object(_) | Value::Array(_)) => "object",
            _ => "string",
        }
    };
    let head: Vec<Value> = columns
        .iter()
        .map(|column| json!({"name": column, "type": form(column)}))
        .collect();
    let body: Vec<Vec<Option<&Value>>> = rows
        .iter()
        .map(|row| columns.iter().map(|column| row.get(column)).collect())
        .collect();
    json!({"columns": head, "rows": body})
}

fn token(skip: usize) -> String {
    STANDARD.encode(json!({"skip": skip}).to_string())
}

fn read_token(token: &str) -> Option<usize> {
    let bytes = STANDARD.decode(token).ok()?;
    let read: Value = serde_json::from_slice(&bytes).ok()?;
    usize::try_from(read.get("skip")?.as_u64()?).ok()
}

fn invalid(context: &mut Context<'_>, refusal: Refusal) -> ArmError {
    let message = "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.";
    let first = json!({"code": "InvalidQuery", "message": message});
    refused(context, vec![first, refusal.0])
}

/// The frame of every refusal of the service.
fn refused(context: &mut Context<'_>, details: Vec<Value>) -> ArmError {
    let correlation = context.state.fresh_id("correlation");
    let time = context.state.now().strftime("%Y-%m-%dT%H:%M:%S.%7fZ");
    let message = format!(
        "Please provide below info when asking for support: timestamp = {time}, correlationId = {correlation}."
    );
    let mut error = ArmError::bad_request("BadRequest", message);
    error.details = details;
    error
}
