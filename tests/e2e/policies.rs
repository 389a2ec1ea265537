//! Policies of a team: what they forbid is shown at its line and not applied.

use serde_json::{Value, json};

use crate::formats::assert_fits;
use crate::scenario::Scenario;
use crate::worlds::vaults;

const NO_VAULTS: &str = r#"package main

deny contains {"msg": "vaults are made by the platform team", "address": change.address, "help": "ask them for one"} if {
	some change in input.changes
	change.action == "create"
	change.type == "Microsoft.KeyVault/vaults"
}
"#;

const COUNTS: &str = r#"package main

warn contains sprintf("%d changes at once", [count(input.changes)]) if count(input.changes) > data.most
"#;

/// A world with a spec of one vault, and policies.
fn with(policies: &[(&str, &str)]) -> Scenario {
    let scenario = Scenario::of(&vaults(&["one"]));
    for (name, text) in policies {
        scenario.write(&format!("policies/{name}"), text);
    }
    scenario
}

#[test]
fn what_is_forbidden_is_shown_at_its_line_and_refused() {
    let scenario = with(&[
        ("deep/vaults.rego", NO_VAULTS),
        ("counts.rego", COUNTS),
        ("counts_test.rego", "this is read by nobody"),
        ("data.yaml", "most: 0\n"),
    ]);
    let planned = scenario
        .run("plan --policy policies --out plan.json --sarif log.sarif")
        .exits(1);
    insta::assert_snapshot!(planned.message("TN4041"), @r"
    error[TN4041]: vaults are made by the platform team
      --> tenon.yaml:11:3
       |
    11 |   one:
       |   ^^^
       |
       = `deny` in policies/deep/vaults.rego:3
    help: ask them for one
    ");
    insta::assert_snapshot!(planned.message("TN4042"), @r"
    warning[TN4042]: 1 changes at once
       = `warn` in policies/counts.rego:3
    ");
    planned.clone().says("not applyable: 1 error");

    let plan: Value = serde_json::from_str(&scenario.read("plan.json")).expect("JSON");
    assert_fits("plan", &plan);
    assert_eq!(plan["applyable"], false);
    let checks = plan["preflight"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["check"] == "policies");
    let expected = json!({
        "check": "policies", "subject": "policies", "status": "fail", "code": "TN4041",
        "addresses": ["resources.one"],
    });
    assert_eq!(check, Some(&expected));

    let log: Value = serde_json::from_str(&scenario.read("log.sarif")).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let shown = results.iter().map(|one| {
        let place = &one["locations"][0];
        let region = &place["physicalLocation"]["region"];
        json!([
            one["ruleId"],
            one["level"],
            region["startLine"],
            place["logicalLocations"][0]["fullyQualifiedName"]
        ])
    });
    let shown: Vec<Value> = shown.collect();
    assert_eq!(
        shown,
        [
            json!(["TN4041", "error", 11, "resources.one"]),
            json!(["TN4042", "warning", null, null]),
        ]
    );
    scenario.run("apply plan.json").exits(1).says("TN4004");
    scenario.run("runs").exits(0).says("nothing was applied");
}

#[test]
fn a_saved_plan_is_judged_again() {
    let scenario = with(&[("vaults.rego", NO_VAULTS)]);
    scenario.run("plan --out plan.json").exits(0);
    scenario
        .run("show plan.json --policy policies")
        .exits(1)
        .says("vaults are made by the platform team");
    scenario
        .run("apply plan.json --policy policies")
        .exits(1)
        .says("TN4041")
        .says("tenon.yaml:11")
        .says("nothing was changed");
    scenario
        .run("apply --auto-approve --policy policies")
        .exits(1)
        .says("TN4041");
    scenario.write("policies/vaults.rego", COUNTS);
    scenario.write("policies/data.json", r#"{"most": 5}"#);
    scenario
        .run("apply plan.json --policy policies")
        .exits(0)
        .never_says("TN404");
    // What is to go is judged like everything else.
    let stays = NO_VAULTS.replace("\"create\"", "\"delete\"");
    scenario.write("policies/vaults.rego", &stays);
    scenario
        .run("destroy --confirm shop --policy policies")
        .exits(1)
        .says("TN4041");
}

#[test]
fn policies_that_cannot_be_used_end_the_command() {
    let mut scenario = with(&[("vaults.rego", &NO_VAULTS.replace(" if {", " {"))]);
    // Before anybody signs in.
    scenario.set("ARM_CLOUD_METADATA_URL", "http://127.0.0.1:9");
    let broken = scenario.run("plan --policy policies").exits(1);
    insta::assert_snapshot!(broken.message("TN4043"), @r#"
    error[TN4043]: the policy `policies/vaults.rego` cannot be used
      --> policies/vaults.rego:3:118
       |
     3 | … them for one"} {
       |                  ^ `if` keyword is required before rule body
       |
    help: mend the policy; Rego is that of version 1: `deny contains result if { … }`
    "#);
    scenario.write("policies/vaults.rego", "package team\ndeny contains \"no\"");
    scenario
        .run("plan --policy policies")
        .exits(1)
        .says("TN4043")
        .says("--policy-namespace team");
    scenario
        .run("plan --policy nowhere")
        .exits(1)
        .says("TN1012");
    scenario
        .run("show resources.one --policy policies")
        .exits(1)
        .says("policies judge plans");
    scenario.run("plan --policy-namespace team").exits(1);
}
