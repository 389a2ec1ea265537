//! A world on simulated time, and the client that reaches it without sockets.

use std::sync::{Arc, Mutex};

use tenon_client::{
    Client, Cloud, Credential, Credentials, Endpoint, HeaderMap, Http, HttpError, HttpRequest,
    HttpResponse, Jitter, SecretString, Settings, StatusCode,
};
use tenon_engine::ApplyOptions;
use tenon_model::event::{Event, Listener};
use tenon_model::plan::{Mode, Plan};
use tenon_model::report::Report;
use tenon_model::snapshot::{Look, Snapshot};
use tenon_model::transport::{Boxed, Condition, Transport as _, Verb, Write};
use tenon_model::{Address, TenantId};
use tenon_plan::{Rollback, Wishes};
use tenon_sim::world::{FaultAction, FaultMatch, FaultRule, Moment};
use tenon_sim::{Bytes, ClockMode, Dropped, Simulator, WorldFile, http};
use tokio::time::Instant;

use crate::support;

const ADDRESS: &str = "http://127.0.0.1:8443";

/// The beginning of every spec here.
pub(crate) const HEAD: &str = "\
tenon: 1
name: timed
tenant: 22222222-2222-2222-2222-222222222222
subscription: 33333333-3333-3333-3333-333333333333
resource_group: rg
location: westeurope
images:
  web:
    tenant: 11111111-1111-1111-1111-111111111111
    id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web
    version: 1.4.2
";

/// What there is at first, settings last.
pub(crate) const WORLD: &str = "\
tenants:
  - {name: acme, id: 11111111-1111-1111-1111-111111111111}
  - {name: contoso, id: 22222222-2222-2222-2222-222222222222}
applications:
  - name: app
    id: 7d5f0c1e-0000-4000-8000-000000000009
    tenant: acme
    multiTenant: true
    secrets: [{value: a-secret}]
    servicePrincipals: [{tenant: acme}, {tenant: contoso}]
subscriptions:
  - {name: machines, id: 33333333-3333-3333-3333-333333333333, tenant: contoso}
  - {name: gallery, id: 44444444-4444-4444-4444-444444444444, tenant: acme}
  - {name: guarded, id: 55555555-5555-5555-5555-555555555555, tenant: contoso}
roleAssignments:
  - {scope: /subscriptions/33333333-3333-3333-3333-333333333333, principal: app, role: Contributor}
  - {scope: /subscriptions/44444444-4444-4444-4444-444444444444, principal: app, role: Reader}
  - {scope: /subscriptions/55555555-5555-5555-5555-555555555555, principal: app, role: User Access Administrator}
resourceGroups:
  - {subscription: machines, name: rg, location: westeurope}
  - {subscription: guarded, name: rg, location: westeurope}
galleries:
  - subscription: gallery
    resourceGroup: images
    name: acme
    location: westeurope
    images: [{name: web, versions: [{name: 1.4.2, regions: [{name: westeurope}]}, {name: 1.5.0, regions: [{name: westeurope}]}]}]
settings:
  durations:
    default: {create: 20s, update: 20s, delete: 20s}
    Microsoft.Compute/virtualMachines: {create: 120s}
";

/// A world on simulated time.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    /// Time moves for those who plan and run as it does for the world.
    began: Instant,
}

impl World {
    /// Makes a world; `settings` are further lines of its settings.
    pub(crate) fn new(settings: &str) -> Self {
        Self::of(&format!("{WORLD}{settings}"))
    }

    /// A world in which the application may read and no more.
    pub(crate) fn for_reader() -> Self {
        Self::of(&WORLD.replace("role: Contributor", "role: Reader"))
    }

    /// Makes the world that `file` describes.
    pub(crate) fn of(file: &str) -> Self {
        let world = WorldFile::from_yaml(file).expect("a world");
        let simulator =
            Simulator::new(world, ClockMode::RealTime { speed: 1 }).expect("a simulator");
        let client = client(Arc::new(InProcess(simulator.clone())));
        let began = Instant::now();
        Self {
            simulator,
            client,
            began,
        }
    }

