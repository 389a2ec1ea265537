//! One writer at a time: leases of the simulator's blobs, on simulated time.

use std::time::Duration;

use tenon_client::{BlobLease, Broken};
use tenon_engine::lease::{NotTaken, keep, take};
use tenon_engine::{Interrupt, apply};
use tenon_model::TenantId;
use tenon_model::lease::{Attempt, Holder, Lease, LeaseAt};
use tenon_model::plan::Plan;
use tenon_model::report::Report;
use tokio::time::{Instant, sleep};

use crate::world::{Heard, WORLD, World};
use crate::{Nothing, fleet, run};

const ACCOUNT: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/tenonlocks";

fn world() -> World {
    let role = format!(
        "  - {{scope: {ACCOUNT}, principal: app, role: Storage Blob Data Contributor}}\nresourceGroups:\n"
    );
    let storage = format!(
        "resources:
  - {{id: {ACCOUNT}, body: {{location: westeurope}}}}
  - {{id: {ACCOUNT}/blobServices/default/containers/locks, body: {{properties: {{}}}}}}
"
    );
    World::of(&format!(
        "{storage}{}",
        WORLD.replace("resourceGroups:\n", &role)
    ))
}

fn lease(world: &World, run: &str) -> BlobLease {
    let at = LeaseAt {
        blob: "https://tenonlocks.blob.core.windows.net/locks/timed".to_owned(),
        tenant: TenantId::new("22222222-2222-2222-2222-222222222222"),
    };
    BlobLease::new(&world.client, &at, run, "a test").expect("a blob of this cloud")
}

/// Carries a plan out under a lease that nobody else has.
async fn apply_under(lease: &BlobLease, plan: &Plan, world: &World) -> Report {
    let (heard, interrupt) = (Heard::default(), Interrupt::default());
    let taken = take(lease, Duration::ZERO, &interrupt.stop, &|_| {}).await;
    assert_eq!(taken, Ok(()));
    let options = world.options();
    let work = apply(plan, &world.client, &Nothing, &heard, &interrupt, &options);
    keep(lease, &interrupt.loss, work).await;
    heard.report()
}

#[tokio::test(start_paused = true)]
async fn a_long_run_keeps_others_out_and_then_lets_them_in() {
    let world = world();
    let plan = world.plan(&fleet(2)).await;
    let other = world.again();
    let second = lease(&other, "second");
    let first = lease(&world, "first");
    let began = Instant::now();
    let waiting = async {
        // The first one is in the middle of its work, past the length of a lease.
        sleep(Duration::from_secs(100)).await;
        let stop = Interrupt::default().stop;
        let held = take(&second, Duration::ZERO, &stop, &|_| {}).await;
        let Err(NotTaken::Held(Some(holder))) = held else {
            panic!("nobody holds it: {held:?}");
        };
        assert_eq!(
            (holder.run.as_str(), holder.by.as_str()),
            ("first", "a test")
        );
        assert!(
            holder.renewed_ago.is_some_and(|ago| ago <= 15),
            "{holder:?}"
        );
        take(&second, Duration::from_secs(1800), &stop, &|_| {}).await
    };
    let (report, taken) = tokio::join!(apply_under(&first, &plan, &world), waiting);
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.lease_lost, None);
    assert_eq!(taken, Ok(()));
    assert!(began.elapsed() >= Duration::from_millis(report.took));
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_dies_frees_it_by_time() {
    let world = world();
    let dead = lease(&world, "dead");
    assert_eq!(dead.acquire().await, Ok(Attempt::Ours));
    let died = Instant::now();
    drop(dead);
    let next = lease(&world, "next");
    let stop = Interrupt::default().stop;
    let taken = take(&next, Duration::from_secs(300), &stop, &|_| {}).await;
    assert_eq!(taken, Ok(()));
    let waited = died.elapsed().as_secs();
    assert!((60..=65).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_lost_lets_nothing_new_begin() {
    let world = world();
    let plan = world.plan(&fleet(2)).await;
    let first = lease(&world, "first");
    let breaking = async {
        // Machines have not begun yet: their interfaces are being made.
        sleep(Duration::from_secs(22)).await;
        let other = world.again();
        let broken = lease(&other, "other").break_of("first").await;
        assert_eq!(broken, Ok(Broken::Done));
        let next = lease(&other, "next");
        assert_eq!(next.acquire().await, Ok(Attempt::Ours));
    };
    let (report, ()) = tokio::join!(apply_under(&first, &plan, &world), breaking);
    assert_eq!(
        report.lease_lost.as_deref(),
        Some("LeaseIdMismatchWithLeaseOperation")
    );
    assert!(report.done() > 0 && report.not_started() > 0, "{report:?}");
    // What had begun was followed to its end.
    let begun = report.lines.values().filter(|line| line.from.is_some());
    assert_eq!(begun.count(), report.done());

    // Nothing stands in the way of the next run but the lease.
    let again = run(&plan, &world).await;
    assert!(again.is_complete(), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn only_the_named_run_is_unlocked() {
    let world = world();
    let held = lease(&world, "held");
    assert_eq!(held.acquire().await, Ok(Attempt::Ours));
    let other = lease(&world, "other");
    let kept = other.break_of("another").await;
    assert!(
        matches!(&kept, Ok(Broken::OfAnother(Some(Holder { run, .. }))) if run == "held"),
        "{kept:?}"
    );
    assert_eq!(other.break_of("held").await, Ok(Broken::Done));
    assert_eq!(other.break_of("held").await, Ok(Broken::Free));
}

#[tokio::test(start_paused = true)]
async fn tokens_of_further_tenants_never_go_to_storage() {
    let world = world();
    let plan = world.plan(&fleet(1)).await;
    let report = apply_under(&lease(&world, "first"), &plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
    let log = world.simulator.request_log();
    let (storage, others): (Vec<_>, Vec<_>) = log
        .iter()
        .partition(|request| request.path.starts_with("/tenonlocks/"));
    assert!(storage.len() > 4, "{storage:?}");
    assert!(storage.iter().all(|one| one.auxiliary_tenants.is_empty()));
    assert!(others.iter().any(|one| !one.auxiliary_tenants.is_empty()));
}
