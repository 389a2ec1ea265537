//! From a plan that is ready to its end: shown, approved, run under its lease,
//! concluded.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenon_client::{BlobLease, RealProber};
use tenon_engine::lease::keep;
use tenon_engine::{ApplyOptions, Interrupt, apply};
use tenon_model::event::Line;
use tenon_model::report::Report;
use tenon_model::{Address, Diagnostic};
use tenon_render::Depth;
use tokio_util::sync::CancellationToken;

use crate::arguments::Approval;
use crate::commands::plan;
use crate::exit::Exit;
use crate::journal::{self, Record};
use crate::listen::Audience;
use crate::output::Output;
use crate::prepare::seconds;
use crate::this_run::ThisRun;
use crate::vault::LocalVault;
use crate::{interrupt, lease, telemetry};

use super::approve::{approve, refuse};
use super::conclude::conclude;
use super::going_back;
use super::ready::{Origin, Ready};
use super::replicas::Replicas;

/// Shows, approves and runs the plan, and says how that ended, and which
/// machines go back to their old OS disks now.
pub(super) async fn carry_out(
    ready: &Ready,
    approval: &Approval,
    expected: Option<&str>,
    output: &Output,
) -> (Exit, BTreeSet<Address>) {
    let plan = &ready.plan;
    let nothing = |exit| (exit, BTreeSet::new());
    if output.is_json() {
        // One line, as everything in a stream of events.
        if let Ok(plan) = tenon_model::plan::document(plan) {
            output.json_line(&Line::Plan { plan });
        }
    } else if ready.origin == Origin::Spec {
        plan::show(plan, &ready.sources, Depth::Normal, output);
    } else if plan.partial.is_some() {
        output.show(&tenon_render::part(plan, &output.options(Depth::Normal)));
    }
    if let Some(problem) = refuse(plan, expected) {
        output.diagnostics(std::slice::from_ref(&problem), &ready.sources);
        return nothing(Exit::of(&[problem]));
    }
    if plan.is_empty() {
        if ready.origin == Origin::File {
            output.say(&format!(
                "{}: the plan has nothing to do",
                plan.deployment.name
            ));
        }
        return nothing(Exit::Ok);
    }
    if let Err(problem) = approve(ready, approval, output) {
        output.diagnostics(std::slice::from_ref(&*problem), &ready.sources);
        return nothing(Exit::Error);
    }
    match run_plan(ready, approval, output).await {
        Ok(report) => (
            conclude(ready, &report, approval, output),
            going_back::machines(plan, &report),
        ),
        Err(problem) => {
            output.diagnostics(std::slice::from_ref(&*problem), &ready.sources);
            nothing(Exit::of(&[*problem]))
        }
    }
}

/// Carries the plan out under its lease, if it has one.
async fn run_plan(
    ready: &Ready,
    approval: &Approval,
    output: &Output,
) -> Result<Report, Box<Diagnostic>> {
    let prober = ready.connection.prober()?;
    let interrupt = interrupt::listen();
    let this_run = ThisRun::begin();
    let Some(at) = &ready.plan.deployment.lock else {
        return Ok(follow(ready, prober, &this_run, approval, &interrupt, output).await);
    };
    let client = &ready.connection.client;
    let blob = BlobLease::new(client, at, &this_run.id, &this_run.by)
        .map_err(|error| lease::bad_address(&ready.plan.deployment.name, &error))?;
    let patience = approval.lock_timeout.unwrap_or_default();
    lease::acquire(
        &blob,
        (&ready.plan, at),
        patience,
        &interrupt.stop,
        &ready.scene,
        output,
    )
    .await?;
    let work = follow(ready, prober, &this_run, approval, &interrupt, output);
    Ok(keep(&blob, &interrupt.loss, work).await)
}

async fn follow(
    ready: &Ready,
    prober: RealProber,
    this_run: &ThisRun,
    approval: &Approval,
    interrupt: &Interrupt,
    output: &Output,
) -> Report {
    let cloud = ready.connection.client.cloud().arm.to_string();
    // What earlier runs took tells how long this one will.
    let expected = journal::times(&cloud).of(&ready.plan);
    let record = Record::begin(&ready.plan, this_run, &cloud, output);
    let audience = Audience::new(&ready.plan, record, expected, output);
    let mut options = ApplyOptions {
        begins: seconds(),
        prober: Arc::new(prober),
        seconds_per_second: ready.connection.seconds_per_second(),
        ..ApplyOptions::default()
    };
    if let Some(most) = approval.parallelism {
        options.at_once = usize::from(most);
    }
    let done = CancellationToken::new();
    let alive = tokio::spawn({
        let (audience, done) = (audience.clone(), done.clone());
        async move { audience.keep_alive(done).await }
    });
    let client = &ready.connection.client;
    let work = apply(
        &ready.plan,
        client,
        &LocalVault,
        &audience,
        interrupt,
        &options,
    );
    Replicas::of(&ready.plan, client, output).beside(work).await;
    done.cancel();
    let _ = alive.await;
    let report = audience.report();
    telemetry::applied(&ready.plan, &report, &this_run.id, audience.started());
    report
}
