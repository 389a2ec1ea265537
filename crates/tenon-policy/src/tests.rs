//! Rules over a small plan.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;
use tenon_model::plan::Plan;
use tenon_model::plan::preflight::{About, Status};
use tenon_model::{Code, Diagnostic, Severity};

use crate::{File, Policies};

fn plan() -> Plan {
    let change = |address: &str, kind: &str, action: &str, line: u32| {
        json!({
            "address": address, "entry": "vms.web", "kind": kind,
            "type": "Microsoft.Compute/virtualMachines",
            "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web",
            "action": action, "reason": {"why": "differs"}, "properties": [],
            "disruption": "none",
            "source": {"file": "t.yaml", "line": line, "column": 3, "start": 20, "end": 23},
        })
    };
    let plan = json!({
        "format": "tenon.plan/1", "tool": {"name": "tenon", "version": "0"}, "digest": "",
        "intent": "apply",
        "deployment": {
            "name": "shop", "scopes": [], "resource_group": "g", "location": "westeurope",
            "files": ["t.yaml"],
        },
        "images": [], "applyable": true,
        "summary": {
            "create": 0, "update": 0, "replace": 0, "delete": 0, "adopt": 0, "forget": 0,
            "no_op": 0, "drift": 0,
        },
        "read": {"resources": 0, "milliseconds": 0},
        "changes": [change("vms.web", "vm", "delete", 2), change("vms.web.nic", "nic", "update", 3)],
        "steps": [], "types": {},
    });
    serde_json::from_value(plan).expect("a plan")
}

