//! Tags of anything, without touching the rest: `{scope}/providers/Microsoft.Resources/tags/default`.

use serde_json::{Map, Value, json};

use crate::arm::conflict::{Attempt, check_locks};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::writing::require_writable;
use crate::arm::{Context, method_not_allowed, rbac, reading};
use crate::json;
use crate::providers;

/// How many tags a resource can have.
const MOST: usize = 50;

/// Answers every method of a tags resource.
pub(crate) fn answer(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let scope = id.scope();
    let right = match context.call.method.as_str() {
        "GET" => "read",
        "PUT" | "PATCH" => "write",
        "DELETE" => "delete",
        _ => return Err(method_not_allowed(context.call)),
    };
    require_right(context, &scope, right)?;
    let resource = reading::existing(context.state, &scope)?;
    let before = tags_of(&resource.body);
    let after = match context.call.method.as_str() {
        "GET" => return Ok(Reply::json(200, shown(&scope, &before))),
        "PUT" => sent(context)?,
        "PATCH" => patched(context, before)?,
        _ => Map::new(),
    };
    if after.len() > MOST {
        let message = format!("The number of tags on the resource exceeds {MOST}.");
        return Err(ArmError::bad_request("TooManyTags", message));
    }
    require_writable(context.state, &scope)?;
    check_locks(context.state, &scope.key(), Attempt::Write)?;
    let now = context.state.now();
    context.state.store.update(&scope.key(), |resource| {
        json::set(&mut resource.body, "tags", Value::Object(after.clone()));
        resource.changed = now;
    });
    if context.call.method == "DELETE" {
        return Ok(Reply::empty(200));
    }
    Ok(Reply::json(200, shown(&scope, &after)))
}

/// Either the right on tags, or to write the resource itself.
fn require_right(context: &Context<'_>, scope: &ResourceId, right: &str) -> Result<(), ArmError> {
    let type_name = providers::action_type(&scope.type_name());
    let own = if right == "read" { "read" } else { "write" };
    let key = scope.key();
    let who = &context.caller.primary;
    let tags = format!("Microsoft.Resources/tags/{right}");
    let allowed = rbac::allows(context.state, who, &tags, &key)
        || rbac::allows(context.state, who, &format!("{type_name}/{own}"), &key);
    if allowed {
        Ok(())
    } else {
        Err(rbac::refusal(who, &tags, &scope.to_string()))
    }
}

fn tags_of(body: &Value) -> Map<String, Value> {
    json::get(body, "tags")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

fn sent(context: &Context<'_>) -> Result<Map<String, Value>, ArmError> {
    let body = context.json_body()?;
    let tags = body.get("properties").map(tags_of);
    tags.ok_or_else(|| {
        ArmError::bad_request(
            "InvalidRequestContent",
            "The request has no 'properties.tags'.",
        )
    })
}

fn patched(
    context: &Context<'_>,
    mut tags: Map<String, Value>,
) -> Result<Map<String, Value>, ArmError> {
    let body = context.json_body()?;
    let sent = sent(context)?;
    match json::text(&body, "operation")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "replace" => return Ok(sent),
        "merge" => {
            for (name, value) in sent {
                remove(&mut tags, &name);
                tags.insert(name, value);
            }
        }
        "delete" => {
            for (name, value) in sent {
                let current = tags.iter().find(|(own, _)| json::same(own, &name));
                if current.is_some_and(|(_, own)| value.as_str() == Some("") || *own == value) {
                    remove(&mut tags, &name);
                }
            }
        }
        other => {
            let message =
                format!("The tags operation '{other}' is not one of Replace, Merge, Delete.");
            return Err(ArmError::bad_request("InvalidRequestContent", message));
        }
    }
    Ok(tags)
}

/// Tag names compare without case.
fn remove(tags: &mut Map<String, Value>, name: &str) {
    tags.retain(|own, _| !json::same(own, name));
}

fn shown(scope: &ResourceId, tags: &Map<String, Value>) -> Value {
    json!({
        "id": format!("{scope}/providers/Microsoft.Resources/tags/default"),
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": tags},
    })
}
