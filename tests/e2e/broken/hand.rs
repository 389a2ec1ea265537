//! Who follows a help: the owner of both subscriptions, with Azure's own
//! requests, and an administrator of both tenants.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::scenario::{Portal, Scenario};
use crate::worlds::{ACME, CONTOSO, WORKLOAD};

/// The application `owner` of the world, and its secret.
const OWNER: &str = "7d5f0c1e-0000-4000-8000-000000000002";
const SECRET: &str = "an-owner";

/// The subscription of the publisher.
pub(crate) const IMAGES: &str = "44444444-4444-4444-4444-444444444444";

/// One who may.
pub(crate) struct Hand<'s> {
    scenario: &'s Scenario,
}

impl<'s> Hand<'s> {
    pub(crate) fn of(scenario: &'s Scenario) -> Self {
        Self { scenario }
    }

    pub(crate) fn scenario(&self) -> &'s Scenario {
        self.scenario
    }

    /// The admin side, for what somebody did before.
    pub(crate) fn portal(&self) -> Portal {
        self.scenario.portal()
    }

    /// `az role assignment create` with the application that plans.
    pub(crate) fn give_role(&self, scope: &str, role: &str) {
        let role = json!({"scope": scope, "principal": "tenon", "role": role});
        self.portal().give_role(&role);
    }

    /// Opens the address of the consent page, and accepts.
    pub(crate) fn consent(&self, tenant: &str) {
        let path = format!(
            "/{tenant}/adminconsent?client_id={}",
            crate::worlds::APPLICATION
        );
        let (status, answer) = self.send("GET", &path, &[], "");
        assert!(status < 400, "{path}: {status} {answer}");
    }

    /// A request of the consumer's owner to Resource Manager.
    pub(crate) fn consumer(&self, method: &str, path: &str, version: &str, body: &Value) {
        let path = format!("/subscriptions/{WORKLOAD}{path}");
        self.arm(CONTOSO, method, &path, version, body);
    }

    /// The same of the publisher's.
    pub(crate) fn publisher(&self, method: &str, path: &str, version: &str, body: &Value) {
        let path = format!("/subscriptions/{IMAGES}{path}");
        self.arm(ACME, method, &path, version, body);
    }

    /// Sends version 1.4.2 to northeurope and to another region; it takes its
    /// time.
    pub(crate) fn replicate(&self, region: &str) {
        let regions = json!([{"name": "northeurope"}, {"name": region}]);
        let body = json!({"properties": {"publishingProfile": {"targetRegions": regions}}});
        let version = "/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.2";
        let path = format!("/subscriptions/{IMAGES}{version}");
        self.send_as(ACME, "PATCH", &path, "2024-03-03", &body);
    }

    fn arm(&self, tenant: &str, method: &str, path: &str, version: &str, body: &Value) {
        self.send_as(tenant, method, path, version, body);
        self.portal().until_idle();
    }

    fn send_as(&self, tenant: &str, method: &str, path: &str, version: &str, body: &Value) {
        let token = self.token(tenant);
        let path = format!("{path}?api-version={version}");
        let heads = [
            ("authorization", format!("Bearer {token}")),
            ("content-type", "application/json".to_owned()),
        ];
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let (status, answer) = self.send(method, &path, &heads, &body);
        assert!(status < 300, "{method} {path}: {status} {answer}");
    }

    fn token(&self, tenant: &str) -> String {
        let scope = format!("{}/.default", self.scenario.address());
        let form = format!(
            "grant_type=client_credentials&client_id={OWNER}&client_secret={SECRET}&scope={scope}"
        );
        let heads = [(
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        )];
        let path = format!("/{tenant}/oauth2/v2.0/token");
        let (status, answer) = self.send("POST", &path, &heads, &form);
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let token = answer["access_token"].as_str();
        token
            .unwrap_or_else(|| panic!("{path}: {status} {answer}"))
            .to_owned()
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        heads: &[(&str, String)],
        body: &str,
    ) -> (u16, String) {
        let address = self.scenario.address();
        let host = address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("a simulator that listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("a timeout");
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for (name, value) in heads {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.expect("a status"), body.to_owned())
    }
}

/// The id of something in the consumer's group.
pub(crate) fn own(tail: &str) -> String {
    crate::worlds::id(tail)
}
