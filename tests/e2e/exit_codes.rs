//! The table of exit codes, and how the program ends in odd places.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::scenario::{Scenario, two_machines};
use crate::worlds::{machine, machines, vault, vaults};

#[test]
fn the_help_lists_them() {
    insta::assert_snapshot!(Scenario::bare().run("help exit-codes"), @r#"
    exit 0
    --- stdout
    Exit codes

      0    all went well
      1    an error, also one in the command line
      2    only with --detailed-exitcode: plan has something to do, drift found drift;
           and with update --check: tenon.lock would change
      3    the plan no longer fits what is live, is too old, or its digest is another one
      4    sign-in, consent, or a right in a pull request is needed
      5    somebody else holds the lease: they are applying
      6    an apply stopped half-way; the report says where
      130  interrupted

    `plan --detailed-exitcode` ends with 2 whenever an apply would do something,
    also if that only undoes what others changed: who skips the apply on 0 would
    leave it undone. `--ignore-drift` counts only what the spec, the lock or a
    default changes, and what is missing. `drift --detailed-exitcode` ends with 2
    when others changed or deleted something, whatever else is to do.
    "#);
}

#[test]
fn drift_alone_counts_unless_it_is_not_to() {
    let scenario = two_machines();
    let bigger = json!({"properties": {"hardwareProfile": {"vmSize": "Standard_D4s_v5"}}});
    scenario.portal().patch(&machine("one"), &bigger);
    scenario.run("plan --detailed-exitcode").exits(2);
    scenario
        .run("plan --detailed-exitcode --ignore-drift")
        .exits(0)
        .says("drift: the spec did not change, Azure did");
    scenario.run("drift --detailed-exitcode").exits(2);
    scenario.edit(
        "tenon.yaml",
        "two: {image: web,",
        "two: {image: web, size: Standard_D4s_v5,",
    );
    scenario
        .run("plan --detailed-exitcode --ignore-drift")
        .exits(2);
    scenario.run("plan --ignore-drift").exits(1);
}

#[test]
fn a_bare_command_is_a_question_not_a_mistake() {
    Scenario::bare()
        .run("")
        .exits(0)
        .says("Usage: tenon")
        .says("validate");
}

#[test]
fn version_is_data() {
    let version = Scenario::bare().run("--version").exits(0);
    assert_eq!(
        version.stdout,
        format!("tenon {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn usage_errors_never_look_like_changes() {
    let scenario = Scenario::bare();
    for words in [
        "plna",
        "plan --otu x",
        "plan --summary --full",
        "update --to 1.0.0",
        "graph --format svg",
    ] {
        scenario.run(words).exits(1);
    }
    insta::assert_snapshot!(scenario.run("plna"), @r#"
    exit 1
    --- stderr
    error: unrecognized subcommand 'plna'

      tip: some similar subcommands exist: 'explain', 'plan'

    Usage: tenon [OPTIONS] <COMMAND>

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(scenario.run("plan --otu x"), @r#"
    exit 1
    --- stderr
    error: unexpected argument '--otu' found

      tip: to pass '--otu' as a value, use '-- --otu'

    Usage: tenon plan [OPTIONS] [SPEC]

    For more information, try '--help'.
    "#);
}

#[test]
fn a_spec_that_is_not_there() {
    insta::assert_snapshot!(Scenario::bare().run("plan"), @r#"
    exit 1
    --- stderr
    error[TN1012]: cannot read `tenon.yaml`
       = No such file or directory (os error 2)
    help: name the spec with -f FILE, or go where it is with -C DIR
    "#);
}

#[test]
fn changes_are_2_only_when_asked_for() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan").exits(0);
    scenario.run("plan --detailed-exitcode").exits(2);
    scenario.run("plan -detailed-exitcode").exits(2);
    scenario.run("apply -auto-approve").exits(0);
    scenario.run("plan --detailed-exitcode").exits(0);
    scenario.run("plan --destroy --detailed-exitcode").exits(2);
}

#[test]
fn a_plan_with_another_digest_than_the_reviewed_one_is_3() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out saved").exits(0);
    let digest =
        serde_json::from_str::<Value>(&scenario.read("saved")).expect("JSON")["digest"].clone();
    insta::assert_snapshot!(scenario.run("apply saved --expect sha256:0123"), @r#"
    exit 3
    --- stderr
    error[TN4002]: this is not the plan that was reviewed; nothing was changed
       = reviewed sha256:…
       = now      sha256:…
    help: look again and decide:  tenon plan --out plan.tenon
    "#);
    assert!(scenario.portal().writes().is_empty());
    scenario
        .run(&format!(
            "apply saved --expect {}",
            digest.as_str().expect("text")
        ))
        .exits(0);
}

#[test]
fn an_apply_that_stops_half_way_is_6() {
    let scenario = Scenario::of(&vaults(&["a", "b"]));
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/a-vault"},
        "action": {"do": "respond", "status": 400, "code": "VaultNameTaken", "message": "No."},
    }));
    scenario.run("apply --auto-approve").exits(6);
}

#[test]
fn terraforms_single_hyphens_are_understood() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan -out=saved").exits(0).says("Saved saved");
    assert!(scenario.path("saved").exists());
    scenario
        .run("plan -out other -no-color")
        .exits(0)
        .says("Saved other");
    let missing = scenario.run("plan -json -var missing=1").exits(1);
    assert!(missing.stdout.contains("TN1102"), "{missing}");
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let scenario = two_machines();
    for words in [
        "plan",
        "plan --json",
        "--help",
        "graph",
        "apply --auto-approve --json",
    ] {
        let mut command = scenario.command(words);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{words}: {stderr}");
        assert!(
            !stderr.contains("panic") && !stderr.contains("Broken pipe"),
            "{words}: {stderr}"
        );
    }
}

#[test]
fn a_reader_that_goes_does_not_end_an_apply() {
    let scenario = Scenario::of(&vaults(&["a", "b"]));
    let mut child = scenario
        .command("apply --auto-approve")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    child.wait().expect("the program ends");
    // Whatever became of the first run, nothing is lost or made twice.
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(scenario.portal().ours().len(), 2);
    assert_eq!(
        scenario.portal().writes().len(),
        2,
        "{:?}",
        scenario.portal().writes()
    );
}

#[test]
fn json_is_one_document_for_a_plan_and_one_object_a_line_for_an_apply() {
    let scenario = Scenario::of(&vaults(&["a"]));
    let plan = scenario.run("plan --json").exits(0).json();
    assert_eq!(plan["format"], "tenon.plan/1");
    let apply = scenario.run("apply --auto-approve --json").exits(0);
    let lines: Vec<Value> = apply
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(lines.iter().all(|line| line["type"].is_string()), "{apply}");
    assert_eq!(lines[0]["type"], "version", "{apply}");
    assert_eq!(lines.last().expect("a line")["type"], "report", "{apply}");
}

#[test]
fn problems_are_json_too_and_text_goes_to_standard_error() {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", "tenon: 1\nname: x\nvmz: {}\n");
    let output = scenario.run("validate --json").exits(1);
    let types = output.stdout.lines().map(|line| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        value["type"].as_str().expect("a type").to_owned()
    });
    let types: Vec<String> = types.collect();
    assert_eq!(types[0], "version");
    assert!(types[1..].iter().all(|one| one == "diagnostic"), "{output}");
    assert!(output.stdout.contains("TN1004"), "{output}");
    assert!(output.stderr.contains("vmz"), "{output}");
}

