//! Who follows a help to the letter: the owner of the subscriptions, with the
//! request that the Azure CLI makes for a command.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::scenario::Scenario;
use crate::worlds::{APPLICATION, CONTOSO, two_tenants_text};

/// The application `owner`, and its secret.
const OWNER: &str = "7d5f0c1e-0000-4000-8000-000000000002";
const SECRET: &str = "an-owner";

/// The world of most tests, with an owner of its subscriptions in it.
pub(crate) fn owned_world() -> String {
    two_tenants_text()
        .replace(
            "applications:\n",
            &format!("applications:\n  - {{name: owner, id: {OWNER}, tenant: contoso, multiTenant: true, secrets: [{{value: {SECRET}}}], servicePrincipals: [{{tenant: contoso}}, {{tenant: acme}}]}}\n"),
        )
        .replace(
            "roleAssignments:\n",
            "roleAssignments:\n  - {scope: /subscriptions/workload, principal: owner, role: Owner}\n  - {scope: /subscriptions/images, principal: owner, role: Owner}\n",
        )
}

/// Carries a command out.
#[track_caller]
pub(crate) fn follow(scenario: &Scenario, command: &str) {
    let words = words(command);
    let option = |name: &str| {
        let at = words.iter().position(|word| word == name);
        let value = at.and_then(|at| words.get(at + 1));
        value.unwrap_or_else(|| panic!("no {name} in `{command}`"))
    };
    let begins = |start: &str| command.starts_with(start);
    if begins("az provider register ") {
        let path = format!(
            "/subscriptions/{}/providers/{}/register",
            option("--subscription"),
            option("--namespace")
        );
        arm(scenario, "POST", &path, "2025-04-01");
    } else if begins("az lock delete ") {
        arm(scenario, "DELETE", option("--ids"), "2020-05-01");
    } else if begins("az account subscription enable ") {
        let path = format!(
            "/subscriptions/{}/providers/Microsoft.Subscription/enable",
            option("--subscription-id")
        );
        arm(scenario, "POST", &path, "2021-10-01");
    } else if begins("az role assignment create ") {
        // The name of an application stands for its principal.
        assert_eq!(option("--assignee"), APPLICATION, "{command}");
        scenario.portal().give_role(
            &json!({"scope": option("--scope"), "principal": "tenon", "role": option("--role")}),
        );
    } else {
        panic!("nobody knows `{command}`");
    }
    scenario.portal().until_idle();
}

/// Words of a command line; quotes hold some together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// A request of the owner to Resource Manager.
#[track_caller]
pub(crate) fn arm(scenario: &Scenario, method: &str, path: &str, version: &str) {
    let address = scenario.address();
    let form = format!(
        "grant_type=client_credentials&client_id={OWNER}&client_secret={SECRET}&scope={address}/.default"
    );
    let login = format!("/{CONTOSO}/oauth2/v2.0/token");
    let kind = "content-type: application/x-www-form-urlencoded\r\n";
    let (status, answer) = send(&address, "POST", &login, kind, &form);
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    let token = answer["access_token"].as_str();
    let token = token.unwrap_or_else(|| panic!("{status} {answer}"));
    let heads = format!("authorization: Bearer {token}\r\n");
    let path = format!("{path}?api-version={version}");
    let (status, answer) = send(&address, method, &path, &heads, "");
    assert!(status < 300, "{method} {path}: {status} {answer}");
}

fn send(address: &str, method: &str, path: &str, heads: &str, body: &str) -> (u16, String) {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("a simulator that listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a timeout");
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{heads}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status.expect("a status"), body.to_owned())
}
