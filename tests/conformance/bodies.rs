//! Every body that can be sent, against the descriptions.

use std::collections::BTreeMap;

use crate::descriptions;
use crate::finding::{Finding, Problem};
use crate::is_described;
use crate::sent::{Sent, everything};

/// Members whose enumeration is known to be short: the machine sizes of 2018,
/// of which the description itself says that it is no longer kept.
const SHORT_LISTS: &[&str] = &["properties.hardwareProfile.vmSize"];

#[test]
fn every_value_of_every_key_is_accepted_somewhere() {
    assert_eq!(everything().refused, [""; 0]);
}

#[test]
fn every_case_can_be_applied() {
    assert_eq!(everything().problems, [""; 0]);
}

#[test]
fn every_request_fits_the_description() {
    let Some(all) = descriptions::find("every_request_fits_the_description") else {
        return;
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let described = |sent: &&Sent| is_described(&sent.request.resource_type());
    for sent in everything().known().filter(described) {
        let request = &sent.request;
        for finding in all.check(request).into_iter().filter(counts) {
            let what = format!("{} {}: {finding}", request.method, request.resource_type());
            found.entry(what).or_default().push(sent.to_string());
        }
    }
    let lines = found
        .iter()
        .map(|(what, cases)| format!("{what}\n  {} times, first {}", cases.len(), cases[0]));
    let lines: Vec<String> = lines.collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

fn counts(finding: &Finding) -> bool {
    let short = SHORT_LISTS.contains(&finding.path.as_str());
    !(short && matches!(finding.problem, Problem::NotListed(_)))
}
