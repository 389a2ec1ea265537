//! Images that cannot be used, and sizes that do not fit them.

use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{machines, two_tenants};

fn plan(change: impl FnOnce(&mut WorldFile)) -> crate::process::Output {
    let mut world = two_tenants();
    change(&mut world);
    Scenario::within(world, &machines(&["one"])).run("plan")
}

#[test]
fn a_replica_that_is_not_complete_yet() {
    let output = plan(|world| {
        let version = &mut world.galleries[0].images[0].versions[1];
        version.regions = vec![
            tenon_sim::world::TargetRegion {
                name: "northeurope".into(),
                ..Default::default()
            },
            tenon_sim::world::TargetRegion {
                name: "westeurope".into(),
                state: "Replicating".into(),
                ..Default::default()
            },
        ];
    });
    insta::assert_snapshot!(output, @r"
    exit 1
    --- stderr
    error[TN3104]: image web 1.4.2 is not available in westeurope
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ asks for 1.4.2
       |
       = 1.4.2: replica in westeurope is replicating
       = replicas: northeurope completed; westeurope replicating, 0 %
       = versions there are: 1.4.2, 1.4.1
    help: take 1.4.1, which can be used:  tenon update web --to 1.4.1
    help: wait for the replication:       tenon plan --wait-for-image 30m
    help: if you own the gallery, add westeurope to the version's target regions
    ");
}

#[test]
fn a_version_that_does_not_exist() {
    let output = plan(|world| {
        world.galleries[0].images[0].versions.pop();
    });
    insta::assert_snapshot!(output, @r"
    exit 1
    --- stderr
    error[TN3103]: image web has no version 1.4.2
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ asks for 1.4.2
       |
       = versions there are: 1.4.1
    help: take 1.4.1, which can be used:  tenon update web --to 1.4.1
    help: write a version that is there, or a channel such as 1.x
    ");
}

#[test]
fn an_image_for_another_architecture() {
    let output = plan(|world| world.galleries[0].images[0].architecture = "Arm64".into());
    let words = output.stdout.find("error[").map(|at| &output.stdout[at..]);
    let words = words.and_then(|text| text.split("\n\n").next());
    insta::assert_snapshot!(words.expect("an error"), @r"
    error[TN3110]: size `Standard_D2s_v5` is x64, and image web is Arm64
      --> tenon.yaml:16:3
       |
    16 |   one: {image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/333…
       |   ^^^ the size
       |
    help: take a size that can, such as  size: Standard_D2ps_v5
    ");
    output.exits(1);
}

#[test]
fn no_quota_for_the_machine() {
    let output = plan(|world| {
        world.subscriptions[0]
            .quotas
            .insert("standardDSv5Family".into(), 1);
    });
    output
        .exits(1)
        .says("error[TN3201]: not enough vCPU quota for `vms.one`");
}

/// The publisher sends a version to a region, and the plan waits until it is
/// there; without time it does not.
#[test]
fn a_plan_can_wait_for_a_replica() {
    let elsewhere = "- {name: 1.4.2, regions: [{name: northeurope}]}";
    let scenario = crate::broken::fault::fault("", "", "")
        .world(
            "- {name: 1.4.2, regions: [{name: westeurope}, {name: northeurope}]}",
            elsewhere,
        )
        .world("replicaLag: 60s", "replicaLag: 1500s")
        .before(|hand| hand.replicate("westeurope"))
        .scenario();
    scenario
        .run("plan")
        .exits(1)
        .says("error[TN3104]")
        .says("tenon plan --wait-for-image 30m");
    scenario
        .run("apply --auto-approve --wait-for-image 30m")
        .exits(0)
        .says("waiting for image web 1.4.2: westeurope ");
}

/// A replica that never comes is given up, with the same code.
#[test]
fn waiting_has_an_end() {
    let never = "- {name: 1.4.2, regions: [{name: westeurope, state: Replicating}]}";
    let scenario = crate::broken::fault::fault("", "", "")
        .world(
            "- {name: 1.4.2, regions: [{name: westeurope}, {name: northeurope}]}",
            never,
        )
        .scenario();
    scenario
        .run("plan --wait-for-image 1s")
        .exits(1)
        .says("waiting for image web 1.4.2: westeurope 0 %")
        .says("error[TN3104]")
        .says("waited for it, 1s and no longer");
}
