//! Carries a plan out.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tenon_model::event::{Event, Failure, Listener, Outcome, StepName, What};
use tenon_model::plan::{Does, Plan, Step};
use tenon_model::rollout::{Probe, Prober};
use tenon_model::transport::{Boxed, Progress, Transport};
use tenon_model::{Address, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::lease::Loss;
use crate::resolve::{Bodies, Vault};
use crate::schedule::Schedule;

mod follow;
mod health;
mod instances;
mod lag;
mod overtaken;
mod step;

/// What the user's signals ask for, and the loss of a lease.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    /// Nothing new begins; what runs is followed to its end, and a machine
    /// that was stopped for a change gets its change and is started.
    pub stop: CancellationToken,
    /// Nothing is waited for.
    pub abandon: CancellationToken,
    /// The lease is somebody else's, or may be: nothing begins at all, what
    /// runs is followed to its end.
    pub loss: Loss,
}

/// How a plan is carried out.
#[derive(Clone, Debug)]
pub struct ApplyOptions {
    /// Steps under way at the same time. A brake, not the pace: the pace is
    /// set by what the API allows.
    pub at_once: usize,
    /// How long a resource that is busy is waited for.
    pub patience: Duration,
    /// The time when the run begins, in seconds since 1970, UTC: what a plan
    /// leaves to the time of its requests counts on from here.
    pub begins: u64,
    /// Who looks whether machines are well, where Azure cannot tell.
    pub prober: Arc<dyn Prober>,
    /// How many seconds pass for the machines while one passes here: more than
    /// one where time is simulated. Pauses and limits of a spec are theirs.
    pub seconds_per_second: u32,
}

/// Looks at nothing.
#[derive(Debug)]
struct Blind;

impl Prober for Blind {
    fn ask<'a>(&'a self, _: &'a Probe) -> Boxed<'a, Result<(), String>> {
        Box::pin(async { Err("nobody looks at machines here".to_owned()) })
    }
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            at_once: 512,
            patience: Duration::from_secs(45 * 60),
            begins: 0,
            prober: Arc::new(Blind),
            seconds_per_second: 1,
        }
    }
}

/// What a step needs to run.
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) transport: &'a dyn Transport,
    pub(crate) bodies: Bodies<'a>,
    pub(crate) options: &'a ApplyOptions,
    pub(crate) interrupt: &'a Interrupt,
    listener: &'a dyn Listener,
    began: Instant,
    /// The entries for which this run has asked Azure for something.
    worked_on: Mutex<BTreeSet<Address>>,
}

impl Run<'_> {
    fn tell(&self, what: What) {
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.listener.hear(&Event { at, what });
    }

    fn name(&self, index: usize) -> StepName {
        let step = &self.plan.steps[index];
        StepName {
            step: index,
            address: step.address.clone(),
            does: step.does,
        }
    }

    /// How long that many seconds of a spec are here.
    pub(crate) fn seconds(&self, seconds: u32) -> Duration {
        Duration::from_secs(seconds.into()) / self.options.seconds_per_second.max(1)
    }

    /// Notes that a step has done something.
    fn worked(&self, index: usize) {
        let step = &self.plan.steps[index];
        if !matches!(step.does, Does::Check | Does::Settle) {
            let mut worked_on = self
                .worked_on
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            worked_on.insert(step.address.clone());
        }
    }

    /// Whether this run has done something for what `step` comes after.
    pub(crate) fn has_worked_before(&self, step: &Step) -> bool {
        let worked_on = self
            .worked_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut before = step.after.iter().map(|before| &self.plan.steps[*before]);
        before.any(|step| worked_on.contains(&step.address))
    }

    pub(crate) fn progress(&self, index: usize, progress: Progress) {
        let step = self.name(index);
        self.tell(match progress {
            Progress::Accepted { operation } => What::StepAccepted {
                step,
                operation: unsigned(&operation),
            },
            Progress::Waiting { wait, why } => What::StepWaiting {
                step,
                wait: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                why,
            },
        });
    }
}

