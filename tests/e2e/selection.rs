//! A part of a plan, what is made anew because somebody asks, and letting go.

use crate::scenario::{Scenario, two_machines};
use crate::worlds::{id, machine, machines};

const NIC: &str = "Microsoft.Network/networkInterfaces/oneVMNic";

/// Two machines stand; the spec wants another size of both, a third, and
/// nothing of it is done yet.
fn three_changes() -> Scenario {
    let scenario = two_machines();
    let spec = machines(&["one", "two", "three"]);
    let spec = spec
        .replace(
            "one: {image: web,",
            "one: {image: web, size: Standard_D4s_v5,",
        )
        .replace(
            "two: {image: web,",
            "two: {image: web, size: Standard_D4s_v5,",
        );
    scenario.write("tenon.yaml", &spec);
    scenario.portal().forget_requests();
    scenario
}

fn size(scenario: &Scenario, name: &str) -> String {
    let live = scenario.portal().resource(&machine(name));
    let live = live.expect("it stands");
    live["properties"]["hardwareProfile"]["vmSize"].to_string()
}

#[test]
fn a_target_takes_what_it_needs_and_leaves_the_rest() {
    let scenario = three_changes();
    scenario
        .run("plan --target vms.three --out saved")
        .exits(0)
        .says("partial plan: 2 other changes left out")
        .says("only vms.three, with what is needed for that")
        .says("plan      2 create; ");
    scenario
        .run("show saved")
        .exits(0)
        .says("partial plan: 2 other changes left out");
    let document = scenario.run("show saved --json").exits(0).json();
    assert_eq!(document["partial"]["left_out"], 2);
    assert_eq!(document["partial"]["targets"][0], "vms.three");
    scenario
        .run("apply saved")
        .exits(0)
        .says("partial plan: 2 other changes left out")
        .says("2 created");
    assert!(!size(&scenario, "one").contains("D4s_v5"));
    scenario
        .run("plan --target vms.three")
        .exits(0)
        .says("no changes in this part; partial plan: 2 other changes left out");
    scenario.run("plan").exits(0).says("plan      2 update; ");
}

#[test]
fn target_and_exclude_work_together_and_apply_does_the_same() {
    let scenario = three_changes();
    scenario
        .run("apply --target vms.one --target vms.two --exclude vms.two --auto-approve")
        .exits(0)
        .says("partial plan: 3 other changes left out")
        .says("without vms.two, and what depends on that");
    assert!(size(&scenario, "one").contains("D4s_v5"));
    assert!(!size(&scenario, "two").contains("D4s_v5"));
    assert!(scenario.portal().resource(&machine("three")).is_none());
}

