//! One step: look, compare, write.

use std::time::Duration;

use tenon_model::Value;
use tenon_model::event::{Failure, Moved, Outcome, Presence};
use tenon_model::plan::{Does, Expected, Precondition, Scope, Step};
use tenon_model::transport::{Condition, Progress, Read, Refusal, Verb, Write};
use tokio::time::{Instant, sleep};

use super::follow::follow;
use super::instances::upgrade;
use super::lag::Lag;
use super::overtaken::overtaken;
use super::{Run, health};
use crate::{check, overlay};

/// The first pause while a busy resource is waited for, and the longest.
pub(super) const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));
/// How long a group may still list what has just been deleted: its index lags.
const GROUP_LAG: Duration = Duration::from_secs(180);
/// How often an update looks again after a change at the wrong moment.
const LOOKS: usize = 8;

/// Runs one step.
pub(super) async fn run(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    match step.does {
        Does::Create => create(run, index, step).await,
        Does::Update | Does::Mark | Does::Detach => update(run, index, step).await,
        Does::Keep => keep_aside(run, index, step).await,
        Does::Delete => delete(run, index, step).await,
        Does::Deallocate | Does::Start => act(run, index, step).await,
        Does::Follow => follow(run, index, step).await,
        Does::Upgrade | Does::Reimage => upgrade(run, index, step).await,
        Does::Check => health::check(run, index, step).await,
        Does::Settle => health::settle(run, index, step).await,
    }
}

async fn create(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let ours = ours(run, step).await?;
    if let Some(live) = idle(run, index, step).await? {
        if !check::made(&ours, &live) {
            return Err(Failure::Presence {
                found: Presence::Present,
            });
        }
        if is_finished(&live) {
            keep(run, step, live).await;
            return Ok(Outcome::AlreadyDone);
        }
        // Ours, and its making failed: the same request mends it.
    }
    write(run, index, step, Some(ours), Condition::None).await
}

/// Nothing is kept of what is gone, or replaced already.
async fn keep_aside(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let Some(live) = idle(run, index, step).await? else {
        return Ok(Outcome::AlreadyDone);
    };
    let stale = match &step.precondition {
        Precondition::Present { values } => match target(run, index, values, &live) {
            Ok(Target::Stands) => return Ok(Outcome::AlreadyDone),
            Ok(Target::IsToCome) => None,
            Err(failure) => Some(failure),
        },
        _ => None,
    };
    if let Some(failure) = stale {
        return if is_new(run, step, &live) {
            Ok(Outcome::AlreadyDone)
        } else {
            Err(failure)
        };
    }
    let ours = ours(run, step).await?;
    let body = overlaid(run, step, &live, ours);
    write(run, index, step, Some(body), Condition::None).await
}

/// Whether what stands there is what this plan makes after its delete.
fn is_new(run: &Run<'_>, step: &Step, live: &Value) -> bool {
    let deletes = run.plan.steps.iter();
    let mut deletes = deletes.filter(|one| one.does == Does::Delete && one.id == step.id);
    deletes.any(|delete| match &delete.precondition {
        Precondition::Present { values } => {
            matches!(check::present(values, live), check::Verdict::Done)
        }
        _ => false,
    })
}

/// An update looks again when something has changed between its look and its
/// write: it may be what this very run does to something near by.
async fn update(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    for _ in 0..LOOKS {
        match update_once(run, index, step).await {
            Err(Failure::Refused { refusal }) if refusal.status == 412 => {
                let (wait, why) = (PAUSE.0, refusal.code);
                run.progress(index, Progress::Waiting { wait, why });
                sleep(wait).await;
            }
            other => return other,
        }
    }
    update_once(run, index, step).await
}

