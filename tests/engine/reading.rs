//! What planning needs: the right to read, and nothing else.

use tenon_model::plan::Mode;

use crate::fleet;
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn a_reader_can_plan() {
    let world = World::for_reader();
    let plan = world.plan(&fleet(3)).await;
    assert!(!plan.steps.is_empty());
    let report = crate::run(&plan, &world).await;
    assert_eq!(report.done(), 0, "a reader has written: {report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_plan_writes_nothing() {
    let world = World::new("");
    let made = crate::run(&world.plan(&fleet(2)).await, &world).await;
    assert!(made.is_complete(), "{made:?}");
    world.simulator.clear_request_log();
    let larger = fleet(3).replace("1.4.2", "1.5.0");
    assert!(!world.plan(&larger).await.steps.is_empty());
    let end = world.plan_for(&larger, Mode::Destroy).await;
    assert!(!end.steps.is_empty());
    let log = world.simulator.request_log();
    let writes = log
        .iter()
        .filter(|one| one.method != "GET" && !one.path.ends_with("/oauth2/v2.0/token"))
        .map(|one| format!("{} {}", one.method, one.path));
    assert_eq!(writes.collect::<Vec<_>>(), [""; 0]);
}
