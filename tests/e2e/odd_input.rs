//! Input that nobody meant: always an error that says what to do, never a
//! panic.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::process::Process;
use crate::scenario::Scenario;
use crate::worlds::vaults;

#[test]
fn files_that_are_no_specs() {
    let scenario = Scenario::bare();
    scenario.write("empty.yaml", "");
    scenario.write("list.yaml", "- 1\n- 2\n");
    scenario.write("word.yaml", "word");
    scenario.write("tab.yaml", "tenon: 1\n\tname: x\n");
    scenario.write("two.yaml", "tenon: 1\nname: a\n---\ntenon: 1\nname: b\n");
    scenario.write("json.yaml", "{\"tenon\": 1, \"name\": \"x\"");
    scenario.write("new.yaml", "tenon: 2\nname: x\n");
    std::fs::write(scenario.path("binary.yaml"), [0xff, 0xfe, 0x00, 0x01]).expect("a file");
    for name in [
        "empty", "list", "word", "tab", "two", "json", "new", "binary",
    ] {
        for command in [
            "validate",
            "plan",
            "graph",
            "apply --auto-approve",
            "destroy",
            "update",
        ] {
            let output = scenario.run(&format!("{command} -f {name}.yaml --simulate"));
            assert_eq!(output.code, 1, "{command} {name}: {output}");
            assert!(
                output.stderr.contains("TN1") || output.stderr.contains("TN4"),
                "{command} {name}: {output}"
            );
            assert!(
                !output.stderr.contains("panicked"),
                "{command} {name}: {output}"
            );
        }
    }
}

#[test]
fn folders_in_place_of_files() {
    let scenario = Scenario::of(&vaults(&["a"]));
    std::fs::create_dir(scenario.path("folder")).expect("a folder");
    scenario.run("plan -f folder").exits(1).says("TN1012");
    scenario.run("apply folder").exits(1).says("TN1012");
    scenario.run("show folder").exits(1).says("TN1012");
    let unwritable = scenario.run("plan --out folder").exits(1);
    insta::assert_snapshot!(unwritable.message("TN4102"), @r#"
    error[TN4102]: cannot write `folder`
       = Is a directory (os error 21)
       = what was there before is unchanged
    help: name a file in a folder that can be written to
    "#);
    scenario.run("-C nowhere plan").exits(1).says("nowhere");
    scenario
        .run("plan --simulate --world folder")
        .exits(1)
        .says("TN1012");
    let failed = scenario
        .run("plan --simulate --world-state folder")
        .exits(1);
    insta::assert_snapshot!(failed.message("TN4201"), @r#"
    error[TN4201]: the simulator cannot be started
       = cannot use the state file folder
    help: wait for the other run, or remove the file its world is kept in
    "#);
}

#[test]
fn words_that_are_no_text() {
    let scenario = Scenario::of(&vaults(&["a"]));
    let word = OsStr::from_bytes(b"\xff\xfe");
    for command in ["plan", "apply", "show", "explain", "-f", "-C"] {
        let output = Process::spawn(scenario.command(command).arg(word)).finish();
        assert_eq!(output.code, 1, "{command}: {output}");
        assert!(!output.stderr.contains("panicked"), "{command}: {output}");
    }
}

#[test]
fn an_environment_without_a_home() {
    let scenario = Scenario::of(&vaults(&["a"]));
    let output = Process::spawn(scenario.command("plan").env_remove("HOME")).finish();
    output.exits(0);
}

#[test]
fn clouds_that_are_none() {
    let mut scenario = Scenario::of(&vaults(&["a"]));
    scenario
        .run("plan --cloud mars")
        .exits(1)
        .says("TN4101")
        .says("usgovernment");
    // Nobody listens on port 1.
    scenario.set("ARM_CLOUD_METADATA_URL", "http://example.com");
    scenario.run("plan").exits(1).never_says("panicked");
}

#[test]
fn a_simulator_that_is_gone() {
    let scenario = Scenario::of(&vaults(&["a"]));
    let silent = scenario.run("plan --cloud http://127.0.0.1:1").exits(1);
    insta::assert_snapshot!(silent.message("TN3002"), @r#"
    error[TN3002]: `http://127.0.0.1:PORT` does not say where its cloud is
       = CannotConnect cannot connect: client error (Connect): tcp connect error: Connection refused (os
         error 111)
    help: the address of a metadata endpoint reads https://management.example.com
    "#);
}

#[test]
fn a_plan_can_be_saved_where_no_folder_was() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out deep/down/saved").exits(0);
    scenario.run("apply deep/down/saved").exits(0);
}
