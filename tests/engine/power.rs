//! Machines that a run has stopped, and the plans that come after it.

use std::collections::BTreeSet;

use tenon_model::plan::{Does, Plan, Reason};

use crate::crash::land;
use crate::world::World;
use crate::{fleet, run};

const MACHINE: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web-1";

fn larger() -> String {
    fleet(1).replace(
        "    image: web\n",
        "    image: web\n    size: Standard_E4s_v5\n",
    )
}

/// A machine that was made larger and did not start again.
async fn left_stopped() -> World {
    let world = World::new("");
    assert!(
        run(&world.plan(&fleet(1)).await, &world)
            .await
            .is_complete()
    );
    world.refuse("POST", "*/virtualMachines/web-1/start", 400, "NotToday");
    let report = run(&world.plan(&larger()).await, &world).await;
    assert!(!report.is_complete());
    assert_eq!(land::running(&world).await, BTreeSet::new());
    world
}

/// Somebody with a portal.
async fn act(world: &World, what: &str) {
    act_on(world, "web-1", what).await;
}

/// Stops a machine that nobody has asked us to.
pub(crate) async fn stop(world: &World, machine: &str) {
    act_on(world, machine, "deallocate").await;
}

async fn act_on(world: &World, machine: &str, what: &str) {
    let machine = MACHINE.replace("web-1", machine);
    world.act(&format!("{machine}/{what}")).await;
}

fn steps(plan: &Plan) -> Vec<Does> {
    plan.steps.iter().map(|step| step.does).collect()
}

#[tokio::test(start_paused = true)]
async fn a_new_plan_starts_what_a_run_left_stopped() {
    let world = left_stopped().await;
    let plan = world.plan(&larger()).await;
    assert_eq!(plan.changes[0].reason, Reason::LeftStopped);
    assert_eq!(steps(&plan), [Does::Start, Does::Mark, Does::Check]);
    assert!(run(&plan, &world).await.is_complete());
    assert!(land::running(&world).await.contains(MACHINE));
    assert_eq!(steps(&world.plan(&larger()).await), []);
    // The same plan once more finds nothing to do.
    act(&world, "deallocate").await;
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(land::running(&world).await, BTreeSet::new());
}

#[tokio::test(start_paused = true)]
async fn what_else_is_to_change_changes_before_the_start() {
    let world = left_stopped().await;
    let plan = world.plan(&fleet(1)).await;
    assert_eq!(plan.changes[0].reason, Reason::LeftStopped);
    let sized = [
        Does::Deallocate,
        Does::Update,
        Does::Start,
        Does::Mark,
        Does::Check,
    ];
    assert_eq!(steps(&plan), sized);
    assert!(run(&plan, &world).await.is_complete());
    assert!(land::running(&world).await.contains(MACHINE));
}

/// A sign that is left on a machine that runs would start it some day.
#[tokio::test(start_paused = true)]
async fn what_somebody_started_is_not_started_when_somebody_stops_it() {
    let world = left_stopped().await;
    act(&world, "start").await;
    let plan = world.plan(&larger()).await;
    assert_eq!(plan.changes[0].reason, Reason::Bookkeeping);
    assert_eq!(steps(&plan), [Does::Update]);
    assert!(run(&plan, &world).await.is_complete());
    act(&world, "deallocate").await;
    assert_eq!(steps(&world.plan(&larger()).await), []);
}
