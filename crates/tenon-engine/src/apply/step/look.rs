//! Looking at the resource of a step, and waiting until nothing is under way.

use tenon_model::Value;
use tenon_model::event::{Failure, Moved};
use tenon_model::plan::{Scope, Step};
use tenon_model::transport::{Progress, Read, Refusal};
use tokio::time::{Instant, sleep};

use super::super::Run;
use super::super::lag::Lag;
use super::{GROUP_LAG, PAUSE};

pub(crate) fn scope<'a>(run: &Run<'a>, step: &Step) -> Result<&'a Scope, Failure> {
    let subscription = step.id.subscription();
    run.plan
        .scope(&subscription)
        .ok_or_else(|| Failure::Unresolved {
            what: format!("the tenant of subscription {subscription}"),
        })
}

pub(crate) fn refused(refusal: Refusal) -> Failure {
    Failure::Refused {
        refusal: Box::new(refusal),
    }
}

pub(super) async fn look(
    run: &Run<'_>,
    index: usize,
    step: &Step,
) -> Result<Option<Value>, Failure> {
    let read = Read {
        tenant: scope(run, step)?.tenant.clone(),
        path: step.id.to_string(),
        api_version: step.request.api_version.clone(),
        query: Vec::new(),
    };
    let mut lag = Lag::new(run, index, step);
    loop {
        match run.transport.get(&read).await {
            Ok(answer) => return Ok(Some(answer.body)),
            Err(refusal) if refusal.is_absent() => return Ok(None),
            Err(refusal) => lag.wait(refusal).await?,
        }
    }
}

fn state(live: &Value) -> Option<&str> {
    live.at(&["properties", "provisioningState"])?.as_text()
}

pub(crate) fn is_finished(live: &Value) -> bool {
    state(live).is_none_or(|state| state.eq_ignore_ascii_case("Succeeded"))
}

fn is_busy(live: &Value) -> bool {
    let ended = ["Succeeded", "Failed", "Canceled", "Cancelled"];
    state(live).is_some_and(|state| !ended.iter().any(|end| state.eq_ignore_ascii_case(end)))
}

/// The live resource once nothing is under way on it: an earlier run, or
/// somebody else, may have begun what Azure still does.
pub(crate) async fn idle(
    run: &Run<'_>,
    index: usize,
    step: &Step,
) -> Result<Option<Value>, Failure> {
    let began = Instant::now();
    let mut pause = PAUSE.0;
    loop {
        let live = look(run, index, step).await?;
        let Some(body) = live.as_ref().filter(|body| is_busy(body)) else {
            return Ok(live);
        };
        if began.elapsed() > run.options.patience {
            let what = format!(
                "{} is still {}",
                step.address,
                state(body).unwrap_or("busy")
            );
            return Err(Failure::Unresolved { what });
        }
        let why = state(body).unwrap_or("busy").to_owned();
        run.progress(index, Progress::Waiting { wait: pause, why });
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

/// A group is deleted with all that is in it, so nothing may be.
pub(super) async fn empty(run: &Run<'_>, index: usize, step: &Step) -> Result<(), Failure> {
    let read = Read {
        tenant: scope(run, step)?.tenant.clone(),
        path: format!("{}/resources", step.id),
        api_version: step.request.api_version.clone(),
        query: Vec::new(),
    };
    let began = Instant::now();
    let mut pause = PAUSE.0;
    loop {
        let mut ids = Vec::new();
        let mut page = |items: Vec<Value>| {
            ids.extend(items.iter().filter_map(|item| item.member("id").cloned()));
        };
        run.transport
            .list(&read, &mut page)
            .await
            .map_err(refused)?;
        if ids.is_empty() {
            return Ok(());
        }
        if began.elapsed() > GROUP_LAG {
            let moved = Moved {
                property: "contents".to_owned(),
                planned: Some(Value::List(Vec::new())),
                live: Some(Value::List(ids)),
                wanted: None,
            };
            return Err(Failure::Stale { moved: vec![moved] });
        }
        let why = format!("{} still listed in it", ids.len());
        run.progress(index, Progress::Waiting { wait: pause, why });
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}