#[test]
fn what_the_spec_no_longer_names_can_be_a_target_or_be_left_alone() {
    let scenario = two_machines();
    scenario.write("tenon.yaml", &machines(&["one"]));
    scenario
        .run("plan --exclude vms.two")
        .exits(0)
        .says("no changes in this part; partial plan: 2 other changes left out");
    scenario
        .run("apply --exclude vms.two.nic --confirm shop")
        .exits(0)
        .says("1 deleted");
    assert!(scenario.portal().resource(&machine("two")).is_none());
    scenario
        .run("apply --target vms.two.nic --confirm shop")
        .exits(0)
        .says("1 deleted");
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_part_of_a_deployment_can_be_destroyed() {
    let scenario = two_machines();
    scenario
        .run("destroy --target vms.two --confirm shop")
        .exits(0)
        .says("partial plan: 2 other changes left out")
        .never_says("everything of this deployment goes")
        .says("2 deleted");
    assert!(scenario.portal().resource(&machine("two")).is_none());
    assert!(scenario.portal().resource(&machine("one")).is_some());
}

#[test]
fn an_unknown_part_is_an_error_with_the_nearest_address() {
    let scenario = two_machines();
    for option in ["--target", "--exclude", "--replace"] {
        scenario
            .run(&format!("plan {option} vms.onne"))
            .exits(1)
            .says("`vms.onne` stands for nothing")
            .says("did you mean `vms.one`?");
    }
    scenario.run("plan --out saved").exits(0);
    scenario
        .run("apply saved --target vms.one")
        .exits(1)
        .says("a saved plan is applied as it is");
}

#[test]
fn what_is_asked_to_be_replaced_is_made_anew_once() {
    let scenario = two_machines();
    let before = scenario.portal().resource(&machine("one"));
    let nic = scenario.portal().resource(&id(NIC));
    scenario
        .run("apply -replace=vms.one --confirm shop")
        .exits(0)
        .says("it was asked for: nothing else forces it")
        .says("1 replaced");
    let vm_id = |live: &Option<serde_json::Value>| {
        live.as_ref()
            .map(|live| live["properties"]["vmId"].to_string())
    };
    let after = scenario.portal().resource(&machine("one"));
    assert!(after.is_some());
    assert_ne!(vm_id(&before), vm_id(&after));
    let guid = |live: &Option<serde_json::Value>| {
        live.as_ref()
            .map(|live| live["properties"]["resourceGuid"].to_string())
    };
    assert_eq!(guid(&nic), guid(&scenario.portal().resource(&id(NIC))));
    scenario.run("plan").finds_nothing_to_do();
}

fn tags(scenario: &Scenario, id: &str) -> serde_json::Value {
    let live = scenario.portal().resource(id).expect("it stands");
    live["tags"].clone()
}

#[test]
fn what_is_forgotten_stays_and_keeps_the_tags_of_others() {
    let scenario = two_machines();
    let theirs = serde_json::json!({"tags": {"cost-centre": "42"}});
    scenario.portal().patch(&machine("one"), &theirs);
    scenario.run("forget vms.one").exits(1).says("TN4014");
    scenario.portal().forget_requests();
    scenario
        .run("forget vms.one --auto-approve")
        .exits(0)
        .says("`vms.one` is still in the spec")
        .says("forget, it stays in Azure")
        .says("2 forgotten");
    assert_eq!(scenario.portal().writes().len(), 2);
    assert_eq!(
        tags(&scenario, &machine("one")),
        serde_json::json!({"cost-centre": "42"})
    );
    scenario
        .run("plan")
        .exits(1)
        .says("2 resources of `vms.one` exist already");
    scenario.write("tenon.yaml", &machines(&["two"]));
    scenario.run("plan").finds_nothing_to_do();
    scenario
        .run("forget vms.one --auto-approve")
        .exits(1)
        .says("`vms.one` stands for nothing of this deployment");
    scenario.run("destroy --confirm shop").exits(0);
    assert!(scenario.portal().resource(&machine("one")).is_some());
    assert!(scenario.portal().resource(&machine("two")).is_none());
}

#[test]
fn what_the_spec_no_longer_names_is_forgotten_in_place_of_deleted() {
    let scenario = two_machines();
    scenario.write("tenon.yaml", &machines(&["two"]));
    scenario.run("plan").exits(0).says("plan      2 delete; ");
    scenario
        .run("forget vms.one --auto-approve")
        .exits(0)
        .never_says("still in the spec");
    scenario.run("plan").finds_nothing_to_do();
    assert!(scenario.portal().resource(&machine("one")).is_some());
}

#[test]
fn what_is_handed_over_belongs_to_the_other_deployment() {
    let scenario = two_machines();
    let other = machines(&["one"]).replace("name: shop", "name: store");
    scenario.write("other.yaml", &other);
    scenario
        .run("plan -f other.yaml")
        .exits(1)
        .says("belongs to the deployment `shop`");
    scenario
        .run("transfer vms.one --to store --auto-approve")
        .exits(0)
        .says("hand over to store");
    scenario.run("plan -f other.yaml").finds_nothing_to_do();
    scenario
        .run("plan")
        .exits(1)
        .says("belongs to the deployment `store`");
    scenario.write("tenon.yaml", &machines(&["two"]));
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn letting_go_goes_on_where_it_was_cut_off() {
    let scenario = two_machines();
    scenario.portal().fault(&serde_json::json!({
        "match": {"method": "PUT", "type": "Microsoft.Network/networkInterfaces"},
        "action": {"do": "respond", "status": 400, "code": "BadRequest", "message": "No."},
    }));
    scenario
        .run("forget vms.one --auto-approve")
        .exits(6)
        .says("1 change failed, 1 done");
    scenario
        .run("forget vms.one --auto-approve")
        .exits(0)
        .says("1 forgotten");
    for id in [machine("one"), id(NIC)] {
        assert_eq!(tags(&scenario, &id).get("tenon-mark"), None, "{id}");
    }
}

#[test]
fn a_plan_that_replaces_on_request_is_done_when_it_is_applied_again() {
    let scenario = two_machines();
    scenario
        .run("plan --replace vms.one --out saved")
        .exits(0)
        .says("plan      1 replace; ");
    scenario.run("apply saved").exits(0).says("1 replaced");
    scenario.portal().forget_requests();
    scenario.run("apply saved").exits(0);
    assert_eq!(scenario.portal().writes(), [""; 0]);
    scenario.run("plan").finds_nothing_to_do();
    scenario
        .run("apply --replace vms.one --confirm shop")
        .exits(0)
        .says("1 replaced");
}

const TWO_SUBNETS: &str = "\
tenon: 1
name: net
tenant: 22222222-2222-2222-2222-222222222222
subscription: 33333333-3333-3333-3333-333333333333
resource_group: myResourceGroup
location: westeurope
networks:
  hub:
    subnets:
      a: {prefix: 10.0.1.0/24}
      b: {prefix: 10.0.2.0/24}
";

#[test]
fn a_subnet_that_was_destroyed_by_itself_is_nobody_s_when_it_comes_back() {
    let scenario = Scenario::of(TWO_SUBNETS);
    scenario.run("apply --auto-approve").exits(0);
    scenario
        .run("destroy --target networks.hub.subnets.a --confirm net")
        .exits(0)
        .says("1 deleted");
    let own = id("Microsoft.Network/virtualNetworks/hub/subnets/a");
    assert!(scenario.portal().resource(&own).is_none());
    let theirs = serde_json::json!({"properties": {"addressPrefix": "10.0.1.0/24"}});
    scenario.portal().put(&own, &theirs);
    // The marker of the network has forgotten the name.
    scenario.run("plan").exits(1).says("TN4011");
    let rest = TWO_SUBNETS.replace("      a: {prefix: 10.0.1.0/24}\n", "");
    scenario.write("tenon.yaml", &rest);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn letting_go_can_be_reviewed_first() {
    let scenario = two_machines();
    scenario
        .run("forget vms.one --out saved")
        .exits(0)
        .says("Next: tenon apply saved");
    scenario
        .run("transfer vms.two --to other --out handed")
        .exits(0);
    scenario.run("destroy --out gone").exits(0);
    let tag = |name: &str| {
        let live = scenario
            .portal()
            .resource(&machine(name))
            .expect("it stands");
        live["tags"]["tenon-deployment"].clone()
    };
    assert_eq!([tag("one"), tag("two")], ["shop", "shop"]);
    scenario.run("apply saved").exits(0);
    scenario.run("apply handed").exits(0);
    assert!(tag("one").is_null());
    assert_eq!(tag("two"), "other");
    // What is no longer ours is not deleted by the plan of before.
    scenario.run("apply gone --confirm shop").exits(3);
    assert!(scenario.portal().resource(&machine("one")).is_some());
}
