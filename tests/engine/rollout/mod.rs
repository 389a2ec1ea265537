//! A new image goes through a fleet in waves, on simulated time: who is down
//! when, who goes first, and what happens when a machine does not get well.

mod beside;
mod capacity;
mod clinic;
mod cut;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tenon_model::event::Failure;
use tenon_model::plan::{Does, Plan};
use tenon_model::report::{Ended, Report};
use tenon_model::{Address, Code};

use crate::fleet;
use crate::world::World;
use clinic::{Clinic, Seen, ids};

const HEALTH: &str = "health: {command: ./check.sh, within: 5m}";

/// A fleet that is there, all well.
async fn standing(count: usize, rollout: &str) -> (World, Arc<Clinic>, String) {
    let world = World::new("");
    let clinic = Arc::new(Clinic::default());
    let spec = fleet(count)
        + "    data_disks: {data: {size_gb: 8}}\n"
        + &format!("    rollout: {{{rollout}}}\n");
    let plan = world.plan(&spec).await;
    let (report, _) = clinic::run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    clinic::wait_until_booted(&world, &clinic).await;
    (world, clinic, spec.replace("1.4.2", "1.5.0"))
}

async fn roll(spec: &str, world: &World, clinic: &Arc<Clinic>) -> (Plan, Report, Seen) {
    let plan = world.plan(spec).await;
    let (report, seen) = clinic::run(&plan, world, clinic).await;
    (plan, report, seen)
}

/// What a replace must leave as it is: interfaces with their addresses.
fn interfaces(world: &World) -> BTreeMap<String, Json> {
    let address = "/properties/ipConfigurations/0/properties/privateIPAddress";
    let ids = ids(world, "/networkInterfaces/").into_iter();
    ids.filter_map(|id| {
        let body = world.simulator.resource(&id)?;
        Some((id, body.pointer(address)?.clone()))
    })
    .collect()
}

/// The machines that run the image `version`.
fn on(world: &World, version: &str) -> usize {
    let ids = ids(world, "/virtualMachines/").into_iter();
    ids.filter(|id| {
        let body = world.simulator.resource(id).unwrap_or_default();
        clinic::version(&body, &world.simulator) == version
    })
    .count()
}

fn failures(plan: &Plan, report: &Report) -> Vec<(String, Does)> {
    let failed = report.lines.iter().filter(|(_, line)| {
        matches!(&line.ended, Some(Ended::Failed { failure }) if matches!(failure, Failure::Unhealthy { .. }))
    });
    let name = |step: &usize| {
        let step = &plan.steps[*step];
        (step.address.to_string(), step.does)
    };
    failed.map(|(step, _)| name(step)).collect()
}

/// Seconds that each wave takes by its longest machine: the old OS disk is
/// marked, the machine lets go of it, delete, create, boot, and the look that
/// sees it.
const WAVE: u64 = 20 + 20 + 20 + 120 + 25;