    /// The same world for a program that has just started, over another wire.
    pub(crate) fn over(&self, wire: impl FnOnce(InProcess) -> Arc<dyn Http>) -> Self {
        Self {
            simulator: self.simulator.clone(),
            client: client(wire(InProcess(self.simulator.clone()))),
            began: self.began,
        }
    }

    /// The same world for a program that has just started.
    pub(crate) fn again(&self) -> Self {
        self.over(|wire| Arc::new(wire))
    }

    /// The time, in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        support::NOW + self.began.elapsed().as_secs()
    }

    /// How a run begins now.
    pub(crate) fn options(&self) -> ApplyOptions {
        ApplyOptions {
            begins: self.now(),
            ..ApplyOptions::default()
        }
    }

    /// Plans a spec against this world.
    pub(crate) async fn plan(&self, spec: &str) -> Plan {
        let plan = self.plan_for(spec, Mode::Live).await;
        assert!(plan.applyable, "{:?}", plan.diagnostics);
        plan
    }

    /// Plans a spec, or its end, as the program does: three rounds of looks.
    pub(crate) async fn plan_for(&self, spec: &str, mode: Mode) -> Plan {
        self.plan_replacing(spec, mode, &[]).await
    }

    /// The same, and these are to be replaced.
    pub(crate) async fn plan_replacing(&self, spec: &str, mode: Mode, replace: &[&str]) -> Plan {
        let wishes = Wishes {
            replace: replace.iter().map(|one| Address::new(one)).collect(),
            ..Wishes::default()
        };
        self.plan_wishing(spec, mode, wishes).await
    }

    /// A plan of a part.
    pub(crate) async fn plan_of(&self, spec: &str, targets: &[&str]) -> Plan {
        let wishes = Wishes {
            targets: targets.iter().map(|one| Address::new(one)).collect(),
            ..Wishes::default()
        };
        self.plan_wishing(spec, Mode::Live, wishes).await
    }

    /// A plan in which a machine, or those of a fleet, go back to their old OS
    /// disks.
    pub(crate) async fn plan_rollback(&self, spec: &str, of: &[&str], to: Option<&str>) -> Plan {
        let rollback = Rollback {
            addresses: of.iter().map(|one| Address::new(one)).collect(),
            to: to.map(str::to_owned),
        };
        let wishes = Wishes {
            rollback: Some(rollback),
            ..Wishes::default()
        };
        self.plan_wishing(spec, Mode::Live, wishes).await
    }

    async fn plan_wishing(&self, spec: &str, mode: Mode, wishes: Wishes) -> Plan {
        let mut asked = support::ask(spec, None, &support::files()).expect("a good spec");
        asked.now = self.now();
        asked.wishes = wishes;
        let scopes = &asked.deployment.places();
        let mut snapshot = Snapshot::default();
        let looks = tenon_plan::first_looks(
            asked.graph.resources(),
            scopes,
            &asked.deployment.name,
            &tenon_kinds::groups::RULES,
            tenon_kinds::rules_of,
        );
        self.observe(&looks, &mut snapshot).await;
        let (asked, names) = asked.standing(&snapshot);
        let looks = tenon_plan::second_looks(
            &asked.graph,
            &snapshot,
            &asked.deployment.places(),
            mode,
            tenon_kinds::rules_of,
            tenon_kinds::any_rules(),
        );
        self.observe(&looks, &mut snapshot).await;
        let asked = asked.turned(names, &snapshot, mode);
        let looks = asked.third_looks(&snapshot, mode);
        self.observe(&looks, &mut snapshot).await;
        tenon_plan::plan(&asked.inputs(&snapshot, mode))
    }

    async fn observe(&self, looks: &[Look], snapshot: &mut Snapshot) {
        tenon_engine::observe(looks, &self.client, snapshot)
            .await
            .expect("it answers");
    }

    /// Lets somebody with a portal do something to a resource.
    pub(crate) async fn act(&self, path: &str) {
        let write = Write {
            tenant: TenantId::new(support::CONSUMER),
            auxiliary: Vec::new(),
            verb: Verb::Post,
            path: path.to_owned(),
            api_version: "2024-11-01".to_owned(),
            body: None,
            condition: Condition::None,
        };
        let done = self.client.write(&write, &|_| {}).await;
        done.expect("Azure does it");
    }

    fn fault(&self, method: &str, id: &str, times: u32, action: FaultAction) {
        self.simulator.add_fault(FaultRule {
            name: format!("{method} {id}"),
            skip: 0,
            matching: FaultMatch {
                method: method.to_owned(),
                id: id.to_owned(),
                ..FaultMatch::default()
            },
            times,
            action,
        });
    }

    /// Lets an operation end badly, once.
    pub(crate) fn fail_operation(&self, id: &str, code: &str) {
        let message = "as the test wants it".to_owned();
        let action = FaultAction::FailOperation {
            code: code.to_owned(),
            message,
        };
        self.fault("PUT", id, 1, action);
    }

    /// Refuses a request, once.
    pub(crate) fn refuse(&self, method: &str, id: &str, status: u16, code: &str) {
        self.refuse_times(1, method, id, status, code);
    }

    /// Refuses a request so often; 0 for always.
    pub(crate) fn refuse_times(&self, times: u32, method: &str, id: &str, status: u16, code: &str) {
        let action = FaultAction::Respond {
            status,
            code: code.to_owned(),
            message: "as the test wants it".to_owned(),
            headers: std::collections::BTreeMap::new(),
        };
        self.fault(method, id, times, action);
    }

    /// Answers 201 and does nothing.
    pub(crate) fn pretend(&self, method: &str, id: &str) {
        self.refuse(method, id, 201, "Created");
    }

    /// Lets the role that writes count in the guarded subscription.
    pub(crate) fn grant(&self) {
        let line = "  - {scope: /subscriptions/55555555-5555-5555-5555-555555555555, principal: app, role: Contributor}\n";
        let text = WORLD.replace("resourceGroups:\n", &format!("{line}resourceGroups:\n"));
        let world = WorldFile::from_yaml(&text).expect("a world");
        self.simulator.extend(&world).expect("it fits");
    }

    /// Loses the answers to the first three requests after they took effect.
    pub(crate) fn lose_answers(&self, method: &str, id: &str) {
        self.fault(
            method,
            id,
            3,
            FaultAction::Drop {
                moment: Moment::After,
            },
        );
    }
}

