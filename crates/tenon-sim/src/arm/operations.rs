//! Long-running operations: started by a write, ended by the clock.
//!
//! An operation knows what it will do when it ends, so ending it needs
//! neither the request nor the process that started it: after a restart
//! it ends at its time as if nothing had happened.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ArmError;
use super::id::ResourceId;
use super::reply::Reply;
use crate::call::{Call, encode};
use crate::clock::{later, stamp};
use crate::entra::jwt::seal;
use crate::json;
use crate::providers::resources::deployment;
use crate::providers::{self, Flow};
use crate::state::State;
use crate::store::Resource;

/// What an operation does to its resource when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(crate) enum Effect {
    /// The write becomes final.
    Settle,
    /// The resource goes.
    Remove,
    /// A machine reaches a power state.
    Power { state: String },
    /// A group goes with everything in it.
    RemoveGroup,
    /// A provider becomes registered.
    Register { namespace: String },
    /// A deployment ends; it does so when its resources have.
    Deploy,
    /// Nothing but that time has passed, for whom the operation belongs to.
    Wake,
}

/// How an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    InProgress,
    Succeeded,
    Failed,
    Canceled,
}

/// One operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) target: String,
    pub(crate) verb: String,
    pub(crate) status: Status,
    pub(crate) started: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) effect: Effect,
    /// How it will fail, when it will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) doomed: Option<ArmError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ArmError>,
    /// What the result address shows in the end, when it is not the resource.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(crate) output: Value,
    /// The key of the deployment that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
}

impl Operation {
    pub(crate) fn is_running(&self) -> bool {
        self.status == Status::InProgress
    }

    /// True when the clock ends it.
    pub(crate) fn ends_by_itself(&self) -> bool {
        self.is_running() && self.effect != Effect::Deploy
    }
}

/// What starting an operation takes.
pub(crate) struct Start<'s> {
    pub(crate) target: &'s ResourceId,
    pub(crate) verb: &'s str,
    pub(crate) lasts: Duration,
    pub(crate) effect: Effect,
}

/// Starts an operation and marks its resource as being worked on.
pub(crate) fn start(state: &mut State, start: Start<'_>) -> String {
    let id = state.fresh_id("operation");
    let now = state.now();
    let key = start.target.key();
    let operation = Operation {
        id: id.clone(),
        target: key.clone(),
        verb: start.verb.to_owned(),
        status: Status::InProgress,
        started: now,
        ends: later(now, start.lasts),
        effect: start.effect,
        doomed: state.verdict.operation_failure.take(),
        error: None,
        output: Value::Null,
        parent: None,
    };
    state.keep_operation(operation);
    state
        .store
        .update(&key, |resource| resource.operation = Some(id.clone()));
    id
}

/// Ends an operation whose time has come.
pub(crate) fn finish(state: &mut State, id: &str) {
    let Some(mut operation) = state.operations.get(id).cloned() else {
        return;
    };
    if operation.effect == Effect::Deploy {
        return;
    }
    let mut failure = operation.doomed.take();
    if failure.is_none() && operation.effect == Effect::RemoveGroup {
        failure = providers::resources::group::deletion_blocker(state, &operation.target);
    }
    operation.status = if failure.is_some() {
        Status::Failed
    } else {
        Status::Succeeded
    };
    operation.error = failure;
    let key = operation.target.clone();
    state.store.update(&key, |resource| {
        if resource.operation.as_deref() == Some(id) {
            resource.operation = None;
        }
    });
    take_effect(state, &operation);
    over(state, operation);
}

/// Keeps an operation that has ended and tells the deployment that waits for it.
fn over(state: &mut State, operation: Operation) {
    let parent = operation.parent.clone();
    if operation.status == Status::Succeeded && operation.effect != Effect::Wake {
        state.followed(&operation.target);
    }
    state.keep_operation(operation);
    if let Some(parent) = parent {
        deployment::advance(state, &parent);
    }
}

/// Ends an operation that the clock does not end.
pub(crate) fn conclude(state: &mut State, id: &str, status: Status, error: Option<ArmError>) {
    let Some(mut operation) = state.operations.get(id).cloned() else {
        return;
    };
    operation.status = status;
    operation.error = error;
    operation.ends = state.now();
    let key = operation.target.clone();
    state.store.update(&key, |resource| {
        if resource.operation.as_deref() == Some(id) {
            resource.operation = None;
        }
    });
    over(state, operation);
}

/// Makes an operation report to a deployment when it ends.
pub(crate) fn belong(state: &mut State, id: &str, deployment: &str) {
    if let Some(mut operation) = state.operations.get(id).cloned() {
        operation.parent = Some(deployment.to_owned());
        state.keep_operation(operation);
    }
}

/// Wakes a deployment after a while.
pub(crate) fn wake(state: &mut State, deployment: &str, after: Duration) {
    let now = state.now();
    let operation = Operation {
        id: state.fresh_id("operation"),
        target: deployment.to_owned(),
        verb: "Wake".to_owned(),
        status: Status::InProgress,
        started: now,
        ends: later(now, after),
        effect: Effect::Wake,
        doomed: None,
        error: None,
        output: Value::Null,
        parent: Some(deployment.to_owned()),
    };
    state.keep_operation(operation);
}

fn take_effect(state: &mut State, operation: &Operation) {
    let key = &operation.target;
    let succeeded = operation.error.is_none();
    match &operation.effect {
        Effect::Remove if succeeded => remove(state, key),
        Effect::RemoveGroup if succeeded => providers::resources::group::remove(state, key),
        Effect::RemoveGroup => state
            .store
            .update(key, |group| group.set_state("Succeeded")),
        Effect::Settle | Effect::Remove => settle(state, key, succeeded),
        Effect::Power { state: power } => {
            state.store.update(key, |machine| {
                let power = if succeeded { power.as_str() } else { "unknown" };
                json::set(&mut machine.hidden, "power", power);
                machine.set_state(if succeeded { "Succeeded" } else { "Failed" });
            });
        }
        Effect::Deploy | Effect::Wake => {}
        Effect::Register { namespace } => {
            providers::resources::provider::registered(state, key, namespace);
        }
    }
}

fn settle(state: &mut State, key: &str, succeeded: bool) {
    let Some(resource) = state.store.get(key) else {
        return;
    };
    let kind = providers::find(&resource.type_name);
    state.store.update(key, |resource| {
        resource.set_state(if succeeded { "Succeeded" } else { "Failed" });
    });
    kind.hooks.settled(state, key);
}

/// Takes a resource out, with its children and whatever goes with it.
pub(crate) fn remove(state: &mut State, key: &str) {
    let Some(gone) = state.store.remove(key) else {
        return;
    };
    let below: Vec<String> = state.store.below(key).map(Resource::key).collect();
    for child in below {
        remove(state, &child);
    }
    providers::find(&gone.type_name).hooks.removed(state, &gone);
}

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
pub(crate) fn address(state: &State, call: &Call, id: &str, flow: Flow, ask: Ask) -> String {
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
pub(crate) fn addressed<'s>(
    state: &'s State,
    call: &Call,
    id: &str,
) -> Result<&'s Operation, ArmError> {
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
