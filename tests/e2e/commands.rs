//! Commands that look, and those that write a file: drift, outputs, show,
//! images, fmt, init, completion.

use serde_json::{Value, json};

use crate::scenario::{Portal, Scenario, is_write, standing, two_machines};
use crate::worlds::{HEAD, MACHINE, machine, machines};

/// Whether the program changed anything in Azure since requests were forgotten.
fn wrote(portal: Portal) -> bool {
    portal.requests().iter().any(is_write)
}

/// A machine with a tag and two outputs.
fn with_outputs() -> String {
    format!(
        "{HEAD}vms:\n  one: {{tags: {{team: a}}, {MACHINE}}}\noutputs:\n  ip: ${{vms.one.private_ip}}\n  image: image ${{images.web.version}}\n"
    )
}

fn tagged() -> Scenario {
    standing(&format!(
        "{HEAD}vms:\n  one: {{tags: {{team: a}}, {MACHINE}}}\n  two: {{{MACHINE}}}\n"
    ))
}

fn retag(scenario: &Scenario, value: &str) {
    let mut tags = scenario.portal().resource(&machine("one")).expect("one")["tags"].clone();
    tags["team"] = Value::from(value);
    scenario
        .portal()
        .patch(&machine("one"), &json!({"tags": tags}));
}

