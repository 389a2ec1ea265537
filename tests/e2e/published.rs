//! What is written for programs is as the published schemas say, and what
//! `tenon schema` prints is what is published.

use serde_json::{Value, json};

use crate::formats::{assert_fits, checker, schema, spoiled};
use crate::scenario::Scenario;
use crate::worlds::{machines, vaults};

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(serde_json::from_str);
    lines.map(|line| line.expect("JSON")).collect()
}

fn types(lines: &[Value]) -> Vec<&str> {
    let types = lines.iter().map(|line| line["type"].as_str());
    types.map(|name| name.expect("a type")).collect()
}

#[test]
fn the_schemas_are_printed() {
    let scenario = Scenario::bare();
    for name in ["spec", "lock", "plan", "events", "report"] {
        let printed = scenario.run(&format!("schema {name}")).exits(0).json();
        assert_eq!(printed, schema(name), "{name}");
    }
    let unnamed = scenario.run("schema").exits(0).json();
    assert_eq!(unnamed, schema("spec"));
    scenario
        .run("schema plan --at vms.*")
        .exits(1)
        .says("--at lists the keys of specs");
}

#[test]
fn a_run_is_told_as_the_schemas_say() {
    let scenario = Scenario::of(&machines(&["one"]));
    let plan = scenario.run("plan --out plan.json --json").exits(0).json();
    assert_fits("plan", &plan);
    assert_fits(
        "plan",
        &scenario.run("show plan.json --json").exits(0).json(),
    );

    let run = scenario
        .run("apply plan.json --json --auto-approve --report report.json")
        .exits(0);
    let told = lines(&run.stdout);
    for line in &told {
        assert_fits("events", line);
    }
    let types = types(&told);
    assert_eq!((types[0], types[1]), ("version", "plan"));
    assert_eq!(types.last(), Some(&"report"));
    assert_eq!(told[0]["format"], "tenon.events/1");
    // The same document as everywhere, with what is derived for programs.
    assert_eq!(told[1]["plan"]["changes"], plan["changes"]);

    let report: Value = serde_json::from_str(&scenario.read("report.json")).expect("JSON");
    assert_fits("report", &report);
    assert_eq!(report["report"], told[told.len() - 1]["report"]);
    assert_eq!(spoiled::unnoticed(&schema("report"), &report), [""; 0]);
}

#[test]
fn trouble_is_told_as_the_schemas_say() {
    let scenario = Scenario::of(&vaults(&["one", "two"]));
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/vaults/one-vault"},
        "action": {"do": "respond", "status": 400, "code": "BadRequest", "message": "No."},
    }));
    let run = scenario.run("apply --json --auto-approve --report report.json");
    let told = lines(&run.stdout);
    for line in &told {
        assert_fits("events", line);
    }
    assert!(types(&told).contains(&"step_failed"), "{run}");
    let report: Value = serde_json::from_str(&scenario.read("report.json")).expect("JSON");
    assert_fits("report", &report);
    assert_ne!(report["diagnostics"], json!([]));
}

#[test]
fn what_stops_a_command_is_told_as_a_stream() {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", "tenon: 1\nvms: {a: {image: b, sizes: c}}\n");
    let told = lines(&scenario.run("validate --json").exits(1).stdout);
    assert_eq!(types(&told)[..2], ["version", "diagnostic"]);
    for line in &told {
        assert_fits("events", line);
    }
    let place = &told[1]["diagnostic"]["labels"][0]["place"];
    assert!(place["end_line"].is_u64(), "{place}");
}

#[test]
fn a_lock_is_as_its_schema_says() {
    let lock = json!({"lock": 1, "images": {
        "web": {"version": "1.4.2", "published": "2026-08-21T17:40:12Z", "channel": "1.4.x"},
    }});
    assert_fits("lock", &lock);
    let schema = schema("lock");
    for wrong in [
        json!({"images": {}}),
        json!({"lock": 2}),
        json!({"lock": 1, "image": {}}),
        json!({"lock": 1, "images": {"web": {"channel": "1.4.x"}}}),
        json!({"lock": 1, "images": {"web": {"version": "1.4.x"}}}),
        json!({"lock": 1, "images": {"web": {"version": "1.4.2", "by": "me"}}}),
    ] {
        assert!(!checker::problems(&schema, &wrong).is_empty(), "{wrong}");
    }
}
