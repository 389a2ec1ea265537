//! The least rights: the roles that `docs/rights.md` shows are enough, and an
//! action less is missed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenon_sim::WorldFile;

use crate::process::Output;
use crate::scenario::Scenario;
use crate::worlds::{WORKLOAD, two_tenants_text};

const PAGE: &str = include_str!("../../docs/rights.md");

const FLEET: &str = "-f specs/fleet.yaml";
const HOW_TO: &str = "-f specs/how-to.yaml --generate-ssh-keys";

/// The actions of the roles of the page, by name.
fn roles() -> BTreeMap<String, Vec<String>> {
    let blocks = PAGE.split("```json\n").skip(1);
    blocks
        .map(|block| {
            let text = block.split("```").next().unwrap_or_default();
            let role: Value = serde_json::from_str(text).expect("a role definition");
            let actions = role["Actions"].as_array().expect("a list").iter();
            let actions = actions.filter_map(|one| Some(one.as_str()?.to_owned()));
            (
                role["Name"].as_str().expect("a name").to_owned(),
                actions.collect(),
            )
        })
        .collect()
}

/// The id of the definition of a role in the simulator.
fn definition(name: &str) -> (String, String) {
    let (subscription, guid) = match name {
        "tenon image reader" => (
            "44444444-4444-4444-4444-444444444444",
            "11111111-0000-4000-8000-00000000000a",
        ),
        "tenon plan" => (WORKLOAD, "11111111-0000-4000-8000-00000000000b"),
        "tenon apply" => (WORKLOAD, "11111111-0000-4000-8000-00000000000c"),
        "tenon checks" => (WORKLOAD, "11111111-0000-4000-8000-00000000000d"),
        other => panic!("nobody expects the role {other}"),
    };
    let id = format!(
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    );
    (id, guid.to_owned())
}

fn body(name: &str, actions: &[String]) -> Value {
    json!({"properties": {"roleName": name, "permissions": [{"actions": actions}]}})
}

/// A scenario in which the application has these roles in the groups of tenant
/// 2, and nothing else there but what is on the page.
fn scenario(in_groups: &str) -> Scenario {
    let mut definitions = String::from("resources:\n");
    for (name, actions) in &roles() {
        let (id, _) = definition(name);
        let body = body(name, actions);
        definitions.push_str(&format!("  - {{id: {id}, body: {body}}}\n"));
    }
    let role = |name: &str| definition(name).1;
    let world = two_tenants_text()
        .replace(
            "{scope: /subscriptions/workload, principal: tenon, role: Contributor}",
            &format!(
                "{{scope: /subscriptions/workload, principal: tenon, role: {}}}
  - {{scope: /subscriptions/workload/resourceGroups/myResourceGroup, principal: tenon, role: {group}}}
  - {{scope: /subscriptions/workload/resourceGroups/web-prod, principal: tenon, role: {group}}}",
                role("tenon checks"),
                group = role(in_groups)
            ),
        )
        .replace(
            "role: Compute Gallery Image Reader",
            &format!("role: {}", role("tenon image reader")),
        )
        .replace("resources:\n", &definitions);
    let world = WorldFile::from_yaml(&world).expect("a world");
    let scenario = Scenario::within(world, "");
    scenario.copy_specs();
    scenario.edit("specs/fleet.yaml", "pause: 60s", "pause: 1s");
    let disk = "sku: Premium_LRS}";
    scenario.edit(
        "specs/fleet.yaml",
        disk,
        "sku: Premium_LRS, protect: false}",
    );
    scenario
}

/// Runs with one action of a role less, and gives it back.
fn without(scenario: &Scenario, role: &str, action: &str, words: &str) -> Output {
    let (id, _) = definition(role);
    let all = &roles()[role];
    let less: Vec<String> = all.iter().filter(|one| *one != action).cloned().collect();
    assert!(less.len() < all.len(), "{role} has no {action}");
    scenario.portal().put(&id, &body(role, &less));
    let output = scenario.run(words);
    scenario.portal().put(&id, &body(role, all));
    output
}

/// Actions of a role that end so.
fn ending(role: &str, ends: &[&str]) -> Vec<String> {
    let all = roles().remove(role).unwrap_or_default().into_iter();
    all.filter(|action| ends.iter().any(|end| action.ends_with(end)))
        .collect()
}

/// A plan as JSON has no check that was skipped.
fn nothing_skipped(output: &Output) {
    let plan = output.json();
    let skipped = plan["preflight"].as_array().expect("a list").iter();
    let skipped: Vec<&Value> = skipped.filter(|one| one["status"] == "skipped").collect();
    assert!(skipped.is_empty(), "{skipped:#?}");
}

#[test]
fn the_roles_of_the_page_are_enough() {
    let scenario = scenario("tenon apply");
    for spec in [HOW_TO, FLEET] {
        let plan = scenario.run(&format!("plan --json {spec}")).exits(0);
        nothing_skipped(&plan);
        scenario
            .run(&format!("apply --auto-approve {spec}"))
            .exits(0);
        scenario.run(&format!("plan {spec}")).finds_nothing_to_do();
    }
    // Machines that stop for their size, one that goes, disks that grow.
    for (from, to) in [
        ("size: Standard_E4s_v5", "size: Standard_E8s_v5"),
        ("default: 4}", "default: 3}"),
        ("size_gb: 512", "size_gb: 1024"),
        ("\"4720\"", "\"4721\""),
    ] {
        scenario.edit("specs/fleet.yaml", from, to);
    }
    let plan = scenario.run(&format!("plan --json {FLEET}")).exits(0);
    nothing_skipped(&plan);
    scenario
        .run(&format!("apply --auto-approve {FLEET}"))
        .exits(0);
    for (name, spec) in [("web-prod", FLEET), ("my-vm", HOW_TO)] {
        scenario
            .run(&format!("destroy --confirm {name} {spec}"))
            .exits(0);
    }
}

