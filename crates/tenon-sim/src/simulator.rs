//! The simulated Azure in memory: requests in, answers out, no sockets.

use std::borrow::Borrow;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Request, Response, StatusCode, header::HeaderName};
use jiff::Timestamp;
use serde_json::Value;

use crate::arm::reply::Reply;
use crate::arm::route::Route;
use crate::call::Call;
use crate::clock::{ClockMode, http_date};
use crate::entra::jwt;
use crate::faults::rule::{FaultRule, LoggedFault, Moment};
use crate::faults::{Sight, Verdict};
use crate::options::StartError;
use crate::requests::LoggedRequest;
use crate::state::{OpenError, State};
use crate::store::Resource;
use crate::world::{WorldError, WorldFile};
use crate::{admin, arm, blob, entra, graph, instance, issuers, json, machines, metadata};

/// A handle on a simulated Azure; clones share it.
#[derive(Debug, Clone)]
pub struct Simulator {
    state: Arc<Mutex<State>>,
}

/// Marks an answer that never reaches the client: its connection is closed instead.
///
/// [`Simulator::handle`] puts it into the extensions of the response, whose
/// status is then 444; the server acts on it by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped;

/// The status that stands in for a dropped connection.
const DROPPED: u16 = 444;

impl Simulator {
    /// Makes a simulator that lives in memory only.
    ///
    /// # Errors
    /// When the world refers to something it does not have.
    pub fn new(world: impl Borrow<WorldFile>, clock: ClockMode) -> Result<Self, WorldError> {
        Ok(Self::of(State::new(world.borrow(), clock)?))
    }

    /// Makes a simulator that keeps its state in a file.
    ///
    /// # Errors
    /// When the file cannot be used, or the world refers to something it does not have.
    pub fn open(path: &Path, world: &WorldFile, clock: ClockMode) -> Result<Self, StartError> {
        let failed = |source| StartError::State {
            path: path.to_owned(),
            source,
        };
        match State::open(path, world, clock) {
            Ok(state) => Ok(Self::of(state)),
            Err(OpenError::Io(source)) => Err(failed(source)),
            Err(OpenError::Content(error)) => Err(failed(error.into())),
            Err(OpenError::World(error)) => Err(error.into()),
        }
    }

    fn of(state: State) -> Self {
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left a whole state behind: changes are single calls.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request, as the server would.
    ///
    /// The address the client uses is taken from the `Host` header or the
    /// URI; the `Authorization` header is checked as everywhere.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let call = Call::read(request);
        let verdict = self.lock().receive(&call);
        if !verdict.delay.is_zero() {
            tokio::time::sleep(verdict.delay).await;
        }
        let drop = verdict.drop;
        let reply = self.lock().work(&call, verdict);
        let mut response = respond(&call, &reply, drop);
        if drop.is_some() {
            response.extensions_mut().insert(Dropped);
        }
        response
    }

    /// Moves the clock on, whatever its mode.
    pub fn advance(&self, by: Duration) {
        let mut state = self.lock();
        state.advance(by);
        keep(&mut state);
    }

    /// Moves the clock to the end of everything that is under way.
    pub fn run_until_idle(&self) {
        let mut state = self.lock();
        state.run_until_idle();
        keep(&mut state);
    }

    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// The requests so far, oldest first.
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.lock().log.entries()
    }

    /// Forgets the requests so far.
    pub fn clear_request_log(&self) {
        self.lock().log.clear();
    }

    /// Adds a fault, or replaces the one of the same name.
    pub fn add_fault(&self, rule: FaultRule) {
        let mut state = self.lock();
        let name = state.faults.add(rule).rule.name.clone();
        state.note_fault(&name);
        keep(&mut state);
    }

    /// The faults that have struck.
    #[must_use]
    pub fn fault_log(&self) -> Vec<LoggedFault> {
        self.lock().faults.log.clone()
    }

    /// Lets every token handed out so far expire.
    pub fn expire_tokens(&self) {
        self.lock().expire_tokens();
    }

    /// A resource as it is stored, without what a GET computes; `None` when there is none.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<Value> {
        self.lock().store.find(id).map(Resource::shown)
    }

    /// The ids of all resources, in order.
    #[must_use]
    pub fn resource_ids(&self) -> Vec<String> {
        self.lock()
            .store
            .all()
            .map(|(_, resource)| resource.id.clone())
            .collect()
    }

    /// Lays a change over a stored resource, as somebody in the portal would:
    /// past rights, rules and operations. Null removes a member.
    pub fn edit(&self, id: &str, change: &Value) {
        let mut state = self.lock();
        let now = state.now();
        state.store.update(&id.to_ascii_lowercase(), |resource| {
            json::merge(&mut resource.body, change);
            resource.changed = now;
        });
        keep(&mut state);
    }

    /// Adds what another world has and this one lacks; what is known stays as
    /// it is.
    ///
    /// # Errors
    /// When the other world refers to something that neither has.
    pub fn extend(&self, world: &WorldFile) -> Result<(), WorldError> {
        let mut state = self.lock();
        crate::world::extend::extend(&mut state, world)?;
        keep(&mut state);
        Ok(())
    }

    /// Writes what is not written yet and lets go of the state file.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        if let Err(error) = state.flush() {
            tracing::error!(%error, "the state file cannot be written");
        }
        state.store.journal.close();
    }
}

fn keep(state: &mut State) {
    if let Err(error) = state.persist() {
        tracing::error!(%error, "the state file cannot be written");
    }
}

impl State {
    /// Asks the faults about a request.
    fn receive(&mut self, call: &Call) -> Verdict {
        if call.path.starts_with("/_sim") {
            return Verdict::default();
        }
        let type_name = Route::of(call).type_name();
        let sight = Sight {
            method: &call.method,
            path: &call.path,
            type_name: &type_name,
        };
        let now = self.now();
        let verdict = self.faults.judge(sight, now);
        for name in verdict.struck.clone() {
            self.note_fault(&name);
        }
        verdict
    }

