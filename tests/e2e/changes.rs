//! Changes in several steps, broken off between any two of them.

use serde_json::{Value, json};

use crate::scenario::{Scenario, standing, two_machines};
use crate::worlds::{HEAD, MACHINE, machine};

/// A machine with a data disk, at an older image and a smaller size.
fn small() -> Scenario {
    let spec = format!(
        "{}vms:\n  one: {{size: Standard_D2s_v5, data_disks: {{data: {{size_gb: 64}}}}, {MACHINE}}}\n",
        HEAD.replace("1.4.2", "1.4.1"),
    );
    standing(&spec)
}

fn one(scenario: &Scenario) -> Value {
    scenario
        .portal()
        .resource(&machine("one"))
        .expect("a machine")["properties"]
        .clone()
}

fn power(scenario: &Scenario) -> String {
    let hidden = scenario.portal().hidden(&machine("one"));
    hidden["power"].as_str().expect("a power state").to_owned()
}

fn fails_once(scenario: &Scenario, method: &str, id: &str) {
    scenario.portal().fault(&json!({
        "match": {"method": method, "id": id},
        "action": {"do": "respond", "status": 400, "code": "BadRequest", "message": "No."},
    }));
}

#[test]
fn a_replace_that_fails_after_the_delete_is_finished_by_the_same_plan() {
    let scenario = small();
    let disk = one(&scenario)["storageProfile"]["dataDisks"][0]["managedDisk"]["id"].clone();
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    scenario.run("plan --out saved").exits(0).says("replace");
    fails_once(&scenario, "PUT", "*/virtualMachines/one");
    scenario.run("apply saved").exits(6);
    assert!(scenario.portal().resource(&machine("one")).is_none());
    scenario.run("apply saved").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    let after = one(&scenario)["storageProfile"].clone();
    assert_eq!(after["dataDisks"][0]["managedDisk"]["id"], disk);
    assert!(after["imageReference"]["id"].to_string().contains("1.4.2"));
}

#[test]
fn a_replace_that_fails_after_the_delete_is_finished_by_a_new_plan() {
    let scenario = small();
    let disk = one(&scenario)["storageProfile"]["dataDisks"][0]["managedDisk"]["id"].clone();
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    fails_once(&scenario, "PUT", "*/virtualMachines/one");
    scenario.run("apply --auto-approve").exits(6);
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    assert_eq!(
        one(&scenario)["storageProfile"]["dataDisks"][0]["managedDisk"]["id"],
        disk
    );
}

#[test]
fn a_machine_that_was_stopped_for_a_resize_is_started_by_the_same_plan() {
    let scenario = small();
    scenario.edit("tenon.yaml", "Standard_D2s_v5", "Standard_E4s_v5");
    scenario.run("plan --out saved").exits(0);
    fails_once(&scenario, "POST", "*/virtualMachines/one/start");
    scenario.run("apply saved").exits(6);
    assert_ne!(power(&scenario), "running");
    scenario.run("apply saved").exits(0);
    assert_eq!(power(&scenario), "running");
    assert_eq!(
        one(&scenario)["hardwareProfile"]["vmSize"],
        "Standard_E4s_v5"
    );
}

