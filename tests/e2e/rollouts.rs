//! A new image goes through a fleet, and machines are asked whether they are
//! well, by the built program over real connections.

use serde_json::json;

use crate::scenario::{Scenario, standing};
use crate::worlds::{fleet, machine};

/// Three machines that are to get a newer image, one after the other.
fn about_to_change(rollout: &str) -> Scenario {
    let scenario = standing(&fleet(3, rollout).replace("1.4.2", "1.4.1"));
    scenario.edit("tenon.yaml", "version: 1.4.1", "version: 1.4.2");
    scenario
}

/// The version that the OS disk of a machine was made of.
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

fn images(scenario: &Scenario) -> Vec<String> {
    let names = ["web-1", "web-2", "web-3"];
    names.iter().map(|name| image(scenario, name)).collect()
}

/// Machines of the newer image answer with an error.
fn poison(scenario: &Scenario, machines: &str) {
    let sick = json!([{"machines": machines, "image": "*/versions/1.4.2", "answers": 503}]);
    scenario.portal().settings(&json!({"sick": sick}));
}

fn cure(scenario: &Scenario) {
    scenario.portal().settings(&json!({"sick": []}));
}

#[test]
fn the_next_machine_waits_until_the_last_answers() {
    let rollout = "max_unavailable: 1, canary: [web-2], pause: 1s, health: {http: {port: 80, path: /healthz}, within: 2s}";
    let scenario = about_to_change(rollout);
    poison(&scenario, "*/virtualMachines/web-2");
    scenario
        .run("plan")
        .exits(0)
        .says("replace, one at a time")
        .says("next VM only when http:80/healthz answers 200 to 299 (2s limit), then 1s pause")
        .says("waves     1: web-2 (canary), 2: web-1, 3: web-3");
    scenario
        .run("apply --auto-approve")
        .exits(6)
        .says("TN3312")
        .says("`vms.web-2` is made and not well: it answers 503")
        .says("not started  vms.web-1, vms.web-3 (wait for vms.web-2)");
    assert_eq!(images(&scenario), ["1.4.1", "1.4.2", "1.4.1"]);
    // It is as the spec wants it, and still holds the others back.
    scenario.run("apply --auto-approve").exits(6).says("TN3312");
    assert_eq!(images(&scenario), ["1.4.1", "1.4.2", "1.4.1"]);
    cure(&scenario);
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(images(&scenario), ["1.4.2", "1.4.2", "1.4.2"]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn who_rolls_back_gets_the_old_disks_again_from_every_wave() {
    let rollout = "max_unavailable: 1, on_failure: roll_back, health: {http: 80, within: 2s}";
    let waves = [
        ("web-1", "vms.web-1 back", "1 updated"),
        ("web-2", "vms.web-1, vms.web-2 back", "2 updated"),
        ("web-3", "vms.web-1, vms.web-2, vms.web-3 back", "3 updated"),
    ];
    for (sick, who, updated) in waves {
        let scenario = about_to_change(rollout);
        poison(&scenario, &format!("*/virtualMachines/{sick}"));
        scenario
            .run("plan --out plan.tenon")
            .exits(0)
            .says("back to the old OS disks");
        scenario
            .run("apply plan.tenon --auto-approve")
            .exits(6)
            .says("TN3312")
            .says(&format!(
                "`on_failure: roll_back`: {who} to the old OS disks"
            ))
            .says(updated);
        assert_eq!(images(&scenario), ["1.4.1", "1.4.1", "1.4.1"]);
        // The spec wants the new version still.
        scenario.run("plan").exits(0).says("3 replace");
        scenario.edit("tenon.yaml", "version: 1.4.2", "version: 1.4.1");
        scenario.run("plan").finds_nothing_to_do();
    }
}

#[test]
fn a_new_machine_comes_before_the_old_one_goes() {
    let rollout = "order: create_first, max_unavailable: 2, health: {http: 80, within: 2s}";
    let scenario = about_to_change(rollout);
    let plan = scenario.run("plan --out plan.tenon").exits(0);
    let text = plan.stdout.split("\n\n").find(|part| part.contains("-/+"));
    insta::assert_snapshot!(text.expect("a change"), @r"
    -/+  vms.web-1, web-2, web-3   replace, the new one first, 2 at a time   tenon.yaml:16
           image.version        1.4.1 → 1.4.2
                                forces replace: Azure cannot change the image of an existing VM
           lost      OS disk contents
           also      NIC
           order     next wave only when http:80/ answers 200 to 299 (2s limit)
           waves     1: web-1 web-2, 2: web-3
    ");
    poison(&scenario, "*/virtualMachines/web-1-b");
    scenario
        .run("apply plan.tenon --auto-approve")
        .exits(6)
        .says("TN3312")
        .says("`vms.web-1` is made and not well");
    // The other one of the wave is through; nobody went without a new one.
    for (name, there) in [
        ("web-1", true),
        ("web-1-b", true),
        ("web-2", false),
        ("web-2-b", true),
        ("web-3", true),
        ("web-3-b", false),
    ] {
        let machine = scenario.portal().resource(&machine(name));
        assert_eq!(machine.is_some(), there, "{name}");
    }
    cure(&scenario);
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    scenario
        .run("show vms.web-3")
        .says("virtualMachines/web-3-b")
        .says("nothing to do");
}

#[test]
fn a_program_is_asked_with_what_it_has_to_know() {
    let check = "[sh, -c, 'echo \"$TENON_ADDRESS $TENON_VM_NAME $TENON_PRIVATE_IP\" >> asked']";
    let scenario = about_to_change(&format!("health: {{command: {check}}}"));
    scenario.run("apply --auto-approve").exits(0);
    let asked = scenario.read("asked");
    for name in ["web-1", "web-2", "web-3"] {
        assert!(
            asked.contains(&format!("vms.{name} {name} 10.")),
            "{name} in {asked}"
        );
    }
}

#[test]
fn what_does_not_say_what_to_ask_is_said_at_its_line() {
    let cases = [
        ("health: {tcp: 443, http: 80}", "TN1009"),
        ("health: {http: {url: 'ftp://web'}}", "TN1007"),
        ("health: {http: {url: 'http://me:secret@web/'}}", "TN1007"),
        ("health: {http: {url: 'http://web/', port: 80}}", "TN1009"),
        ("health: {http: {status: 299-200}}", "TN1007"),
        ("health: {tcp: web}", "TN1007"),
        ("max_unavailable: 0%", "TN1007"),
        ("max_unavailable: many", "TN100"),
        ("canary: [web-9]", "TN1201"),
        ("on_failure: roll_back, keep_os_disk: 0s", "TN1009"),
        ("order: create_first, on_failure: roll_back", "TN1009"),
        (
            "order: create_first}, data_disks: {data: {size_gb: 8}",
            "TN1009",
        ),
        (
            "order: create_first}, private_ip: 10.0.0.9, tags: {",
            "TN1009",
        ),
        ("pause: 5", "TN1007"),
    ];
    for (rollout, code) in cases {
        let scenario = Scenario::of(&fleet(3, rollout));
        scenario
            .run("validate")
            .exits(1)
            .says(code)
            .says("tenon.yaml:");
    }
}
