//! Ctrl-C once, twice, and death: the next run ends in the same world.

use serde_json::json;

use crate::process::Process;
use crate::scenario::Scenario;
use crate::worlds::{machine, machines};

/// Two machines, and a third that waits for the first; machines take longer
/// than a test has patience, until the clock is moved.
fn slow() -> Scenario {
    let spec =
        machines(&["one", "two", "three"]).replace("three: {", "three: {depends_on: [vms.one], ");
    let scenario = Scenario::of(&spec);
    take(&scenario, "20h");
    scenario
}

fn take(scenario: &Scenario, how_long: &str) {
    scenario.portal().settings(&json!({"durations": {
        "Microsoft.Compute/virtualMachines": {"create": how_long},
    }}));
}

/// The next run makes what is missing, and nothing twice.
fn converges(scenario: &Scenario) {
    take(scenario, "1m");
    scenario.portal().until_idle();
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    let mut made = scenario.portal().writes();
    made.retain(|write| write.starts_with("PUT virtualMachines"));
    made.sort();
    let once = ["one", "three", "two"].map(|name| format!("PUT virtualMachines/{name}"));
    assert_eq!(made, once);
    let ours = scenario.portal().ours();
    assert_eq!(ours.len(), 6, "{ours:?}");
}

/// An apply that waits for the first two machines.
fn making_two(scenario: &Scenario) -> Process {
    let apply = scenario.start("apply --auto-approve");
    scenario.portal().wait_for("PUT virtualMachines/one");
    scenario.portal().wait_for("PUT virtualMachines/two");
    apply
}

#[test]
fn ctrl_c_once_starts_nothing_new_and_waits_for_what_runs() {
    let scenario = slow();
    let apply = making_two(&scenario);
    apply.signal("INT");
    apply.line_with("topping");
    scenario.portal().until_idle();
    let output = apply.finish().exits(130);
    assert!(output.stdout.contains("1 not started"), "{output}");
    assert!(scenario.portal().resource(&machine("three")).is_none());
    converges(&scenario);
}

#[test]
fn ctrl_c_twice_leaves_at_once_and_says_what_goes_on() {
    let scenario = slow();
    let apply = making_two(&scenario);
    apply.signal("INT");
    apply.line_with("topping");
    apply.signal("INT");
    let output = apply.finish().exits(130);
    assert!(output.stdout.contains("go on in Azure"), "{output}");
    converges(&scenario);
}

#[test]
fn a_pipeline_that_is_cancelled_is_ctrl_c() {
    let scenario = slow();
    let apply = scenario.start("apply --auto-approve");
    scenario.portal().wait_for("PUT virtualMachines/one");
    apply.signal("TERM");
    apply.line_with("topping");
    scenario.portal().until_idle();
    apply.finish().exits(130);
}

#[test]
fn killed_on_the_way_the_next_run_takes_over_what_goes_on() {
    let scenario = slow();
    let apply = making_two(&scenario);
    apply.signal("KILL");
    apply.finish();
    // The machines are still being made when the next run looks.
    let again = scenario.start("apply --auto-approve");
    again.line_with("start");
    take(&scenario, "1m");
    scenario.portal().until_idle();
    again.finish().exits(0);
    converges(&scenario);
}

#[test]
fn killed_before_the_machines_nothing_is_orphaned() {
    let scenario = slow();
    let apply = scenario.start("apply --auto-approve");
    scenario.portal().wait_for("PUT networkInterfaces/twoVMNic");
    apply.signal("KILL");
    apply.finish();
    scenario.portal().until_idle();
    scenario.run("destroy --confirm shop").exits(0);
    assert!(scenario.portal().ours().is_empty());
}