    /// Answers a request and keeps what it changed.
    fn work(&mut self, call: &Call, mut verdict: Verdict) -> Reply {
        self.settle();
        if let Some(reply) = admin::answer(self, call) {
            keep(self);
            return reply;
        }
        if verdict.expire_tokens {
            self.expire_tokens();
        }
        let (drop, instead) = (verdict.drop, verdict.answer.take());
        self.verdict = verdict;
        let reply = match (drop, instead) {
            (Some(Moment::Before), _) => Reply::empty(DROPPED),
            (_, Some(error)) => {
                let own = entra::error::of_fault(self, call, &error);
                let own = own.or_else(|| blob::of_fault(self, call, &error));
                own.unwrap_or_else(|| Reply::from(error))
            }
            _ => self.dispatch(call),
        };
        self.verdict = Verdict::default();
        let reply = self.sign(call, reply);
        self.remember(call, &reply, drop);
        keep(self);
        reply
    }

    fn dispatch(&mut self, call: &Call) -> Reply {
        if let Some(reply) = machines::answer(self, call) {
            return reply;
        }
        if let Some(reply) = blob::answer(self, call) {
            return reply;
        }
        if let Some(reply) = metadata::answer(call, self.world.cloud) {
            return reply;
        }
        let outside = instance::answer(self, call).or_else(|| issuers::answer(self, call));
        if let Some(reply) = outside.or_else(|| graph::answer(self, call)) {
            return reply;
        }
        if let Some(reply) = entra::answer(self, call) {
            return reply;
        }
        let reply = arm::answer(self, call);
        // Operations that take no time are over when their answer leaves.
        self.settle();
        reply
    }

    /// Adds the headers every answer has.
    fn sign(&mut self, call: &Call, reply: Reply) -> Reply {
        let request = self.fresh_id("request");
        let correlation = call
            .header("x-ms-correlation-request-id")
            .map_or_else(|| request.clone(), str::to_owned);
        let now = self.now();
        let routing = format!("SIMULATED:{}:{request}", now.strftime("%Y%m%dT%H%M%SZ"));
        let mut reply = reply
            .header("x-ms-request-id", request)
            .header("x-ms-correlation-request-id", correlation)
            .header("x-ms-routing-request-id", routing)
            .header("Date", http_date(now))
            .header(
                "Strict-Transport-Security",
                "max-age=31536000; includeSubDomains",
            )
            .header("X-Content-Type-Options", "nosniff");
        if !reply
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("cache-control"))
        {
            reply = reply
                .header("Cache-Control", "no-cache")
                .header("Pragma", "no-cache");
        }
        let echo = call.header("x-ms-return-client-request-id");
        if let (Some("true"), Some(id)) = (echo, call.header("x-ms-client-request-id")) {
            reply = reply.header("x-ms-client-request-id", id);
        }
        if reply.code.is_some() && reply.status >= 400 && reply.xml.is_none() {
            reply = reply.header("x-ms-failure-cause", "gateway");
        }
        reply
    }

    fn remember(&mut self, call: &Call, reply: &Reply, drop: Option<Moment>) {
        let header = |name: &str| {
            let found = reply
                .headers
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        let seed = self.world.seed().to_owned();
        let tenant = |entry: &str| {
            let token = entry.trim().split_once(' ').map(|(_, token)| token.trim());
            token
                .and_then(|token| jwt::read(&seed, token))
                .map(|claims| claims.tid)
        };
        let auxiliary = call
            .headers_joined("x-ms-authorization-auxiliary")
            .unwrap_or_default();
        let auxiliary_tenants = auxiliary
            .split(',')
            .filter(|entry| !entry.trim().is_empty())
            .map(|entry| tenant(entry).unwrap_or_else(|| "unreadable".to_owned()))
            .collect();
        let entry = LoggedRequest {
            number: 0,
            method: call.method.clone(),
            path: call.path.clone(),
            query: unsealed(&call.query_text),
            status: if drop.is_some() { 0 } else { reply.status },
            error_code: reply.code.clone(),
            authorization: call.header("authorization").is_some(),
            tenant: call.header("authorization").and_then(tenant),
            auxiliary_tenants,
            client_request_id: call.header("x-ms-client-request-id").map(str::to_owned),
            correlation_id: header("x-ms-correlation-request-id"),
            request_id: header("x-ms-request-id").unwrap_or_default(),
            time: self.now(),
        };
        self.log.add(entry);
    }
}

/// A query without the sealed parts of polling addresses.
fn unsealed(query: &str) -> String {
    let kept = query.split('&').filter(|pair| {
        !["t=", "c=", "s=", "h="]
            .iter()
            .any(|sealed| pair.starts_with(sealed))
    });
    kept.collect::<Vec<_>>().join("&")
}

fn respond(call: &Call, reply: &Reply, drop: Option<Moment>) -> Response<Bytes> {
    let status = if drop.is_some() {
        DROPPED
    } else {
        reply.status
    };
    let shows = call.method != "HEAD" && drop.is_none();
    let body = match (&reply.body, &reply.xml) {
        (Some(body), _) if shows => Bytes::from(body.to_string()),
        (_, Some(text)) if shows => Bytes::from(text.clone()),
        _ => Bytes::new(),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if reply.body.is_some() {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        headers.insert(axum::http::header::CONTENT_TYPE, json);
    } else if reply.xml.is_some() {
        let xml = HeaderValue::from_static("application/xml");
        headers.insert(axum::http::header::CONTENT_TYPE, xml);
    }
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    response
}
