//! A rollout that is killed anywhere, and one that goes back from anywhere: the
//! rules of the fleet hold before and after.

use std::sync::Arc;
use std::time::Duration;

use tenon_model::plan::Plan;
use tenon_model::report::Report;

use super::clinic::{self, Clinic, Seen};
use super::{HEALTH, interfaces, on, roll, standing};
use crate::crash::wire::{Cut, dying};
use crate::crash::{Case, Idle, Next, cases, land, sample};
use crate::world::World;

/// One at a time, the second machine first.
fn one_by_one() -> String {
    format!("max_unavailable: 1, canary: [web-2], pause: 30s, {HEALTH}")
}

/// Carries a plan out until the wire dies.
async fn kill(plan: &Plan, world: &World, clinic: &Arc<Clinic>, cut: Cut) -> Seen {
    let (dying, tap) = dying(world, Some(cut));
    let mut seen = Seen::default();
    tokio::select! {
        biased;
        () = tap.died() => {}
        _ = clinic::watch(plan, &dying, clinic, &mut seen) => panic!("{cut:?} was not reached"),
    }
    seen
}

/// Carries on after a cut.
async fn carry_on(
    case: Case,
    saved: Plan,
    spec: &str,
    world: &World,
    clinic: &Arc<Clinic>,
) -> (Report, Seen) {
    if matches!(case.idle, Idle::Later) {
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    let plan = match case.next {
        Next::Saved => saved,
        Next::New => world.plan(spec).await,
    };
    clinic::run(&plan, world, clinic).await
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_is_cut_anywhere_keeps_its_rules_and_converges() {
    let (world, clinic, spec) = standing(3, &one_by_one()).await;
    let (whole, tap) = dying(&world, None);
    let plan = world.plan(&spec).await;
    assert!(clinic::run(&plan, &whole, &clinic).await.0.is_complete());
    let machines_made = land::machines_made(&world);
    for case in sample(&cases(&tap.sent())) {
        let (world, clinic, spec) = standing(3, &one_by_one()).await;
        let kept = interfaces(&world);
        let saved = world.plan(&spec).await;
        let before = kill(&saved, &world, &clinic, case.cut).await;
        let again = world.again();
        let (report, after) = carry_on(case, saved, &spec, &again, &clinic).await;
        assert!(report.is_complete(), "{case:?}: {report:?}");

        let went = [before.order.as_slice(), &after.order].concat();
        assert!(went.is_empty() || went[0] == "web-2", "{case:?}: {went:?}");
        let most = before.most_down.max(after.most_down);
        assert!(most <= 1, "{case:?}: {most} down");
        assert!(before.lost.is_empty() && after.lost.is_empty(), "{case:?}");
        assert_eq!(interfaces(&world), kept, "{case:?}");
        assert_eq!(on(&world, "1.5.0"), 3, "{case:?}");
        assert_eq!(land::machines_made(&world), machines_made, "{case:?}");
        assert_eq!(land::made_twice(&world), [""; 0], "{case:?}");
        assert!(again.plan(&spec).await.is_empty(), "{case:?}");
    }
}

/// Whichever wave it is that does not get well: what has changed until then
/// takes its old disk again, and no other machine goes down for it.
#[tokio::test(start_paused = true)]
async fn a_rollout_goes_back_from_every_wave() {
    let rollout = format!("max_unavailable: 2, canary: 1, {HEALTH}");
    let waves: [&[&str]; 4] = [
        &["web-1"],
        &["web-2", "web-3"],
        &["web-4", "web-5"],
        &["web-6"],
    ];
    for (number, wave) in waves.iter().enumerate() {
        let (world, clinic, spec) = standing(6, &rollout).await;
        let kept = interfaces(&world);
        clinic.infect(wave[0], "1.5.0");
        let (_, report, seen) = roll(&spec, &world, &clinic).await;
        assert!(!report.is_complete(), "{wave:?}");
        let changed = waves[..=number].concat();
        assert_eq!(seen.order, changed, "{wave:?}");
        assert_eq!(on(&world, "1.5.0"), changed.len(), "{wave:?}");

        let changed: Vec<String> = changed.iter().map(|one| format!("vms.{one}")).collect();
        let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
        let plan = world.plan_rollback(&spec, &changed, None).await;
        assert!(plan.applyable, "{wave:?}: {:?}", plan.diagnostics);
        let (report, seen) = clinic::run(&plan, &world, &clinic).await;
        assert!(report.is_complete(), "{wave:?}: {report:?}");
        assert!(seen.most_down <= 2, "{wave:?}: {} down", seen.most_down);
        assert_eq!(on(&world, "1.4.2"), 6, "{wave:?}");
        assert_eq!(interfaces(&world), kept, "{wave:?}");
        assert_eq!(land::running(&world).await.len(), 6, "{wave:?}");
        let old = spec.replace("1.5.0", "1.4.2");
        assert!(world.plan(&old).await.is_empty(), "{wave:?}");
    }
}
