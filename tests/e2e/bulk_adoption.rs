//! Writing a spec of what lies in a resource group: its plan shows nothing but
//! markers, and carrying it out leaves nothing to do.

use serde_json::{Value, json};

use crate::examples::examples;
use crate::scenario::Scenario;

/// Takes our markers off everything in the kept world of a simulator.
fn strip(scenario: &Scenario, state: &str) {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|name, _| !name.starts_with("tenon-"));
                map.values_mut().for_each(walk);
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    let mut kept = String::new();
    for line in scenario.read(state).lines() {
        let mut value: Value = serde_json::from_str(line).expect("a line of a world");
        walk(&mut value);
        kept.push_str(&format!("{value}\n"));
    }
    scenario.write(state, &kept);
}

fn comes_back(scenario: &Scenario, name: &str) {
    let state = format!(".tenon/worlds/{name}.json");
    let run = |words: &str| scenario.run(&format!("--simulate --world-state {state} {words}"));
    let example = format!("-f specs/{name}.yaml");
    let plan = run(&format!("{example} plan --json")).exits(0).json();
    let group = plan["deployment"]["resource_group"]
        .as_str()
        .expect("a group")
        .to_owned();
    run(&format!("{example} apply --auto-approve")).exits(0);
    strip(scenario, &state);
    let spec = format!("adopted-{name}.yaml");
    let subscription = plan["deployment"]["scopes"][0]["subscription"]
        .as_str()
        .expect("a subscription")
        .to_owned();
    // A role keeps its marker, which is no tag; under another name it is not ours.
    run(&format!(
        "adopt --group {group} --subscription {subscription} --out {spec} --name again-{name}"
    ))
    .exits(0)
    .says(&format!("wrote {spec}"));
    let text = scenario.read(&spec);
    let adopted = run(&format!("-f {spec} plan --adopt --json"))
        .exits(0)
        .json();
    for change in adopted["changes"].as_array().expect("changes") {
        assert_eq!(change["action"], "adopt", "{change:#}\n{text}");
        assert_eq!(change["properties"], json!([]), "{change:#}\n{text}");
    }
    run(&format!("-f {spec} fmt --check")).exits(0);
    run(&format!("-f {spec} adopt --auto-approve")).exits(0);
    run(&format!("-f {spec} plan --detailed-exitcode")).finds_nothing_to_do();
}

#[test]
fn every_example_comes_back_as_a_spec() {
    let scenario = Scenario::bare();
    scenario.copy_specs();
    std::thread::scope(|scope| {
        for path in examples() {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let scenario = &scenario;
            scope.spawn(move || comes_back(scenario, &name));
        }
    });
}

/// What tools other than the Azure CLI do differently: other names, a data
/// disk that was made with its machine, an OS disk that outlives it.
const OTHERWISE: &[(&str, &str)] = &[
    ("buildVMNic", "build-nic"),
    ("buildvmnic", "build-nic"),
    ("ipconfigbuild", "internal"),
    ("buildPublicIP", "build.ip"),
    ("buildpublicip", "build.ip"),
    ("build-cache", "cachedisk"),
    ("\"createOption\":\"Attach\"", "\"createOption\":\"Empty\""),
    ("\"deleteOption\":\"Delete\"", "\"deleteOption\":\"Detach\""),
];

#[test]
fn what_other_tools_name_otherwise_comes_back_as_well() {
    let scenario = Scenario::bare();
    scenario.copy_specs();
    let state = ".tenon/worlds/vms.json";
    let run = |words: &str| scenario.run(&format!("--simulate --world-state {state} {words}"));
    run("-f specs/vms.yaml apply --auto-approve").exits(0);
    strip(&scenario, state);
    let mut world = scenario.read(state);
    for (ours, theirs) in OTHERWISE {
        assert!(
            world.contains(ours) || ours.contains("vmnic") || ours.contains("publicip"),
            "{ours}"
        );
        world = world.replace(ours, theirs);
    }
    scenario.write(state, &world);
    let place = "--group vms --subscription 33333333-3333-3333-3333-333333333333";
    run(&format!("adopt {place} --out theirs.yaml --name shop")).exits(0);
    let text = scenario.read("theirs.yaml");
    for written in [
        "nic: {name: build-nic, ip_configuration: internal}",
        "name: build.ip",
        "delete_option: Detach",
        "cachedisk: {name: cachedisk,",
    ] {
        assert!(text.contains(written), "{written}\n{text}");
    }
    let plan = run("-f theirs.yaml plan --adopt --json").exits(0).json();
    let changes = plan["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 6, "{changes:#?}");
    assert!(
        changes
            .iter()
            .all(|change| change["properties"] == json!([])),
        "{changes:#?}"
    );
    run("-f theirs.yaml adopt --auto-approve").exits(0);
    run("-f theirs.yaml plan --detailed-exitcode").finds_nothing_to_do();
    // A spec that is there is not written over, and nothing of ours is taken twice.
    run(&format!("adopt {place} --out theirs.yaml"))
        .exits(1)
        .says("is not overwritten");
    run(&format!("adopt {place} --out again.yaml"))
        .exits(0)
        .says("virtualMachines build: it belongs to the deployment `shop`");
}

#[test]
fn what_cannot_be_an_entry_is_listed_with_its_reason() {
    let scenario = Scenario::bare();
    scenario.copy_specs();
    let state = ".tenon/worlds/vms.json";
    let run = |words: &str| scenario.run(&format!("--simulate --world-state {state} {words}"));
    run("-f specs/vms.yaml apply --auto-approve").exits(0);
    strip(&scenario, state);
    // A machine of the marketplace, and an address that can no longer be made.
    let world = scenario.read(state);
    let gallery = "\"imageReference\":{\"exactVersion\":\"3.1.0\",\"id\":";
    assert!(world.contains(gallery), "{world}");
    let world = world.replace(gallery, "\"imageReference\":{\"offer\":");
    scenario.write(state, &world);
    let place = "--group vms --subscription 33333333-3333-3333-3333-333333333333";
    run(&format!("adopt {place}"))
        .exits(0)
        .says("virtualMachines build: its image is one of the marketplace")
        .says("networkInterfaces buildVMNic: `build` holds it");
    let text = scenario.read("tenon.yaml");
    assert!(
        text.contains("# only referred to: its image is one of the marketplace"),
        "{text}"
    );
    run("plan --adopt").exits(0).says("plan      2 adopt; ");
}
