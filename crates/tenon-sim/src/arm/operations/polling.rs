//! Where to ask how an operation stands, and what the answer is.

use serde_json::json;

use super::{Effect, Operation};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::call::{Call, encode};
use crate::clock::stamp;
use crate::entra::jwt::seal;
use crate::providers::Flow;
use crate::state::State;
use crate::store::Resource;

/// Adds the addresses to poll to the answer of a write.
pub(crate) fn announce(
    state: &State,
    call: &Call,
    id: &str,
    flow: Flow,
    mut reply: Reply,
) -> Reply {
    let delete_or_action = reply.status == 202;
    reply = reply.headers(retry_after(state, flow));
    if flow == Flow::Network {
        reply = reply.header("Azure-AsyncNotification", "Enabled");
    }
    if delete_or_action || flow == Flow::Disk {
        reply = reply.header("Location", address(state, call, id, flow, Ask::Result));
    }
    reply.header(
        "Azure-AsyncOperation",
        address(state, call, id, flow, Ask::Status),
    )
}

/// How long to wait between polls: what the world says, or what the real providers say.
pub(crate) fn retry_after(state: &State, flow: Flow) -> Vec<(&'static str, String)> {
    state.clock.wait(seconds_between_polls(state, flow))
}

fn seconds_between_polls(state: &State, flow: Flow) -> u64 {
    let real = match flow {
        Flow::Disk => 2,
        Flow::Network => 3,
        Flow::Sync => 15,
        Flow::Deployment => 5,
        Flow::Compute | Flow::Gallery => 10,
    };
    let set = state.world.settings.retry_after.map(|set| set.0.as_secs());
    set.unwrap_or(real)
}

/// Which of the two addresses of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Status,
    Result,
}

/// An address to poll. Opaque: it carries a seal over everything that matters.
fn address(state: &State, call: &Call, id: &str, flow: Flow, ask: Ask) -> String {
    let Some(operation) = state.operations.get(id) else {
        return String::new();
    };
    let resource = state.store.get(&operation.target);
    let target = resource.map_or_else(
        || ResourceId::parse(&operation.target).unwrap_or_default(),
        Resource::parsed,
    );
    let subscription = target.subscription.clone().unwrap_or_default();
    if flow == Flow::Deployment {
        let path = match ask {
            Ask::Status => format!("{target}/operationStatuses"),
            Ask::Result => format!("/subscriptions/{subscription}/operationresults"),
        };
        return format!(
            "{}{path}/{id}?api-version={}{}",
            call.base,
            encode(call.api_version()),
            seals(state, id)
        );
    }
    let location = resource
        .map(|resource| state.location_of(resource))
        .unwrap_or_default();
    let (word, extra) = match (flow, ask) {
        (Flow::Network, Ask::Status) => ("Microsoft.Network/locations/{}/operations", ""),
        (Flow::Network, Ask::Result) => ("Microsoft.Network/locations/{}/operationResults", ""),
        (Flow::Gallery, Ask::Status) => ("Microsoft.Compute/locations/{}/capsOperations", ""),
        (Flow::Gallery, Ask::Result) => (
            "Microsoft.Compute/locations/{}/capsOperations",
            "&monitor=true",
        ),
        (Flow::Disk, Ask::Status) => ("Microsoft.Compute/locations/{}/DiskOperations", ""),
        (Flow::Disk, Ask::Result) => (
            "Microsoft.Compute/locations/{}/DiskOperations",
            "&monitor=true",
        ),
        (Flow::Compute | Flow::Sync | Flow::Deployment, Ask::Status) => {
            ("Microsoft.Compute/locations/{}/operations", "")
        }
        (Flow::Compute | Flow::Sync | Flow::Deployment, Ask::Result) => {
            ("Microsoft.Compute/locations/{}/operations", "&monitor=true")
        }
    };
    let location = if location.is_empty() {
        "westeurope".to_owned()
    } else {
        location
    };
    let path = format!(
        "/subscriptions/{subscription}/providers/{}",
        word.replace("{}", &location)
    );
    let page = if flow == Flow::Network {
        String::new()
    } else {
        format!("p={}&", state.derived_id(id))
    };
    format!(
        "{}{path}/{id}?{page}{}api-version={}{}",
        call.base,
        extra
            .strip_prefix('&')
            .map(|extra| format!("{extra}&"))
            .unwrap_or_default(),
        encode(call.api_version()),
        seals(state, id)
    )
}

