//! How a deployment goes on: steps start when those before them have settled.

use std::time::Duration;

use axum::body::Bytes;
use serde_json::Value;

use super::outputs;
use super::preflight::{body_of, inexpressible};
use super::run::{Phase, Run};
use super::runtime::{Live, place};
use crate::arm::Context;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::operations::{self, Status};
use crate::call::Call;
use crate::clock::later;
use crate::faults::{Sight, Verdict};
use crate::json;
use crate::state::State;
use crate::template::{Declared, Scope};

/// How often a step may be told to come back later.
const MOST_ATTEMPTS: u32 = 50;

/// Takes every step that can be taken now; ends the deployment when none is left.
pub(crate) fn advance(state: &mut State, key: &str) {
    let Some(mut run) = Run::load(state, key) else {
        return;
    };
    if run.ended.is_some() {
        return;
    }
    collect(state, &mut run);
    while let Some(place) = run.next(state.now()) {
        take(state, key, &mut run, place);
    }
    if run.is_busy() {
        run.save(state, key);
        state
            .store
            .update(key, |deployment| deployment.set_state("Running"));
    } else {
        end(state, key, run);
    }
}

/// Notes which of the running steps have come to an end.
fn collect(state: &State, run: &mut Run) {
    for step in &mut run.steps {
        let operation = step
            .operation
            .as_ref()
            .filter(|_| step.phase == Phase::Running)
            .and_then(|id| state.operations.get(id));
        let Some(operation) = operation.filter(|operation| !operation.is_running()) else {
            continue;
        };
        let ended = operation.ends;
        match (&operation.error, operation.status) {
            (Some(error), _) => step.fail(unsettled(&step.declared, error), ended),
            (None, Status::Canceled) => step.fail(
                ArmError::conflict("Canceled", "The operation was canceled."),
                ended,
            ),
            (None, _) => step.end(Phase::Succeeded, ended),
        }
    }
}

/// The failure of a write that had been accepted.
fn unsettled(declared: &Declared, error: &ArmError) -> ArmError {
    let message = "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.";
    let mut failure = ArmError::conflict("ResourceDeploymentFailure", message).at(&declared.id);
    failure.details.push(error.object());
    failure
}

/// Starts one step.
fn take(state: &mut State, key: &str, run: &mut Run, place: usize) {
    let now = state.now();
    run.steps[place].started.get_or_insert(now);
    match write(state, key, run, place) {
        Ok((status, operation)) => {
            let step = &mut run.steps[place];
            step.status = status;
            step.operation = operation;
            if step.operation.is_some() {
                step.phase = Phase::Running;
            } else {
                step.end(Phase::Succeeded, now);
            }
        }
        Err(error) if comes_back(&error) && run.steps[place].attempts < MOST_ATTEMPTS => {
            let wait = Duration::from_secs(wait(&error));
            let step = &mut run.steps[place];
            step.attempts += 1;
            step.end(Phase::Paused, later(now, wait));
            operations::wake(state, key, wait);
        }
        Err(error) => run.steps[place].fail(error, now),
    }
}

/// What Resource Manager tries again by itself.
fn comes_back(error: &ArmError) -> bool {
    error.status == 429 || error.code == "AnotherOperationInProgress"
}

fn wait(error: &ArmError) -> u64 {
    let header = error
        .headers
        .iter()
        .find(|(name, _)| json::same(name, "Retry-After"));
    let told = header.and_then(|(_, value)| value.parse().ok());
    told.unwrap_or(5).max(1)
}

/// Writes the resource of a step as its PUT from outside would.
fn write(
    state: &mut State,
    key: &str,
    run: &Run,
    place: usize,
) -> Result<(u16, Option<String>), ArmError> {
    let declared = &run.steps[place].declared;
    let body = evaluated(state, key, run, declared)?;
    let id = ResourceId::parse(&declared.id)
        .ok_or_else(|| inexpressible(declared, "The resource id is not valid."))?;
    let bytes = Bytes::from(body.to_string());
    let call = Call::inner("PUT", &declared.id, &declared.api_version, &run.base, bytes);
    let verdict = judge(state, &call, &declared.type_name);
    if let Some(refused) = verdict.answer {
        return Err(refused);
    }
    let kept = std::mem::replace(&mut state.verdict, verdict);
    let reply = Context {
        state,
        call: &call,
        caller: run.caller.clone(),
    }
    .item(&id);
    state.verdict = kept;
    let reply = reply?;
    let operation = state
        .store
        .get(&id.key())
        .and_then(|resource| resource.operation.clone());
    if let Some(operation) = &operation {
        operations::belong(state, operation, key);
    }
    Ok((reply.status, operation))
}

/// Asks the faults: to them it is a request like any other.
fn judge(state: &mut State, call: &Call, type_name: &str) -> Verdict {
    let sight = Sight {
        method: &call.method,
        path: &call.path,
        type_name,
    };
    let now = state.now();
    let verdict = state.faults.judge(sight, now);
    for name in &verdict.struck {
        state.note_fault(name);
    }
    verdict
}

fn evaluated(state: &State, key: &str, run: &Run, declared: &Declared) -> Result<Value, ArmError> {
    let body = with_scope(state, key, run, |scope| body_of(scope, declared))?;
    body.ok_or_else(|| inexpressible(declared, "The value is not known."))
}

/// Evaluates something with the resources as they stand.
fn with_scope<T>(state: &State, key: &str, run: &Run, read: impl FnOnce(&Scope<'_>) -> T) -> T {
    let id = ResourceId::parse(key).unwrap_or_default();
    let place = place(state, &id, &run.shown);
    let live = Live {
        state,
        caller: &run.caller,
        base: &run.base,
        declared: run.steps.iter().map(|step| &step.declared).collect(),
    };
    read(&Scope::new(&run.parameters, &run.variables, &place, &live))
}

/// Ends a deployment: outputs, state, and its own operation.
fn end(state: &mut State, key: &str, mut run: Run) {
    let now = state.now();
    let failures: Vec<Value> = run
        .steps
        .iter()
        .filter_map(|step| step.error.as_ref().map(ArmError::object))
        .collect();
    let doomed = state
        .operations
        .get(&run.operation)
        .and_then(|operation| operation.doomed.clone());
    let outcome = if let Some(error) = doomed {
        Err(error)
    } else if !failures.is_empty() {
        Err(failed(state, key, failures))
    } else if run.canceled {
        Ok(Value::Null)
    } else {
        with_scope(state, key, &run, |scope| outputs::read(scope, &run.outputs))
    };
    let canceled = run.canceled && outcome.is_ok();
    let (word, status) = match &outcome {
        Err(_) => ("Failed", Status::Failed),
        Ok(_) if canceled => ("Canceled", Status::Canceled),
        Ok(_) => ("Succeeded", Status::Succeeded),
    };
    run.ended = Some(now);
    match outcome {
        Ok(results) => run.results = results,
        Err(error) => run.error = Some(error),
    }
    run.forget();
    let (operation, error) = (run.operation.clone(), run.error.clone());
    run.save(state, key);
    state.store.update(key, |deployment| {
        deployment.set_state(word);
        deployment.changed = now;
    });
    operations::conclude(state, &operation, status, error);
}

fn failed(state: &State, key: &str, failures: Vec<Value>) -> ArmError {
    let message = "At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.";
    let id = state
        .store
        .get(key)
        .map_or(key, |deployment| deployment.id.as_str());
    let mut error = ArmError::conflict("DeploymentFailed", message).at(id);
    error.details = failures;
    error
}
