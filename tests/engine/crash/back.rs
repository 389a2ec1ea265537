//! A machine that goes back to its old OS disk, killed anywhere.

use std::time::Duration;

use tenon_model::plan::Plan;

use super::{Case, Idle, Next, cases, failures, kill, land, sample, wire::dying};
use crate::run;
use crate::world::World;

fn old() -> String {
    super::spec().replace("count: 3", "count: 1")
}

fn new() -> String {
    old().replace("1.4.2", "1.5.0")
}

/// The machine has just got the new image.
async fn begin() -> World {
    let world = World::new("");
    for spec in [old(), new()] {
        assert!(run(&world.plan(&spec).await, &world).await.is_complete());
    }
    world
}

async fn back(world: &World) -> Plan {
    let plan = world.plan_rollback(&new(), &["vms.web"], None).await;
    assert!(plan.applyable, "{:?}", plan.diagnostics);
    plan
}

/// Who carries on with a plan of its own has taken the old version back in the
/// spec: it starts the machine, or replaces it if it has not gone back yet.
async fn next(world: &World, case: Case, saved: Plan) -> Plan {
    match case.next {
        Next::Saved => saved,
        Next::New => world.plan(&old()).await,
    }
}

#[tokio::test(start_paused = true)]
async fn going_back_that_is_cut_anywhere_converges() {
    let world = begin().await;
    let (whole, tap) = dying(&world, None);
    assert!(run(&back(&world).await, &whole).await.is_complete());
    assert_eq!(world.plan(&old()).await.steps.len(), 0);
    let machine = land::machines(&world);
    for case in sample(&cases(&tap.sent())) {
        let world = begin().await;
        assert_eq!(land::machines(&world).len(), machine.len());
        let saved = back(&world).await;
        kill(&saved, &world, case.cut).await;
        if matches!(case.idle, Idle::Later) {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        let again = world.again();
        let plan = next(&again, case, saved).await;
        let report = run(&plan, &again).await;
        let failed = failures(&plan, &report);
        assert!(report.is_complete(), "{case:?}: {failed:?}");
        let left = again.plan(&old()).await;
        let steps: Vec<_> = left.steps.iter().map(|one| one.does).collect();
        assert!(steps.is_empty(), "{case:?}: {steps:?} is left to do");
        assert_eq!(land::running(&again).await.len(), 1, "{case:?}");
        // Whatever is not used is kept, and goes when its time is over.
        tokio::time::sleep(Duration::from_secs(30 * 3600)).await;
        let plan = again.plan(&old()).await;
        assert!(run(&plan, &again).await.is_complete(), "{case:?}");
        let disks = land::everything(&again).into_iter();
        let disks = disks.filter(|id| id.ends_with("/disks/web-1"));
        assert_eq!(disks.count(), 1, "{case:?}");
    }
}