/// Adds to the network provider's refusal where to ask about what is in the way.
pub(crate) fn pointed(
    state: &State,
    call: &Call,
    busy: &Resource,
    mut error: ArmError,
) -> ArmError {
    if let (Some(operation), "AnotherOperationInProgress") = (&busy.operation, error.code.as_str())
    {
        let uri = address(state, call, operation, Flow::Network, Ask::Status);
        error.message = format!(
            "{} To retrieve status of the operation use uri: {uri}.",
            error.message
        )
        .into();
    }
    error
}

/// The signed tail of a polling address.
pub(crate) fn seals(state: &State, id: &str) -> String {
    let ticks = state.now().as_millisecond();
    let seal = seal(state.world.seed(), id);
    let certificate = state
        .derived_id(&format!("certificate/{id}"))
        .replace('-', "");
    format!(
        "&t={ticks}&c={certificate}&s={seal}&h={}",
        &seal[..seal.len().min(12)]
    )
}

/// Finds the operation a polling address names, if its seal is whole.
fn addressed<'s>(state: &'s State, call: &Call, id: &str) -> Result<&'s Operation, ArmError> {
    let whole = call.query("s") == Some(seal(state.world.seed(), id).as_str());
    let found = state.operations.get(id).filter(|_| whole);
    found
        .ok_or_else(|| ArmError::not_found("NotFound", format!("The entity '{id}' was not found.")))
}

/// Answers a poll of the status address.
pub(crate) fn status(state: &State, call: &Call, id: &str, flow: Flow) -> Result<Reply, ArmError> {
    let operation = addressed(state, call, id)?;
    let mut body = json!({
        "name": operation.id,
        "status": operation.status,
        "startTime": stamp(operation.started),
    });
    if operation.effect == Effect::Deploy && operation.is_running() {
        body["status"] = json!("Running");
    }
    if !operation.is_running() {
        body["endTime"] = json!(stamp(operation.ends));
    }
    if let Some(error) = &operation.error {
        body["error"] = error.object();
    }
    if !operation.output.is_null() {
        body["properties"] = json!({"output": operation.output});
    }
    let reply = Reply::json(200, body);
    Ok(waiting(state, operation, flow, reply))
}

/// Answers a poll of the result address.
pub(crate) fn result(state: &State, call: &Call, id: &str, flow: Flow) -> Result<Reply, ArmError> {
    let operation = addressed(state, call, id)?;
    if operation.is_running() {
        let here = format!("{}{}?{}", call.base, call.path, call.query_text);
        let reply = Reply::empty(202).header("Location", here);
        return Ok(waiting(state, operation, flow, reply));
    }
    if let Some(error) = &operation.error {
        return Err(ArmError {
            status: 409,
            ..error.clone()
        });
    }
    if !operation.output.is_null() {
        return Ok(Reply::json(200, operation.output.clone()));
    }
    let kept = state
        .store
        .get(&operation.target)
        .filter(|_| operation.effect == Effect::Settle);
    Ok(match kept {
        Some(resource) => Reply::json(200, state.show(resource, call)),
        None if operation.effect == Effect::RemoveGroup => Reply::empty(200),
        None if operation.effect == Effect::Remove => Reply::empty(204),
        None => Reply::empty(200),
    })
}

fn waiting(state: &State, operation: &Operation, flow: Flow, reply: Reply) -> Reply {
    if operation.is_running() {
        reply.headers(retry_after(state, flow))
    } else {
        reply
    }
}
