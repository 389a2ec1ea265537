//! What a run leaves behind, and that nothing needs it.

use std::path::PathBuf;

use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{machine, machines, two_tenants_text, vault, vaults};

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

/// A second subscription of the same tenant, and a vault in it.
const ANNEX: &str = "55555555-5555-5555-5555-555555555555";

fn with_annex() -> Scenario {
    let world = two_tenants_text().replace(
        "  - {name: images, id: 4444",
        &format!("  - {{name: annex, id: {ANNEX}, tenant: contoso}}\n  - {{name: images, id: 4444"),
    );
    let world = world.replace(
        "resourceGroups:\n",
        "  - {scope: /subscriptions/annex, principal: tenon, role: Contributor}\nresourceGroups:\n  - {subscription: annex, name: myResourceGroup, location: westeurope}\n",
    );
    let world = WorldFile::from_yaml(&world).expect("a world");
    Scenario::within(world, &both())
}

fn both() -> String {
    let far = vault("far").replace(
        "    name:",
        &format!("    subscription: {ANNEX}\n    name:"),
    );
    format!("{}{far}", vaults(&["near"]))
}

#[test]
fn a_subscription_does_not_leave_the_spec_unnoticed() {
    let scenario = with_annex();
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").exits(0).never_says("TN4024");
    scenario.write("tenon.yaml", &vaults(&["near"]));
    let planned = scenario.run("plan").exits(0);
    insta::assert_snapshot!(planned.message("TN4024"), @r#"
    warning[TN4024]: `shop` made things in subscription 55555555-5555-5555-5555-555555555555, which the
      spec no longer names
      --> tenon.yaml   no plan looks there any more
       = `resources.far`,
         /subscriptions/55555555-5555-5555-5555-555555555555/resourceGroups/myResourceGroup/providers/Microsoft.KeyVault/vaults/far-vault
       = the journal of the run RUN says so; whether it is still there, only Azure
         knows
    help: to delete it, put its entries back, and take them out again after:
          tenon destroy --target resources.far
    help: or find what is left by its tag; when nothing is, delete the journals in .tenon/runs:
          az resource list --subscription 55555555-5555-5555-5555-555555555555 --tag tenon-deployment=shop
    "#);
    planned
        .says("warning[TN4024]")
        .says(&format!("`shop` made things in subscription {ANNEX}"))
        .says("`resources.far`")
        .says("tenon destroy --target resources.far")
        .says(&format!(
            "az resource list --subscription {ANNEX} --tag tenon-deployment=shop"
        ));
    // Where nothing is remembered the plan is the same.
    let digest = || scenario.run("plan --json").json()["digest"].clone();
    let warned = digest();
    assert!(warned.is_string(), "{warned}");
    std::fs::rename(scenario.path(".tenon"), scenario.path("kept")).expect("a folder");
    let silent = scenario.run("plan").exits(0);
    silent.never_says("TN4024");
    assert_eq!(digest(), warned);
    std::fs::rename(scenario.path("kept"), scenario.path(".tenon")).expect("a folder");
    // The way out.
    scenario.write("tenon.yaml", &both());
    scenario
        .run("destroy --target resources.far --auto-approve")
        .exits(0);
    scenario.write("tenon.yaml", &vaults(&["near"]));
    scenario.run("plan").exits(0).never_says("TN4024");
}

#[test]
fn what_was_let_go_is_not_left_behind() {
    let scenario = with_annex();
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("forget resources.far --auto-approve").exits(0);
    scenario.write("tenon.yaml", &vaults(&["near"]));
    scenario.run("plan").exits(0).never_says("TN4024");
}
