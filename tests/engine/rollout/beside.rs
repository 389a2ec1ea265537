//! `order: create_first`: a new machine beside the old one, which goes when the
//! new one is well.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tenon_model::plan::{Action, Plan};
use tenon_model::report::Report;
use tokio::time::sleep;

use super::clinic::{self, Clinic, TICK, ids};
use super::{HEALTH, on};
use crate::crash::wire::{Cut, dying};
use crate::crash::{Idle, Next, cases, land, sample};
use crate::fleet;
use crate::world::World;

/// A fleet that is there, all well.
async fn standing(count: usize, rollout: &str) -> (World, Arc<Clinic>, String) {
    let world = World::new("");
    let clinic = Arc::new(Clinic::default());
    let spec = fleet(count) + &format!("    rollout: {{order: create_first, {rollout}}}\n");
    let plan = world.plan(&spec).await;
    let (report, _) = clinic::run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    clinic::wait_until_booted(&world, &clinic).await;
    (world, clinic, spec.replace("1.4.2", "1.5.0"))
}

/// How many machines serve, at least, and how many there are, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    serve: usize,
    stand: usize,
}

impl Counted {
    const NOTHING: Self = Self {
        serve: usize::MAX,
        stand: 0,
    };

    fn count(&mut self, world: &World, clinic: &Clinic) {
        let machines = ids(world, "/virtualMachines/");
        let serve = machines.iter().filter(|id| clinic.serves(world, id));
        self.serve = self.serve.min(serve.count());
        self.stand = self.stand.max(machines.len());
    }
}

/// Carries a plan out and counts all machines, all the time.
async fn run(plan: &Plan, world: &World, clinic: &Arc<Clinic>) -> (Report, Counted) {
    let mut counted = Counted::NOTHING;
    let work = clinic::run(plan, world, clinic);
    tokio::pin!(work);
    loop {
        counted.count(world, clinic);
        tokio::select! {
            (report, _) = &mut work => {
                counted.count(world, clinic);
                return (report, counted);
            }
            () = sleep(TICK) => {}
        }
    }
}

/// The same until the wire dies.
async fn kill(plan: &Plan, world: &World, clinic: &Arc<Clinic>, cut: Cut) -> Counted {
    let (dying, tap) = dying(world, Some(cut));
    let mut counted = Counted::NOTHING;
    let work = clinic::run(plan, &dying, clinic);
    tokio::pin!(work);
    loop {
        counted.count(world, clinic);
        tokio::select! {
            biased;
            () = tap.died() => return counted,
            _ = &mut work => panic!("{cut:?} was not reached"),
            () = sleep(TICK) => {}
        }
    }
}

