//! A scale set over its life, as the program shows it.

use serde_json::{Value, json};

use crate::scenario::{Scenario, standing};
use crate::worlds::{HEAD, WORKLOAD};

fn id() -> String {
    format!(
        "/subscriptions/{WORKLOAD}/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachineScaleSets/web"
    )
}

fn set(words: &str) -> String {
    format!(
        "{HEAD}networks:\n  net: {{subnets: {{app: {{prefix: 10.0.0.0/24}}}}}}\nscale_sets:\n  web: {{image: web, subnet: net/app, admin_username: ops, {words}}}\n"
    )
}

/// How many machines the set has.
fn machines(scenario: &Scenario) -> usize {
    let ids = scenario.portal().resources();
    let inside = format!("{}/virtualmachines/", id().to_lowercase());
    ids.keys().filter(|id| id.starts_with(&inside)).count()
}

fn live(scenario: &Scenario) -> Value {
    scenario.portal().resource(&id()).expect("a scale set")
}

#[test]
fn machines_come_and_go_with_the_capacity() {
    let scenario = standing(&set("orchestration: Uniform, capacity: 3"));
    assert_eq!(machines(&scenario), 3);
    scenario.edit("tenon.yaml", "capacity: 3", "capacity: 1");
    scenario
        .run("plan")
        .exits(0)
        .says("lost      2 machines")
        .says("destroys  2 machines of web");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(machines(&scenario), 1);
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("destroy --confirm shop").exits(0);
    assert!(scenario.portal().resource(&id()).is_none());
    assert_eq!(machines(&scenario), 0);
}

#[test]
fn a_new_image_waits_for_somebody_else_where_the_spec_says_so() {
    let leave = "orchestration: Uniform, capacity: 2, upgrade: {instances: Leave}";
    let scenario = standing(&set(leave).replace("1.4.2", "1.4.1"));
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    scenario
        .run("plan")
        .exits(0)
        .says("instances keep the old model until they are upgraded");
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
    let image = &live(&scenario)["properties"]["virtualMachineProfile"]["storageProfile"]["imageReference"]
        ["id"];
    assert!(image.to_string().contains("1.4.2"));
    let one = scenario
        .portal()
        .resource(&format!("{}/virtualMachines/0", id()));
    let one = one.expect("an instance");
    let image = &one["properties"]["storageProfile"]["imageReference"]["id"];
    assert!(image.to_string().contains("1.4.1"));
}

#[test]
fn what_autoscale_does_is_nobodys_business() {
    let scenario = standing(&set("orchestration: Uniform"));
    assert_eq!(live(&scenario)["sku"]["capacity"], 2);
    scenario
        .portal()
        .patch(&id(), &json!({"sku": {"capacity": 5}}));
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit(
        "tenon.yaml",
        "orchestration: Uniform",
        "orchestration: Uniform, size: Standard_D4s_v5",
    );
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(live(&scenario)["sku"]["capacity"], 5);
}

#[test]
fn a_flexible_set_goes_with_its_machines_and_its_group_with_all_of_it() {
    let own = "resource_group: {name: sets, create: true}";
    let spec = set("capacity: 2, public_ip: true");
    let scenario = standing(&spec.replace("resource_group: myResourceGroup", own));
    let all = scenario.portal().resources();
    let made = all.keys().filter(|id| id.contains("/virtualmachines/web_"));
    assert_eq!(made.count(), 2);
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("destroy --confirm shop").exits(0);
    let left = scenario.portal().resources();
    assert!(
        !left.keys().any(|id| id.contains("/resourcegroups/sets")),
        "{:?}",
        left.keys()
    );
}

/// The instances with the image that each has.
fn images(scenario: &Scenario) -> Vec<String> {
    let ids = scenario.portal().resources();
    let inside = format!("{}/virtualmachines/", id().to_lowercase());
    let mut images = Vec::new();
    for (id, _) in ids.iter().filter(|(id, _)| id.starts_with(&inside)) {
        let one = scenario.portal().resource(id).expect("an instance");
        let image = &one["properties"]["storageProfile"]["imageReference"]["id"];
        let image = image.as_str().expect("an image");
        images.push(image.rsplit('/').next().unwrap_or_default().to_owned());
    }
    images
}