async fn update_once(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let Some(live) = idle(run, index, step).await? else {
        // What is gone holds nothing: an earlier run of this plan deleted it
        // after it had let go. Whoever needs it finds that out.
        if step.does == Does::Detach {
            return Ok(Outcome::AlreadyDone);
        }
        return Err(Failure::Presence {
            found: Presence::Absent,
        });
    };
    if step.does == Does::Detach && is_replaced(run, index).await? {
        return Ok(Outcome::AlreadyDone);
    }
    if let Precondition::Present { values } = &step.precondition {
        let values = resolved(run, values).await?;
        check::fixed(&values)?;
        let target = target(run, index, &values, &live)?;
        // What Azure was still doing when the plan was made may be all that
        // there was to do.
        let stands = target == Target::Stands || !check::wants_change(&values);
        if stands && is_finished(&live) {
            keep(run, step, live).await;
            return Ok(Outcome::AlreadyDone);
        }
    }
    if let Some(stop) = stops_next(run, index)
        && is_over(run, stop).await?
    {
        return Ok(Outcome::AlreadyDone);
    }
    let ours = ours(run, step).await?;
    let body = overlaid(run, step, &live, ours);
    let condition = match live.member("etag").and_then(Value::as_text) {
        Some(tag) if checks_etags(step) => Condition::Unchanged(tag.to_owned()),
        _ => Condition::None,
    };
    write(run, index, step, Some(body), condition).await
}

/// What an update sends: ours laid over what is live.
fn overlaid(run: &Run<'_>, step: &Step, live: &Value, ours: Value) -> Value {
    let own = step.id.resource_type();
    let facts = run.plan.types.get(&own).or_else(|| {
        let types = run.plan.types.iter();
        let mut of_this = types.filter(|(name, _)| name.eq_ignore_ascii_case(&own));
        of_this.next().map(|(_, facts)| facts)
    });
    match facts {
        Some(facts) => overlay::body(live, &step.request, &ours, facts),
        None => ours,
    }
}

/// Whether Azure compares an entity tag with the one that it has. Compute
/// describes that for `PATCH`. Network does it without describing it: it answers
/// 412 `PreconditionFailedEtagMismatch` (`kubernetes-sigs/cloud-provider-azure`,
/// issue 9729); where it would not, nothing is lost.
fn checks_etags(step: &Step) -> bool {
    let kind = step.id.resource_type().to_ascii_lowercase();
    step.request.verb == Verb::Patch || kind.starts_with("microsoft.network/")
}

async fn delete(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let Some(live) = idle(run, index, step).await? else {
        return Ok(Outcome::AlreadyDone);
    };
    match &step.precondition {
        Precondition::Present { values } => match check::present(values, &live) {
            // What comes in its place is there: an earlier run of this plan
            // got that far. What failed half-way goes once more.
            check::Verdict::Done if is_finished(&live) => return Ok(Outcome::AlreadyDone),
            check::Verdict::Refuse(failure) => return Err(failure),
            check::Verdict::Go | check::Verdict::Done => {}
        },
        Precondition::Empty => empty(run, index, step).await?,
        Precondition::Absent
        | Precondition::Checked
        | Precondition::Healthy(_)
        | Precondition::Settled { .. } => {}
    }
    write(run, index, step, None, Condition::None).await
}

async fn act(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let Some(live) = idle(run, index, step).await? else {
        return Err(Failure::Presence {
            found: Presence::Absent,
        });
    };
    if let Precondition::Present { values } = &step.precondition {
        let values = resolved(run, values).await?;
        // What the machine was to stop for has happened.
        if target(run, index, &values, &live)? == Target::Stands {
            return Ok(Outcome::AlreadyDone);
        }
    }
    if step.does == Does::Deallocate && is_over(run, index).await? {
        return Ok(Outcome::AlreadyDone);
    }
    write(run, index, step, None, Condition::None).await
}

/// Keeps the body of what a step has left for those who read it. A step may be
/// about another resource than its address: a disk that a machine has made.
async fn keep(run: &Run<'_>, step: &Step, body: Value) {
    let change = run.plan.change(&step.address);
    if change.is_none_or(|change| change.id == step.id) {
        run.bodies.keep(&step.address, body).await;
    }
}

