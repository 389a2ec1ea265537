//! The hand behind the curtain: `/_sim/…` moves the clock, sets faults,
//! shows the log, and changes resources as somebody in the portal would,
//! without tokens and without rights.

mod directory;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::arm::id::ResourceId;
use crate::arm::operations;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::drift::DriftRule;
use crate::entra::identities;
use crate::faults::rule::FaultRule;
use crate::json;
use crate::state::State;
use crate::world::settings::Settings;
use crate::world::{RoleAssignment, Span, build};

/// Answers a request to the admin side, or `None` when it is not one.
pub(crate) fn answer(state: &mut State, call: &Call) -> Option<Reply> {
    let segments = call.segments();
    let (first, rest) = segments.split_first()?;
    if *first != "_sim" {
        return None;
    }
    let reply = match (call.method.as_str(), rest) {
        ("GET", []) => Ok(overview(state)),
        ("GET", ["aliases.json"]) => Ok(aliases()),
        ("GET", ["clock"]) => Ok(clock(state)),
        ("POST", ["clock"]) => advance(state, call),
        ("GET", ["requests"]) => Ok(Reply::json(200, json!({"value": state.log.entries()}))),
        ("DELETE", ["requests"]) => Ok(clear_log(state)),
        ("GET", ["faults"]) => Ok(faults(state)),
        ("POST", ["faults"]) => add_fault(state, call),
        ("DELETE", ["faults", name]) => Ok(remove_faults(state, Some(name))),
        ("DELETE", ["faults"]) => Ok(remove_faults(state, None)),
        ("GET", ["drift"]) => Ok(drift(state)),
        ("POST", ["drift"]) => add_drift(state, call),
        ("DELETE", ["drift"]) => Ok(remove_drift(state, None)),
        ("DELETE", ["drift", name]) => Ok(remove_drift(state, Some(name))),
        ("GET", ["world"]) => Ok(world(state)),
        ("GET", ["operations"]) => Ok(operation_list(state)),
        ("POST", ["tokens", "expire"]) => Ok(expire(state)),
        ("GET", ["settings"]) => Ok(Reply::json(200, json!(state.world.settings))),
        ("PATCH", ["settings"]) => settings(state, call),
        ("PUT", ["applications"]) => directory::application(state, call),
        ("PUT", ["managedIdentities"]) => directory::managed_identity(state, call),
        ("PATCH", ["issuers"]) => directory::issuers(state, call),
        ("POST", ["roleAssignments"]) => role_assignment(state, call),
        (method, ["resources", ..]) => resource(state, call, method),
        _ => Err(refusal(404, "there is no such admin address")),
    };
    Some(reply.unwrap_or_else(|refused| refused))
}

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        json!({"error": {"code": "AdminRequest", "message": message}}),
    )
}

fn read<'b, T: Deserialize<'b>>(call: &'b Call) -> Result<T, Reply> {
    serde_json::from_slice(&call.body).map_err(|error| refusal(400, &error.to_string()))
}

fn overview(state: &State) -> Reply {
    let tenants: Vec<Value> = state
        .directory
        .tenants
        .iter()
        .map(|tenant| json!({"name": tenant.name, "id": tenant.id, "domains": tenant.domains}))
        .collect();
    let applications: Vec<Value> = state
        .directory
        .applications
        .iter()
        .map(|one| json!({"name": one.name, "id": one.id, "tenant": one.home}))
        .collect();
    let principals: Vec<Value> = state
        .directory
        .principals
        .iter()
        .map(|one| json!({"application": one.application, "tenant": one.tenant, "objectId": one.object_id}))
        .collect();
    let identities: Vec<Value> = identities::all(state)
        .map(|one| json!({"name": one.name, "tenant": one.tenant, "clientId": one.client_id, "objectId": one.object_id, "resourceId": one.resource_id}))
        .collect();
    let subscriptions: Vec<Value> = state
        .directory
        .subscriptions
        .iter()
        .zip(&state.world.subscriptions)
        .map(|(one, named)| json!({"name": named.name, "id": one.id, "tenant": one.tenant}))
        .collect();
    Reply::json(
        200,
        json!({
            "time": state.now(),
            "tenants": tenants,
            "applications": applications,
            "servicePrincipals": principals,
            "managedIdentities": identities,
            "subscriptions": subscriptions,
            "resources": state.store.all().count(),
        }),
    )
}

/// The marketplace aliases the Azure CLI looks up.
fn aliases() -> Reply {
    let image = |publisher: &str, offer: &str, sku: &str| json!({"publisher": publisher, "offer": offer, "sku": sku, "version": "latest"});
    Reply::json(
        200,
        json!({"outputs": {"aliases": {"value": {
            "Linux": {
                "Ubuntu2404": image("Canonical", "ubuntu-24_04-lts", "server"),
                "Ubuntu2204": image("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2"),
                "Debian12": image("Debian", "debian-12", "12-gen2"),
            },
            "Windows": {
                "Win2022Datacenter": image("MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-g2"),
            },
        }}}}),
    )
}

