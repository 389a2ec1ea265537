//! Whatever goes wrong once, the next run ends in the same world.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::scenario::Scenario;

/// The how-to's machine with its network: one request of each type.
const TYPES: [&str; 5] = [
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/publicIPAddresses",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/networkInterfaces",
    "Microsoft.Compute/virtualMachines",
];

/// Ids of all that is there; the disk of a machine has a new name every time.
fn world(scenario: &Scenario) -> BTreeSet<String> {
    let all = scenario.portal().resources().into_keys();
    all.map(|id| id.split("_osdisk_").next().unwrap_or_default().to_owned())
        .collect()
}

/// What can go wrong with a request, and how the program ends then.
fn mishaps() -> Vec<(&'static str, i32, Value)> {
    vec![
        (
            "it is refused",
            6,
            json!({"do": "respond", "status": 400, "code": "BadRequest", "message": "No."}),
        ),
        (
            "its operation fails at the end",
            6,
            json!({"do": "failOperation", "code": "InternalOperationError", "message": "No."}),
        ),
        (
            "its answer is lost",
            0,
            json!({"do": "drop", "moment": "after"}),
        ),
        (
            "it never arrives",
            0,
            json!({"do": "drop", "moment": "before"}),
        ),
        (
            "the service is busy",
            0,
            json!({"do": "respond", "status": 429, "code": "TooManyRequests", "headers": {"Retry-After": "1"}}),
        ),
        ("all tokens expire", 0, json!({"do": "expireTokens"})),
    ]
}

/// Applies the how-to, with one mishap at one type, until it is done.
fn built(mishap: Option<(&str, &(&str, i32, Value))>) -> BTreeSet<String> {
    let scenario = Scenario::of("");
    scenario.copy_specs();
    let apply = || scenario.run("apply --auto-approve -f specs/how-to.yaml");
    if let Some((kind, (what, code, action))) = mishap {
        let matching = json!({"method": "PUT", "type": kind});
        scenario
            .portal()
            .fault(&json!({"match": matching, "action": action}));
        let first = apply();
        assert_eq!(first.code, *code, "{what}: {kind}\n{first}");
    }
    if mishap.is_none_or(|(_, (_, code, _))| *code != 0) {
        apply().exits(0);
    }
    scenario
        .run("plan -f specs/how-to.yaml")
        .finds_nothing_to_do();
    world(&scenario)
}

#[test]
fn a_mishap_at_any_request_ends_in_the_same_world() {
    let mishaps = mishaps();
    // Side by side they take as long as one: they wait most of the time.
    std::thread::scope(|scope| {
        let whole = scope.spawn(|| built(None));
        let mut runs = Vec::new();
        for mishap in &mishaps {
            for kind in TYPES {
                runs.push((
                    mishap.0,
                    kind,
                    scope.spawn(move || built(Some((kind, mishap)))),
                ));
            }
        }
        let whole = whole.join().expect("a run");
        for (what, kind, run) in runs {
            assert_eq!(run.join().expect("a run"), whole, "{what}: {kind}");
        }
    });
}
