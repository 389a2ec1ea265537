//! Machines that go back to the OS disk that their replace has kept.

use serde_json::json;

use crate::scenario::{Scenario, standing};
use crate::worlds::{machine, machines};

/// Two machines that have just got a newer image.
fn renewed() -> Scenario {
    let scenario = standing(&machines(&["one", "two"]).replace("1.4.2", "1.4.1"));
    scenario.edit("tenon.yaml", "version: 1.4.1", "version: 1.4.2");
    scenario.run("apply --auto-approve").exits(0);
    scenario
}

fn image(scenario: &Scenario, name: &str) -> String {
    let of = scenario.portal().resource(&machine(name));
    let of = of.expect("the machine is there");
    let disk = of.pointer("/properties/storageProfile/osDisk/managedDisk/id");
    let disk = disk.and_then(|id| id.as_str()).expect("it has a disk");
    let disk = scenario.portal().resource(disk).expect("it is there");
    let made_of = disk.pointer("/properties/creationData/galleryImageReference/id");
    let made_of = made_of.and_then(|id| id.as_str()).unwrap_or_default();
    made_of.rsplit('/').next().unwrap_or_default().to_owned()
}

#[test]
fn a_machine_goes_back_and_the_lock_decides_what_is_next() {
    let scenario = renewed();
    scenario.run("plan").exits(0).says("tenon rollback vms.one");
    scenario.run("rollback vms.one").exits(1).says("TN4014");
    assert_eq!(image(&scenario, "one"), "1.4.2");
    scenario
        .run("rollback vms.one --auto-approve")
        .exits(0)
        .says("image.version        1.4.2 → 1.4.1")
        .says("in place");
    assert_eq!(image(&scenario, "one"), "1.4.1");
    assert_eq!(image(&scenario, "two"), "1.4.2");
    scenario
        .run("plan --detailed-exitcode")
        .exits(2)
        .says("1.4.1 → 1.4.2")
        .says("1 replace");
    scenario.edit("tenon.yaml", "version: 1.4.2", "version: 1.4.1");
    scenario
        .run("plan --target vms.one --detailed-exitcode")
        .exits(0);
}

#[test]
fn going_back_is_saved_and_applied_like_any_plan() {
    let scenario = renewed();
    scenario
        .run("rollback vms.one --out back.tenon")
        .exits(0)
        .says("Saved back.tenon");
    assert_eq!(image(&scenario, "one"), "1.4.2");
    scenario.run("apply back.tenon --auto-approve").exits(0);
    assert_eq!(image(&scenario, "one"), "1.4.1");
}

#[test]
fn what_is_not_kept_cannot_be_taken_again() {
    let scenario = renewed();
    scenario
        .run("rollback vms.one --to 1.0.0 --auto-approve")
        .exits(1)
        .says("TN4026")
        .says("made of image 1.0.0");
    scenario
        .run("rollback vms.three --auto-approve")
        .exits(1)
        .says("TN4101");
}

/// A replace that ends without a machine says the way back.
#[test]
fn a_failed_replace_says_the_way_back() {
    let scenario = standing(&machines(&["one"]).replace("1.4.2", "1.4.1"));
    scenario.edit("tenon.yaml", "version: 1.4.1", "version: 1.4.2");
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/virtualMachines/one"},
        "action": {"do": "respond", "status": 409, "code": "SkuNotAvailable", "message": "none left"},
        "times": 1,
    }));
    scenario
        .run("apply --auto-approve")
        .exits(6)
        .says("kept for rollback: old OS disk one_OsDisk_1_")
        .says("tenon rollback vms.one");
    scenario
        .run("rollback vms.one --auto-approve")
        .exits(0)
        .says("old OS disk with image 1.4.1");
    assert_eq!(image(&scenario, "one"), "1.4.1");
    scenario.edit("tenon.yaml", "version: 1.4.2", "version: 1.4.1");
    scenario.run("plan").finds_nothing_to_do();
}
