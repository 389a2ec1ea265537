//! A small Azure with a publisher and a consumer, and a way to talk to it.

#![allow(dead_code, reason = "every test file uses its own part")]

pub(crate) mod crypto;

use serde_json::{Value, json};
use tenon_sim::http::{HeaderMap, Request};
use tenon_sim::{Bytes, ClockMode, Simulator, WorldFile};

pub(crate) const T1: &str = "11111111-0000-0000-0000-000000000001";
pub(crate) const T2: &str = "22222222-0000-0000-0000-000000000002";
pub(crate) const S1: &str = "aaaaaaaa-0000-0000-0000-000000000001";
pub(crate) const S2: &str = "bbbbbbbb-0000-0000-0000-000000000002";
pub(crate) const APP: &str = "cccccccc-0000-0000-0000-000000000003";
pub(crate) const SECRET: &str = "s3cret~value";

pub(crate) const WORLD: &str = r"
seed: tests
epoch: 2026-01-01T00:00:00Z
tenants:
  - {name: acme, id: 11111111-0000-0000-0000-000000000001, domains: [acme.example]}
  - {name: contoso, id: 22222222-0000-0000-0000-000000000002, domains: [contoso.example]}
applications:
  - name: deployer
    id: cccccccc-0000-0000-0000-000000000003
    tenant: acme
    multiTenant: true
    secrets: [{value: s3cret~value}, {value: old, expires: 2025-12-31T00:00:00Z}]
    servicePrincipals: [{tenant: acme}, {tenant: contoso}]
  - {name: reader, tenant: contoso, secrets: [{value: r}]}
  - {name: stranger, tenant: acme, multiTenant: true, secrets: [{value: x}]}
  - {name: homebody, tenant: acme, secrets: [{value: x}]}
subscriptions:
  - {name: images, id: aaaaaaaa-0000-0000-0000-000000000001, tenant: acme}
  - {name: workload, id: bbbbbbbb-0000-0000-0000-000000000002, tenant: contoso}
roleAssignments:
  - {scope: /subscriptions/images/resourceGroups/images-rg, principal: deployer, role: Reader}
  - {scope: /subscriptions/workload, principal: deployer, role: Contributor}
  - {scope: /subscriptions/workload, principal: deployer, role: User Access Administrator}
  - {scope: /subscriptions/workload, principal: reader, role: Reader}
resourceGroups:
  - {subscription: workload, name: Web, location: westeurope}
galleries:
  - subscription: images
    resourceGroup: images-rg
    name: golden
    location: westeurope
    images:
      - name: web
        features: {SecurityType: TrustedLaunchSupported}
        versions:
          - {name: 1.9.0, regions: [{name: westeurope}, {name: northeurope}]}
          - {name: 1.10.0, regions: [{name: westeurope}, {name: northeurope, state: Replicating}]}
          - {name: 2.0.0, excludeFromLatest: true}
      - {name: gold, osState: Specialized, versions: [{name: 1.0.0}]}
      - {name: arm, architecture: Arm64, versions: [{name: 1.0.0}]}
";

/// The id of something in the consumer's group `Web`.
pub(crate) fn web(tail: &str) -> String {
    format!("/subscriptions/{S2}/resourceGroups/Web/providers/{tail}")
}

pub(crate) fn image(tail: &str) -> String {
    format!(
        "/subscriptions/{S1}/resourceGroups/images-rg/providers/Microsoft.Compute/galleries/golden/images/{tail}"
    )
}

/// An answer, with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    /// Asserts the status and hands the answer on.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        self
    }

    /// Asserts a refusal.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.code()),
            (status, code),
            "{:#}",
            self.body
        );
        self
    }
}

/// A client with the tokens of both tenants.
pub(crate) struct Client {
    pub(crate) simulator: Simulator,
    pub(crate) t1: String,
    pub(crate) t2: String,
    pub(crate) auxiliary: Option<String>,
}

impl Client {
    pub(crate) async fn new() -> Self {
        Self::of(WORLD).await
    }

    pub(crate) async fn of(world: &str) -> Self {
        let world = WorldFile::from_yaml(world).expect("a world");
        let simulator = Simulator::new(world, ClockMode::Manual).expect("a simulator");
        Self::with(simulator).await
    }

