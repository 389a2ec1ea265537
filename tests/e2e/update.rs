//! `tenon update`: what channels mean moves when somebody says so.

use crate::scenario::Scenario;
use crate::worlds::{HEAD, MACHINE};

/// Two images that follow channels, one that does not, and a machine of each.
fn channels() -> Scenario {
    let (head, web) = HEAD.split_once("images:\n").expect("an image");
    let old = web.replace("  web:", "  old:").replace("1.4.2", "1.4.1");
    let web = web.replace("1.4.2", "1.4.x");
    let db = web.replace("web", "db").replace("1.4.x", "latest");
    let mut spec = format!("{head}images:\n{web}{db}{old}vms:\n");
    for name in ["web", "db", "old"] {
        let machine = MACHINE.replace("image: web", &format!("image: {name}"));
        spec.push_str(&format!("  {name}: {{{machine}}}\n"));
    }
    Scenario::of(&spec)
}

#[test]
fn update_pins_every_channel_and_nothing_else() {
    let scenario = channels();
    insta::assert_snapshot!(scenario.run("update"), @r#"
    exit 0
    --- stderr
    db 2.0.3 is pinned
    web 1.4.2 is pinned
    wrote tenon.lock
    "#);
    insta::assert_snapshot!(scenario.read("tenon.lock"), @r#"
    # written by tenon update; do not edit
    lock: 1
    images:
      db: {version: 2.0.3, published: 2026-05-01T08:00:00.0000000+00:00, channel: latest}
      web: {version: 1.4.2, published: 2026-08-21T17:40:12.0000000+00:00, channel: 1.4.x}
    "#);
    let before = scenario.read("tenon.lock");
    insta::assert_snapshot!(scenario.run("update"), @r#"
    exit 0
    --- stderr
    db 2.0.3 stays
    web 1.4.2 stays
    "#);
    assert_eq!(scenario.read("tenon.lock"), before);
}

#[test]
fn update_moves_only_what_was_asked() {
    let scenario = channels();
    scenario.run("update").exits(0);
    insta::assert_snapshot!(scenario.run("update web --to 1.4.1"), @r#"
    exit 0
    --- stderr
    db 2.0.3 stays
    web 1.4.2 -> 1.4.1
    wrote tenon.lock
    "#);
    insta::assert_snapshot!(scenario.read("tenon.lock"), @r#"
    # written by tenon update; do not edit
    lock: 1
    images:
      db: {version: 2.0.3, published: 2026-05-01T08:00:00.0000000+00:00, channel: latest}
      web: {version: 1.4.1, published: 2026-07-01T08:00:00.0000000+00:00, channel: 1.4.x}
    "#);
    scenario.run("update db").exits(0);
    assert!(scenario.read("tenon.lock").contains("1.4.1"));
    scenario.run("update web").exits(0);
    assert!(scenario.read("tenon.lock").contains("1.4.2"));
}

#[test]
fn an_update_that_cannot_be_leaves_the_lock_as_it_is() {
    let scenario = channels();
    scenario.run("update").exits(0);
    let before = scenario.read("tenon.lock");
    scenario
        .run("update web --to 1.4.9")
        .exits(1)
        .says("TN3103");
    scenario.run("update nothing").exits(1).says("TN1201");
    scenario.run("update web --to 1.4").exits(1).says("TN1007");
    insta::assert_snapshot!(scenario.run("update web --to 2.0.0"), @r#"
    exit 1
    --- stderr
    error[TN1007]: `--to 2.0.0` is outside of what the spec allows for web: 1.4.x
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ follows 1.4.x
       |
    help: follow 2.0.x from now on:  tenon update web --to 2.0.x
    help: or pin it in the spec: write  version: 2.0.0
    "#);
    assert_eq!(scenario.read("tenon.lock"), before);
    // Nothing half-written is left beside it.
    let names = std::fs::read_dir(scenario.path("")).expect("a folder");
    let mut names: Vec<String> = names
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["home", "tenon.lock", "tenon.yaml"]);
}

#[test]
fn a_plan_reports_a_newer_version_and_does_not_take_it() {
    let scenario = channels();
    scenario.run("update web --to 1.4.1").exits(0);
    let plan = scenario.run("plan").exits(0);
    assert!(
        plan.stdout.contains("1.4.2 is newer (tenon update web)"),
        "{plan}"
    );
}

#[test]
fn a_pinned_version_that_is_gone_is_not_replaced_in_silence() {
    let scenario = channels();
    scenario.run("update").exits(0);
    scenario.edit("tenon.lock", "{version: 1.4.2", "{version: 1.4.7");
    scenario.run("plan").exits(1).says("TN3103").says("1.4.7");
}
