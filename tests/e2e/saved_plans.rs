//! A plan that was saved and reviewed is what is applied, or it is refused.

use serde_json::{Value, json};

use crate::scenario::{Scenario, standing, two_machines};
use crate::worlds::{id, machine, machines, vaults};

fn vault_id(name: &str) -> String {
    id(&format!("Microsoft.KeyVault/vaults/{name}-vault"))
}

fn soft_delete(scenario: &Scenario, name: &str) -> Value {
    scenario
        .portal()
        .resource(&vault_id(name))
        .expect("a vault")["properties"]["enableSoftDelete"]
        .clone()
}

#[test]
fn a_saved_plan_is_applied_without_the_spec() {
    let scenario = Scenario::of(&vaults(&["a", "b"]));
    scenario.run("plan --out saved").exits(0);
    std::fs::remove_file(scenario.path("tenon.yaml")).expect("a file");
    insta::assert_snapshot!(scenario.run("show saved"), @r#"
    exit 0
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    read      0 resources with 10 requests in N s    preflight 10 ok

      +   resources.a    create   tenon.yaml:11
            Microsoft.KeyVault/vaults

      +   resources.b    create   tenon.yaml:15
            Microsoft.KeyVault/vaults

    Summary
      plan      2 create
      takes     about …
      digest    sha256:…
    "#);
    scenario.run("apply saved").exits(0).says("2 created");
    assert_eq!(scenario.portal().ours().len(), 2);
}

#[test]
fn an_empty_plan_can_be_saved_and_applied() {
    let scenario = standing(&vaults(&["a"]));
    scenario.run("plan --out saved").finds_nothing_to_do();
    insta::assert_snapshot!(scenario.run("apply saved"), @r#"
    exit 0
    --- stderr
    shop: the plan has nothing to do
    "#);
}

#[test]
fn a_plan_that_somebody_edited_is_refused() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out saved").exits(0);
    scenario.edit(
        "saved",
        "enableSoftDelete\": true",
        "enableSoftDelete\": false",
    );
    insta::assert_snapshot!(scenario.run("apply saved"), @r#"
    exit 1
    --- stderr
    error[TN4003]: `saved` cannot be used: its digest says
      sha256:…, its content
      sha256:…
       = it was changed after it was made
    help: make it again, and review it again:  tenon plan --out saved
    "#);
    assert!(scenario.portal().writes().is_empty());
}

/// Every leaf of a document, changed in turn.
fn changed(value: &Value, at: &str, each: &mut dyn FnMut(&str, Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                changed(member, &format!("{at}/{name}"), &mut |path, new| {
                    let mut whole = value.clone();
                    whole[name] = new;
                    each(path, whole);
                });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                changed(item, &format!("{at}/{index}"), &mut |path, new| {
                    let mut whole = value.clone();
                    whole[index] = new;
                    each(path, whole);
                });
            }
        }
        Value::Bool(truth) => each(at, json!(!truth)),
        Value::Number(number) => each(at, json!(number.as_u64().unwrap_or_default() + 1)),
        Value::String(text) => each(at, json!(format!("{text}x"))),
        Value::Null => each(at, json!("x")),
    }
}