const ROLLING: &str = "orchestration: Uniform, capacity: 3, upgrade: {mode: Rolling, max_batch_instance_percent: 40, pause_time_between_batches: 5s}, health: {protocol: http, port: 80}";

#[test]
fn a_rolling_upgrade_is_followed_to_its_end() {
    let scenario = standing(&set(ROLLING).replace("1.4.2", "1.4.1"));
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    scenario
        .run("plan")
        .exits(0)
        .says("3 instances by the set's rolling policy (upgrade.mode is Rolling): 40 % at a time")
        .says("lost      OS disk contents");
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("3 of 3 instances upgraded");
    assert_eq!(images(&scenario), ["1.4.2"; 3]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn one_that_faults_says_why_and_is_begun_anew_by_the_next_run() {
    let scenario = standing(&set(ROLLING).replace("1.4.2", "1.4.1"));
    scenario
        .portal()
        .settings(&json!({"unwell": ["*/versions/1.4.2"]}));
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    let ended = scenario.run("apply --auto-approve").exits(6);
    insta::assert_snapshot!(ended.message("TN3911"), @r#"
    error[TN3911]: `scale_sets.web`: instances with the new model are not well, and the upgrade ended
      --> tenon.yaml:18:3   scale_sets.web, update, step 2 of 2 (upgrade instances)
       |
    18 |   web: {image: web, subnet: net/app, admin_username: ops, orchestration: Uniform, capacity:…
       |   ^^^ scale_sets.web
       |
       = the limit is upgrade.max_unhealthy_upgraded_instance_percent; what tells is `health`
       = the model is the new one; instances that the upgrade did not reach keep the old one
       = MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade: Rolling Upgrade failed after
         exceeding the MaxUnhealthyUpgradedInstancePercent value defined in the RollingUpgradePolicy.
         100% of instances are in an unhealthy state after being upgraded - more than the threshold of
         20%. The most impactful error is: Instance found to be unhealthy or unreachable. First failed
         instance ID is: 0.
       = GET
         /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachineScaleSets/web/rollingUpgrades/latest
       = done for scale_sets.web: updated
    help: mend what makes them unwell, or go back to the model before, and apply again: the upgrade
          begins anew for instances that are behind
    "#);
    ended
        .says("error[TN3911]: `scale_sets.web`: instances with the new model are not well")
        .says("upgrade.max_unhealthy_upgraded_instance_percent");
    assert_eq!(images(&scenario), ["1.4.2", "1.4.1", "1.4.1"]);
    scenario.portal().settings(&json!({"unwell": []}));
    scenario
        .run("plan")
        .exits(0)
        .says("2 instances have another model: an upgrade was cut off or ended badly");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(images(&scenario), ["1.4.2"; 3]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn without_a_policy_of_azure_s_the_run_upgrades_them_by_batches() {
    let words = "orchestration: Uniform, capacity: 5, rollout: {max_unavailable: 40%}";
    let scenario = standing(&set(words).replace("1.4.2", "1.4.1"));
    scenario.edit("tenon.yaml", "1.4.1", "1.4.2");
    scenario
        .run("plan")
        .exits(0)
        .says("5 instances, 2 at a time, the next when those are well");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(images(&scenario), ["1.4.2"; 5]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_set_that_is_to_be_replaced_gets_its_os_disks_anew_and_stays() {
    let scenario = standing(&set(
        "orchestration: Uniform, capacity: 3, rollout: {max_unavailable: 2}",
    ));
    let made = |scenario: &Scenario| live(scenario)["properties"]["uniqueId"].clone();
    let before = made(&scenario);
    scenario
        .run("plan --replace scale_sets.web")
        .exits(0)
        .says("update, reimages its instances")
        .says("3 instances, 2 at a time")
        .says("it was asked for: nothing else forces it");
    scenario.portal().forget_requests();
    scenario
        .run("apply --replace scale_sets.web --auto-approve")
        .exits(0);
    assert_eq!(made(&scenario), before);
    let writes = scenario.portal().writes();
    let reimages = writes.iter().filter(|one| one.ends_with("/reimage"));
    assert_eq!((reimages.count(), writes.len()), (2, 2), "{writes:?}");
    scenario.run("plan").finds_nothing_to_do();
}