/// Reader and image reader, as the page says; and what it says is smaller.
#[test]
fn who_may_only_read_plans_and_another_applies() {
    let small = scenario("tenon plan");
    let readers = two_tenants_text().replace("role: Contributor", "role: Reader");
    let readers = WorldFile::from_yaml(&readers).expect("a world");
    let built_in = Scenario::within(readers, "");
    built_in.copy_specs();
    for scenario in [&small, &built_in] {
        for spec in [HOW_TO, FLEET] {
            let plan = scenario
                .run(&format!("plan --json --out saved {spec}"))
                .exits(0);
            nothing_skipped(&plan);
            let plan = plan.json();
            assert_eq!(plan["applyable"], true);
            let warned = plan["preflight"].as_array().expect("a list").iter();
            let warned = warned.filter(|one| one["status"] == "warn" && one["check"] == "rights");
            assert_eq!(warned.count(), 1);
        }
        let role = json!({"scope": format!("/subscriptions/{WORKLOAD}"), "principal": "tenon", "role": "Contributor"});
        scenario.portal().give_role(&role);
        scenario.run("apply saved --auto-approve").exits(0);
    }
}

#[test]
fn an_action_less_to_make_things_is_found_before_anything_is_written() {
    let scenario = scenario("tenon apply");
    let kinds = [
        "disks/write",
        "virtualMachines/write",
        "vaults/write",
        "networkInterfaces/write",
        "networkSecurityGroups/write",
        "virtualNetworks/write",
        "subnets/write",
        "join/action",
    ];
    let mut seen = 0;
    for action in ending("tenon apply", &kinds) {
        let address = action.contains("publicIPAddresses");
        let spec = if address { HOW_TO } else { FLEET };
        let file = spec.split(' ').nth(1).unwrap_or_default();
        let words = format!("apply --auto-approve {spec}");
        without(&scenario, "tenon apply", &action, &words)
            .exits(1)
            .says("error[TN3406]")
            .says(&format!("--> {file}:"))
            .says(&format!("{action} for `"))
            .says(
                "az role assignment create --assignee 7d5f0c1e-0000-4000-8000-000000000001 --role",
            );
        seen += 1;
    }
    assert_eq!(seen, 11);
    assert!(scenario.portal().writes().is_empty());
    // Right before a subnet is written it is read, alone.
    let words = format!("apply --auto-approve {HOW_TO}");
    let action = "Microsoft.Network/virtualNetworks/subnets/read";
    without(&scenario, "tenon apply", action, &words)
        .exits(6)
        .says("TN3020")
        .says(action);
}

#[test]
fn an_action_less_to_change_and_delete_is_found_before_anything_is_written() {
    let scenario = scenario("tenon apply");
    for spec in [HOW_TO, FLEET] {
        scenario
            .run(&format!("apply --auto-approve {spec}"))
            .exits(0);
    }
    scenario.portal().forget_requests();
    for action in ending("tenon apply", &["/delete"]) {
        let spec = match action.contains("publicIPAddresses") {
            true => format!("my-vm {HOW_TO}"),
            false => format!("web-prod {FLEET}"),
        };
        let words = format!("destroy --confirm {spec}");
        without(&scenario, "tenon apply", &action, &words)
            .exits(1)
            .says("error[TN3406]")
            .says(&format!("{action} for `"));
    }
    scenario.edit(
        "specs/fleet.yaml",
        "size: Standard_E4s_v5",
        "size: Standard_E8s_v5",
    );
    for action in ending("tenon apply", &["deallocate/action", "start/action"]) {
        let words = format!("apply --auto-approve {FLEET}");
        without(&scenario, "tenon apply", &action, &words)
            .exits(1)
            .says("error[TN3406]")
            .says("--> specs/fleet.yaml:")
            .says(&format!("{action} for `vms.db`"));
    }
    assert!(scenario.portal().writes().is_empty());
}

#[test]
fn an_action_less_to_read_stops_the_plan_or_is_told() {
    let scenario = scenario("tenon plan");
    for action in &roles()["tenon plan"] {
        let spec =
            if action.contains("publicIPAddresses") || action.ends_with("resourceGroups/read") {
                HOW_TO
            } else {
                FLEET
            };
        let plan = without(&scenario, "tenon plan", action, &format!("plan {spec}"));
        assert_ne!(plan.code, 0, "{action}: {plan}");
        plan.says("error[TN3020]").says(action);
    }
    for (action, said) in [
        ("Microsoft.Authorization/locks/read", "locks of"),
        (
            "Microsoft.Compute/locations/usages/read",
            "vCPU quota in westeurope",
        ),
        ("Microsoft.Compute/skus/read", "vCPU quota in westeurope"),
        (
            "Microsoft.Resources/subscriptions/providers/read",
            "registration of Microsoft.Compute, Microsoft.",
        ),
    ] {
        let words = format!("plan --summary {FLEET}");
        without(&scenario, "tenon checks", action, &words)
            .exits(0)
            .says(&format!("not checked: {said}"));
    }
}