#[test]
fn every_value_that_says_what_would_be_done_counts() {
    let scenario = standing(&vaults(&["a"]));
    scenario.edit("tenon.yaml", "name: standard", "name: premium");
    scenario.run("plan --out saved").exits(0);
    let good: Value = serde_json::from_str(&scenario.read("saved")).expect("JSON");
    let mut passed = Vec::new();
    changed(&good, "", &mut |path, bad| {
        scenario.write("saved", &bad.to_string());
        if scenario.run("show saved").code == 0 {
            passed.push(path.to_owned());
        }
    });
    // When, with what, how long, what was looked at, names of tenants and
    // kinds, and where in which file: nothing of that reaches Azure.
    let harmless = |path: &String| {
        [
            "/created_at",
            "/preflight/",
            "/read/",
            "/takes/",
            "/tool/",
            "/deployment/files/",
            "/deployment/tenant_names/",
            "/summary/no_op",
        ]
        .iter()
        .any(|start| path.starts_with(start))
            || path.contains("/source/")
            || ["/usually_seconds", "/entry", "/kind"]
                .iter()
                .any(|end| path.ends_with(end))
    };
    passed.retain(|path| !harmless(path));
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn a_plan_with_errors_cannot_be_declared_applyable() {
    let scenario = Scenario::of(&vaults(&["a", "b"]));
    scenario.portal().put(
        &vault_id("a"),
        &json!({"location": "westeurope", "properties": {}}),
    );
    scenario.run("plan --out saved").exits(1).says("TN4011");
    scenario.edit("saved", "\"applyable\": false", "\"applyable\": true");
    scenario.run("apply saved").exits(1).says("TN4003");
    assert!(scenario.portal().writes().is_empty());
}

#[test]
fn a_plan_of_another_format_is_refused() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out saved").exits(0);
    scenario.edit("saved", "tenon.plan/1", "tenon.plan/2");
    insta::assert_snapshot!(scenario.run("apply saved"), @r#"
    exit 1
    --- stderr
    error[TN4003]: `saved` cannot be used: it has format `tenon.plan/2`; this program reads
      `tenon.plan/1`
    help: it was made by another version of tenon; make it again with this one
    "#);
    scenario.write("saved", "{\"format\": ");
    scenario.run("apply saved").exits(1).says("TN4003");
    scenario.write("saved", "{}");
    scenario.run("show saved").exits(1).says("TN4003");
}

#[test]
fn what_moved_since_is_named_and_left_alone() {
    let scenario = standing(&vaults(&["a"]));
    scenario.edit("tenon.yaml", "name: standard", "name: premium");
    scenario.run("plan --out saved").exits(0);
    scenario.portal().patch(
        &vault_id("a"),
        &json!({"properties": {"sku": {"name": "basic"}}}),
    );
    insta::assert_snapshot!(scenario.run("apply saved"), @r#"
    exit 3
    --- stdout
    HH:MM:SSZ start   resources.a   update
    HH:MM:SSZ failed  resources.a   update    changed since the plan: properties.sku.name
    Stopped after N s: 1 change failed, 0 done.

    error[TN4001]: `resources.a` changed after it was planned; it was left as it is
      --> tenon.yaml:11:3   resources.a, update
       |
    11 |   a:
       |   ^ resources.a
       |
       = properties.sku.name: when planned standard, now basic, the plan wants premium
    help: look again and decide:  tenon plan --out plan.tenon
    "#);
    let vault = scenario.portal().resource(&vault_id("a")).expect("a vault");
    assert_eq!(vault["properties"]["sku"]["name"], "basic");
}

#[test]
fn a_change_that_does_not_matter_to_the_plan_does_not_stop_it() {
    let scenario = standing(&vaults(&["a"]));
    scenario.edit(
        "tenon.yaml",
        "enableSoftDelete: true",
        "enableSoftDelete: false",
    );
    scenario.run("plan --out saved").exits(0);
    scenario.portal().patch(
        &vault_id("a"),
        &json!({"properties": {"publicNetworkAccess": "Disabled"}}),
    );
    scenario.run("apply saved").exits(0);
    assert_eq!(soft_delete(&scenario, "a"), false);
    let vault = scenario.portal().resource(&vault_id("a")).expect("a vault");
    assert_eq!(vault["properties"]["publicNetworkAccess"], "Disabled");
}

#[test]
fn one_that_moved_does_not_stop_the_others() {
    let scenario = standing(&vaults(&["a", "b", "c"]));
    scenario.edit(
        "tenon.yaml",
        "enableSoftDelete: true",
        "enableSoftDelete: false",
    );
    scenario.run("plan --out saved").exits(0);
    scenario.portal().patch(
        &vault_id("b"),
        &json!({"properties": {"enableSoftDelete": "later"}}),
    );
    scenario
        .run("apply saved")
        .exits(6)
        .says("TN4001")
        .says("resources.b");
    assert_eq!(soft_delete(&scenario, "a"), false);
    assert_eq!(soft_delete(&scenario, "b"), "later");
    assert_eq!(soft_delete(&scenario, "c"), false);
}

#[test]
fn what_is_gone_since_is_not_made_again_by_an_update() {
    let scenario = standing(&vaults(&["a"]));
    scenario.edit(
        "tenon.yaml",
        "enableSoftDelete: true",
        "enableSoftDelete: false",
    );
    scenario.run("plan --out saved").exits(0);
    scenario.portal().delete(&vault_id("a"));
    insta::assert_snapshot!(scenario.run("apply saved"), @r#"
    exit 3
    --- stdout
    HH:MM:SSZ start   resources.a   update
    HH:MM:SSZ failed  resources.a   update    it is no longer there
    Stopped after N s: 1 change failed, 0 done.

    error[TN4001]: `resources.a` is gone, and was there when it was planned
      --> tenon.yaml:11:3   resources.a, update
       |
    11 |   a:
       |   ^ resources.a
       |
    help: look again and decide:  tenon plan --out plan.tenon
    "#);
    assert!(scenario.portal().resource(&vault_id("a")).is_none());
}

#[test]
fn what_is_there_since_is_not_overwritten_by_a_create() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out saved").exits(0);
    let foreign = json!({"location": "westeurope", "properties": {"owner": "somebody"}});
    scenario.portal().put(&vault_id("a"), &foreign);
    scenario
        .run("apply saved")
        .exits(3)
        .says("resources.a")
        .says("is there now");
    let vault = scenario.portal().resource(&vault_id("a")).expect("a vault");
    assert_eq!(vault["properties"]["owner"], "somebody");
}

#[test]
fn the_same_plan_finishes_what_it_began() {
    let scenario = Scenario::of(&machines(&["one", "two"]));
    scenario.run("plan --out saved").exits(0);
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/virtualMachines/one"},
        "action": {"do": "failOperation", "code": "OverconstrainedAllocationRequest", "message": "No room."},
    }));
    scenario.run("apply saved --report report.json").exits(6);
    assert!(scenario.portal().resource(&machine("two")).is_some());
    scenario.portal().forget_requests();
    scenario.run("apply saved").exits(0);
    assert_eq!(scenario.portal().writes(), ["PUT virtualMachines/one"]);
    scenario.run("plan").finds_nothing_to_do();
    scenario.portal().forget_requests();
    scenario.run("apply saved").exits(0);
    assert!(scenario.portal().writes().is_empty());
}