#[test]
fn without_drift_there_is_one_line() {
    let scenario = two_machines();
    scenario.portal().forget_requests();
    insta::assert_snapshot!(scenario.run("drift --detailed-exitcode"), @r#"
    exit 0
    --- stdout
    shop: no drift, 4 resources unchanged (checked HH:MM:SSZ).
    "#);
    assert!(!wrote(scenario.portal()));
}

#[test]
fn what_others_changed_is_drift_and_what_the_spec_changed_is_not() {
    let scenario = tagged();
    retag(&scenario, "b");
    scenario.edit("tenon.yaml", "two: {", "two: {tags: {new: x}, ");
    scenario.portal().forget_requests();
    insta::assert_snapshot!(scenario.run("drift"), @r#"
    exit 0
    --- stdout
    Changed by others in shop: live → spec

      vms.one   VM   tenon.yaml:16
            tags.team            b → a   drift: the spec did not change, Azure did

    shop: 1 property of 1 resource changed by others (checked HH:MM:SSZ); tenon apply puts it back
    The spec itself changes 2 resources: tenon plan
    "#);
    scenario.run("drift --detailed-exitcode").exits(2);
    let drift = scenario.run("drift --json").exits(0).json();
    assert_eq!(drift["format"], "tenon.drift/1");
    assert_eq!(drift["pending"], 2);
    let moved = drift["moved"].as_array().expect("a list");
    assert_eq!(moved.len(), 1, "{drift:#}");
    assert_eq!(moved[0]["address"], "vms.one");
    let property = &moved[0]["properties"][0];
    assert_eq!(property["cause"], "drift");
    assert_eq!(
        (&property["before"], &property["after"]),
        (&json!("b"), &json!("a"))
    );
    assert!(!wrote(scenario.portal()));
}

#[test]
fn a_change_of_both_spec_and_azure_is_not_blamed_on_others() {
    let scenario = tagged();
    retag(&scenario, "b");
    scenario.edit("tenon.yaml", "team: a", "team: c");
    scenario.run("drift --detailed-exitcode").exits(0);
}

#[test]
fn what_is_gone_is_told_apart() {
    let scenario = two_machines();
    scenario.portal().delete(&machine("one"));
    insta::assert_snapshot!(scenario.run("drift --detailed-exitcode"), @r#"
    exit 2
    --- stdout
    Not there in shop: deleted, or never made
      vms.one   VM   tenon.yaml:16

    shop: 1 not there (checked HH:MM:SSZ); tenon apply puts it back
    "#);
    let drift = scenario.run("drift --json").exits(0).json();
    assert_eq!(drift["missing"][0]["address"], "vms.one");
    assert_eq!(drift["moved"], json!([]));
    // Where nothing of a deployment stands, nothing was deleted.
    let fresh = Scenario::of(&machines(&["one"]));
    fresh.run("drift --detailed-exitcode").exits(0);
}

#[test]
fn drift_without_a_spec_names_the_way_out() {
    Scenario::bare().run("drift").exits(1).says("-f FILE");
}

#[test]
fn outputs_are_those_of_an_apply() {
    let scenario = Scenario::of(&with_outputs());
    scenario.run("outputs ip").exits(1).says("is not known yet");
    scenario.run("apply --auto-approve").exits(0);
    scenario.portal().forget_requests();
    insta::assert_snapshot!(scenario.run("outputs"), @r#"
    exit 0
    --- stdout
      image   image 1.4.2
      ip      10.9.1.4
    "#);
    let ip = scenario.run("outputs ip").exits(0);
    assert_eq!(ip.stdout, "10.9.1.4\n");
    let all = scenario.run("outputs --json").exits(0).json();
    assert_eq!(all["format"], "tenon.outputs/1");
    assert_eq!(all["outputs"]["ip"], json!({"value": "10.9.1.4"}));
    scenario
        .run("outputs nothing")
        .exits(1)
        .says("known here: image, ip");
    assert!(!wrote(scenario.portal()));
}

#[test]
fn an_output_that_only_an_apply_knows_is_null_for_programs() {
    let scenario = Scenario::of(&with_outputs());
    let all = scenario.run("outputs --json").exits(0).json();
    assert_eq!(all["outputs"]["ip"], json!({"value": null}));
    assert_eq!(all["outputs"]["image"], json!({"value": "image 1.4.2"}));
    scenario
        .run("outputs")
        .exits(0)
        .says("(not known yet)")
        .says("tenon plan shows what is missing");
}

#[test]
fn a_resource_is_shown_next_to_the_spec() {
    let scenario = tagged();
    retag(&scenario, "b");
    scenario.portal().forget_requests();
    insta::assert_snapshot!(scenario.run("show vms.one"), @r#"
    exit 0
    --- stdout
    vms.one   VM   tenon.yaml:16
      id      /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines/one
      state   Succeeded
      owner   deployment shop, as vms.one
      plan    update
      location               westeurope
      size                   Standard_D2s_v5
      nic                    /subscriptions/3333…/networkInterfaces/oneVMNic
      admin_username         azureuser
      computer_name          one
      ssh_key                [{keyData: ssh-ed25519 AAAAC3NzaC1lZD…home/azureuser/.ssh/authorized_keys}]
      security.type          TrustedLaunch
      security.secure_boot   true
      security.vtpm          true
      image                  /subscriptions/4444…/versions/1.4.2
      os_disk.caching        ReadWrite
      tags.team              b   spec: a; others changed it

    vms.one.nic   NIC   tenon.yaml:16
      id      /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/networkInterfaces/oneVMNic
      state   Succeeded
      owner   deployment shop, as vms.one.nic
      plan    nothing to do
      location                westeurope
      private_ip_allocation   Dynamic
      subnet                  /subscriptions/3333…/subnets/apps
      tags.team               a
    "#);
    let shown = scenario.run("show vms.one --json").exits(0).json();
    assert_eq!(shown["format"], "tenon.resources/1");
    let all = shown["resources"].as_array().expect("a list");
    let addresses: Vec<&str> = all
        .iter()
        .map(|one| one["address"].as_str().expect("an address"))
        .collect();
    assert!(addresses.contains(&"vms.one") && addresses.contains(&"vms.one.nic"));
    let vm = all.iter().find(|one| one["address"] == "vms.one");
    let vm = vm.expect("the machine");
    assert_eq!(vm["owner"]["deployment"], "shop");
    let tag = vm["properties"]
        .as_array()
        .expect("properties")
        .iter()
        .find(|one| one["path"] == "tags.team")
        .expect("the tag");
    assert_eq!(tag["differs"], "drift");
    assert_eq!((&tag["spec"], &tag["live"]), (&json!("a"), &json!("b")));
    assert!(!wrote(scenario.portal()));
}

#[test]
fn show_knows_what_is_not_there_and_what_nobody_knows() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.run("show vms.one").exits(0).says("not there");
    scenario.run("show vms.uno").exits(1).says("vms.one");
    scenario
        .run("show nothing.tenon")
        .exits(1)
        .says("tenon plan --out nothing.tenon");
    scenario.run("plan --out p.tenon").exits(0);
    scenario.run("show p.tenon").exits(0).says("create");
}

#[test]
fn images_say_why_newer_versions_are_not_taken() {
    let (head, web) = HEAD.split_once("images:\n").expect("an image");
    let old = web.replace("  web:", "  old:").replace("1.4.2", "1.4.1");
    let web = web.replace("1.4.2", "1.x");
    let spec = format!("{head}images:\n{web}{old}vms:\n  web: {{{MACHINE}}}\n");
    let scenario = Scenario::of(&spec);
    scenario.run("update").exits(0);
    scenario.run("update web --to 1.4.1").exits(0);
    let lock = scenario.read("tenon.lock");
    scenario.portal().forget_requests();
    insta::assert_snapshot!(scenario.run("images"), @r#"
    exit 0
    --- stdout
    web 1.4.1   channel 1.x, pinned in tenon.lock
      from       acme
      id         /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.1
      published  2026-07-01
      regions    westeurope
      newer      1.4.2  tenon.lock pins 1.4.1 (tenon update web)

    old 1.4.1   pinned in the spec
      from       acme
      id         /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.1
      published  2026-07-01
      regions    westeurope
      newer      1.4.2  the spec pins 1.4.1
    "#);
    let listing = scenario.run("images --json").exits(0).json();
    assert_eq!(listing["format"], "tenon.images/1");
    let newer = |at: usize| listing["images"][at]["newer"][0]["because"].clone();
    assert_eq!(newer(0), json!({"passed_over": "locked"}));
    assert_eq!(newer(1), json!("pinned_in_spec"));
    assert_eq!(listing["images"][0]["regions"]["westeurope"], "Completed");
    assert_eq!(scenario.read("tenon.lock"), lock);
    assert!(!wrote(scenario.portal()));
}

#[test]
fn newer_versions_outside_of_a_channel_are_told() {
    let world = crate::worlds::two_tenants_text().replace("1.4.2, published", "1.5.0, published");
    let world = tenon_sim::WorldFile::from_yaml(&world).expect("a world");
    let scenario = Scenario::within(world, &HEAD.replace("1.4.2", "1.4.x"));
    scenario
        .run("images")
        .exits(0)
        .says("1.5.0  outside of channel 1.4.x");
    scenario.edit("tenon.yaml", "1.4.x", "1.3.x");
    scenario.run("images").exits(1).says("TN3105");
}

#[test]
fn fmt_puts_a_spec_into_its_usual_form_once() {
    let scenario = Scenario::bare();
    let before = "# mine\nvms:\n    one: # the one\n        size: s\n        image: web\nname: shop\ntenon: 1\n";
    let after =
        "# mine\ntenon: 1\nname: shop\nvms:\n  one: # the one\n    image: web\n    size: s\n";
    scenario.write("tenon.yaml", before);
    let check = scenario.run("fmt --check").exits(1);
    assert_eq!(check.stdout, "tenon.yaml\n");
    assert_eq!(scenario.read("tenon.yaml"), before);
    let written = scenario.run("fmt --json").exits(0).json();
    assert_eq!(
        written,
        json!({"format": "tenon.fmt/1", "changed": ["tenon.yaml"], "written": true})
    );
    assert_eq!(scenario.read("tenon.yaml"), after);
    let again = scenario.run("fmt --check").exits(0);
    assert_eq!(again.stdout, "");
}

#[test]
fn fmt_leaves_alone_what_cannot_be_read() {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", "tenon: 1\n  vms: [\n");
    scenario.run("fmt").exits(1).says("tenon.yaml:2");
    assert_eq!(scenario.read("tenon.yaml"), "tenon: 1\n  vms: [\n");
    scenario.run("fmt missing.yaml").exits(1).says("-f FILE");
}

#[test]
fn an_example_says_the_same_after_fmt() {
    let scenario = Scenario::bare();
    scenario.copy_specs();
    for path in crate::examples::examples() {
        let name = path.file_name().expect("a name").to_string_lossy();
        let plan = |scenario: &Scenario| {
            let words = format!("plan --simulate --json -f specs/{name}");
            let plan = scenario.run(&words).exits(0).json();
            let mut ids: Vec<String> = plan["changes"]
                .as_array()
                .expect("changes")
                .iter()
                .map(|change| format!("{} {}", change["address"], change["id"]))
                .collect();
            ids.sort();
            ids
        };
        let before = plan(&scenario);
        scenario.run(&format!("fmt specs/{name}")).exits(0);
        assert_eq!(plan(&scenario), before, "{name}");
    }
}

#[test]
fn init_writes_a_spec_that_works() {
    for example in ["minimal", "fleet", "how-to"] {
        let scenario = Scenario::bare();
        scenario
            .run(&format!("init --example {example}"))
            .exits(0)
            .says("Next: tenon plan --simulate");
        let spec = scenario.read("tenon.yaml");
        let first = spec.lines().next().unwrap_or_default();
        assert_eq!(
            first,
            "# yaml-language-server: $schema=.tenon/spec.schema.json"
        );
        let schema: Value =
            serde_json::from_str(&scenario.read(".tenon/spec.schema.json")).expect("JSON");
        assert!(schema["properties"]["vms"].is_object(), "{schema}");
        scenario.run("validate").exits(0);
        scenario.run("fmt --check").exits(0);
        scenario.run("plan --simulate").exits(0).says("create");
    }
}

#[test]
fn init_overwrites_nothing() {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", "mine");
    scenario
        .run("init")
        .exits(1)
        .says("is there already")
        .says("-C DIR");
    assert_eq!(scenario.read("tenon.yaml"), "mine");
    assert!(!scenario.path(".tenon").exists());
}

#[test]
fn every_shell_gets_its_words() {
    let scenario = Scenario::bare();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = scenario.run(&format!("completion {shell}")).exits(0);
        for word in ["drift", "outputs", "--detailed-exitcode"] {
            // Fish writes long options without their hyphens.
            let word = word.trim_start_matches('-');
            assert!(script.stdout.contains(word), "{shell}: no {word}");
        }
    }
    scenario.run("completion tcsh").exits(1);
}

#[test]
fn every_command_has_a_manual_page() {
    let scenario = Scenario::bare();
    scenario
        .run("man pages")
        .exits(0)
        .says("wrote pages/tenon.1");
    let help = scenario.run("--help").exits(0).stdout;
    let listed = help.split("Commands:").nth(1).expect("commands");
    let listed = listed.split("\n\n").next().expect("a list");
    let names: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() > 15, "{names:?}");
    let program = scenario.read("pages/tenon.1");
    for name in names {
        let page = scenario.read(&format!("pages/tenon-{name}.1"));
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
        assert!(program.contains(&format!("tenon\\-{name}(1)")), "{name}");
    }
}
