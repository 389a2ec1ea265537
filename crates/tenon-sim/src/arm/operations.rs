//! Long-running operations: started by a write, ended by the clock.
//!
//! An operation knows what it will do when it ends, so ending it needs
//! neither the request nor the process that started it: after a restart
//! it ends at its time as if nothing had happened.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ArmError;
use super::id::ResourceId;
use crate::clock::later;
use crate::json;
use crate::providers;
use crate::state::State;
use crate::store::Resource;

mod polling;

pub(crate) use polling::{Ask, announce, pointed, result, retry_after, seals, status};

/// What an operation does to its resource when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(crate) enum Effect {
    /// The write becomes final.
    Settle,
    /// The resource goes.
    Remove,
    /// An image version is put aside, and can be had back.
    Bury,
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
    /// A rolling upgrade goes on.
    Roll,
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

/// Sets what the result of an operation shows in the end, instead of the resource.
pub(crate) fn shows(state: &mut State, id: &str, output: Value) {
    if let Some(operation) = state.operations.get(id).cloned() {
        state.keep_operation(Operation {
            output,
            ..operation
        });
    }
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

/// Keeps an operation that has ended and notes the deployment that waits for it.
fn over(state: &mut State, operation: Operation) {
    let parent = operation.parent.clone();
    let tells = !matches!(operation.effect, Effect::Wake | Effect::Roll);
    if operation.status == Status::Succeeded && tells {
        state.followed(&operation.target);
    }
    state.keep_operation(operation);
    state.woken.extend(parent);
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
    let operation = Operation {
        parent: Some(deployment.to_owned()),
        ..unseen(state, deployment, after, Effect::Wake)
    };
    state.keep_operation(operation);
}

/// Lets something happen to a resource after a while; the resource is free
/// meanwhile, and nobody can ask how it goes.
pub(crate) fn later_on(state: &mut State, key: &str, after: Duration, effect: Effect) {
    let operation = unseen(state, key, after, effect);
    state.keep_operation(operation);
}

fn unseen(state: &mut State, key: &str, after: Duration, effect: Effect) -> Operation {
    let now = state.now();
    Operation {
        id: state.fresh_id("operation"),
        target: key.to_owned(),
        verb: "Wake".to_owned(),
        status: Status::InProgress,
        started: now,
        ends: later(now, after),
        effect,
        doomed: None,
        error: None,
        output: Value::Null,
        parent: None,
    }
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
        Effect::Bury if succeeded => providers::gallery::version::bury(state, key),
        Effect::Settle | Effect::Remove | Effect::Bury => settle(state, key, succeeded),
        Effect::Power { state: power } => {
            state.store.update(key, |machine| {
                let power = if succeeded { power.as_str() } else { "unknown" };
                json::set(&mut machine.hidden, "power", power);
                machine.set_state(if succeeded { "Succeeded" } else { "Failed" });
            });
        }
        Effect::Deploy | Effect::Wake => {}
        Effect::Roll => providers::compute::scale_set::rolling::go_on(state, key),
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
