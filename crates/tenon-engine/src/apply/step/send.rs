//! Sending what a step writes, through the lag of Azure's replicas.

use tenon_model::Value;
use tenon_model::event::{Failure, Outcome};
use tenon_model::plan::{Does, Expected, Step};
use tenon_model::transport::{Condition, Progress, Refusal, Write};

use super::super::Run;
use super::super::lag::Lag;
use super::look::{look, scope};
use crate::check;

/// Keeps the body of what a step has left for those who read it. A step may be
/// about another resource than its address: a disk that a machine has made.
pub(super) async fn keep(run: &Run<'_>, step: &Step, body: Value) {
    let change = run.plan.change(&step.address);
    if change.is_none_or(|change| change.id == step.id) {
        run.bodies.keep(&step.address, body).await;
    }
}

pub(crate) async fn write(
    run: &Run<'_>,
    index: usize,
    step: &Step,
    body: Option<Value>,
    condition: Condition,
) -> Result<Outcome, Failure> {
    let scope = scope(run, step)?;
    let write = Write {
        tenant: scope.tenant.clone(),
        auxiliary: scope.auxiliary.clone(),
        verb: step.request.verb,
        path: step.request.path.clone(),
        api_version: step.request.api_version.clone(),
        body,
        condition,
    };
    let answer = send(run, index, step, &write).await?;
    let Some(body) = answer else {
        return Ok(Outcome::AlreadyDone);
    };
    let leaves_a_body = matches!(step.does, Does::Create | Does::Update);
    if leaves_a_body && body.as_map().is_some() {
        keep(run, step, body).await;
    }
    Ok(Outcome::Done)
}

/// Sends a write, through the lag of Azure's replicas; nothing comes back when
/// an attempt whose answer was lost had done it all.
async fn send(
    run: &Run<'_>,
    index: usize,
    step: &Step,
    write: &Write,
) -> Result<Option<Value>, Failure> {
    let progress = |progress: Progress| run.progress(index, progress);
    let mut lag = Lag::new(run, index, step);
    loop {
        let refusal = match run.transport.write(write, &progress).await {
            Ok(answer) => return Ok(Some(answer.body)),
            Err(refusal) => run.bodies.discreet(refusal),
        };
        if lost_an_answer(&refusal) && stands(run, index, step, write).await? {
            return Ok(None);
        }
        lag.wait(refusal).await?;
    }
}

/// A conflict after an attempt without an answer may be a conflict with
/// ourselves.
fn lost_an_answer(refusal: &Refusal) -> bool {
    matches!(refusal.status, 409 | 412)
        && refusal.details.iter().any(|(code, _)| code == "NoAnswer")
}

/// Whether what the write wants is there.
async fn stands(run: &Run<'_>, index: usize, step: &Step, write: &Write) -> Result<bool, Failure> {
    let (Some(live), Some(wanted)) = (look(run, index, step).await?, &write.body) else {
        return Ok(false);
    };
    let there = check::made(wanted, &live);
    if there {
        keep(run, step, live).await;
    }
    Ok(there)
}

/// The body of the step with nothing left for later.
pub(crate) async fn ours(run: &Run<'_>, step: &Step) -> Result<Value, Failure> {
    match &step.request.body {
        Some(body) => run.bodies.resolve(body).await,
        None => Ok(Value::Null),
    }
}

pub(super) async fn resolved(run: &Run<'_>, values: &[Expected]) -> Result<Vec<Expected>, Failure> {
    let mut resolved = Vec::with_capacity(values.len());
    for expected in values {
        let mut expected = expected.clone();
        if let Some(after) = expected.after.take() {
            expected.after = Some(run.bodies.resolve(&after).await?);
        }
        resolved.push(expected);
    }
    Ok(resolved)
}
