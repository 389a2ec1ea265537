//! Azure has no room for a machine in the middle of a rollout.

use tenon_model::event::Failure;
use tenon_model::plan::{Does, Plan};
use tenon_model::report::{Ended, Report};

use super::{HEALTH, clinic, interfaces, on, roll, standing};

/// The steps that Azure refused, and its code.
fn refused(plan: &Plan, report: &Report) -> Vec<(String, Does, String)> {
    let failed = report
        .lines
        .iter()
        .filter_map(|(step, line)| match &line.ended {
            Some(Ended::Failed {
                failure: Failure::Refused { refusal },
            }) => Some((&plan.steps[*step], refusal.code.clone())),
            _ => None,
        });
    failed
        .map(|(step, code)| (step.address.to_string(), step.does, code))
        .collect()
}

/// No further machine goes down, what is of the one that is gone is kept, and
/// the same plan goes on with it.
#[tokio::test(start_paused = true)]
async fn a_rollout_stops_where_there_is_no_room_and_goes_on_from_there() {
    for code in [
        "AllocationFailed",
        "ZonalAllocationFailed",
        "OverconstrainedAllocationRequest",
        "SkuNotAvailable",
        "QuotaExceeded",
    ] {
        let rollout = format!("max_unavailable: 1, {HEALTH}");
        let (world, clinic, spec) = standing(4, &rollout).await;
        let kept = interfaces(&world);
        // Two of these are said at once; after the others a machine is left
        // that failed.
        let left = match code {
            "SkuNotAvailable" | "QuotaExceeded" => {
                world.refuse("PUT", "*/virtualMachines/web-2", 409, code);
                1
            }
            _ => {
                world.fail_operation("*/virtualMachines/web-2", code);
                2
            }
        };
        let (plan, report, seen) = roll(&spec, &world, &clinic).await;
        let failed = ("vms.web-2".to_owned(), Does::Create, code.to_owned());
        assert_eq!(refused(&plan, &report), [failed], "{code}");
        assert_eq!((seen.most_down, on(&world, "1.5.0")), (1, left), "{code}");
        assert_eq!((seen.lost.len(), interfaces(&world)), (0, kept.clone()));
        let (report, seen) = clinic::run(&plan, &world, &clinic).await;
        assert!(report.is_complete(), "{code}: {report:?}");
        assert_eq!((seen.most_down, on(&world, "1.5.0")), (1, 4), "{code}");
        assert_eq!(interfaces(&world), kept);
        assert!(world.plan(&spec).await.is_empty());
    }
}

/// Who goes on does so as long as no more are down than may be, and a new plan
/// has only the one that failed.
#[tokio::test(start_paused = true)]
async fn who_goes_on_without_room_keeps_to_what_may_be_down() {
    let rollout = format!("max_unavailable: 2, on_failure: continue, {HEALTH}");
    let (world, clinic, spec) = standing(6, &rollout).await;
    world.fail_operation("*/virtualMachines/web-1", "ZonalAllocationFailed");
    let (plan, report, seen) = roll(&spec, &world, &clinic).await;
    assert_eq!(refused(&plan, &report).len(), 1);
    assert_eq!(seen.most_down, 2);
    let (again, report, _) = roll(&spec, &world, &clinic).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(on(&world, "1.5.0"), 6);
    // Only the one that failed is left to do.
    let steps: Vec<_> = again.steps.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(steps, ["vms.web-1"]);
    assert!(world.plan(&spec).await.is_empty());
}