/// Whether everything is replaced already that the step `index` lets go of.
async fn is_replaced(run: &Run<'_>, index: usize) -> Result<bool, Failure> {
    let mut replaced = false;
    for (at, step) in run.plan.steps.iter().enumerate() {
        if step.does != Does::Delete || !step.after.contains(&index) {
            continue;
        }
        let (Precondition::Present { values }, Some(live)) =
            (&step.precondition, look(run, at, step).await?)
        else {
            return Ok(false);
        };
        let verdict = check::present(values, &live);
        replaced = matches!(verdict, check::Verdict::Done) && is_finished(&live);
        if !replaced {
            break;
        }
    }
    Ok(replaced)
}

/// Whether what a step wants is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Stands,
    IsToCome,
}

/// Compares what is live with what the step `index` expects.
///
/// # Errors
///
/// What has moved, unless it was this plan itself.
fn target(
    run: &Run<'_>,
    index: usize,
    values: &[Expected],
    live: &Value,
) -> Result<Target, Failure> {
    match check::present(values, live) {
        check::Verdict::Done => Ok(Target::Stands),
        check::Verdict::Go => Ok(Target::IsToCome),
        check::Verdict::Refuse(_) if overtaken(run.plan, index, values, live) => Ok(Target::Stands),
        check::Verdict::Refuse(failure) => Err(failure),
    }
}

/// The stop of the machine that the step `index` marks for it.
fn stops_next(run: &Run<'_>, index: usize) -> Option<usize> {
    let steps = &run.plan.steps;
    steps.iter().position(|step| {
        step.does == Does::Deallocate
            && step.after.contains(&index)
            && steps[index].does == Does::Mark
            && step.id == steps[index].id
    })
}

/// Whether all that a machine stops for has happened: it may be the change of
/// a disk, of which the machine itself shows nothing.
async fn is_over(run: &Run<'_>, stop: usize) -> Result<bool, Failure> {
    let mut over = false;
    for (index, step) in run.plan.steps.iter().enumerate() {
        if step.does != Does::Update || !step.after.contains(&stop) {
            continue;
        }
        let Precondition::Present { values } = &step.precondition else {
            return Ok(false);
        };
        let Some(live) = look(run, index, step).await? else {
            return Ok(false);
        };
        let values = resolved(run, values).await?;
        let target = target(run, index, &values, &live);
        over = matches!(target, Ok(Target::Stands)) && is_finished(&live);
        if !over {
            break;
        }
    }
    Ok(over)
}

/// The body of the step with nothing left for later.
pub(super) async fn ours(run: &Run<'_>, step: &Step) -> Result<Value, Failure> {
    match &step.request.body {
        Some(body) => run.bodies.resolve(body).await,
        None => Ok(Value::Null),
    }
}

async fn resolved(run: &Run<'_>, values: &[Expected]) -> Result<Vec<Expected>, Failure> {
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

pub(super) fn scope<'a>(run: &Run<'a>, step: &Step) -> Result<&'a Scope, Failure> {
    let subscription = step.id.subscription();
    run.plan
        .scope(&subscription)
        .ok_or_else(|| Failure::Unresolved {
            what: format!("the tenant of subscription {subscription}"),
        })
}

pub(super) fn refused(refusal: Refusal) -> Failure {
    Failure::Refused {
        refusal: Box::new(refusal),
    }
}

async fn look(run: &Run<'_>, index: usize, step: &Step) -> Result<Option<Value>, Failure> {
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

pub(super) fn is_finished(live: &Value) -> bool {
    state(live).is_none_or(|state| state.eq_ignore_ascii_case("Succeeded"))
}

fn is_busy(live: &Value) -> bool {
    let ended = ["Succeeded", "Failed", "Canceled", "Cancelled"];
    state(live).is_some_and(|state| !ended.iter().any(|end| state.eq_ignore_ascii_case(end)))
}

/// The live resource once nothing is under way on it: an earlier run, or
/// somebody else, may have begun what Azure still does.
pub(super) async fn idle(
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
async fn empty(run: &Run<'_>, index: usize, step: &Step) -> Result<(), Failure> {
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

pub(super) async fn write(
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
