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