#[test]
fn a_machine_that_does_not_start_again_is_said_to_be_off_and_is_started_next_time() {
    let scenario = small();
    scenario.edit("tenon.yaml", "Standard_D2s_v5", "Standard_E4s_v5");
    fails_once(&scenario, "POST", "*/virtualMachines/one/start");
    scenario
        .run("apply --auto-approve")
        .exits(6)
        .says("`vms.one` is stopped now; the next apply starts it, or at once:")
        .says(&format!("az vm start --ids {}", machine("one")));
    scenario
        .run("plan")
        .exits(0)
        .says("an earlier run stopped it and did not come to start it again");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(power(&scenario), "running");
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_resize_that_fails_in_the_middle_ends_with_a_running_machine() {
    let scenario = small();
    scenario.edit("tenon.yaml", "Standard_D2s_v5", "Standard_E4s_v5");
    // The first one only says that the machine is to be started again.
    scenario.portal().fault(&json!({
        "match": {"method": "PATCH", "id": "*/virtualMachines/one"},
        "skip": 1,
        "action": {"do": "respond", "status": 400, "code": "BadRequest", "message": "No."},
    }));
    let failed = scenario.run("apply --auto-approve").exits(6);
    failed.says("done for vms.one: stopped, started");
    assert_eq!(power(&scenario), "running");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(power(&scenario), "running");
    assert_eq!(
        one(&scenario)["hardwareProfile"]["vmSize"],
        "Standard_E4s_v5"
    );
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_machine_that_is_gone_is_made_again_on_what_is_left() {
    let scenario = two_machines();
    scenario.portal().delete(&machine("one"));
    scenario.run("plan").exits(0).says("1 create");
    scenario.portal().forget_requests();
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(scenario.portal().writes(), ["PUT virtualMachines/one"]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn two_at_once_make_one_world() {
    let scenario = Scenario::of(&crate::worlds::machines(&["one", "two"]));
    let first = scenario.start("apply --auto-approve");
    let second = scenario.start("apply --auto-approve");
    // One wins each machine. Where they cross, each loses one and says so.
    for output in [first.finish(), second.finish()] {
        let lost = output.code == 6 && output.stdout.contains("409 Conflict");
        assert!(output.code == 0 || lost, "{output:?}");
    }
    assert!(scenario.portal().resource(&machine("one")).is_some());
    assert!(scenario.portal().resource(&machine("two")).is_some());
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    assert_eq!(scenario.portal().ours().len(), 4);
}

#[test]
fn what_is_protected_is_neither_replaced_nor_destroyed() {
    let scenario = small();
    scenario.edit("tenon.yaml", "one: {", "one: {protect: true, ");
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    scenario.run("plan").exits(1).says("TN4013");
    scenario.run("destroy --confirm shop");
    assert!(scenario.portal().resource(&machine("one")).is_some());
}

#[test]
fn drift_of_what_the_spec_does_not_say_is_left_alone() {
    let scenario = two_machines();
    let change = json!({"properties": {"diagnosticsProfile": {"bootDiagnostics": {"enabled": true, "storageUri": "https://x.blob.core.windows.net/"}}}});
    scenario.portal().patch(&machine("one"), &change);
    let before = one(&scenario);
    scenario.edit("tenon.yaml", "one: {", "one: {tags: {a: b}, ");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(one(&scenario), before);
}

#[test]
fn a_machine_that_is_renamed_goes_and_comes() {
    let scenario = two_machines();
    scenario.edit("tenon.yaml", "one: {", "one: {name: uno, ");
    let plan = scenario.run("plan").exits(0);
    assert!(
        plan.stdout.contains("delete") && plan.stdout.contains("create"),
        "{plan}"
    );
    scenario.run("apply --auto-approve").exits(0);
    assert!(scenario.portal().resource(&machine("one")).is_none());
    assert!(scenario.portal().resource(&machine("uno")).is_some());
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn everything_that_moves_to_another_group_is_shown_and_moved() {
    let scenario = Scenario::of("");
    scenario.copy_specs();
    let with = |words: &str| scenario.run(&format!("{words} -f specs/how-to.yaml"));
    with("apply --auto-approve").exits(0);
    scenario.edit(
        "specs/how-to.yaml",
        "resource_group: myResourceGroup",
        "resource_group: web-prod",
    );
    let plan = with("plan").exits(0);
    let line = plan
        .stdout
        .lines()
        .find(|line| line.starts_with("  VMs "))
        .unwrap_or_default();
    assert!(line.contains('+') && line.contains('-'), "{plan}");
    with("apply --auto-approve").exits(0);
    with("plan").finds_nothing_to_do();
    assert!(
        scenario
            .portal()
            .ours()
            .iter()
            .all(|id| id.contains("/web-prod/"))
    );
}

#[test]
fn a_resource_that_is_renamed_goes_and_comes() {
    let scenario = standing(&crate::worlds::vaults(&["a"]));
    scenario.edit("tenon.yaml", "a-vault", "b-vault");
    scenario.run("apply --auto-approve").exits(0);
    let ours = scenario.portal().ours();
    assert!(ours.len() == 1 && ours[0].ends_with("/b-vault"), "{ours:?}");
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_rename_is_shown_from_both_sides() {
    let scenario = standing(&crate::worlds::vaults(&["a"]));
    scenario.edit("tenon.yaml", "a-vault", "b-vault");
    let plan = scenario.run("plan").exits(0);
    let signs = ["  -   former.resources.a", "  +   resources.a"];
    assert!(
        signs.iter().all(|sign| plan.stdout.contains(sign)),
        "{plan}"
    );
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("1 created")
        .says("1 deleted");
}

#[test]
fn subnets_come_and_go_by_themselves() {
    let spec = format!(
        "{}networks:\n  net:\n    address_space: [10.1.0.0/16]\n    subnets: {{a: {{prefix: 10.1.1.0/24}}}}\n",
        HEAD.split("images:").next().unwrap_or_default(),
    );
    let scenario = standing(&spec);
    scenario.edit(
        "tenon.yaml",
        "a: {prefix: 10.1.1.0/24}",
        "a: {prefix: 10.1.1.0/24}, b: {prefix: 10.1.2.0/24}",
    );
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit("tenon.yaml", "a: {prefix: 10.1.1.0/24}, ", "");
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("1 deleted");
    scenario.run("plan").finds_nothing_to_do();
    let left = scenario.portal().resources();
    assert_eq!(
        left.keys()
            .filter(|id| id.contains("/net/subnets/"))
            .count(),
        1
    );
}