fn names(world: &World) -> BTreeSet<String> {
    let ids = ids(world, "/virtualMachines/").into_iter();
    ids.map(|id| id.rsplit('/').next().unwrap_or_default().to_owned())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn no_machine_goes_before_its_new_form_is_well() {
    let rollout = format!("max_unavailable: 2, canary: 1, pause: 60s, {HEALTH}");
    let (world, clinic, spec) = standing(5, &rollout).await;
    let plan = world.plan(&spec).await;
    let sizes: Vec<usize> = plan.waves[0].waves.iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 2, 2]);
    assert_eq!((plan.summary.replace, plan.summary.delete), (10, 0));
    let (report, counted) = run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(counted, Counted { serve: 5, stand: 7 });
    assert_eq!(on(&world, "1.5.0"), 5);
    assert_eq!(
        names(&world),
        set(&["web-1-b", "web-2-b", "web-3-b", "web-4-b", "web-5-b"])
    );
    assert_eq!(ids(&world, "/networkInterfaces/").len(), 5);
    assert!(world.plan(&spec).await.is_empty());
    // And back to the first names.
    let back = spec.replace("1.5.0", "1.4.2");
    let (report, counted) = run(&world.plan(&back).await, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(counted, Counted { serve: 5, stand: 7 });
    assert_eq!(
        names(&world),
        set(&["web-1", "web-2", "web-3", "web-4", "web-5"])
    );
    assert!(world.plan(&back).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_new_machine_that_does_not_get_well_replaces_nobody() {
    let rollout = format!("max_unavailable: 1, {HEALTH}");
    let (world, clinic, spec) = standing(3, &rollout).await;
    clinic.infect("web-2-b", "1.5.0");
    let (report, counted) = run(&world.plan(&spec).await, &world, &clinic).await;
    assert!(!report.is_complete());
    assert_eq!(counted, Counted { serve: 3, stand: 4 });
    let after = set(&["web-1-b", "web-2", "web-2-b", "web-3"]);
    assert_eq!(names(&world), after);
    // It stays as it is, and nothing else goes on.
    let (report, counted) = run(&world.plan(&spec).await, &world, &clinic).await;
    assert!(!report.is_complete());
    assert_eq!((counted.serve, names(&world)), (3, after));
    // Who takes the version back keeps the old form.
    let back = spec.replace("1.5.0", "1.4.2");
    let plan = world.plan(&back).await;
    let change = |address: &str| {
        let of = plan
            .changes
            .iter()
            .find(|one| one.address.as_str() == address);
        of.map(|one| one.action)
    };
    assert_eq!(change("vms.web-1"), Some(Action::Replace));
    assert_eq!(change("vms.web-2"), None);
    assert_eq!(change("former.vms.web-2"), Some(Action::Delete));
    let (report, counted) = run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(counted.serve, 3);
    assert_eq!(names(&world), set(&["web-1", "web-2", "web-3"]));
}

/// One version is bad, the next one is good: the bad new form is replaced where
/// it stands, and the old one serves until then.
#[tokio::test(start_paused = true)]
async fn a_better_version_takes_the_place_of_a_bad_one() {
    let (world, clinic, spec) = standing(1, HEALTH).await;
    clinic.infect("web-1-b", "1.5.0");
    let (report, _) = run(&world.plan(&spec).await, &world, &clinic).await;
    assert!(!report.is_complete());
    let better = spec.replace(
        "ssh_key: ssh-ed25519 AAAA test",
        "ssh_key: ssh-ed25519 BBBB test",
    );
    let plan = world.plan(&better).await;
    let (report, counted) = run(&plan, &world, &clinic).await;
    assert!(!report.is_complete(), "the version is still the bad one");
    assert_eq!(counted.serve, 1);
    clinic.cure();
    let (report, counted) = run(&world.plan(&better).await, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(counted.serve, 1);
    assert_eq!(names(&world), set(&["web-1-b"]));
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_fleet_is_a_part_of_it() {
    let (world, clinic, spec) = standing(2, HEALTH).await;
    let plan = world.plan_of(&spec, &["vms.web-2"]).await;
    let (report, counted) = run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(counted, Counted { serve: 2, stand: 3 });
    assert_eq!(names(&world), set(&["web-1", "web-2-b"]));
    let plan = world
        .plan_replacing(&spec, tenon_model::plan::Mode::Live, &["vms.web-2"])
        .await;
    let (report, _) = run(&plan, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(names(&world), set(&["web-1-b", "web-2"]));
}

#[tokio::test(start_paused = true)]
async fn a_new_form_that_is_cut_anywhere_converges() {
    let rollout = format!("max_unavailable: 1, pause: 30s, {HEALTH}");
    let (world, clinic, spec) = standing(2, &rollout).await;
    let (whole, tap) = dying(&world, None);
    let plan = world.plan(&spec).await;
    assert!(clinic::run(&plan, &whole, &clinic).await.0.is_complete());
    let everything = land::everything(&world);
    for case in sample(&cases(&tap.sent())) {
        let (world, clinic, spec) = standing(2, &rollout).await;
        let saved = world.plan(&spec).await;
        let before = kill(&saved, &world, &clinic, case.cut).await;
        if matches!(case.idle, Idle::Later) {
            sleep(Duration::from_secs(3600)).await;
        }
        let again = world.again();
        let plan = match case.next {
            Next::Saved => saved,
            Next::New => again.plan(&spec).await,
        };
        let (report, after) = run(&plan, &again, &clinic).await;
        assert!(report.is_complete(), "{case:?}: {report:?}");
        assert!(
            before.serve >= 2 && after.serve >= 2,
            "{case:?}: {before:?} {after:?}"
        );
        assert!(before.stand.max(after.stand) <= 3, "{case:?}");
        assert_eq!(land::everything(&world), everything, "{case:?}");
        assert_eq!(land::made_twice(&world), [""; 0], "{case:?}");
        assert!(again.plan(&spec).await.is_empty(), "{case:?}");
    }
}