#[test]
fn a_failure_leaves_the_other_branches_running() {
    let spec =
        machines(&["one", "two", "three"]).replace("three: {", "three: {depends_on: [vms.one], ");
    let scenario = Scenario::of(&spec);
    scenario.portal().fault(&json!({
        "times": 0,
        "match": {"method": "PUT", "id": "*/virtualMachines/one"},
        "action": {"do": "respond", "status": 409, "code": "SkuNotAvailable", "message": "The requested size is not available in location 'westeurope'."},
    }));
    let output = scenario.run("apply --auto-approve --parallelism 1 --report report.json");
    // Up to the picture, in which times are lengths.
    let report = output.stdout.find("Stopped").map(|at| &output.stdout[at..]);
    let words = report.and_then(|text| text.split("\n\n     ").next());
    insta::assert_snapshot!(crate::mask::mask(words.expect("a report")), @r#"
    Stopped after N s: 1 change failed, 1 not started, 4 done.

    error[TN3310]: Azure has no room for `vms.one` right now
      --> tenon.yaml:16:3   vms.one, create
       |
    16 |   one: {image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/333…
       |   ^^^ vms.one
       |
       = 409 SkuNotAvailable: The requested size is not available in location 'westeurope'.
       = PUT
         /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines/one
       = request id …
    help: run it again later: it goes on where it stopped
    help: or take another zone, size or region, and plan again
    help: sizes that the subscription may use, zone by zone:
          az vm list-skus --location westeurope --resource-type virtualMachines --zone --output table

      not started  vms.three (waits for vms.one)
    "#);
    assert_eq!(output.code, 6);
    assert!(scenario.portal().resource(&machine("two")).is_some());
    assert!(scenario.portal().resource(&machine("three")).is_none());
    let report: Value = serde_json::from_str(&scenario.read("report.json")).expect("JSON");
    assert_eq!(report["format"], "tenon.report/1");
}

#[test]
fn a_lost_answer_makes_nothing_twice() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/virtualMachines/one"},
        "action": {"do": "drop", "moment": "after"},
    }));
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_token_that_expires_on_the_way_is_fetched_again() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/virtualMachines/one"},
        "action": {"do": "expireTokens"},
    }));
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_plan_to_destroy_can_be_saved() {
    let scenario = two_machines();
    scenario
        .run("plan --destroy --out saved")
        .exits(0)
        .says("4 delete");
    scenario.run("apply saved").exits(0).says("4 deleted");
    assert!(scenario.portal().ours().is_empty());
}

#[test]
fn a_plan_grows_old() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.run("plan --out saved").exits(0);
    let text = scenario.read("saved");
    let plan: Value = serde_json::from_str(&text).expect("a plan");
    let made = plan["created_at"].as_str().expect("a time").to_owned();
    scenario.write("saved", &text.replace(&made, "2025-01-01T00:00:00Z"));
    scenario
        .run("apply saved")
        .exits(3)
        .says("error[TN4005]: the plan is")
        .says("days old, and may be 30 days; nothing was changed");
    assert_eq!(scenario.portal().writes(), [""; 0]);
    scenario
        .run("apply saved --max-age 1h")
        .exits(3)
        .says("and may be 60 minutes");
    scenario.run("apply saved --max-age 9999d").exits(0);
}