/// The address of an operation without the signed parts of its query, which
/// have no place in a log.
fn unsigned(operation: &str) -> String {
    let Some((path, query)) = operation.split_once('?') else {
        return operation.to_owned();
    };
    let version = query
        .split('&')
        .find(|part| part.starts_with("api-version="));
    version.map_or_else(|| path.to_owned(), |version| format!("{path}?{version}"))
}

/// Carries `plan` out and tells `listener` what happens. Whether all went well
/// is in the events.
pub async fn apply(
    plan: &Plan,
    transport: &dyn Transport,
    vault: &dyn Vault,
    listener: &dyn Listener,
    interrupt: &Interrupt,
    options: &ApplyOptions,
) {
    let run = Run {
        plan,
        transport,
        bodies: Bodies::new(plan, transport, vault, options.begins),
        options,
        interrupt,
        listener,
        began: Instant::now(),
        worked_on: Mutex::default(),
    };
    run.tell(What::ApplyStarted {
        steps: plan.steps.len(),
    });
    let silent = health::silent(&run).await;
    let mut schedule = Schedule::new(plan, &silent);
    let mut running = FuturesUnordered::new();
    let (mut stopping, mut lost) = (false, false);
    loop {
        if let Some(why) = interrupt.loss.why().filter(|_| !lost) {
            lost = true;
            run.tell(What::LeaseLost {
                running: running.len(),
                why: why.to_owned(),
            });
        }
        while running.len() < options.at_once {
            let next = if lost {
                None
            } else if interrupt.stop.is_cancelled() {
                schedule.next_owed()
            } else {
                schedule.next()
            };
            let Some(index) = next else { break };
            run.tell(What::StepStarted(run.name(index)));
            let step: &Step = &plan.steps[index];
            let run = &run;
            running.push(async move { (index, step::run(run, index, step).await) });
        }
        if running.is_empty() {
            let ends = lost || interrupt.stop.is_cancelled();
            if !ends && (schedule.let_ahead() || give_up(&run, &mut schedule) > 0) {
                continue;
            }
            break;
        }
        tokio::select! {
            biased;
            () = interrupt.abandon.cancelled() => {
                run.tell(What::Abandoned { running: running.len() });
                break;
            }
            () = interrupt.stop.cancelled(), if !stopping => {
                stopping = true;
                run.tell(What::Stopping { running: running.len() });
            }
            () = interrupt.loss.cancelled(), if !lost => {}
            Some((index, result)) = running.next() => settle(&run, &mut schedule, index, result),
        }
    }
    run.tell(What::ApplyDone {
        outputs: each_output(run.plan, &run.bodies).await,
    });
}

fn settle(
    run: &Run<'_>,
    schedule: &mut Schedule<'_>,
    index: usize,
    result: Result<Outcome, Failure>,
) {
    let step = run.name(index);
    match result {
        Ok(outcome) => {
            if outcome == Outcome::Done {
                run.worked(index);
            }
            run.tell(What::StepDone { step, outcome });
            schedule.done(index);
        }
        Err(failure) => {
            run.tell(What::StepFailed { step, failure });
            for lost in schedule.failed(index) {
                run.tell(What::StepSkipped {
                    step: run.name(lost),
                    because: index,
                });
            }
        }
    }
}

/// Tells of the steps that are not allowed any more because too many machines
/// are down; returns how many these are. More may be ready after them.
fn give_up(run: &Run<'_>, schedule: &mut Schedule<'_>) -> usize {
    let held = schedule.held_back();
    for (lost, because) in &held {
        run.tell(What::StepSkipped {
            step: run.name(*lost),
            because: *because,
        });
    }
    held.len()
}

/// Reads the outputs of a plan without carrying it out. What cannot be read
/// yet stays the name of what it would be.
pub async fn outputs(
    plan: &Plan,
    transport: &dyn Transport,
    vault: &dyn Vault,
) -> Vec<(String, Value)> {
    // No output has a time.
    each_output(plan, &Bodies::new(plan, transport, vault, 0)).await
}

async fn each_output(plan: &Plan, bodies: &Bodies<'_>) -> Vec<(String, Value)> {
    let mut outputs = Vec::new();
    for (name, value) in plan.outputs.iter() {
        let value = bodies
            .resolve(value)
            .await
            .unwrap_or_else(|_| value.clone());
        outputs.push((name.to_owned(), value));
    }
    outputs
}
