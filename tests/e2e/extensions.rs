//! Extensions of machines, from the spec to what is in the world.

use serde_json::json;

use crate::scenario::{Scenario, standing};
use crate::worlds::{HEAD, MACHINE, machine};

const CANARY: &str = "Canary-St0rage-key!";

fn spec() -> String {
    format!(
        "{}vms:
  one:
    {{{MACHINE}, size: Standard_D2s_v5, extensions: {{
      init: {{publisher: Microsoft.Azure.Extensions, type: CustomScript, version: 2.1,
        settings: {{timestamp: 1}}, protected_settings: {{commandToExecute: sh init.sh, key: \"${{secrets.key}}\"}}}},
      login: {{publisher: Microsoft.Azure.ActiveDirectory, type: AADSSHLoginForLinux, version: \"1.0\", depends_on: [init]}}}}}}
",
        HEAD.replace("images:", "secrets:\n  key: {env: STORAGE_KEY}\nimages:"),
    )
}

fn scenario() -> Scenario {
    let mut scenario = Scenario::of(&spec());
    scenario.set("STORAGE_KEY", CANARY);
    scenario
}

fn id(name: &str) -> String {
    format!("{}/extensions/{name}", machine("one"))
}

#[test]
fn an_extension_that_fails_says_why_and_is_written_again() {
    let scenario = scenario();
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/extensions/init"},
        "action": {
            "do": "failOperation",
            "code": "VMExtensionProvisioningError",
            "message": "VM has reported a failure when processing extension 'init'. Error message: 'command terminated with exit status=1'.",
        },
    }));
    scenario
        .run("apply --auto-approve")
        .exits(6)
        .says("TN3902")
        .says("exit status=1")
        .says("vms.one.extensions.init")
        .never_says(CANARY);
    assert!(scenario.portal().resource(&id("login")).is_none());
    scenario.run("plan").exits(0).says("Azure says Failed");
    scenario.portal().forget_requests();
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(
        scenario.portal().writes(),
        ["PUT extensions/init", "PUT extensions/login"]
    );
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_change_is_one_request_and_reads_take_none_of_their_own() {
    let mut scenario = standing_with_key();
    scenario.portal().forget_requests();
    scenario.run("plan").finds_nothing_to_do();
    let asked = scenario.portal().requests();
    let about = |one: &&serde_json::Value| one["path"].to_string().contains("/extensions");
    assert_eq!(asked.iter().filter(about).count(), 0);
    scenario.edit("tenon.yaml", "timestamp: 1", "timestamp: 2");
    scenario.portal().forget_requests();
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("settings.timestamp   1 → 2")
        .never_says(CANARY);
    assert_eq!(scenario.portal().writes(), ["PATCH extensions/init"]);
    // The value behind a secret is no part of a plan.
    scenario.set("STORAGE_KEY", "another");
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit("tenon.yaml", "sh init.sh", "sh other.sh");
    scenario
        .run("plan")
        .exits(0)
        .says("protected_settings")
        .says("(sensitive)");
}

/// [`standing`] has no secrets to give.
fn standing_with_key() -> Scenario {
    let scenario = scenario();
    scenario.run("apply --auto-approve").exits(0);
    scenario
}

#[test]
fn they_go_with_their_machine_and_come_back_with_it() {
    let scenario = standing_with_key();
    scenario.edit("tenon.yaml", "version: 1.4.2", "version: 1.4.1");
    scenario.portal().forget_requests();
    scenario.run("apply --auto-approve").exits(0);
    let writes = scenario.portal().writes();
    assert!(writes[0].starts_with("PATCH disks/one_OsDisk_1_"));
    assert_eq!(
        writes[1..],
        [
            "PATCH virtualMachines/one",
            "DELETE virtualMachines/one",
            "PUT virtualMachines/one",
            "PUT extensions/init",
            "PUT extensions/login",
        ]
    );
    scenario.run("plan").finds_nothing_to_do();
    scenario.portal().forget_requests();
    scenario.run("destroy --confirm shop").exits(0);
    let mut writes = scenario.portal().writes();
    // The one that was kept has nothing to wait for.
    writes.retain(|write| !write.starts_with("DELETE disks/one_OsDisk_1_"));
    assert_eq!(
        writes,
        [
            "DELETE virtualMachines/one",
            "DELETE networkInterfaces/oneVMNic"
        ]
    );
    assert_eq!(scenario.portal().ours(), [""; 0]);
}

/// Takes the sign off that the next run is to start the machine.
fn somebody_stopped(scenario: &Scenario) {
    let live = scenario
        .portal()
        .resource(&machine("one"))
        .expect("it stands");
    let mark = live["tags"]["tenon-mark"].as_str().expect("a marker");
    assert!(mark.ends_with("-r"), "{mark}");
    let mark = mark.trim_end_matches("-r");
    let tags = json!({"tags": {"tenon-mark": mark}});
    scenario.portal().patch(&machine("one"), &tags);
}

#[test]
fn a_machine_that_stands_still_is_not_started_for_them() {
    let scenario = standing_with_key();
    scenario.edit("tenon.yaml", "Standard_D2s_v5", "Standard_E4s_v5");
    scenario.portal().fault(&json!({
        "match": {"method": "POST", "id": "*/virtualMachines/one/start"},
        "action": {"do": "respond", "status": 400, "code": "BadRequest", "message": "No."},
    }));
    scenario.run("apply --auto-approve").exits(6);
    somebody_stopped(&scenario);
    let power = || scenario.portal().hidden(&machine("one"))["power"].clone();
    assert_eq!(power(), "deallocated");
    scenario.edit("tenon.yaml", "version: 2.1", "version: 2.2");
    scenario
        .run("plan")
        .exits(1)
        .says("TN4018")
        .says("az vm start");
    scenario.run("apply --auto-approve").exits(1);
    assert_eq!(power(), "deallocated");
    scenario
        .run("apply --auto-approve --exclude vms.one.extensions.init")
        .exits(0);
    assert_eq!(power(), "deallocated");
}

#[test]
fn what_is_ignored_may_be_anything() {
    let spec = format!(
        "{HEAD}nsgs:
  front:
    rules: {{allow-ssh: {{priority: 100, port: 22, from: 10.0.0.0/8}}}}
    tags: {{owner: platform}}
    ignore: [rules.allow-ssh.from, tags.owner]
"
    );
    let scenario = standing(&spec);
    let group = crate::worlds::id("Microsoft.Network/networkSecurityGroups/front");
    let rule = format!("{group}/securityRules/allow-ssh");
    let from = || {
        let rule = scenario.portal().resource(&rule).expect("a rule");
        rule["properties"]["sourceAddressPrefix"].clone()
    };
    assert_eq!(from(), "10.0.0.0/8");
    let elsewhere = json!({"properties": {"sourceAddressPrefix": "192.168.0.0/16"}});
    scenario.portal().patch(&rule, &elsewhere);
    let tags = json!({"tags": {"owner": "somebody"}});
    scenario.portal().patch(&group, &tags);
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("drift").exits(0);
    scenario
        .run("show nsgs.front")
        .exits(0)
        .says("192.168.0.0/16   ignored");
    scenario.edit("tenon.yaml", "port: 22", "port: 2222");
    scenario.run("apply --auto-approve").exits(0);
    let now = scenario.portal().resource(&group).expect("a group");
    let port = scenario.portal().resource(&rule).expect("a rule");
    assert_eq!(port["properties"]["destinationPortRange"], "2222");
    assert_eq!(from(), "192.168.0.0/16");
    assert_eq!(now["tags"]["owner"], "somebody");
    scenario.run("plan").finds_nothing_to_do();
}
