//! Apply on simulated time: the real engine and the real client against the
//! simulator, in one process, with a clock that runs as fast as it can.

mod crash;
mod fresh;
mod kept;
mod lags;
mod leases;
mod pace;
mod power;
mod races;
mod reading;
mod rollout;
mod scale_sets;
#[path = "../plans/support/mod.rs"]
mod support;
mod world;

use std::time::Duration;

use tenon_engine::{ApplyOptions, Interrupt, apply};
use tenon_model::event::Failure;
use tenon_model::plan::{Does, Plan};
use tenon_model::report::{Ended, Report};
use tenon_model::{Later, Value};

use world::World;

struct Nothing;

impl tenon_engine::Vault for Nothing {
    fn reveal(&self, _: &Later) -> Result<Value, String> {
        Err("there is nothing here".to_owned())
    }
}

/// Carries a plan out.
pub(crate) async fn run(plan: &Plan, world: &World) -> Report {
    let heard = world::Heard::default();
    let interrupt = Interrupt::default();
    apply(
        plan,
        &world.client,
        &Nothing,
        &heard,
        &interrupt,
        &world.options(),
    )
    .await;
    heard.report()
}

/// A fleet of machines in a network of its own.
pub(crate) fn fleet(count: usize) -> String {
    format!(
        "{}
networks:
  net: {{address_space: [10.0.0.0/8], subnets: {{app: {{prefix: 10.0.0.0/16}}}}}}
vms:
  web:
    count: {count}
    image: web
    subnet: net/app
    public_ip: false
    admin_username: azureuser
    ssh_key: ssh-ed25519 AAAA test
",
        world::HEAD
    )
}

