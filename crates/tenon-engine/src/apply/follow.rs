//! A rolling upgrade of a scale set, followed to its end.
//!
//! Azure begins one when a model is written, and says how it goes. What is
//! under way is followed and not begun twice. Where instances are behind and
//! nothing is under way, because an earlier upgrade ended badly or was
//! cancelled, a write that changes nothing lets Azure look again. The plan knows
//! which upgrade was the last one when it was made: that one is no answer.

use std::time::Duration;

use tenon_model::event::{Failure, Outcome, Presence, What};
use tenon_model::plan::{Does, Precondition, Step};
use tenon_model::snapshot::{Counts, LATEST, RollingUpgrade};
use tenon_model::transport::{Condition, Read, Refusal, Stage};
use tokio::time::{Instant, sleep};

use super::Run;
use super::instances::instances;
use super::step::{PAUSE, idle, ours, refused, scope, write};

/// How long Azure may take to begin by itself after the model was written, and
/// after it was asked to look again.
const BEGINS: Duration = Duration::from_secs(60);
const ASKED: Duration = Duration::from_secs(300);

/// What is known of the upgrade before.
struct Before<'s> {
    started: Option<&'s str>,
    was_under_way: bool,
}

impl<'s> Before<'s> {
    fn of(step: &'s Step) -> Self {
        let Precondition::Present { values } = &step.precondition else {
            return Self {
                started: None,
                was_under_way: false,
            };
        };
        let text = |at: usize| values.get(at)?.value.as_ref()?.as_text();
        Self {
            started: text(0),
            was_under_way: text(1) == Some("RollingForward"),
        }
    }

    /// Whether an upgrade is the one before, and had ended.
    fn is(&self, latest: &RollingUpgrade) -> bool {
        !self.was_under_way && self.started == Some(latest.started.as_str())
    }
}

/// Follows the rolling upgrade of a set, or lets Azure begin one.
pub(super) async fn follow(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    if idle(run, index, step).await?.is_none() {
        return Err(Failure::Presence {
            found: Presence::Absent,
        });
    }
    let before = Before::of(step);
    let (mut told, mut pause, mut outcome) = (None, PAUSE.0, Outcome::AlreadyDone);
    let mut began = Instant::now();
    let mut patience = if follows_a_write(run, step) {
        BEGINS
    } else {
        Duration::ZERO
    };
    loop {
        let latest = latest(run, step).await?.filter(|one| !before.is(one));
        if let Some(latest) = &latest {
            tell(run, index, latest.counts, &mut told);
            outcome = Outcome::Done;
            if !latest.is_under_way() {
                return ended(step, latest).map(|()| outcome);
            }
        } else {
            let all = instances(run, step, &[]).await?;
            if all.iter().all(|one| one.latest) {
                return Ok(outcome);
            }
            if began.elapsed() >= patience {
                if patience == ASKED {
                    let said = "The model was written, and no rolling upgrade began.";
                    return Err(failure(step, "RollingUpgradeNotBegun", said));
                }
                let body = ours(run, step).await?;
                write(run, index, step, Some(body), Condition::None).await?;
                (began, patience, pause) = (Instant::now(), ASKED, PAUSE.0);
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

/// Whether this plan writes the model before.
fn follows_a_write(run: &Run<'_>, step: &Step) -> bool {
    let steps = &run.plan.steps;
    step.after
        .iter()
        .map(|before| &steps[*before])
        .any(|before| before.id == step.id && before.does == Does::Update)
}

async fn latest(run: &Run<'_>, step: &Step) -> Result<Option<RollingUpgrade>, Failure> {
    let read = Read {
        tenant: scope(run, step)?.tenant.clone(),
        path: format!("{}{LATEST}", step.id),
        api_version: step.request.api_version.clone(),
        query: Vec::new(),
    };
    match run.transport.get(&read).await {
        Ok(answer) => Ok(RollingUpgrade::read(&answer.body)),
        Err(refusal) if refusal.is_absent() => Ok(None),
        Err(refusal) => Err(refused(refusal)),
    }
}

fn tell(run: &Run<'_>, index: usize, counts: Counts, told: &mut Option<Counts>) {
    if told.replace(counts) == Some(counts) {
        return;
    }
    let number = |count: i64| usize::try_from(count).unwrap_or(0);
    run.tell(What::Upgraded {
        step: run.name(index),
        instances: number(counts.good),
        unwell: number(counts.bad),
        of: number(counts.all),
    });
}

/// Azure's own words where it gave up; our code where it says none.
fn ended(step: &Step, latest: &RollingUpgrade) -> Result<(), Failure> {
    Err(match (latest.code.as_str(), &latest.error) {
        ("Completed", _) => return Ok(()),
        (_, Some((code, message))) => failure(step, code, message),
        ("Cancelled", None) => failure(
            step,
            "RollingUpgradeCancelled",
            "The rolling upgrade was cancelled.",
        ),
        (state, None) => {
            let said = format!("The rolling upgrade ended as {state}.");
            failure(step, "RollingUpgradeEnded", &said)
        }
    })
}

fn failure(step: &Step, code: &str, message: &str) -> Failure {
    refused(Refusal {
        stage: Stage::Operation,
        status: 200,
        code: code.to_owned(),
        message: message.to_owned(),
        target: None,
        details: Vec::new(),
        request: format!("GET {}{LATEST}", step.id),
        tenant: None,
        auxiliary: Vec::new(),
        application: None,
        credential_source: None,
        request_id: None,
        correlation_id: None,
        time: None,
    })
}
