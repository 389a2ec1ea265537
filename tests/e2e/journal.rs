//! What a run leaves behind, and that nothing needs it.

use std::path::PathBuf;

use crate::scenario::Scenario;
use crate::worlds::{machine, machines, vaults};

fn journals(scenario: &Scenario) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(scenario.path(".tenon/runs")).expect("a folder");
    let mut paths: Vec<PathBuf> = listed.map(|one| one.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn text(scenario: &Scenario) -> String {
    let last = journals(scenario).pop().expect("a journal");
    std::fs::read_to_string(last).expect("text")
}

#[test]
fn a_run_is_written_down_without_secrets() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.run("runs").exits(0).says("nothing was applied");
    scenario.run("plan").exits(0);
    assert!(!scenario.path(".tenon/runs").exists(), "a plan is no run");
    scenario.run("apply --auto-approve").exits(0);
    let written = text(&scenario);
    for words in [
        "tenon.journal/1",
        "\"deployment\":\"shop\"",
        "\"type\":\"step_accepted\"",
        "\"address\":\"vms.one\"",
        "\"resource_type\":\"Microsoft.Compute/virtualMachines\"",
        "\"type\":\"ended\"",
    ] {
        assert!(written.contains(words), "{words}\n{written}");
    }
    assert!(!written.contains("canary"), "{written}");

    let list = scenario.run("runs").exits(0);
    assert!(list.stdout.contains("2 steps done in "), "{list}");
    let id = list.stdout.split_whitespace().next().expect("an id");
    let shown = scenario.run(&format!("runs {id}")).exits(0);
    shown.says("create vms.one").says(&machine("one"));
    let json = scenario.run(&format!("runs {id} --json")).exits(0).json();
    assert_eq!(json["intact"], true);
    assert_eq!(json["entries"][0]["run"], id);
    scenario.run("runs 2000").exits(1).says("TN1012");
}

#[test]
fn an_edit_is_noticed() {
    let scenario = Scenario::of(&vaults(&["one"]));
    scenario.run("apply --auto-approve").exits(0);
    let path = journals(&scenario).pop().expect("a journal");
    let written = text(&scenario);
    std::fs::write(
        &path,
        written.replace("\"outcome\":\"done\"", "\"outcome\":\"already_done\""),
    )
    .expect("a file");
    let list = scenario.run("runs").exits(0);
    assert!(list.stdout.contains("not as it was written"), "{list}");
    // And nobody minds who does not ask.
    scenario.run("apply --auto-approve").exits(0);
}

#[test]
fn losing_the_journal_loses_nothing() {
    let scenario = Scenario::of(&machines(&["one", "two"]));
    scenario.portal().fault(&serde_json::json!({
        "match": {"method": "PUT", "id": "*/virtualMachines/two"},
        "action": {"do": "failOperation", "code": "AllocationFailed", "message": "no room"},
    }));
    scenario.run("apply --auto-approve").exits(6);
    assert!(text(&scenario).contains("AllocationFailed"));
    std::fs::remove_dir_all(scenario.path(".tenon")).expect("a folder");
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    let writes = scenario.portal().writes();
    let made = writes
        .iter()
        .filter(|write| *write == "PUT virtualMachines/one");
    assert_eq!(made.count(), 1, "{writes:?}");
}

#[test]
fn a_journal_that_cannot_be_written_stops_nothing() {
    let scenario = Scenario::of(&vaults(&["one"]));
    scenario.write(".tenon/runs", "this is no folder");
    let applied = scenario.run("apply --auto-approve").exits(0);
    applied.says("no journal of this run is kept in .tenon/runs");
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_killed_run_leaves_what_it_told() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario
        .portal()
        .settings(&serde_json::json!({"durations": {
            "Microsoft.Compute/virtualMachines": {"create": "20h"},
        }}));
    let apply = scenario.start("apply --auto-approve");
    apply.line_with("create");
    scenario.portal().wait_for("PUT virtualMachines/one");
    apply.signal("KILL");
    apply.finish();
    assert!(text(&scenario).contains("\"step_started\""));
    let list = scenario.run("runs").exits(0);
    assert!(list.stdout.contains("killed, or cut off"), "{list}");
}

#[test]
fn old_journals_go() {
    let scenario = Scenario::of(&vaults(&["one"]));
    for day in 10..70 {
        scenario.write(&format!(".tenon/runs/202001{day}-000000-abcdef.jsonl"), "");
    }
    scenario.run("apply --auto-approve").exits(0);
    let left = journals(&scenario);
    assert_eq!(left.len(), 50, "{left:?}");
    assert!(
        left[0].ends_with("20200121-000000-abcdef.jsonl"),
        "{:?}",
        left[0]
    );
}
