//! Keys are made once, used when they are there, and never shown.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::scenario::{PUBLIC_KEY, Scenario};
use crate::worlds::{machine, machines};

fn with_key(how: &str) -> Scenario {
    let scenario =
        Scenario::of(&machines(&["one"]).replace("one: {", &format!("one: {{ssh_key: {how}, ")));
    std::fs::remove_dir_all(scenario.path("home")).expect("a home");
    scenario
}

fn mode(scenario: &Scenario, name: &str) -> u32 {
    let metadata = std::fs::metadata(scenario.path(name)).expect("a file");
    metadata.permissions().mode() & 0o777
}

/// The key that the machine was given.
fn given(scenario: &Scenario) -> String {
    let one = scenario
        .portal()
        .resource(&machine("one"))
        .expect("a machine");
    let keys = &one["properties"]["osProfile"]["linuxConfiguration"]["ssh"]["publicKeys"];
    keys[0]["keyData"].as_str().expect("a key").to_owned()
}

#[track_caller]
fn makes(how: &str, name: &str) {
    let scenario = with_key(how);
    let plan = scenario.run("plan --out saved").exits(0);
    assert!(
        !scenario.path("home/.ssh").exists(),
        "a plan made a key: {plan}"
    );
    let apply = scenario
        .run("apply saved --report report.json -vv")
        .exits(0);
    let private = scenario.read(&format!("home/.ssh/{name}"));
    let public = scenario.read(&format!("home/.ssh/{name}.pub"));
    assert_eq!(given(&scenario), public.trim());
    assert_eq!(mode(&scenario, &format!("home/.ssh/{name}")), 0o600);
    assert_eq!(mode(&scenario, "home/.ssh"), 0o700);
    for line in private.lines().filter(|line| !line.contains("-----")) {
        apply.clone().never_says(line);
        assert!(!scenario.read("report.json").contains(line));
        assert!(!scenario.read("saved").contains(line));
    }
    scenario.run("plan").finds_nothing_to_do();
    assert_eq!(scenario.read(&format!("home/.ssh/{name}")), private);
    opens(&scenario, &format!("home/.ssh/{name}"), &public);
}

/// OpenSSH reads the private half and finds the same public one.
#[track_caller]
fn opens(scenario: &Scenario, name: &str, public: &str) {
    let output = Command::new("ssh-keygen")
        .args(["-y", "-f"])
        .arg(scenario.path(name))
        .output();
    let Ok(output) = output else {
        skip("there is no ssh-keygen here");
        return;
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let words = |text: &str| {
        text.split_whitespace()
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        words(&String::from_utf8_lossy(&output.stdout)),
        words(public)
    );
}

#[expect(clippy::print_stderr, reason = "who runs the tests should know")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

#[test]
fn generate_makes_an_rsa_pair() {
    makes("generate", "id_rsa");
}

#[test]
fn generate_ed25519_makes_an_ed25519_pair() {
    makes("generate_ed25519", "id_ed25519");
}

#[test]
fn a_key_that_is_there_is_used_and_left_alone() {
    let scenario = with_key("generate");
    scenario.write("home/.ssh/id_rsa", "private, and not ours\n");
    scenario.write("home/.ssh/id_rsa.pub", &format!("{PUBLIC_KEY}\n"));
    scenario
        .run("apply --auto-approve --generate-ssh-keys")
        .exits(0);
    assert_eq!(given(&scenario), PUBLIC_KEY);
    assert_eq!(scenario.read("home/.ssh/id_rsa"), "private, and not ours\n");
}

#[test]
fn a_private_half_alone_is_not_overwritten() {
    let scenario = with_key("generate");
    scenario.write("home/.ssh/id_rsa", "private, and not ours\n");
    scenario
        .run("apply --auto-approve")
        .exits(6)
        .says("ssh-keygen -y -f");
    assert_eq!(scenario.read("home/.ssh/id_rsa"), "private, and not ours\n");
    assert!(scenario.portal().resource(&machine("one")).is_none());
}

#[test]
fn no_key_and_no_option_says_both_ways_out() {
    let scenario = Scenario::of(&machines(&["one"]));
    std::fs::remove_dir_all(scenario.path("home")).expect("a home");
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 1
    --- stderr
    error[TN1301]: `vms.one` has no SSH key: nothing is at ~/.ssh/id_rsa.pub
      --> tenon.yaml:16:3
       |
    16 |   one: {image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/333…
       |   ^^^ needs a key or a password
       |
    help: make the pair when it is missing:  tenon plan --generate-ssh-keys
    help: or name a key: ssh_key: keys/ops.pub
    "#);
    scenario.run("plan --generate-ssh-keys").exits(0);
}

#[test]
fn a_private_key_in_place_of_a_public_one_is_refused_and_not_shown() {
    let scenario = with_key("keys/id");
    let private = "-----BEGIN OPENSSH PRIVATE KEY-----\nY2FuYXJ5LXByaXZhdGUta2V5\n-----END OPENSSH PRIVATE KEY-----\n";
    scenario.write("keys/id", private);
    scenario
        .run("plan")
        .exits(1)
        .never_says("Y2FuYXJ5LXByaXZhdGUta2V5");
}
