//! Pictures and pages, as files and on standard output.

use crate::scenario::Scenario;
use crate::worlds::{machines, vaults};

#[test]
fn pictures_and_pages_of_a_plan_and_its_run() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario
        .run("plan --out saved --html plan.html")
        .exits(0)
        .says("Wrote plan.html");
    insta::assert_snapshot!(scenario.run("graph --changes saved"), @r"
    exit 0
    --- stdout
    publisher tenant: acme
           image web 1.4.2

    tenant: contoso / shop
      +    VM one
             needs image web 1.4.2
    ");
    let mermaid = scenario
        .run("graph --changes saved --format mermaid")
        .exits(0);
    assert!(mermaid.stdout.starts_with("flowchart LR\n"), "{mermaid}");
    let svg = scenario.run("graph --changes saved --format svg").exits(0);
    assert!(svg.stdout.starts_with("<svg "), "{svg}");
    scenario
        .run("graph --changes nowhere")
        .exits(1)
        .says("nowhere");
    scenario.run("show saved --html shown.html").exits(0);
    // The command that made the plan had the spec at hand, and nothing to say of
    // it.
    assert_eq!(scenario.read("plan.html"), scenario.read("shown.html"));

    scenario
        .run("apply saved --auto-approve --html run.html")
        .exits(0)
        .says("Wrote run.html");
    let page = scenario.read("run.html");
    assert!(page.contains("id=\"timeline\"") && page.contains("vms.one.nic"));
    let list = scenario.run("runs").exits(0);
    let id = list.stdout.split_whitespace().next().expect("an id");
    let gantt = scenario.run(&format!("runs {id} --format gantt")).exits(0);
    assert!(gantt.stdout.starts_with("gantt\n"), "{gantt}");
    let trace = scenario.run(&format!("runs {id} --format trace")).exits(0);
    assert!(
        trace.json()["traceEvents"]
            .as_array()
            .is_some_and(|all| all.len() > 2)
    );
    scenario
        .run(&format!("runs {id} --html again.html --plan saved"))
        .exits(0);
    assert_eq!(scenario.read("again.html"), page);

    scenario.write("tenon.yaml", &vaults(&["other"]));
    scenario.run("plan --out other").exits(0);
    scenario
        .run(&format!("runs {id} --html other.html --plan other"))
        .exits(1)
        .says("did not carry out");
}

#[test]
fn a_plan_that_changes_nothing_is_not_drawn() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan --out saved --html plan.html").exits(0);
    insta::assert_snapshot!(scenario.run("graph --changes saved --format svg"), @r"
    exit 0
    --- stderr
    the plan changes nothing, so there is nothing to draw
    ");
    assert!(scenario.read("plan.html").contains("no changes"));
}
