//! The same spec and the same world, the same plan, byte for byte.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::scenario::{Scenario, standing, two_machines};
use crate::worlds::{HEAD, MACHINE, machines};

/// A plan without when and how it was made.
fn plan(scenario: &Scenario) -> String {
    let mut plan = scenario.run("plan --json").exits(0).json();
    plan["created_at"] = Value::Null;
    plan["read"] = Value::Null;
    plan.to_string()
}

fn digest(scenario: &Scenario) -> String {
    let plan = scenario.run("plan --json").exits(0).json();
    plan["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn a_hundred_runs_make_one_plan() {
    let scenario = two_machines();
    scenario.edit(
        "tenon.yaml",
        "one: {",
        "one: {size: Standard_D4s_v5, tags: {a: b}, ",
    );
    scenario.edit("tenon.yaml", "  two:", "  three:");
    let plans: BTreeSet<String> = (0..100).map(|_| plan(&scenario)).collect();
    assert_eq!(plans.len(), 1);
}

#[test]
fn pages_of_any_size_make_one_plan() {
    let scenario = two_machines();
    scenario.edit("tenon.yaml", "one: {", "one: {tags: {a: b}, ");
    let whole = plan(&scenario);
    for size in [1, 2, 3] {
        scenario.portal().settings(&json!({"pageSizes": {
            "default": size,
            "Microsoft.Compute/virtualMachines": size,
            "Microsoft.Network/networkInterfaces": size,
            "Microsoft.Compute/disks": size,
            "Microsoft.Compute/galleries/images/versions": size,
        }}));
        assert_eq!(plan(&scenario), whole, "pages of {size}");
    }
}

/// The spec with its sections, and the keys of a machine, the other way round.
fn backwards() -> String {
    let (head, image) = HEAD.split_once("images:\n").expect("an image");
    let mut sections: Vec<String> = Vec::new();
    for line in head.lines() {
        match sections.last_mut().filter(|_| line.starts_with(' ')) {
            Some(section) => section.push_str(&format!("{line}\n")),
            None => sections.push(format!("{line}\n")),
        }
    }
    sections.push(format!("images:\n{image}"));
    let mut members: Vec<&str> = MACHINE.split(", ").collect();
    members.reverse();
    sections.push(format!("vms:\n  one: {{{}}}\n", members.join(", ")));
    sections.reverse();
    sections.concat()
}

#[test]
fn the_order_of_keys_does_not_matter() {
    let scenario = Scenario::of(&machines(&["one"]));
    let first = digest(&scenario);
    scenario.write("tenon.yaml", &backwards());
    assert_eq!(digest(&scenario), first, "{}", backwards());
}

#[test]
fn a_machine_that_stands_before_its_image_is_made_from_it() {
    let scenario = standing(&backwards());
    let one = scenario.portal().resource(&crate::worlds::machine("one"));
    let image = one.expect("a machine")["properties"]["storageProfile"]["imageReference"].clone();
    assert!(
        image["id"]
            .as_str()
            .is_some_and(|id| id.ends_with("/versions/1.4.2")),
        "{image}"
    );
}

#[test]
fn the_order_of_entries_does_not_change_what_is_done() {
    let one = Scenario::of(&machines(&["one", "two", "three"]));
    let other = Scenario::of(&machines(&["three", "one", "two"]));
    let steps = |scenario: &Scenario| -> BTreeSet<String> {
        let plan = scenario.run("plan --json").exits(0).json();
        let steps = plan["steps"].as_array().expect("steps").clone();
        steps
            .iter()
            .map(|step| step["request"].to_string())
            .collect()
    };
    assert_eq!(steps(&one), steps(&other));
}

#[test]
fn when_and_how_long_is_not_in_the_digest() {
    let scenario = Scenario::of(&machines(&["one"]));
    let first = digest(&scenario);
    scenario
        .portal()
        .settings(&json!({"pageSizes": {"default": 1}}));
    assert_eq!(digest(&scenario), first);
}
