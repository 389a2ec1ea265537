//! Machines of specialized images: no account of their own, and another version
//! on a new OS disk.

use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{MACHINE, fleet, machine, two_tenants_text};

fn world() -> WorldFile {
    let text = two_tenants_text().replace(
        "      - name: web\n        features",
        "      - name: web\n        osState: Specialized\n        features",
    );
    WorldFile::from_yaml(&text).expect("a world")
}

fn spec() -> String {
    let spec = fleet(2, "max_unavailable: 1").replace("1.4.2", "1.4.1");
    spec.replace("admin_username: azureuser, ", "")
}

#[test]
fn they_stay_when_their_image_changes() {
    let scenario = Scenario::within(world(), &spec());
    scenario.run("validate").exits(0);
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    let id = || {
        let of = scenario.portal().resource(&machine("web-2"));
        of.expect("it is there")["properties"]["vmId"].clone()
    };
    let before = id();
    scenario.edit("tenon.yaml", "version: 1.4.1", "version: 1.4.2");
    let plan = scenario.run("plan --out plan.tenon").exits(0);
    let change = plan
        .stdout
        .split("\n\n")
        .find(|part| part.contains("vms.web"));
    insta::assert_snapshot!(change.expect("a change"), @r"
    ~   vms.web-1, web-2   update, stop and start the VMs, one at a time   tenon.yaml:16
          image.version        1.4.1 → 1.4.2
          kept      old OS disk for 24h (tenon rollback vms.web)
          why       in place, as the image is specialized: the machine gets a new OS disk of it,
                    it stays the same machine with its identity, addresses and data disks
    ");
    scenario
        .run("apply plan.tenon --auto-approve")
        .exits(0)
        .says("2 updated");
    assert_eq!(id(), before);
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("rollback vms.web --auto-approve").exits(0);
    assert_eq!(id(), before);
}

/// Who writes an account for one hears that it brings its own.
#[test]
fn an_account_is_refused_at_its_line() {
    let spec = fleet(2, "max_unavailable: 1");
    let scenario = Scenario::within(world(), &spec);
    scenario
        .run("plan")
        .exits(1)
        .says("TN1009")
        .says("a specialized image brings its own accounts: `admin_username` cannot be set")
        .says("the same goes for 1 more of its fleet");
}

/// A set of one of another tenant: allowed, without an account, and warned of.
#[test]
fn a_scale_set_is_made_of_one() {
    let machines = fleet(2, "max_unavailable: 1");
    let (head, _) = machines.split_once("vms:\n").expect("machines");
    let keys = MACHINE.replace("admin_username: azureuser, public_ip: false, ", "");
    let spec =
        format!("{head}scale_sets:\n  few: {{{keys}, capacity: 2, orchestration: Uniform}}\n");
    let scenario = Scenario::within(world(), &spec);
    let applied = scenario.run("apply --auto-approve").exits(0);
    insta::assert_snapshot!(applied.message("TN2110"), @r"
    warning[TN2110]: all machines of `scale_sets.few` have the computer name of the machine that its
      image was made of
      --> tenon.yaml:16:16   is specialized
    help: take a generalized image where anything looks at computer names, such as a domain or
          monitoring
    ");
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
    let live = scenario
        .portal()
        .resource(&machine("few").replace("virtualMachines", "virtualMachineScaleSets"));
    let profile = &live.expect("a set")["properties"]["virtualMachineProfile"];
    assert_eq!(profile["osProfile"], serde_json::Value::Null);
    assert_ne!(
        profile["storageProfile"]["imageReference"]["id"],
        serde_json::Value::Null
    );
}
