//! One step: look, compare, write.

use std::time::Duration;

use tenon_model::Value;
use tenon_model::event::{Failure, Outcome, Presence};
use tenon_model::plan::{Does, Precondition, Step};
use tenon_model::transport::{Condition, Progress, Verb};
use tokio::time::sleep;

use super::follow::follow;
use super::instances::upgrade;
use super::{Run, health};
use crate::{check, overlay};

mod look;
mod send;
mod target;

pub(super) use look::{idle, is_finished, refused, scope};
pub(super) use send::{ours, write};

use look::empty;
use send::{keep, resolved};
use target::{Target, is_new, is_over, is_replaced, stops_next, target};

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