/// A client with nothing remembered.
fn client(http: Arc<dyn Http>) -> Client {
    let cloud = Cloud {
        storage: Cloud::public().storage,
        name: "timed".to_owned(),
        login: Endpoint::parse(ADDRESS).expect("an address"),
        arm: Endpoint::parse(ADDRESS).expect("an address"),
        audience: "https://management.azure.com".to_owned(),
        graph: None,
    };
    let credential = Credential::client_secret(
        "7d5f0c1e-0000-4000-8000-000000000009",
        SecretString::from("a-secret"),
        "the test",
    );
    let mut settings = Settings::new(cloud, Credentials::all(credential), http);
    settings.jitter = Jitter::fixed(0.5);
    Client::new(settings)
}

/// Requests without sockets.
pub(crate) struct InProcess(Simulator);

impl Http for InProcess {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let mut builder = http::Request::builder()
                .method(request.method.as_str())
                .uri(request.url.as_str());
            for (name, value) in &request.headers {
                builder = builder.header(name.as_str(), value.as_bytes());
            }
            let body = request
                .body
                .map_or_else(Bytes::new, |body| Bytes::copy_from_slice(&body));
            let request = builder.body(body).expect("a request");
            let response = self.0.handle(request).await;
            if response.extensions().get::<Dropped>().is_some() {
                return Err(HttpError::Lost("the test dropped it".to_owned()));
            }
            let mut headers = HeaderMap::new();
            for (name, value) in response.headers() {
                headers.append(name.clone(), value.clone());
            }
            Ok(HttpResponse {
                status: StatusCode::from_u16(response.status().as_u16()).expect("a status"),
                headers,
                body: response.into_body().to_vec(),
            })
        })
    }
}

/// Hears events and folds them.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Report>);

impl Heard {
    /// What was heard.
    pub(crate) fn report(&self) -> Report {
        self.0.lock().expect("nobody panicked").clone()
    }
}

impl Listener for Heard {
    fn hear(&self, event: &Event) {
        self.0.lock().expect("nobody panicked").hear(event);
    }
}
