//! Microsoft.Network.

mod addresses;
pub(crate) mod cidr;
pub(crate) mod interface;
pub(crate) mod public_ip;
pub(crate) mod security_group;
pub(crate) mod security_rule;
pub(crate) mod subnet;
pub(crate) mod virtual_network;

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json;
use crate::providers::Durations;
use crate::state::State;
use crate::store::Resource;

/// What the small network types take.
const DURATIONS: Durations = Durations {
    create: 4,
    update: 3,
    delete: 10,
    action: 2,
};

/// The etag of a network resource: a GUID that changes with every change.
fn etag(state: &State, resource: &Resource) -> String {
    let name = format!("etag/{}/{}", resource.key(), resource.revision);
    format!("W/\"{}\"", state.derived_id(&name))
}

/// The resource with its etag, and the GUID the provider knows it by.
fn shown(state: &State, resource: &Resource) -> Value {
    let mut body = resource.shown();
    body["etag"] = json!(etag(state, resource));
    body
}

/// The same for resources with a GUID of their own.
fn shown_with_guid(state: &State, resource: &Resource) -> Value {
    let mut body = shown(state, resource);
    let guid = state.derived_id(&format!("resource/{}/{}", resource.key(), resource.created));
    json::set(&mut body, "properties.resourceGuid", guid);
    body
}

/// The stored resource a reference names, or the refusal that it is missing.
pub(crate) fn referenced<'s>(
    state: &'s State,
    from: &ResourceId,
    id: &str,
    location: &str,
) -> Result<&'s Resource, ArmError> {
    let found = state.store.find(id);
    let nearby = found.filter(|found| {
        location.is_empty() || state.location_of(found) == json::plain_location(location)
    });
    nearby.ok_or_else(|| {
        let message = format!(
            "Resource {id} referenced by resource {from} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region."
        );
        ArmError::bad_request("InvalidResourceReference", message)
    })
}

/// Refuses a reference to something that is still being made.
fn require_ready(from: &ResourceId, resource: &Resource) -> Result<(), ArmError> {
    if resource.state() == "Succeeded" {
        return Ok(());
    }
    let message = format!(
        "Cannot proceed with operation because resource {} used by resource {from} is not in Succeeded state. Resource is in {} state and the last operation that updated/is updating the resource is PutOperation.",
        resource.id,
        resource.state()
    );
    Err(
        ArmError::new(429, "RetryableError", "A retryable error occurred.")
            .detail("ReferencedResourceNotProvisioned", message)
            .header("Retry-After", "2"),
    )
}

/// `{id}` objects of the resources that refer to one, all of one type.
fn back_references(state: &State, key: &str, type_name: &str) -> Vec<Value> {
    let referrers = state
        .store
        .referrers(key)
        .filter(|referrer| referrer.is(type_name));
    referrers
        .map(|referrer| json!({"id": referrer.id}))
        .collect()
}

fn malformed(message: impl Into<String>) -> ArmError {
    ArmError::bad_request("InvalidRequestFormat", message)
}
