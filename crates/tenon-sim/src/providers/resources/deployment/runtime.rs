//! What templates see of the simulated Azure: their place, and resources they refer to.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::arm::authentication::Caller;
use crate::arm::id::ResourceId;
use crate::arm::{rbac, reading, versions};
use crate::call::Call;
use crate::json;
use crate::providers::{self, locations};
use crate::state::State;
use crate::template::{Declared, Full, Place, Problem, Runtime};

/// Where a deployment stands.
pub(super) fn place(state: &State, id: &ResourceId, deployment: &Value) -> Place {
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let group = id.group.as_deref().unwrap_or_default();
    let found = state
        .store
        .get(&ResourceId::of_group(subscription, group).key());
    let name = state
        .directory
        .place_of(&state.world, subscription)
        .map(|place| state.world.subscriptions[place].name.clone());
    Place {
        group: found.map(crate::store::Resource::shown).unwrap_or_default(),
        subscription: json!({
            "id": format!("/subscriptions/{subscription}"),
            "subscriptionId": subscription,
            "tenantId": state.directory.tenant_of(subscription),
            "displayName": name,
        }),
        deployment: deployment.clone(),
        locations: locations::all().map(|(_, display, _)| display).collect(),
    }
}

/// The resources as they stand, seen by a deployment's caller.
pub(super) struct Live<'l> {
    pub(super) state: &'l State,
    pub(super) caller: &'l Caller,
    pub(super) base: &'l str,
    pub(super) declared: Vec<&'l Declared>,
}

impl Runtime for Live<'_> {
    fn reference(
        &self,
        resource: &str,
        version: Option<&str>,
        full: Full,
    ) -> Result<Value, Problem> {
        let own = self.declared.iter().find(|one| one.answers_to(resource));
        let written = own.map_or(resource, |own| own.id.as_str());
        let id = ResourceId::parse(written).ok_or_else(|| {
            Problem::invalid(format!(
                "The template function 'reference' expects a resource id or the name of a resource of the template, not '{resource}'."
            ))
        })?;
        let version = version
            .or_else(|| own.map(|own| own.api_version.as_str()))
            .map_or_else(|| newest(&id), str::to_owned);
        let found = reading::existing(self.state, &id)
            .map_err(|absent| Problem::invalid(absent.message))?;
        let action = format!("{}/read", providers::action_type(&found.type_name));
        rbac::require(self.state, self.caller, &action, &id.to_string())
            .map_err(|refused| Problem::invalid(refused.message))?;
        let call = Call::inner("GET", &found.id, &version, self.base, Bytes::new());
        let shown = self.state.show(found, &call);
        Ok(match full {
            Full::Yes => whole(shown, &version, &id),
            Full::No => shown.get("properties").cloned().unwrap_or_default(),
        })
    }
}

fn newest(id: &ResourceId) -> String {
    let offered = versions::offered(&providers::canonical(&id.type_name()));
    offered.into_iter().next().unwrap_or_default()
}

/// The whole resource as `reference(…, 'Full')` returns it.
fn whole(mut shown: Value, version: &str, id: &ResourceId) -> Value {
    json::set(&mut shown, "apiVersion", version);
    json::set(&mut shown, "resourceId", id.to_string());
    for (member, value) in [
        ("subscriptionId", &id.subscription),
        ("resourceGroupName", &id.group),
    ] {
        if let Some(value) = value {
            json::set(&mut shown, member, value.as_str());
        }
    }
    shown
}
