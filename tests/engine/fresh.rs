//! Machines of a specialized image: another version comes on a new OS disk, and
//! the machine stays.

use std::time::Duration;

use tenon_model::plan::{Action, Does, Plan};
use tenon_model::rules::Disruption;

use crate::crash::wire::dying;
use crate::crash::{Idle, Next, cases, failures, kill, land, sample};
use crate::run;
use crate::world::{HEAD, WORLD, World};

fn world() -> World {
    World::of(&WORLD.replace(
        "images: [{name: web,",
        "images: [{name: special, osState: Specialized,",
    ))
}

fn spec() -> String {
    format!(
        "{}
networks: {{net: {{subnets: {{app: {{prefix: 10.0.1.0/24}}}}}}}}
vms:
  web:
    image: web
    subnet: net/app
    public_ip: false
    identity: {{system: true}}
    data_disks: {{data: {{size_gb: 8}}}}
",
        HEAD.replace("images/web", "images/special")
    )
}

fn newer() -> String {
    spec().replace("1.4.2", "1.5.0")
}

async fn standing() -> World {
    let world = world();
    assert!(run(&world.plan(&spec()).await, &world).await.is_complete());
    world
}

fn does(plan: &Plan) -> Vec<Does> {
    plan.steps.iter().map(|step| step.does).collect()
}

/// The OS disks that are there: attached ones, others.
fn os_disks(world: &World) -> (usize, usize) {
    let all = world.simulator.resource_ids().into_iter();
    let disks = all.filter(|id| id.contains("/disks/") && id.contains("_OsDisk_"));
    let (mut used, mut free) = (0, 0);
    let machines = land::machines(world).into_keys();
    let of_machines: Vec<String> = machines
        .filter_map(|id| world.simulator.resource(&id))
        .map(|body| body["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"].to_string())
        .collect();
    for disk in disks {
        let is_used = of_machines
            .iter()
            .any(|id| id.trim_matches('"').eq_ignore_ascii_case(&disk));
        if is_used { used += 1 } else { free += 1 }
    }
    (used, free)
}

#[tokio::test(start_paused = true)]
async fn another_version_comes_on_a_new_disk() {
    let world = standing().await;
    let before = land::machines(&world);
    let plan = world.plan(&newer()).await;
    let machine = plan
        .changes
        .iter()
        .find(|one| one.address.as_str() == "vms.web");
    let machine = machine.expect("it changes");
    assert_eq!(
        (machine.action, machine.disruption),
        (Action::Update, Disruption::Deallocate)
    );
    assert!(
        machine.kept.contains(&"old_os_disk 24h".to_owned()),
        "{:?}",
        machine.kept
    );
    assert_eq!(
        does(&plan),
        [
            Does::Create,
            Does::Keep,
            Does::Mark,
            Does::Deallocate,
            Does::Update,
            Does::Start,
            Does::Mark
        ]
    );
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{:?}", failures(&plan, &report));
    assert_eq!(land::machines(&world), before);
    assert_eq!(os_disks(&world), (1, 1));
    assert_eq!(land::running(&world).await.len(), 1);
    assert!(world.plan(&newer()).await.is_empty());

    // And back: the disk that was kept, with what was done on it.
    let plan = world.plan_rollback(&newer(), &["vms.web"], None).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{:?}", failures(&plan, &report));
    assert_eq!(land::machines(&world), before);
    assert!(world.plan(&spec()).await.is_empty());
    // Forward once more is a disk of its own, not the one of the first time.
    let plan = world.plan(&newer()).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{:?}", failures(&plan, &report));
    assert_eq!(os_disks(&world), (1, 2));
    tokio::time::sleep(Duration::from_secs(30 * 3600)).await;
    let plan = world.plan(&newer()).await;
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(os_disks(&world), (1, 0));
    assert_eq!(land::machines(&world), before);
}

/// With nothing kept there is nobody who would delete the old disk.
#[tokio::test(start_paused = true)]
async fn who_keeps_nothing_replaces() {
    let world = standing().await;
    let rollout = "    rollout: {keep_os_disk: 0s}\n";
    let plan = world.plan(&(newer() + rollout)).await;
    assert_eq!(plan.summary.replace, 1);
    let plan = world.plan(&(newer() + "    size: Standard_E4s_v5\n")).await;
    assert_eq!((plan.summary.replace, plan.summary.update), (0, 1));
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{:?}", failures(&plan, &report));
}

#[tokio::test(start_paused = true)]
async fn a_new_disk_that_is_cut_anywhere_converges() {
    let world = standing().await;
    let (whole, tap) = dying(&world, None);
    let plan = world.plan(&newer()).await;
    assert!(run(&plan, &whole).await.is_complete());
    for case in sample(&cases(&tap.sent())) {
        let world = standing().await;
        let before = land::machines(&world);
        let saved = world.plan(&newer()).await;
        kill(&saved, &world, case.cut).await;
        if matches!(case.idle, Idle::Later) {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        let next = world.again();
        let plan = match case.next {
            Next::Saved => saved,
            Next::New => next.plan(&newer()).await,
        };
        let report = run(&plan, &next).await;
        assert!(
            report.is_complete(),
            "{case:?}: {:?}",
            failures(&plan, &report)
        );
        assert_eq!(land::machines(&world), before, "{case:?}");
        assert_eq!(os_disks(&world), (1, 1), "{case:?}");
        assert_eq!(land::running(&next).await.len(), 1, "{case:?}");
        assert!(next.plan(&newer()).await.is_empty(), "{case:?}");
    }
}

/// Who changes his mind after the disk was made gets rid of it.
#[tokio::test(start_paused = true)]
async fn a_disk_that_nobody_took_goes() {
    let world = standing().await;
    world.fail_operation("*/virtualMachines/web", "AllocationFailed");
    world.refuse("POST", "*/virtualMachines/web/deallocate", 409, "Conflict");
    let plan = world.plan(&newer()).await;
    let _ = run(&plan, &world).await;
    assert_eq!(os_disks(&world), (1, 1));
    let plan = world.plan(&spec()).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{:?}", failures(&plan, &report));
    let plan = world.plan(&spec()).await;
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(os_disks(&world), (1, 0));
    assert!(world.plan(&spec()).await.is_empty());
}