fn clock(state: &State) -> Reply {
    let body =
        json!({"now": state.now(), "speed": state.clock.speed(), "next": state.next_event()});
    Reply::json(200, body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Advance {
    #[serde(default)]
    advance: Option<Span>,
    /// Moves on until nothing is under way any more.
    #[serde(default)]
    until_idle: bool,
}

fn advance(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let wanted: Advance = read(call)?;
    if let Some(span) = wanted.advance {
        state.advance(span.0);
    }
    if wanted.until_idle {
        state.run_until_idle();
    }
    Ok(clock(state))
}

impl State {
    /// Moves the clock and lets happen what that brings.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.settle();
        let now = self.now();
        self.store
            .journal
            .note(crate::store::journal::Table::Clock, "", || json!(now));
    }

    /// Moves the clock to the end of everything that is under way.
    pub(crate) fn run_until_idle(&mut self) {
        while let Some(next) = self.next_event() {
            let left = next.duration_since(self.now());
            self.advance(left.unsigned_abs());
        }
    }
}

fn clear_log(state: &mut State) -> Reply {
    state.log.clear();
    Reply::empty(204)
}

fn faults(state: &State) -> Reply {
    Reply::json(
        200,
        json!({"value": state.faults.list, "struck": state.faults.log}),
    )
}

fn add_fault(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let rule: FaultRule = read(call)?;
    let fault = json!(state.faults.add(rule));
    let name = json::text(&fault, "rule.name")
        .unwrap_or_default()
        .to_owned();
    state.note_fault(&name);
    Ok(Reply::json(201, fault))
}

fn remove_faults(state: &mut State, name: Option<&str>) -> Reply {
    let gone = |fault: &crate::faults::Fault| name.is_none_or(|name| fault.rule.name == name);
    let names: Vec<String> = state
        .faults
        .list
        .iter()
        .filter(|fault| gone(fault))
        .map(|fault| fault.rule.name.clone())
        .collect();
    state.faults.list.retain(|fault| !gone(fault));
    for name in names {
        state.note_fault(&name);
    }
    Reply::empty(204)
}

fn drift(state: &State) -> Reply {
    let all: Vec<Value> = state.drift.values().map(|drift| json!(drift)).collect();
    Reply::json(200, json!({"value": all}))
}

fn add_drift(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let rule: DriftRule = read(call)?;
    let added = build::add_drift(state, &rule).map_err(|error| refusal(400, &error.to_string()))?;
    state.settle();
    let shown = state.drift.get(&added.rule.name).unwrap_or(&added);
    Ok(Reply::json(201, json!(shown)))
}

fn remove_drift(state: &mut State, name: Option<&str>) -> Reply {
    state.remove_drift(name);
    Reply::empty(204)
}

fn world(state: &State) -> Reply {
    let resources: Vec<Value> = state
        .store
        .all()
        .map(|(_, resource)| resource.shown())
        .collect();
    Reply::json(
        200,
        json!({"now": state.now(), "world": state.world, "resources": resources}),
    )
}

fn operation_list(state: &State) -> Reply {
    let all: Vec<Value> = state
        .operations
        .values()
        .map(|operation| json!(operation))
        .collect();
    Reply::json(200, json!({"value": all}))
}

fn expire(state: &mut State) -> Reply {
    state.expire_tokens();
    Reply::empty(204)
}

impl State {
    /// Lets every token handed out so far expire.
    pub(crate) fn expire_tokens(&mut self) {
        // Tokens carry whole seconds; those of this very second are meant, too.
        self.tokens_valid_from = Some(self.in_seconds(1));
        self.clock.advance(Duration::from_secs(1));
    }
}

/// Lays the members of the body over the settings.
fn settings(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let change: Value = read(call)?;
    let mut merged = json!(state.world.settings);
    json::merge(&mut merged, &change);
    let settings: Settings =
        serde_json::from_value(merged).map_err(|error| refusal(400, &error.to_string()))?;
    state.world.settings = settings;
    state.world_changed();
    Ok(Reply::json(200, json!(state.world.settings)))
}

fn role_assignment(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let entry: RoleAssignment = read(call)?;
    build::fill_assignment(state, &entry, 0).map_err(|error| refusal(400, &error.to_string()))?;
    Ok(Reply::empty(204))
}

/// Reads, replaces, changes or removes a resource as it stands.
fn resource(state: &mut State, call: &Call, method: &str) -> Result<Reply, Reply> {
    let path = call.path.trim_start_matches("/_sim/resources");
    let id = ResourceId::parse(path).ok_or_else(|| refusal(400, "the path has no resource id"))?;
    let key = id.key();
    match method {
        "GET" => match state.store.get(&key) {
            Some(found) => Ok(Reply::json(
                200,
                json!({"resource": found.shown(), "hidden": found.hidden}),
            )),
            None => Err(refusal(404, "there is no such resource")),
        },
        "PUT" => {
            let body: Value = read(call)?;
            let resource = build::raw_resource(state, &id, &body);
            state.store.put(resource);
            Ok(Reply::empty(204))
        }
        "PATCH" => {
            let change: Value = read(call)?;
            if state.store.get(&key).is_none() {
                return Err(refusal(404, "there is no such resource"));
            }
            let now = state.now();
            state.store.update(&key, |resource| {
                json::merge(&mut resource.body, &change);
                resource.changed = now;
            });
            Ok(Reply::empty(204))
        }
        "DELETE" => {
            operations::remove(state, &key);
            Ok(Reply::empty(204))
        }
        _ => Err(refusal(405, "resources take GET, PUT, PATCH and DELETE")),
    }
}
