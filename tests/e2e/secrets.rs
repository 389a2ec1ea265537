//! A value that is secret reaches Azure and nothing else.

use crate::scenario::Scenario;
use crate::worlds::{machine, machines};

const CANARY: &str = "Canary-Passw0rd-93x!";

fn with_password(source: &str) -> Scenario {
    let spec = machines(&["one"])
        .replace("one: {", "one: {admin_password: \"${secrets.admin}\", ")
        .replace("images:", &format!("secrets:\n  admin: {source}\nimages:"));
    Scenario::of(&spec)
}

#[track_caller]
fn stays_secret(scenario: &Scenario) {
    let plan = scenario
        .run("plan --out saved -vv")
        .exits(0)
        .never_says(CANARY);
    assert!(plan.stdout.contains("create"), "{plan}");
    scenario.run("plan --json").exits(0).never_says(CANARY);
    scenario
        .run("show saved --full")
        .exits(0)
        .never_says(CANARY);
    scenario
        .run("apply saved --report report.json -vv --json")
        .exits(0)
        .never_says(CANARY);
    for file in ["saved", "report.json"] {
        assert!(!scenario.read(file).contains(CANARY), "{file}");
    }
    assert!(!scenario.portal().everything().contains(CANARY));
    let machine = scenario
        .portal()
        .resource(&machine("one"))
        .expect("a machine");
    assert!(!machine.to_string().contains(CANARY));
}

#[test]
fn a_password_from_the_environment_is_only_in_the_request() {
    let mut scenario = with_password("{env: ADMIN_PASSWORD}");
    scenario.set("ADMIN_PASSWORD", CANARY);
    stays_secret(&scenario);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_password_from_a_file_is_only_in_the_request() {
    let scenario = with_password("{file: password}");
    scenario.write("password", &format!("{CANARY}\n"));
    stays_secret(&scenario);
}

#[test]
fn trace_logs_do_not_have_it_either() {
    let mut scenario = with_password("{env: ADMIN_PASSWORD}");
    scenario.set("ADMIN_PASSWORD", CANARY);
    scenario.set("TENON_LOG", "trace");
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .never_says(CANARY);
}

#[test]
fn a_secret_that_is_not_there_stops_its_step_by_name() {
    let scenario = with_password("{env: ADMIN_PASSWORD}");
    scenario
        .run("apply --auto-approve")
        .exits(6)
        .says("ADMIN_PASSWORD is not set");
    assert!(scenario.portal().resource(&machine("one")).is_none());
}

#[test]
fn a_refusal_that_repeats_it_does_not_show_it() {
    let mut scenario = with_password("{env: ADMIN_PASSWORD}");
    scenario.set("ADMIN_PASSWORD", CANARY);
    scenario.portal().fault(&serde_json::json!({
        "match": {"method": "PUT", "id": "*/virtualMachines/one"},
        "action": {"do": "respond", "status": 400, "code": "InvalidParameter",
            "message": format!("The supplied password '{CANARY}' must be better.")},
    }));
    let apply = scenario
        .run("apply --auto-approve --report report.json")
        .exits(6);
    apply.never_says(CANARY);
    assert!(!scenario.read("report.json").contains(CANARY));
}

#[test]
fn a_secret_in_plain_sight_is_a_problem_of_the_spec() {
    let mut scenario = with_password("{env: ADMIN_PASSWORD}");
    scenario.set("ADMIN_PASSWORD", CANARY);
    scenario.edit(
        "tenon.yaml",
        "one: {",
        "one: {tags: {p: \"${secrets.admin}\"}, ",
    );
    scenario
        .run("plan")
        .exits(1)
        .says("TN1104")
        .never_says(CANARY);
    scenario.edit("tenon.yaml", "tags: {p: \"${secrets.admin}\"}, ", "");
    scenario.edit(
        "tenon.yaml",
        "vms:",
        "outputs: {p: \"${secrets.admin}\"}\nvms:",
    );
    scenario
        .run("plan")
        .exits(1)
        .says("TN1104")
        .never_says(CANARY);
}
