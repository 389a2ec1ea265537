//! What the engine sends when a spec is applied.

use std::sync::Mutex;

use tenon_model::plan::Mode;
use tenon_model::spec::Made;
use tenon_model::transport::{
    Answer, Boxed, Identity, Progress, Read, Refusal, Transport, Verb, Write,
};
use tenon_model::{Code, Diagnostic, ResourceId, SubscriptionId, TenantId, Value};

use crate::checker::Purpose;
use crate::request::Request;
use crate::support::cloud::{Cloud, names};
use crate::support::{self, Asked};

/// Why something is rightly left alone, and nothing is sent: it is in use, or
/// Azure keeps it by its own safety profile.
const LEFT_ALONE: &[Code] = &[Code::InUse, Code::DeletionBlocked];

/// Keeps every request that writes.
pub(crate) struct Recorder<'c> {
    azure: &'c dyn Transport,
    is_there: &'c (dyn Fn(&ResourceId) -> bool + Sync),
    requests: Mutex<Vec<Request>>,
}

/// Applies a spec to `cloud`; every request that writes, and what went wrong.
pub(crate) fn applied(asked: &Asked, cloud: &Cloud, mode: Mode) -> (Vec<Request>, Vec<String>) {
    prepare(asked, cloud);
    let plan = asked.plan(cloud, mode);
    if !plan.applyable {
        let counts = |one: &&Diagnostic| one.is_error() && !LEFT_ALONE.contains(&one.code);
        let why = plan.diagnostics.iter().filter(counts);
        return (
            Vec::new(),
            why.map(|one| format!("cannot be applied: {}", one.message))
                .collect(),
        );
    }
    let is_there = |id: &ResourceId| cloud.with(|state| state.resources.contains_key(id));
    let recorder = Recorder::new(cloud, &is_there);
    let problems = support::apply(&plan, &recorder);
    (recorder.requests(), problems)
}

/// Puts there what the spec names and somebody else has made.
fn prepare(asked: &Asked, cloud: &Cloud) {
    let thing: Value = serde_json::from_str(r#"{"location":"westeurope"}"#).expect("JSON");
    let ours: Vec<&ResourceId> = asked
        .graph
        .resources()
        .filter(|desired| desired.made == Made::Here)
        .map(|desired| &desired.id)
        .collect();
    for desired in asked.graph.resources() {
        let elsewhere = desired.made == Made::Elsewhere;
        let own = elsewhere.then(|| desired.id.clone());
        let parent = desired.id.parent();
        for id in names(&desired.body).into_iter().chain(own).chain(parent) {
            let there = cloud.with(|state| state.resources.contains_key(&id));
            if !ours.contains(&&id) && !there {
                cloud.put(id.as_str(), &thing);
            }
        }
    }
}

impl<'c> Recorder<'c> {
    /// Keeps what `azure` is sent; `is_there` says what stood before.
    pub(crate) fn new(
        azure: &'c dyn Transport,
        is_there: &'c (dyn Fn(&ResourceId) -> bool + Sync),
    ) -> Self {
        Self {
            azure,
            is_there,
            requests: Mutex::default(),
        }
    }

    /// Everything that was sent.
    pub(crate) fn requests(self) -> Vec<Request> {
        self.requests.into_inner().expect("nobody panicked")
    }

    fn keep(&self, write: &Write) {
        let there = ResourceId::parse(&write.path).is_ok_and(|id| (self.is_there)(&id));
        let (method, purpose) = match write.verb {
            Verb::Put if there => ("put", Purpose::Replace),
            Verb::Put => ("put", Purpose::Create),
            Verb::Patch => ("patch", Purpose::Change),
            Verb::Delete => ("delete", Purpose::Remove),
            Verb::Post => ("post", Purpose::Act),
            Verb::Get => unreachable!("no write reads"),
        };
        let body = write.body.as_ref();
        let request = Request {
            method,
            path: write.path.clone(),
            version: write.api_version.clone(),
            purpose,
            body: body.map(|body| serde_json::to_value(body).expect("a body is JSON")),
        };
        self.requests.lock().expect("nobody panicked").push(request);
    }
}

impl Transport for Recorder<'_> {
    fn sign_in<'a>(&'a self, tenant: &'a TenantId) -> Boxed<'a, Result<Identity, Refusal>> {
        self.azure.sign_in(tenant)
    }

    fn tenant_of<'a>(
        &'a self,
        subscription: &'a SubscriptionId,
    ) -> Boxed<'a, Result<Option<TenantId>, Refusal>> {
        self.azure.tenant_of(subscription)
    }

    fn get<'a>(&'a self, read: &'a Read) -> Boxed<'a, Result<Answer, Refusal>> {
        self.azure.get(read)
    }

    fn list<'a>(
        &'a self,
        read: &'a Read,
        page: &'a mut (dyn FnMut(Vec<Value>) + Send),
    ) -> Boxed<'a, Result<usize, Refusal>> {
        self.azure.list(read, page)
    }

    fn write<'a>(
        &'a self,
        write: &'a Write,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Boxed<'a, Result<Answer, Refusal>> {
        self.keep(write);
        self.azure.write(write, progress)
    }
}
