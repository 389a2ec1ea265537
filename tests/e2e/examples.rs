//! Every example in `specs/` works: applied, then empty, then gone.

use std::path::PathBuf;

use crate::scenario::{Scenario, specs};

/// The examples.
pub(crate) fn examples() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(specs()).expect("the examples");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 2, "the examples are gone");
    paths
}

fn works(scenario: &Scenario, name: &str) {
    // Flags before the command: where they stand does not matter.
    let run = |words: &str| scenario.run(&format!("--simulate -f specs/{name} {words}"));
    run("validate").exits(0);
    run("graph").exits(0);
    let plan = run("plan --json").exits(0).json();
    let deployment = plan["deployment"]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    run("apply --auto-approve")
        .exits(0)
        .says("simulated Azure, its world kept in .tenon/worlds/");
    run("plan --detailed-exitcode").finds_nothing_to_do();
    let destroyed = run(&format!("destroy --confirm {deployment}")).exits(0);
    // What is protected stays, and is said to.
    let again = run("plan --destroy --json").exits(0).json();
    let steps = again["steps"].as_array().expect("steps");
    assert!(steps.is_empty(), "{name}: {steps:?}\n{destroyed}");
}

#[test]
fn every_example_is_applied_then_empty_then_destroyed() {
    let scenario = Scenario::bare();
    scenario.copy_specs();
    // They have different names, so they do not meet; all at once they take
    // as long as the slowest.
    std::thread::scope(|scope| {
        for path in examples() {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let scenario = &scenario;
            scope.spawn(move || works(scenario, &name));
        }
    });
}
