//! What the lock file has to say, and who may change it.

use crate::scenario::Scenario;
use crate::worlds::{HEAD, MACHINE, two_tenants};

/// A machine of an image with this `version` line.
fn spec(version: &str) -> String {
    let head = HEAD.replace("    version: 1.4.2\n", version);
    format!("{head}vms:\n  one: {{{MACHINE}}}\n")
}

const CHANNEL: &str = "    version: 1.4.x # what we run\n";

fn lock(lines: &str) -> String {
    format!("# written by tenon update; do not edit\nlock: 1\nimages:\n{lines}")
}

#[test]
fn locked_refuses_a_channel_that_nothing_pins() {
    let scenario = Scenario::of(&spec(CHANNEL));
    insta::assert_snapshot!(scenario.run("plan --locked"), @r"
    exit 1
    --- stderr
    error[TN1303]: the lock file does not pin image web
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ follows 1.4.x
       |
    help: pin it:  tenon update web
    ");
    scenario.run("plan").exits(0).says("not locked");
    // Nothing is written by a plan or an apply, and `update` mends it.
    scenario.run("apply --auto-approve").exits(0);
    assert!(!scenario.path("tenon.lock").exists());
    scenario.run("update").exits(0);
    for command in [
        "plan",
        "validate",
        "images",
        "apply --auto-approve",
        "drift",
    ] {
        scenario.run(&format!("{command} --locked")).exits(0);
    }
}

#[test]
fn locked_refuses_a_version_that_is_none_of_the_channel() {
    let scenario = Scenario::of(&spec(CHANNEL));
    scenario.write(
        "tenon.lock",
        &lock("  web: {version: 1.3.9, channel: 1.3.x}\n"),
    );
    insta::assert_snapshot!(scenario.run("validate --locked"), @r"
    exit 1
    --- stderr
    error[TN1303]: the lock file pins image web to 1.3.9, and the spec asks for 1.4.x
      --> tenon.lock:4:3
       |
     4 |   web: {version: 1.3.9, channel: 1.3.x}
       |   ^^^ none of 1.4.x
       |
      ::: tenon.yaml:11:3
       |
    11 |   web:
       |   --- asks for 1.4.x
       |
    help: move the lock:  tenon update web
    ");
    // Without it this is said all the same: another version is used than the
    // lock file names.
    scenario.run("plan").exits(0).says("warning[TN1303]");
}

#[test]
fn locked_refuses_what_is_no_image_any_more() {
    let scenario = Scenario::of(&spec(CHANNEL));
    scenario.write(
        "tenon.lock",
        &lock("  gone: {version: 1.0.0, channel: 1.x}\n  web: {version: 1.4.2, channel: 1.4.x}\n"),
    );
    insta::assert_snapshot!(scenario.run("plan --locked"), @r"
    exit 1
    --- stderr
    error[TN1303]: the lock file pins gone, which is no image any more
      --> tenon.lock:4:3
       |
     4 |   gone: {version: 1.0.0, channel: 1.x}
       |   ^^^^ no spec beside it has such an image
       |
    help: take it out:  tenon update
    ");
    scenario.run("plan").exits(0).never_says("gone");
    // An overlay, or another spec of the folder, shares the file.
    scenario.write("other.yaml", "images: {gone: {id: x}}\n");
    scenario.run("plan --locked").exits(0);
    scenario.run("update").exits(0);
    assert!(scenario.read("tenon.lock").contains("gone"));
    std::fs::remove_file(scenario.path("other.yaml")).expect("the other spec");
    insta::assert_snapshot!(scenario.run("update"), @r"
    exit 0
    --- stderr
    web 1.4.2 stays
    gone is no image any more: its line goes
    wrote tenon.lock
    ");
    assert!(!scenario.read("tenon.lock").contains("gone"));
}

#[test]
fn locked_and_update_contradict_each_other() {
    let scenario = Scenario::of(&spec(CHANNEL));
    scenario.run("update --locked").exits(1).says("--check");
}

#[test]
fn a_merge_conflict_in_the_lock_names_its_line() {
    let scenario = Scenario::of(&spec(CHANNEL));
    scenario.write(
        "tenon.lock",
        &lock("<<<<<<< HEAD\n  web: {version: 1.4.1, channel: 1.4.x}\n=======\n  web: {version: 1.4.2, channel: 1.4.x}\n>>>>>>> bump\n"),
    );
    insta::assert_snapshot!(scenario.run("plan"), @r"
    exit 1
    --- stderr
    error[TN1001]: this file has a merge conflict that nobody resolved
      --> tenon.lock:4:1
       |
     4 | <<<<<<< HEAD
       | ^^^^^^^^^^^^ it begins here
       |
    help: choose one side and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`
    ");
}

#[test]
fn a_pinned_version_that_cannot_be_used_any_more_comes_with_the_choices() {
    let pinned = lock("  web: {version: 1.4.2, channel: 1.4.x}\n");
    let run = |change: &dyn Fn(&mut tenon_sim::world::ImageVersion)| {
        let mut world = two_tenants();
        change(&mut world.galleries[0].images[0].versions[1]);
        let scenario = Scenario::within(world, &spec(CHANNEL));
        scenario.write("tenon.lock", &pinned);
        scenario.run("plan")
    };
    insta::assert_snapshot!(run(&|version| version.name = "1.4.0".into()), @r"
    exit 1
    --- stderr
    error[TN3103]: image web has no version 1.4.2
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ channel 1.4.x, pinned to 1.4.2 by the lock file
       |
      ::: tenon.lock:4:3
       |
     4 |   web: {version: 1.4.2, channel: 1.4.x}
       |   --- pinned here
       |
       = versions there are: 1.4.1, 1.4.0
    help: take 1.4.1, the newest of 1.4.x that can be used:  tenon update web
    ");
    insta::assert_snapshot!(run(&|version| version.soft_deleted = true), @r"
    exit 1
    --- stderr
    error[TN3105]: image web 1.4.2 cannot be used
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ channel 1.4.x, pinned to 1.4.2 by the lock file
       |
      ::: tenon.lock:4:3
       |
     4 |   web: {version: 1.4.2, channel: 1.4.x}
       |   --- pinned here
       |
       = 1.4.2: marked for deletion
       = versions there are: 1.4.2, 1.4.1
    help: take 1.4.1, the newest of 1.4.x that can be used:  tenon update web
    ");
    insta::assert_snapshot!(run(&|version| {
        version.regions = vec![tenon_sim::world::TargetRegion {
            name: "northeurope".into(),
            ..Default::default()
        }];
    }), @r"
    exit 1
    --- stderr
    error[TN3104]: image web 1.4.2 is not available in westeurope
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ channel 1.4.x, pinned to 1.4.2 by the lock file
       |
      ::: tenon.lock:4:3
       |
     4 |   web: {version: 1.4.2, channel: 1.4.x}
       |   --- pinned here
       |
       = 1.4.2: not in westeurope
       = versions there are: 1.4.2, 1.4.1
    help: take 1.4.1, the newest of 1.4.x that can be used:  tenon update web
    help: if you own the gallery, add westeurope to the version's target regions
    ");
}

#[test]
fn check_is_for_bots() {
    let scenario = Scenario::of(&spec(CHANNEL));
    scenario
        .run("update --check")
        .exits(2)
        .says("web 1.4.2 is pinned");
    scenario.run("update web --to 1.4.1").exits(0);
    let before = scenario.read("tenon.lock");
    insta::assert_snapshot!(scenario.run("update --check"), @r"
    exit 2
    --- stderr
    web 1.4.1 -> 1.4.2
    tenon.lock would change: tenon update
    ");
    let said = scenario.run("update --check --json").exits(2).json();
    insta::assert_snapshot!(serde_json::to_string_pretty(&said).expect("JSON"), @r#"
    {
      "changes": true,
      "format": "tenon.update/1",
      "images": [
        {
          "channel": "1.4.x",
          "follow": "lock",
          "from": "1.4.1",
          "name": "web",
          "passed_over": [],
          "published": "2026-08-21T17:40:12.0000000+00:00",
          "to": "1.4.2"
        }
      ],
      "lock": "tenon.lock",
      "removed": [],
      "written": false
    }
    "#);
    assert_eq!(scenario.read("tenon.lock"), before);
    let said = scenario.run("update --json").exits(0).json();
    assert_eq!(
        (&said["changes"], &said["written"]),
        (&true.into(), &true.into())
    );
    // One line is another one, and no other byte.
    let after = scenario.read("tenon.lock");
    let lines = before.lines().zip(after.lines());
    assert_eq!(lines.filter(|(one, two)| one != two).count(), 1, "{after}");
    scenario.run("update --check").exits(0);
    let said = scenario.run("update --check --json").exits(0).json();
    assert_eq!(said["changes"], false);
}

#[test]
fn another_version_or_channel_changes_the_line_of_the_spec_and_no_other() {
    let scenario = Scenario::of(&spec("    version: \"1.4.1\"   # pinned since March\n"));
    let before = scenario.read("tenon.yaml");
    insta::assert_snapshot!(scenario.run("update web --to 1.4.2"), @r"
    exit 0
    --- stderr
    tenon.yaml:14 1.4.1 -> 1.4.2
    wrote tenon.yaml
    ");
    let after = before.replace("\"1.4.1\"   # pinned", "\"1.4.2\"   # pinned");
    assert_eq!(scenario.read("tenon.yaml"), after);
    assert!(!scenario.path("tenon.lock").exists());
    insta::assert_snapshot!(scenario.run("update web --to 1.x"), @r"
    exit 0
    --- stderr
    tenon.yaml:14 1.4.2 -> 1.x
    web 1.4.2 is pinned
    wrote tenon.yaml and tenon.lock
    ");
    let after = after.replace("\"1.4.2\"   # pinned", "\"1.x\"   # pinned");
    assert_eq!(scenario.read("tenon.yaml"), after);
    assert!(scenario.read("tenon.lock").contains("web: {version: 1.4.2"));
    scenario.run("update web --to latest").exits(0);
    scenario
        .run("plan --locked")
        .exits(0)
        .says("channel latest (tenon.lock)");
    // A version that the channel has is pinned, and the spec stays.
    scenario.run("update web --to 1.4.1").exits(0);
    assert!(scenario.read("tenon.lock").contains("web: {version: 1.4.1"));
    // Nothing that the gallery does not have is written.
    let (spec, lock) = (scenario.read("tenon.yaml"), scenario.read("tenon.lock"));
    scenario.run("update web --to 9.x").exits(1).says("TN3105");
    assert_eq!(
        (spec, lock),
        (scenario.read("tenon.yaml"), scenario.read("tenon.lock"))
    );
}

#[test]
fn the_version_of_an_id_changes_in_the_id() {
    let id = "galleries/acme/images/web";
    let text = spec("").replace(id, &format!("{id}/versions/1.4.1"));
    let scenario = Scenario::of(&text);
    scenario.run("update web --to 1.4.2").exits(0);
    assert_eq!(
        scenario.read("tenon.yaml"),
        text.replace("versions/1.4.1", "versions/1.4.2")
    );
    insta::assert_snapshot!(scenario.run("update web --to 1.x"), @r"
    exit 1
    --- stderr
    error[TN1007]: the version of web does not stand in the spec in a way that can be changed there
      --> tenon.yaml:13:9
       |
    13 |     id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers…
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |         means 1.4.2
       |
    help: write  version: 1.x  under images.web, and no version in its id; then: tenon update web
    ");
}

#[test]
fn a_version_that_stands_elsewhere_is_said_to() {
    let text = spec("    version: \"${vars.web}\"\n")
        .replace("tenants:\n", "vars: {web: {default: 1.4.1}}\ntenants:\n");
    let scenario = Scenario::of(&text);
    scenario.run("plan").exits(0);
    insta::assert_snapshot!(scenario.run("update web --to 1.4.2"), @r#"
    exit 1
    --- stderr
    error[TN1007]: the version of web does not stand in the spec in a way that can be changed there
      --> tenon.yaml:15:14
       |
    15 |     version: "${vars.web}"
       |              ^^^^^^^^^^^^^ means 1.4.1
       |
    help: write  version: 1.4.2  under images.web, and no version in its id; then: tenon update web
    "#);
    assert_eq!(scenario.read("tenon.yaml"), text);
}

#[test]
fn notify_reports_and_changes_nothing_that_runs() {
    let notify = format!("{CHANNEL}    follow: notify\n");
    let scenario = Scenario::of(&spec(&notify));
    scenario.run("update web --to 1.4.1").exits(0);
    scenario.run("apply --auto-approve").exits(0);
    insta::assert_snapshot!(scenario.run("plan --detailed-exitcode"), @r"
    exit 0
    --- stdout
    shop: no changes. 2 resources match tenon.yaml (checked HH:MM:SSZ).
    image web 1.4.1: 1.4.2 is newer (tenon update web)
    ");
    // A bot that updates everything leaves it alone.
    scenario.run("update --check").exits(0);
    insta::assert_snapshot!(scenario.run("update"), @r"
    exit 0
    --- stderr
    web 1.4.1 stays; 1.4.2: taken only when named, tenon update web
    ");
    // Named, it moves for new machines; the one that runs stays.
    scenario.run("update web").exits(0);
    scenario.edit(
        "tenon.yaml",
        "  one:",
        &format!("  two: {{{MACHINE}}}\n  one:"),
    );
    let plan = scenario.run("plan").exits(0);
    insta::assert_snapshot!(plan.stdout.lines().nth(1).expect("images"), @"images    web 1.4.2   from acme 11111111…, channel 1.4.x (tenon.lock)   1 machine stays on 1.4.1");
    scenario.run("apply --auto-approve").exits(0);
    let version = |name: &str| {
        let live = scenario.portal().resource(&crate::worlds::machine(name));
        let profile = &live.expect("a machine")["properties"]["storageProfile"];
        profile["imageReference"]["exactVersion"].clone()
    };
    assert_eq!(
        (version("one"), version("two")),
        ("1.4.1".into(), "1.4.2".into())
    );
}

#[test]
fn notify_tells_of_versions_above_an_exact_one() {
    let scenario = Scenario::of(&spec("    version: 1.4.1\n    follow: notify\n"));
    let plan = scenario.run("plan").exits(0);
    let images = plan.stdout.lines().skip(1).take(2).collect::<Vec<_>>();
    insta::assert_snapshot!(images.join("\n"), @r"
    images    web 1.4.1   from acme 11111111…, pinned in the spec
                1.4.2 is newer (tenon update web --to 1.4.2)
    ");
    scenario.run("apply --auto-approve").exits(0);
    insta::assert_snapshot!(scenario.run("plan --detailed-exitcode"), @r"
    exit 0
    --- stdout
    shop: no changes. 2 resources match tenon.yaml (checked HH:MM:SSZ).
    image web 1.4.1: 1.4.2 is newer (tenon update web --to 1.4.2)
    ");
}

#[test]
fn an_image_that_a_machine_names_by_its_id_is_locked_under_its_address() {
    let (head, _) = HEAD.split_once("images:\n").expect("an image");
    let image = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web";
    let machine = MACHINE.replace("image: web", &format!("image: {image}"));
    let scenario = Scenario::of(&format!("{head}vms:\n  one: {{{machine}}}\n"));
    scenario
        .run("plan --locked")
        .exits(1)
        .says("tenon update vms.one.image");
    scenario.run("update").exits(0);
    assert!(
        scenario
            .read("tenon.lock")
            .contains("vms.one.image: {version: 1.4.2")
    );
    scenario.run("plan --locked").exits(0);
    scenario.run("update vms.one.image --to 1.4.1").exits(0);
    assert!(
        scenario
            .read("tenon.lock")
            .contains("vms.one.image: {version: 1.4.1")
    );
}