    pub(crate) async fn with(simulator: Simulator) -> Self {
        let t1 = token(&simulator, T1, APP, SECRET).await;
        let t2 = token(&simulator, T2, APP, SECRET).await;
        Self {
            simulator,
            auxiliary: Some(format!("Bearer {t1}")),
            t1,
            t2,
        }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Answer {
        let mut headers = vec![("authorization", format!("Bearer {token}"))];
        if let Some(auxiliary) = &self.auxiliary {
            headers.push(("x-ms-authorization-auxiliary", auxiliary.clone()));
        }
        raw(&self.simulator, method, path, &headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &self.t2, None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, &self.t2, Some(&body)).await
    }

    pub(crate) async fn put_text(&self, path: &str, body: &str) -> Answer {
        let headers = [("authorization", format!("Bearer {}", self.t2))];
        raw_text(&self.simulator, "PUT", path, &headers, body.to_owned()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, &self.t2, Some(&body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &self.t2, Some(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &self.t2, None).await
    }

    /// Puts something and waits until it is there.
    #[track_caller]
    pub(crate) fn made(&self, path: &str, body: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.put(path, body).await;
            assert!(answer.status < 300, "{place}: {:#}", answer.body);
            self.simulator.run_until_idle();
            self.get(path).await.is(200).body
        }
    }

    /// Deletes something and waits until it is gone.
    pub(crate) async fn gone(&self, path: &str) {
        let answer = self.delete(path).await;
        assert!(answer.status < 300, "{:#}", answer.body);
        self.simulator.run_until_idle();
        self.get(path).await.is(404);
    }
}

/// Sends a request; the api-version is added when the path has none.
pub(crate) async fn raw(
    simulator: &Simulator,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: Option<&Value>,
) -> Answer {
    let body = body.map(Value::to_string).unwrap_or_default();
    raw_text(simulator, method, path, headers, body).await
}

/// The same, with a body as it is written.
pub(crate) async fn raw_text(
    simulator: &Simulator,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: String,
) -> Answer {
    let mut uri = if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("http://sim{path}")
    };
    if !uri.contains("api-version=") && !uri.contains("/oauth2/") && !uri.contains("/_sim") {
        uri.push(if uri.contains('?') { '&' } else { '?' });
        uri.push_str("api-version=");
        uri.push_str(version(path));
    }
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = simulator
        .handle(request.body(Bytes::from(body)).expect("a request"))
        .await;
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).expect("JSON")
        },
    }
}

fn version(path: &str) -> &'static str {
    let path = path.split('?').next().unwrap_or(path);
    let last = path.rfind("/providers/").map_or(path, |at| &path[at..]);
    for (part, version) in [
        ("/galleries", "2024-03-03"),
        ("/disks", "2025-01-02"),
        ("/skus", "2021-07-01"),
        ("Microsoft.Compute/", "2024-11-01"),
        ("Microsoft.Network/", "2025-01-01"),
        ("roleAssignments", "2022-04-01"),
        ("roleDefinitions", "2022-04-01"),
        ("permissions", "2022-04-01"),
        ("locks", "2020-05-01"),
        ("userAssignedIdentities", "2024-11-30"),
    ] {
        if last.to_lowercase().contains(&part.to_lowercase()) {
            return version;
        }
    }
    if path.starts_with("/subscriptions") && path.matches('/').count() < 3 {
        "2022-12-01"
    } else {
        "2025-04-01"
    }
}

pub(crate) async fn ask_token(simulator: &Simulator, tenant: &str, form: &str) -> Answer {
    post_form(simulator, &format!("/{tenant}/oauth2/v2.0/token"), form).await
}

pub(crate) async fn post_form(simulator: &Simulator, path: &str, form: &str) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("http://sim{path}"));
    let response = simulator
        .handle(
            request
                .body(Bytes::from(form.to_owned()))
                .expect("a request"),
        )
        .await;
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).expect("JSON"),
    }
}

pub(crate) async fn token(
    simulator: &Simulator,
    tenant: &str,
    client: &str,
    secret: &str,
) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
    );
    let answer = ask_token(simulator, tenant, &form).await.is(200);
    answer.body["access_token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

/// A network with one subnet, put and finished.
pub(crate) async fn network(client: &Client) -> String {
    let path = web("Microsoft.Network/virtualNetworks/net");
    client
        .made(
            &path,
            json!({"location": "westeurope", "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                "subnets": [{"name": "apps", "properties": {"addressPrefix": "10.0.1.0/24"}}],
            }}),
        )
        .await;
    format!("{path}/subnets/apps")
}

/// An interface in the subnet of [`network`].
pub(crate) async fn interface(client: &Client, name: &str, subnet: &str) -> String {
    let path = web(&format!("Microsoft.Network/networkInterfaces/{name}"));
    let body = json!({"location": "westeurope", "properties": {
        "ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": subnet}}}],
    }});
    client.made(&path, body).await;
    path
}

/// The body of a Linux machine.
pub(crate) fn machine(image: &str, interface: &str) -> Value {
    json!({
        "location": "westeurope",
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
            "storageProfile": {
                "imageReference": {"id": image},
                "osDisk": {"createOption": "fromImage", "deleteOption": "Delete"},
            },
            "osProfile": {
                "computerName": "vm", "adminUsername": "azureuser",
                "linuxConfiguration": {
                    "disablePasswordAuthentication": true,
                    "ssh": {"publicKeys": [{
                        "path": "/home/azureuser/.ssh/authorized_keys",
                        "keyData": "ssh-rsa AAAA test",
                    }]},
                },
                "customData": "aGVsbG8=",
            },
            "networkProfile": {"networkInterfaces": [{"id": interface}]},
        },
    })
}
