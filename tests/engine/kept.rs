//! Old OS disks: kept when a machine is replaced, and gone when their time is
//! over.

use std::time::Duration;

use serde_json::Value as Json;
use tenon_model::plan::{Does, KeptBecause, Mode};

use crate::run;
use crate::world::{HEAD, World};

fn spec() -> String {
    format!(
        "{HEAD}
networks: {{net: {{subnets: {{app: {{prefix: 10.0.1.0/24}}}}}}}}
vms:
  web: {{image: web, subnet: net/app, public_ip: false, admin_username: azureuser, ssh_key: ssh-ed25519 AAAA test, count: 2}}
"
    )
}

fn newer() -> String {
    spec().replace("1.4.2", "1.5.0")
}

/// The OS disks of a world: by name, with the machine that has each.
fn disks(world: &World) -> Vec<(String, Option<String>, Json)> {
    let ids = world.simulator.resource_ids().into_iter();
    let disks = ids.filter(|id| id.contains("/disks/"));
    let machines: Vec<(String, Json)> = world
        .simulator
        .resource_ids()
        .into_iter()
        .filter(|id| id.contains("/virtualMachines/"))
        .filter_map(|id| Some((id.clone(), world.simulator.resource(&id)?)))
        .collect();
    disks
        .filter_map(|id| {
            let user = machines.iter().find(|(_, machine)| {
                let named = machine.pointer("/properties/storageProfile/osDisk/managedDisk/id");
                named
                    .and_then(Json::as_str)
                    .is_some_and(|named| named.eq_ignore_ascii_case(&id))
            });
            let body = world.simulator.resource(&id)?;
            Some((id.clone(), user.map(|(id, _)| id.clone()), body))
        })
        .collect()
}

fn free(world: &World) -> usize {
    let all = disks(world);
    all.iter().filter(|(_, user, _)| user.is_none()).count()
}