#[test]
fn colour_is_there_when_asked_for_and_no_color_beats_force_color() {
    let mut scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan").exits(0).never_says("\x1b[");
    scenario.run("plan --color=always").exits(0).says("\x1b[");
    scenario.set("FORCE_COLOR", "1");
    scenario.run("plan").exits(0).says("\x1b[");
    scenario.set("NO_COLOR", "1");
    scenario.run("plan").exits(0).never_says("\x1b[");
    scenario.run("plan --color always").exits(0).says("\x1b[");
    scenario
        .run("plan --color=never")
        .exits(0)
        .never_says("\x1b[");
}

#[test]
fn colour_adds_escapes_and_nothing_else() {
    let scenario = Scenario::of(&machines(&["one"]));
    let plain = scenario.run("plan").exits(0).to_string();
    let painted = scenario.run("plan --color=always").exits(0).to_string();
    let mut bare = String::new();
    let mut rest = painted.as_str();
    while let Some((before, escape)) = rest.split_once("\x1b[") {
        bare.push_str(before);
        rest = escape.split_once('m').map_or("", |(_, rest)| rest);
    }
    bare.push_str(rest);
    assert_eq!(crate::mask::mask(&bare), plain);
}

#[test]
fn an_ascii_locale_gets_ascii() {
    let mut scenario = Scenario::of(&format!("{}{}", vaults(&["a"]), vault("b")));
    scenario.set("LC_ALL", "C");
    let output = scenario.run("plan").exits(0);
    assert!(output.stdout.is_ascii(), "{output}");
}

#[test]
fn another_folder_is_where_everything_is_looked_for() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.write("deep/tenon.yaml", &vaults(&["b"]));
    scenario
        .run("-C deep plan --out saved")
        .exits(0)
        .says("resources.b")
        .never_says("resources.a");
    assert!(scenario.path("deep/saved").exists());
}
