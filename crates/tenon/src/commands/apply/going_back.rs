//! `on_failure: roll_back`: what a rollout has replaced takes its old OS disk
//! again.

use std::collections::BTreeSet;

use tenon_model::Address;
use tenon_model::event::Outcome;
use tenon_model::plan::{Does, Mode, Plan, Reason};
use tenon_model::report::{Ended, Report};
use tenon_model::rollout::{OnFailure, Waves};
use tenon_plan::{Rollback, Wishes};

use crate::arguments::{Approval, Global, SpecArgument};
use crate::exit::Exit;
use crate::output::Output;
use crate::prepare::Intent;

use super::carry_out::carry_out;
use super::ready::from_spec;

/// The machines that go back after a run: those that it has replaced, of every
/// fleet that wants it so and of which one machine failed.
pub(super) fn machines(plan: &Plan, report: &Report) -> BTreeSet<Address> {
    if report.stopped || report.lease_lost.is_some() {
        return BTreeSet::new();
    }
    let of =
        |waves: &&Waves| waves.on_failure == OnFailure::RollBack && has_failed(waves, plan, report);
    let fleets = plan.waves.iter().filter(of);
    let machines = fleets.flat_map(|fleet| fleet.waves.iter().flatten());
    machines
        .filter(|machine| is_replaced(machine, plan, report))
        .cloned()
        .collect()
}

fn has_failed(waves: &Waves, plan: &Plan, report: &Report) -> bool {
    report.lines.iter().any(|(step, line)| {
        let address = &plan.steps[*step].address;
        matches!(line.ended, Some(Ended::Failed { .. }))
            && waves
                .waves
                .iter()
                .flatten()
                .any(|one| address.is_within(one))
    })
}

/// Whether it has another OS disk since this run.
fn is_replaced(machine: &Address, plan: &Plan, report: &Report) -> bool {
    let done = Outcome::Done;
    let change = plan.change(machine);
    let swaps = change.is_some_and(|change| matches!(change.reason, Reason::NewDisk { .. }));
    let gets_it = if swaps { Does::Update } else { Does::Delete };
    report.lines.iter().any(|(step, line)| {
        let step = &plan.steps[*step];
        step.address == *machine
            && step.does == gets_it
            && matches!(&line.ended, Some(Ended::Done { outcome }) if *outcome == done)
    })
}

/// Carries out the plan that takes machines back. It was approved with the plan
/// that says so.
pub(super) async fn go_back(
    global: &Global,
    plan: &Plan,
    machines: BTreeSet<Address>,
    approval: &Approval,
    output: &Output,
) -> Exit {
    let mut global = global.clone();
    if global.files.is_empty() {
        // A saved plan knows the files that it was made from.
        global.files = plan.deployment.files.iter().map(Into::into).collect();
    }
    let names: Vec<&str> = machines.iter().map(Address::as_str).collect();
    let names = names.join(", ");
    output.say(&format!(
        "`on_failure: roll_back`: {names} back to the old OS disks"
    ));
    let intent = Intent {
        patience: None,
        wishes: Wishes {
            rollback: Some(Rollback {
                addresses: machines,
                to: None,
            }),
            ..Wishes::default()
        },
        ..Intent::from(Mode::Live)
    };
    let approval = Approval {
        auto_approve: true,
        // That of the run that failed is there.
        report: None,
        ..approval.clone()
    };
    match from_spec(&global, &SpecArgument::default(), &intent, output).await {
        Ok(ready) => {
            let (exit, _) = carry_out(&ready, &approval, None, output).await;
            ready.connection.close().await;
            exit
        }
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            output.say(&format!("by hand:  tenon rollback {names}").replace(", ", " "));
            Exit::of(&trouble.diagnostics)
        }
    }
}