#[tokio::test(start_paused = true)]
async fn a_hundred_machines_change_in_waves_and_keep_what_is_theirs() {
    let rollout = format!("max_unavailable: 10%, canary: 1, pause: 60s, {HEALTH}");
    let (world, clinic, spec) = standing(100, &rollout).await;
    let kept = interfaces(&world);
    let (plan, report, seen) = roll(&spec, &world, &clinic).await;
    assert!(report.is_complete(), "{:?}", failures(&plan, &report));
    let sizes: Vec<usize> = plan.waves[0].waves.iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9]);
    assert_eq!(seen.most_down, 10);
    assert_eq!(seen.order[0], "web-1");
    assert_eq!(seen.lost.len(), 0, "{:?}", seen.lost);
    assert_eq!(interfaces(&world), kept);
    assert_eq!(on(&world, "1.5.0"), 100);
    let waves = sizes.len() as u64;
    let critical = Duration::from_secs(waves * WAVE + (waves - 1) * 60);
    let took = Duration::from_millis(report.took);
    assert!(
        took <= critical.mul_f64(1.05),
        "{took:?} for waves of {critical:?} together"
    );
    assert!(world.plan(&spec).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_down_after_a_machine_that_did_not_get_well() {
    let rollout = format!("max_unavailable: 2, {HEALTH}");
    let (world, clinic, spec) = standing(8, &rollout).await;
    clinic.infect("web-3", "1.5.0");
    let (plan, report, seen) = roll(&spec, &world, &clinic).await;
    assert_eq!(
        failures(&plan, &report),
        [("vms.web-3".to_owned(), Does::Check)]
    );
    assert_eq!((seen.most_down, on(&world, "1.5.0")), (2, 4));
    // The machine that is there and not well holds the rest back.
    let (plan, report, _) = roll(&spec, &world, &clinic).await;
    assert_eq!(
        failures(&plan, &report),
        [("vms.web-3".to_owned(), Does::Check)]
    );
    assert_eq!(on(&world, "1.5.0"), 4);
    clinic.cure();
    let (_, report, seen) = roll(&spec, &world, &clinic).await;
    assert!(report.is_complete());
    assert_eq!((seen.most_down, on(&world, "1.5.0")), (2, 8));
}

/// The canary is alone, and the others never begin.
#[tokio::test(start_paused = true)]
async fn a_canary_that_dies_saves_the_others() {
    let rollout = format!("max_unavailable: 50%, canary: [web-5], {HEALTH}");
    let (world, clinic, spec) = standing(6, &rollout).await;
    clinic.infect("web-5", "1.5.0");
    let (_, report, seen) = roll(&spec, &world, &clinic).await;
    assert!(!report.is_complete());
    assert_eq!(seen.order, ["web-5"]);
    assert_eq!(on(&world, "1.5.0"), 1);
}

#[tokio::test(start_paused = true)]
async fn who_goes_on_does_so_only_as_long_as_there_is_room() {
    let rollout = format!("max_unavailable: 2, on_failure: continue, {HEALTH}");
    let (world, clinic, spec) = standing(8, &rollout).await;
    clinic.infect("web-1", "1.5.0");
    let (plan, report, seen) = roll(&spec, &world, &clinic).await;
    assert_eq!(
        failures(&plan, &report),
        [("vms.web-1".to_owned(), Does::Check)]
    );
    assert_eq!((seen.most_down, on(&world, "1.5.0")), (2, 8));
    let again = spec.replace("1.5.0", "1.4.2");
    clinic.cure();
    for sick in ["web-1", "web-2"] {
        clinic.infect(sick, "1.4.2");
    }
    let (plan, report, seen) = roll(&again, &world, &clinic).await;
    assert_eq!(failures(&plan, &report).len(), 2);
    assert_eq!((seen.most_down, on(&world, "1.4.2")), (2, 2));
    let held = report.lines.iter().filter(|(step, line)| {
        plan.steps[**step].does == Does::Delete && matches!(line.ended, Some(Ended::Skipped { .. }))
    });
    assert_eq!(held.count(), 6);
}

/// One that is down already goes first, and none goes down beside it.
#[tokio::test(start_paused = true)]
async fn what_is_down_already_counts() {
    let rollout = format!("max_unavailable: 1, {HEALTH}");
    let (world, clinic, spec) = standing(3, &rollout).await;
    let third = Address::new("vms.web-3");
    crate::power::stop(&world, "web-3").await;
    let plan = world.plan(&spec).await;
    assert_eq!(plan.waves[0].unwell, std::slice::from_ref(&third));
    assert_eq!(plan.waves[0].waves[0], [third]);
    let (report, seen) = clinic::run(&plan, &world, &clinic).await;
    assert!(report.is_complete());
    assert_eq!(seen.most_down, 1);
    // One that stays down takes the room.
    crate::power::stop(&world, "web-3").await;
    let only = spec.replace("1.5.0", "1.4.2")
        + "    instances: {web-3: {image: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.5.0}}\n";
    let plan = world.plan_for(&only, tenon_model::plan::Mode::Live).await;
    let codes: Vec<Code> = plan.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(
        (plan.applyable, codes.as_slice()),
        (false, &[Code::NoRoomForRollout][..])
    );
}

/// Azure says that it runs, and it does not answer: it counts, and goes first
/// where it takes the room of those before it.
#[tokio::test(start_paused = true)]
async fn what_does_not_answer_counts_and_makes_room() {
    for (most, order) in [
        (1, ["web-4", "web-1", "web-2", "web-3"]),
        (2, ["web-4", "web-1", "web-2", "web-3"]),
    ] {
        let rollout = format!("max_unavailable: {most}, {HEALTH}");
        let (world, clinic, spec) = standing(4, &rollout).await;
        clinic.infect("web-4", "1.4.2");
        let (_, report, seen) = roll(&spec, &world, &clinic).await;
        assert!(report.is_complete(), "{report:?}");
        assert_eq!((seen.most_down, on(&world, "1.5.0")), (most, 4));
        assert_eq!(seen.order, order, "{most}");
    }
}

/// When the way to the machines is lost, that costs one wave and no more.
#[tokio::test(start_paused = true)]
async fn when_nobody_answers_only_the_first_wave_goes() {
    let rollout = format!("max_unavailable: 3, canary: [web-5], {HEALTH}");
    let (world, clinic, spec) = standing(6, &rollout).await;
    for number in 1..=6 {
        for version in ["1.4.2", "1.5.0"] {
            clinic.infect(&format!("web-{number}"), version);
        }
    }
    let (plan, report, _) = roll(&spec, &world, &clinic).await;
    let failed = [("vms.web-5".to_owned(), Does::Check)];
    assert_eq!(failures(&plan, &report), failed);
    assert_eq!(on(&world, "1.5.0"), 1);
}

/// The same plan once more looks again, and does not pause for waves that it
/// has nothing to do in.
#[tokio::test(start_paused = true)]
async fn the_same_plan_goes_on_where_it_stopped() {
    let rollout = format!("max_unavailable: 1, pause: 10m, {HEALTH}");
    let (world, clinic, spec) = standing(4, &rollout).await;
    clinic.infect("web-3", "1.5.0");
    let plan = world.plan(&spec).await;
    let (report, _) = clinic::run(&plan, &world, &clinic).await;
    assert_eq!(on(&world, "1.5.0"), 3, "{report:?}");
    clinic.cure();
    let (report, seen) = clinic::run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((on(&world, "1.5.0"), seen.most_down), (4, 1));
    let took = Duration::from_millis(report.took);
    assert!(took < Duration::from_secs(5 * 60), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn new_machines_come_before_or_after_the_waves() {
    for (word, first) in [("true", true), ("false", false)] {
        let rollout = format!("max_unavailable: 1, create_before: {word}, {HEALTH}");
        let (world, clinic, spec) = standing(2, &rollout).await;
        let (plan, report, _) = roll(&spec.replace("count: 2", "count: 3"), &world, &clinic).await;
        assert!(report.is_complete());
        let at = |address: &str, does: Does| {
            let mut steps = plan.steps.iter();
            let step = steps.position(|one| one.address.as_str() == address && one.does == does);
            report.lines[&step.expect("a step")].from
        };
        let made = at("vms.web-3", Does::Create);
        assert_eq!(made < at("vms.web-1", Does::Delete), first);
    }
}