fn file(name: &str, text: &str) -> File {
    File {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn read(body: &str) -> Result<Policies, Vec<Diagnostic>> {
    Policies::read(&[file("p.rego", body)], &[], &[])
}

/// What rules in package `main` say.
fn verdicts(rules: &str) -> Vec<Diagnostic> {
    judged(&read(&format!("package main\n{rules}")).expect("policies")).diagnostics
}

fn judged(policies: &Policies) -> Plan {
    let mut plan = plan();
    policies.judge(&mut plan, "policies");
    plan
}

/// Code, message, place, facts, ways out.
fn shown(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for one in diagnostics {
        let _ = writeln!(text, "{} {}", one.code, one.message);
        for label in &one.labels {
            let _ = writeln!(text, "  {} {}", label.place, label.message);
        }
        for note in &one.notes {
            let _ = writeln!(text, "  = {note}");
        }
        for help in &one.helps {
            let _ = writeln!(text, "  help: {}", help.text);
        }
    }
    text
}

fn check(diagnostics: &[Diagnostic], expected: &str) {
    let shown = shown(diagnostics);
    let shown: Vec<&str> = shown.lines().map(str::trim).collect();
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_text_is_a_verdict_of_its_own() {
    let found = verdicts(r#"deny contains "no" if input.deployment.name == "shop""#);
    check(&found, "TN4041 no\n= `deny` in p.rego:2");
    assert_eq!(found[0].severity, Severity::Error);
    assert!(found[0].addresses.is_empty());
}

#[test]
fn an_object_stands_at_the_line_of_its_resource() {
    let found = verdicts(
        r#"deny contains {"msg": "stays", "address": c.address, "help": "keep it", "owner": "team-a", "n": 3} if {
            some c in input.changes
            c.kind == "vm"
            c.action == "delete"
        }"#,
    );
    check(
        &found,
        "TN4041 stays
         t.yaml:2:3
         = `deny` in p.rego:2
         = n: 3
         = owner: team-a
         help: keep it",
    );
    assert_eq!(found[0].addresses[0].as_str(), "vms.web");
}

#[test]
fn an_address_that_is_not_there_is_told() {
    let found = verdicts(r#"warn contains {"msg": "odd", "address": "vms.other"}"#);
    check(
        &found,
        "TN4042 odd
         = `warn` in p.rego:2
         = it names `vms.other`, which is not in this plan",
    );
    assert_eq!(found[0].severity, Severity::Warning);
}

#[test]
fn rules_count_by_their_names() {
    let found = verdicts(
        r#"
        violation contains {"msg": "1"}
        deny_one contains "2"
        warn_a_b contains "3"
        denied contains "not"
        deny__x contains "not"
        _deny contains "not"
        allow := true
        deny_f(x) := x
        "#,
    );
    let words: Vec<(Code, &str)> = found.iter().map(|one| (one.code, &*one.message)).collect();
    let expected = [
        (Code::PolicyForbids, "2"),
        (Code::PolicyForbids, "1"),
        (Code::PolicyWarns, "3"),
    ];
    assert_eq!(words, expected);
}

#[test]
fn a_rule_in_several_files_is_asked_once() {
    let one = file("a.rego", "package main\ndeny contains \"a\"");
    let two = file("b.rego", "package main\n\ndeny contains \"b\"");
    let policies = Policies::read(&[one, two], &[], &[]).expect("policies");
    let found = judged(&policies).diagnostics;
    check(
        &found,
        "TN4041 a\n= `deny` in a.rego:2, b.rego:3\nTN4041 b\n= `deny` in a.rego:2, b.rego:3",
    );
}

#[test]
fn other_packages_count_where_they_are_named() {
    let files = [file("a.rego", "package team.vms\ndeny contains \"a\"")];
    let unnamed = Policies::read(&files, &[], &[]).expect_err("no rules");
    check(
        &unnamed,
        "TN4043 the policies have no rule in the package `main`
         = rules that count are named `deny`, `violation` or `warn`, also with `_name` behind
         help: name the package that has them",
    );
    let command = unnamed[0].helps[0].command.as_deref();
    assert_eq!(command, Some("--policy-namespace team.vms"));
    let policies = Policies::read(&files, &[], &["team.vms".to_owned()]).expect("policies");
    assert_eq!(judged(&policies).diagnostics.len(), 1);
}

#[test]
fn a_folder_without_rules_is_an_error() {
    assert!(read("package main\nallow := true").is_err());
    assert!(Policies::read(&[], &[], &[]).is_err());
}

#[test]
fn a_plan_that_is_forbidden_cannot_be_applied() {
    let policies = read("package main\ndeny contains \"no\"").expect("policies");
    let once = judged(&policies);
    assert!(!once.applyable);
    let check = &once.preflight[0];
    assert_eq!(
        (check.about, check.status),
        (About::Policies, Status::Failed)
    );
    assert_eq!(
        (&*check.subject, check.code),
        ("policies", Some(Code::PolicyForbids))
    );
    assert_eq!(once.digest, once.compute_digest());
    let mut twice = once.clone();
    policies.judge(&mut twice, "policies");
    assert_eq!(once, twice);
}

#[test]
fn a_plan_that_is_only_warned_of_can_be_applied() {
    let policies = read("package main\nwarn contains \"hm\"").expect("policies");
    let plan = judged(&policies);
    assert!(plan.applyable);
    assert_eq!(plan.preflight[0].status, Status::Warning);
    let fine = judged(&read("package main\ndeny contains \"x\" if false").expect("policies"));
    assert!(fine.applyable && fine.diagnostics.is_empty());
    assert_eq!(fine.preflight[0].status, Status::Ok);
}

#[test]
fn a_policy_sees_the_published_document() {
    let found = verdicts(
        r#"deny contains sprintf("%s %v %s", [c.effects.restart, c.wave, input.mode]) if {
            some c in input.changes
            c.kind == "vm"
        }"#,
    );
    check(&found, "TN4041 none 0 live\n= `deny` in p.rego:2");
}

#[test]
fn exceptions_take_rules_out() {
    let found = verdicts(
        r#"
        deny_one contains "1"
        deny_two contains "2"
        exception contains rules if {
            rules := ["one"]
        }
        "#,
    );
    check(&found, "TN4041 2\n= `deny_two` in p.rego:4");
}

#[test]
fn data_is_there_in_both_forms() {
    let rule = "package main\ndeny contains data.words.one\nwarn contains data.words.two";
    let data = [
        file("data.json", r#"{"words": {"one": "a"}}"#),
        file("data.yaml", "words:\n  two: b\n"),
    ];
    let policies = Policies::read(&[file("p.rego", rule)], &data, &[]).expect("policies");
    let found = judged(&policies).diagnostics;
    check(
        &found,
        "TN4041 a\n= `deny` in p.rego:2\nTN4042 b\n= `warn` in p.rego:3",
    );
    for broken in ["[1]", "{"] {
        let data = [file("data.json", broken)];
        let problems = Policies::read(&[file("p.rego", rule)], &data, &[]).expect_err("broken");
        assert_eq!(problems[0].code, Code::PolicyUnusable);
        assert!(problems[0].message.contains("data.json"));
    }
}

#[test]
fn a_policy_that_is_no_rego_is_shown_at_its_line() {
    let problems = read("package main\n\ndeny contains \"x\" if {\n").expect_err("no rego");
    let place = problems[0].place().expect("a place");
    assert_eq!((&*place.file, place.line), ("p.rego", 4));
    // The form of the language before version 1.
    let old = read("package main\ndeny[msg] { msg := \"x\" }").expect_err("old rego");
    assert_eq!(old[0].place().map(|place| place.line), Some(2));
    let several = [file("a.rego", "package main\nx :="), file("b.rego", "oops")];
    let problems = Policies::read(&several, &[], &[]).expect_err("no rego");
    assert_eq!(problems.len(), 2);
}

#[test]
fn what_fails_on_the_way_is_an_error() {
    for (rules, line) in [
        ("deny contains \"x\" if to_number(\"a\") == 1", 2),
        ("deny contains \"x\" if {\n time.now_ns() > 0\n}", 3),
        (
            "deny contains \"x\" if {\n http.send({\"url\": \"http://localhost\"})\n}",
            3,
        ),
        ("deny contains \"x\" if nowhere(1)", 2),
    ] {
        let policies = match read(&format!("package main\n{rules}")) {
            Ok(policies) => policies,
            Err(problems) => {
                assert_eq!(problems[0].place().map(|place| place.line), Some(line));
                continue;
            }
        };
        let plan = judged(&policies);
        let found = &plan.diagnostics;
        assert_eq!(found.len(), 1, "{rules}: {}", shown(found));
        assert_eq!(found[0].code, Code::PolicyUnusable, "{rules}");
        let place = found[0].place().map(|place| place.line);
        assert_eq!(place, Some(line), "{rules}: {}", shown(found));
        assert!(!plan.applyable);
    }
}

#[test]
fn a_result_that_is_no_verdict_is_an_error() {
    for rules in [
        "deny contains 3",
        "deny contains {\"message\": \"x\"}",
        "deny contains {\"msg\": 4}",
        "deny := true",
        "deny := \"x\"",
        "default deny := false",
        "deny[\"a\"] := \"b\"",
    ] {
        let found = verdicts(rules);
        assert_eq!(found.len(), 1, "{rules}");
        assert_eq!(found[0].code, Code::PolicyUnusable, "{rules}");
        assert_eq!(found[0].place().map(|place| place.line), Some(2), "{rules}");
    }
}

#[test]
fn what_takes_too_long_is_given_up() {
    let rule = "deny contains \"x\" if count([1 | some a in numbers.range(1, 9000); some b in numbers.range(1, 9000); a == b + 1]) > 0";
    let policies = read(&format!("package main\n{rule}")).expect("policies");
    let plan = judged(&policies.within(Duration::from_millis(20)));
    assert_eq!(plan.diagnostics[0].code, Code::PolicyUnusable);
    assert_eq!(plan.diagnostics[0].labels[0].message, "it takes too long");
    assert!(!plan.applyable);
}

#[test]
fn what_nests_deeply_does_no_harm() {
    let deep = format!("{}1{}", "(".repeat(3000), ")".repeat(3000));
    // Read or refused, but alive.
    let read = read(&format!("package main\ndeny contains \"x\" if {deep} == 1"));
    if let Ok(policies) = read {
        assert_eq!(judged(&policies).diagnostics.len(), 1);
    }
}