#[tokio::test(start_paused = true)]
async fn a_failed_branch_leaves_the_others_running() {
    let world = World::new("");
    world.fail_operation("*/virtualMachines/web-2", "AllocationFailed");
    let plan = world.plan(&fleet(4)).await;
    let report = run(&plan, &world).await;
    let failed: Vec<&str> = report
        .lines
        .iter()
        .filter(|(_, line)| matches!(&line.ended, Some(Ended::Failed { .. })))
        .map(|(step, _)| plan.steps[*step].address.as_str())
        .collect();
    assert_eq!(failed, ["vms.web-2"]);
    assert_eq!(report.done(), plan.steps.len() - 1);

    // The same plan again mends what failed, and does nothing twice.
    let again = run(&plan, &world).await;
    assert!(again.is_complete(), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn what_depends_on_a_failure_is_skipped_because_of_it() {
    let world = World::new("");
    world.refuse("PUT", "*/networkInterfaces/web-1VMNic", 400, "SubnetIsFull");
    let plan = world.plan(&fleet(2)).await;
    let report = run(&plan, &world).await;
    let skipped: Vec<(String, usize)> = report
        .lines
        .iter()
        .filter_map(|(step, line)| match &line.ended {
            Some(Ended::Skipped { because }) => {
                Some((plan.steps[*step].address.to_string(), *because))
            }
            _ => None,
        })
        .collect();
    let nic = plan
        .steps
        .iter()
        .position(|step| step.address.as_str() == "vms.web-1.nic");
    assert_eq!(skipped, [("vms.web-1".to_owned(), nic.unwrap())]);
    assert!(report.lines.values().any(|line| matches!(
        &line.ended,
        Some(Ended::Failed { failure: Failure::Refused { refusal } }) if refusal.code == "SubnetIsFull"
    )));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_nothing_twice() {
    let world = World::new("");
    world.lose_answers("PUT", "*");
    let plan = world.plan(&fleet(3)).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
    let machines = world
        .simulator
        .resource_ids()
        .into_iter()
        .filter(|id| id.contains("/virtualMachines/"))
        .count();
    assert_eq!(machines, 3);
}

#[tokio::test(start_paused = true)]
async fn an_operation_of_an_earlier_run_is_followed_and_not_begun_twice() {
    let world = World::new("");
    let plan = world.plan(&fleet(1)).await;
    let interrupt = Interrupt::default();
    let heard = world::Heard::default();
    {
        // The program dies while Azure makes the machine.
        let options = world.options();
        let first = apply(&plan, &world.client, &Nothing, &heard, &interrupt, &options);
        let dies = tokio::time::sleep(Duration::from_secs(70));
        tokio::select! {
            () = first => panic!("it was to die half-way"),
            () = dies => {}
        }
    }
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
    let puts = world
        .simulator
        .request_log()
        .into_iter()
        .filter(|one| one.method == "PUT" && one.path.ends_with("/virtualMachines/web-1"))
        .count();
    assert_eq!(puts, 1);
    assert!(plan.steps.iter().all(|step| step.does == Does::Create));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_in_the_middle_ends_nothing() {
    let world = World::new("  tokenLifetime: 60s\n");
    let plan = world.plan(&fleet(2)).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_to_end_starts_what_it_stopped() {
    let world = World::new("");
    let spec = fleet(3);
    assert!(run(&world.plan(&spec).await, &world).await.is_complete());
    let larger = spec.replace(
        "    image: web\n",
        "    image: web\n    size: Standard_E4s_v5\n",
    );
    let plan = world.plan(&larger).await;
    let interrupt = Interrupt::default();
    let heard = world::Heard::default();
    let options = ApplyOptions {
        at_once: 1,
        ..world.options()
    };
    let apply = apply(&plan, &world.client, &Nothing, &heard, &interrupt, &options);
    let signal = async {
        // In the middle of the first machine's stop.
        tokio::time::sleep(Duration::from_secs(23)).await;
        interrupt.stop.cancel();
    };
    tokio::join!(apply, signal);
    let report = heard.report();
    let done: Vec<(&str, Does)> = report
        .lines
        .iter()
        .filter(|(_, line)| matches!(line.ended, Some(Ended::Done { .. })))
        .map(|(step, _)| (plan.steps[*step].address.as_str(), plan.steps[*step].does))
        .collect();
    let one = "vms.web-1";
    assert_eq!(
        done,
        [
            (one, Does::Mark),
            (one, Does::Deallocate),
            (one, Does::Update),
            (one, Does::Start),
            (one, Does::Mark),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_finished_plan_stops_no_machine_for_its_disk_again() {
    let world = World::new("");
    let disks = |sku| format!("    data_disks: {{data: {{size_gb: 8, sku: {sku}}}}}\n");
    let before = world.plan(&(fleet(1) + &disks("Premium_LRS"))).await;
    assert!(run(&before, &world).await.is_complete());
    let plan = world.plan(&(fleet(1) + &disks("StandardSSD_LRS"))).await;
    assert!(run(&plan, &world).await.is_complete());
    let stops = || {
        let log = world.simulator.request_log();
        log.iter()
            .filter(|one| one.path.ends_with("/deallocate"))
            .count()
    };
    assert_eq!(stops(), 1);
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(stops(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_stopped_for_a_disk_starts_when_the_disk_is_refused() {
    let world = World::new("");
    let disks = |sku| format!("    data_disks: {{data: {{size_gb: 8, sku: {sku}}}}}\n");
    let before = fleet(1) + &disks("Premium_LRS");
    assert!(run(&world.plan(&before).await, &world).await.is_complete());
    let after = fleet(1) + &disks("StandardSSD_LRS");
    let plan = world.plan(&after).await;
    world.refuse("PATCH", "*/disks/*", 400, "NotToday");
    let report = run(&plan, &world).await;
    let ended: Vec<(Does, bool)> = report
        .lines
        .iter()
        .map(|(step, line)| {
            let done = matches!(line.ended, Some(Ended::Done { .. }));
            (plan.steps[*step].does, done)
        })
        .collect();
    assert_eq!(
        ended,
        [
            (Does::Mark, true),
            (Does::Deallocate, true),
            (Does::Update, false),
            (Does::Start, true),
            (Does::Mark, true),
            (Does::Check, false),
        ]
    );
    let again = run(&world.plan(&after).await, &world).await;
    assert!(again.is_complete(), "{again:?}");
}

/// Another Azure name makes another resource, which comes first; the old form
/// keeps its marker, and so the next plan knows it.
#[tokio::test(start_paused = true)]
async fn an_old_form_that_could_not_be_deleted_is_deleted_next_time() {
    let world = World::new("");
    let spec = |name: &str| {
        let group = format!("nsgs: {{edge: {{name: {name}}}}}\nnetworks:\n");
        let spec = fleet(1).replace("networks:\n", &group);
        spec.replace("prefix: 10.0.0.0/16", "prefix: 10.0.0.0/16, nsg: edge")
    };
    let first = world.plan(&spec("old")).await;
    assert!(run(&first, &world).await.is_complete());
    let plan = world.plan(&spec("new")).await;
    world.refuse("DELETE", "*/networkSecurityGroups/old", 400, "NotToday");
    assert!(!run(&plan, &world).await.is_complete());
    let again = world.plan(&spec("new")).await;
    let left: Vec<(&str, Does)> = again
        .steps
        .iter()
        .map(|step| (step.id.name(), step.does))
        .collect();
    assert_eq!(left, [("old", Does::Delete)]);
    assert!(run(&again, &world).await.is_complete());
    assert_eq!(world.plan(&spec("new")).await.steps.len(), 0);
}
