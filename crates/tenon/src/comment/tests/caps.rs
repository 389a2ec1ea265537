//! What a plan may say when it is printed where others trust it.

use serde_json::{Value, json};
use tenon_model::Code;
use tenon_model::plan::Plan;

use crate::comment::caps::check;

/// A plan that deletes a machine, changed by `edit`.
pub(super) fn plan(edit: impl FnOnce(&mut Value)) -> Plan {
    let place = json!({"file": "specs/web.yaml", "line": 42, "column": 3, "start": 9, "end": 12});
    let change = json!({
        "address": "vms.jump", "entry": "vms.jump", "kind": "vm",
        "type": "Microsoft.Compute/virtualMachines",
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/jump",
        "action": "delete", "reason": {"why": "missing"}, "properties": [],
        "disruption": "replace", "lost": ["os_disk"], "source": place,
    });
    let problem = json!({
        "code": "TN2101", "severity": "warning", "message": "open to everybody",
        "labels": [{"place": place, "message": "here", "role": "primary"}],
    });
    let mut whole = json!({
        "format": "tenon.plan/1", "tool": {"name": "tenon", "version": "0.1.0"},
        "created_at": "2026-08-22T09:14:07Z", "digest": format!("sha256:{}", "6".repeat(64)),
        "intent": "apply", "applyable": true, "images": [],
        "deployment": {"name": "web-prod", "scopes": [], "resource_group": "g",
            "location": "westeurope", "files": ["specs/web.yaml"]},
        "summary": {"create": 1, "update": 4, "replace": 2, "delete": 1, "adopt": 0,
            "forget": 0, "no_op": 0, "drift": 0},
        "read": {"resources": 1, "requests": 1, "milliseconds": 1},
        "changes": [change], "steps": [], "types": {}, "diagnostics": [problem],
    });
    edit(&mut whole);
    serde_json::from_value(whole).expect("a plan")
}

#[test]
fn a_plan_of_ours_passes() {
    assert_eq!(check(&plan(|_| {})), Ok(()));
    // Values may be anything that people write.
    let value = |text: &str| {
        json!([{"path": "tags.a", "op": "change", "before": text, "after": "ü 漢 \u{202e}",
            "cause": "spec", "disruption": "none"}])
    };
    let odd = plan(|whole| whole["changes"][0]["properties"] = value("a\n\t`b` @you <!-- |"));
    assert_eq!(check(&odd), Ok(()));
}

#[test]
fn what_no_plan_of_ours_says_is_refused_by_its_part() {
    let rows: Vec<(&str, Value, &str)> = vec![
        ("/deployment/name", json!("web prod"), "deployment.name"),
        ("/deployment/name", json!("-->"), "deployment.name"),
        ("/deployment/name", json!(""), "deployment.name"),
        (
            "/deployment/files",
            json!(["a\n::error::b"]),
            "deployment.files",
        ),
        ("/deployment/location", json!("west\u{1b}[2J"), "deployment"),
        ("/digest", json!("sha256:zz"), "digest"),
        ("/created_at", json!("now`"), "created_at"),
        (
            "/tool/version",
            json!("1](http://evil.test)"),
            "tool.version",
        ),
        ("/changes/0/address", json!("vms.\u{202e}x"), "changes[0]"),
        (
            "/changes/0/id",
            json!("/subscriptions/s\n##vso[x]"),
            "changes[0]",
        ),
        ("/changes/0/lost/0", json!("a\r"), "changes[0]"),
        ("/changes/0/source/file", json!("a\nb"), "changes[0]"),
        (
            "/changes/0/source/file",
            json!("a".repeat(500)),
            "changes[0]",
        ),
        (
            "/diagnostics/0/labels/0/place/file",
            json!("\u{200b}"),
            "diagnostics[0]",
        ),
        ("/diagnostics/0/message", json!("\u{7}"), "diagnostics"),
        (
            "/diagnostics/0/message",
            json!("a".repeat(200_000)),
            "diagnostics",
        ),
    ];
    for (pointer, value, part) in rows {
        let broken = plan(|whole| *whole.pointer_mut(pointer).expect("a part") = value.clone());
        let problem = check(&broken).expect_err(pointer);
        assert_eq!(problem.code, Code::PlanNotPrintable);
        assert_eq!(
            problem.notes,
            [format!("it is in {part}")],
            "{pointer} {value}"
        );
    }
}