async fn replaced() -> World {
    let world = World::new("");
    for spec in [spec(), newer()] {
        assert!(run(&world.plan(&spec).await, &world).await.is_complete());
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_replace_keeps_the_old_os_disks_for_a_day() {
    let world = replaced().await;
    assert_eq!((disks(&world).len(), free(&world)), (4, 2));
    let plan = world.plan(&newer()).await;
    assert_eq!(plan.steps.len(), 0);
    let kept: Vec<&str> = plan.kept.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(kept, ["vms.web-1.os_disk", "vms.web-2.os_disk"]);
    for one in &plan.kept {
        let KeptBecause::ForRollback { version, until, .. } = &one.because else {
            panic!("{one:?}");
        };
        assert_eq!(version.as_deref(), Some("1.4.2"));
        assert!(until.starts_with("2026-07-02T00:"), "{until}");
    }

    tokio::time::sleep(Duration::from_secs(25 * 3600)).await;
    let plan = world.plan(&newer()).await;
    let steps: Vec<_> = plan.steps.iter().map(|one| one.does).collect();
    assert_eq!(steps, [Does::Delete, Does::Delete]);
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!((disks(&world).len(), free(&world)), (2, 0));
}

/// Time counts from the request that marks the disk: the second machine goes
/// when the first is there again.
#[tokio::test(start_paused = true)]
async fn time_counts_from_when_the_machine_goes() {
    let world = replaced().await;
    let plan = world.plan(&newer()).await;
    let until: Vec<&str> = plan
        .kept
        .iter()
        .map(|one| match &one.because {
            KeptBecause::ForRollback { until, .. } => until.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(until[0] < until[1], "{until:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_goes_when_everything_goes() {
    let world = replaced().await;
    let plan = world.plan_for(&newer(), Mode::Destroy).await;
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(disks(&world).len(), 0);
}

/// Killed when the disk is marked and the machine has let go of it, and then
/// nobody wants the machine any more: one plan ends it.
#[tokio::test(start_paused = true)]
async fn what_a_cut_replace_lets_go_of_is_not_left_behind() {
    let world = World::new("");
    assert!(run(&world.plan(&spec()).await, &world).await.is_complete());
    let mut plan = world.plan(&newer()).await;
    let first_delete = plan.steps.iter().position(|one| one.does == Does::Delete);
    plan.steps.truncate(first_delete.expect("it replaces"));
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(free(&world), 0);

    let plan = world.plan_for(&newer(), Mode::Destroy).await;
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(disks(&world).len(), 0);
    let plan = world.plan_for(&newer(), Mode::Destroy).await;
    assert_eq!(plan.steps.len(), 0);
}

/// The image that the OS disk of each machine was made of.
fn images(world: &World) -> Vec<String> {
    let used = disks(world)
        .into_iter()
        .filter(|(_, user, _)| user.is_some());
    used.map(|(_, _, body)| {
        let image = body.pointer("/properties/creationData/galleryImageReference/id");
        let image = image
            .and_then(Json::as_str)
            .expect("it is made of an image");
        image.rsplit('/').next().unwrap_or_default().to_owned()
    })
    .collect()
}

/// What Azure calls each machine while it is the same one.
fn same(world: &World) -> Vec<(String, String)> {
    crate::crash::land::machines(world).into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn machines_go_back_in_place_and_forth_again() {
    let world = replaced().await;
    let before = same(&world);
    let plan = world.plan_rollback(&newer(), &["vms.web"], None).await;
    assert!(plan.applyable, "{:?}", plan.diagnostics);
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(images(&world), ["1.4.2", "1.4.2"]);
    assert_eq!((same(&world), free(&world)), (before.clone(), 2));
    let running = crate::crash::land::running(&world).await;
    assert_eq!(running.len(), 2);

    // The same plan again finds everything done.
    world.simulator.clear_request_log();
    assert!(run(&plan, &world.again()).await.is_complete());
    let log = world.simulator.request_log().into_iter();
    let writes: Vec<String> = log
        .filter(|one| ["PUT", "PATCH", "DELETE"].contains(&one.method.as_str()))
        .map(|one| one.path)
        .collect();
    assert_eq!(writes, [""; 0]);

    // With the old version in the spec nothing is to do, with the new one the
    // machines are replaced.
    assert_eq!(world.plan(&spec()).await.steps.len(), 0);
    let forth = world.plan(&newer()).await;
    assert_eq!(forth.summary.replace, 2);
    let properties: Vec<_> = forth.changes[0].properties.iter().collect();
    assert_eq!(properties.len(), 1, "{properties:?}");

    let plan = world
        .plan_rollback(&newer(), &["vms.web"], Some("1.5.0"))
        .await;
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(images(&world), ["1.5.0", "1.5.0"]);
    assert_eq!((same(&world), free(&world)), (before, 2));
    assert_eq!(world.plan(&newer()).await.steps.len(), 0);
}

/// A replace that ends without a machine: it is made with its old disk, and
/// what it no longer says of its account is no difference.
#[tokio::test(start_paused = true)]
async fn a_machine_that_is_not_there_is_made_with_its_old_disk() {
    let world = World::new("");
    assert!(run(&world.plan(&spec()).await, &world).await.is_complete());
    world.refuse("PUT", "*/virtualMachines/web-1", 400, "SkuNotAvailable");
    assert!(!run(&world.plan(&newer()).await, &world).await.is_complete());
    assert_eq!(free(&world), 1);

    let plan = world.plan_rollback(&newer(), &["vms.web-1"], None).await;
    assert!(plan.applyable, "{:?}", plan.diagnostics);
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(images(&world), ["1.4.2", "1.4.2"]);
    assert_eq!(free(&world), 0);
    let plan = world.plan(&spec()).await;
    assert_eq!(plan.steps.len(), 0, "{:?}", plan.changes);
    // It can be changed, and replaced, like any other.
    let tagged = format!("{}tags: {{team: shop}}\n", spec());
    let report = run(&world.plan(&tagged).await, &world).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(world.plan(&tagged).await.steps.len(), 0);
    assert!(run(&world.plan(&newer()).await, &world).await.is_complete());
    assert_eq!(images(&world), ["1.5.0", "1.5.0"]);
    assert_eq!(free(&world), 2);
    assert_eq!(world.plan(&newer()).await.steps.len(), 0);
}

/// The sign of a disk that a machine has counts for nothing, however old.
#[tokio::test(start_paused = true)]
async fn a_disk_that_is_used_again_stays() {
    let world = replaced().await;
    let plan = world.plan_rollback(&newer(), &["vms.web"], None).await;
    assert!(run(&plan, &world).await.is_complete());
    tokio::time::sleep(Duration::from_secs(48 * 3600)).await;
    let plan = world.plan(&spec()).await;
    let steps: Vec<_> = plan.steps.iter().map(|one| one.does).collect();
    assert_eq!(steps, [Does::Delete, Does::Delete]);
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!((images(&world).len(), free(&world)), (2, 0));
}
