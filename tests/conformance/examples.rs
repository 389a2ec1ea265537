//! The checker on Microsoft's own examples.

use std::collections::BTreeSet;

use crate::checker::{Check, Purpose};
use crate::descriptions;
use crate::finding::Problem;

/// Examples with a slip of their own: members that only Azure sets, and one
/// that cannot be changed.
const SLIPS: &[&str] = &[
    "IdentityUpdate.json",
    "VirtualMachineScaleSetVM_Update_MaximumSet_Gen.json",
];

#[test]
fn the_official_examples_have_nothing_to_find() {
    let Some(all) = descriptions::find("the_official_examples_have_nothing_to_find") else {
        return;
    };
    let mut seen = 0;
    let mut wrong = BTreeSet::new();
    for (method, operation) in all.operations() {
        let Some(parameter) = operation.body(&all) else {
            continue;
        };
        let name = parameter.text("name").expect("a parameter has a name");
        let schema = parameter.member("schema").expect("a body has a schema");
        for (example, json) in operation.examples(&all) {
            let Some(body) = json["parameters"].get(name) else {
                continue;
            };
            seen += 1;
            let mut check = Check {
                all: &all,
                // The tables are not asked: the examples are as old as the documents.
                resource_type: "",
                version: "",
                purpose: purpose(method),
                findings: Vec::new(),
            };
            check.value(schema, body, "");
            if check.findings.iter().any(|one| counts(&one.problem)) {
                wrong.insert(example.to_owned());
            }
        }
    }
    assert!(seen > 250, "only {seen} examples");
    assert_eq!(wrong.iter().collect::<Vec<_>>(), SLIPS, "of {seen}");
}

/// An open enumeration may get words that it does not list, and the examples
/// of updates repeat the password.
fn counts(problem: &Problem) -> bool {
    !matches!(problem, Problem::NotListed(_) | Problem::Secret)
}

fn purpose(method: &str) -> Purpose {
    match method {
        "put" => Purpose::Create,
        "patch" => Purpose::Change,
        _ => Purpose::Act,
    }
}
