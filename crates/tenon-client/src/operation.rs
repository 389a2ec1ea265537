//! Long-running operations: a write and what becomes of it.
//!
//! An answer may carry `Azure-AsyncOperation`, `Location`, only a
//! `provisioningState`, or nothing to wait for. The first of these that is
//! there is followed, to a state that is final.
//! Source: Microsoft Learn, "Track asynchronous Azure operations".

mod follow;
mod seen;
mod state;
mod target;

use tenon_model::Value;
use tenon_model::transport::{Answer, Progress, Refusal, Stage, Verb, Write};
use tokio::time::Instant;

use crate::arm::{Arm, Call, Report};
use crate::body;
use crate::errors::Asked;
use crate::http::HttpResponse;
use follow::Watch;
use state::{Phase, failure, provisioning};
use target::Target;

/// Sends `write` and follows it to its end.
pub(crate) async fn run(arm: &Arm, write: &Write, report: Report<'_>) -> Result<Answer, Refusal> {
    let mut call = Call::write(arm, write)?;
    call.until = Some(Instant::now() + arm.patience.for_operation(write));
    let response = match arm.accepted(&call, report).await {
        Err(refusal) if write.verb == Verb::Delete && is_gone(&refusal) => {
            return Ok(Answer {
                status: refusal.status,
                body: Value::Null,
                request_id: refusal.request_id,
            });
        }
        other => other?,
    };
    let request_id = response.request_id().map(str::to_owned);
    let watch = Watch {
        arm,
        write,
        call: &call,
        report,
    };
    let (status, body) = match begun(&watch, &response)? {
        Begun::Finished(body) => (response.status.as_u16(), body),
        Begun::Running(target) => {
            if let Some(operation) = target.address() {
                let operation = operation.to_owned();
                report(Progress::Accepted { operation });
            }
            watch
                .to_the_end(target, crate::retry::retry_after(&response))
                .await?
        }
    };
    Ok(Answer {
        status,
        body,
        request_id,
    })
}

/// Whether a refused deletion has nothing left to delete. Azure says 204 of a
/// resource that is absent, and 404 of one whose group or parent is.
fn is_gone(refusal: &Refusal) -> bool {
    let gone = [
        "NotFound",
        "ParentResourceNotFound",
        "ResourceGroupNotFound",
        "ResourceNotFound",
    ];
    refusal.is_absent() && gone.contains(&refusal.code.as_str())
}

/// Follows an operation that an earlier run began with `write`.
pub(crate) async fn resume(
    arm: &Arm,
    write: &Write,
    operation: &str,
    report: Report<'_>,
) -> Result<Answer, Refusal> {
    let mut call = Call::write(arm, write)?;
    call.until = Some(Instant::now() + arm.patience.for_operation(write));
    let target = Target::resumed(arm, &arm.asked(&call), operation)?;
    let watch = Watch {
        arm,
        write,
        call: &call,
        report,
    };
    let (status, body) = watch.to_the_end(target, None).await?;
    Ok(Answer {
        status,
        body,
        request_id: None,
    })
}

/// What a write's first answer says.
enum Begun {
    Finished(Value),
    Running(Target),
}

fn begun(watch: &Watch<'_>, response: &HttpResponse) -> Result<Begun, Refusal> {
    let asked = watch.arm.asked(watch.call);
    let read = read(response, &asked);
    let phase = read.as_ref().ok().and_then(provisioning);
    if let Some(target) = Target::of(watch, response, phase)? {
        return Ok(Begun::Running(target));
    }
    // An action has no resource of its own to look at.
    let action = watch.write.verb == Verb::Post;
    match (response.status.as_u16(), phase) {
        (_, Some(Phase::Failed)) if !action => Err(ended_badly(&asked, response, &read?)),
        (_, Some(Phase::Running)) | (202, None) if !action => Ok(Begun::Running(Target::Resource)),
        (202 | 204, _) => Ok(Begun::Finished(read.unwrap_or_default())),
        _ => Ok(Begun::Finished(read?)),
    }
}

fn read(response: &HttpResponse, asked: &Asked) -> Result<Value, Refusal> {
    body::parse(&response.body)
        .map_err(|error| asked.unreadable(response, &format!("the answer is no JSON: {error}")))
}

fn ended_badly(asked: &Asked, response: &HttpResponse, body: &Value) -> Refusal {
    asked.said(Stage::Operation, response, failure(body))
}

#[cfg(test)]
mod tests;
