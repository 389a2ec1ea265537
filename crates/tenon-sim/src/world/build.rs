//! Turns a world file into the first state.

use serde_json::{Value, json};

use super::{Gallery, RawResource, WorldError, WorldFile};
use crate::arm::id::ResourceId;
use crate::arm::roles;
use crate::drift::{Drift, DriftRule};
use crate::json;
use crate::providers::authorization::assignment;
use crate::providers::resources::group;
use crate::providers::{self, locations};
use crate::state::State;
use crate::store::Resource;

mod images;

/// Puts everything a world describes into an empty state.
pub(crate) fn fill(state: &mut State, world: &WorldFile) -> Result<(), WorldError> {
    for entry in &world.resource_groups {
        let place = format!("resource group `{}`", entry.name);
        let subscription = subscription(state, &entry.subscription, &place)?;
        check_location(&entry.location, &place)?;
        group::ensure(state, &subscription, &entry.name, &entry.location);
        let key = ResourceId::of_group(&subscription, &entry.name).key();
        state.store.update(&key, |group| {
            json::set(&mut group.body, "tags", json!(entry.tags));
        });
    }
    for gallery in &world.galleries {
        fill_gallery(state, gallery)?;
    }
    for raw in &world.resources {
        fill_raw(state, raw)?;
    }
    for (number, entry) in world.role_assignments.iter().enumerate() {
        fill_assignment(state, entry, number)?;
    }
    for rule in &world.drift {
        add_drift(state, rule)?;
    }
    Ok(())
}

fn subscription(state: &State, name: &str, place: &str) -> Result<String, WorldError> {
    let found = state.directory.place_of(&state.world, name);
    found
        .map(|found| state.directory.subscriptions[found].id.clone())
        .ok_or_else(|| WorldError::Unknown {
            place: place.to_owned(),
            kind: "subscription",
            name: name.to_owned(),
        })
}

fn check_location(location: &str, place: &str) -> Result<(), WorldError> {
    if locations::display(location).is_some() {
        return Ok(());
    }
    Err(WorldError::Unknown {
        place: place.to_owned(),
        kind: "location",
        name: location.to_owned(),
    })
}

fn fill_gallery(state: &mut State, gallery: &Gallery) -> Result<(), WorldError> {
    let place = format!("gallery `{}`", gallery.name);
    let subscription = subscription(state, &gallery.subscription, &place)?;
    check_location(&gallery.location, &place)?;
    group::ensure(
        state,
        &subscription,
        &gallery.resource_group,
        &gallery.location,
    );
    let group = ResourceId::of_group(&subscription, &gallery.resource_group);
    images::fill(state, &group, gallery)
}

/// Reads an id in which the subscription may be named.
fn named_id(state: &State, text: &str, place: &str) -> Result<ResourceId, WorldError> {
    let invalid = || WorldError::Invalid {
        place: place.to_owned(),
        message: format!("`{text}` is no resource id"),
    };
    let mut id = ResourceId::parse(text).ok_or_else(invalid)?;
    if let Some(name) = &id.subscription {
        id.subscription = Some(subscription(state, name, place)?);
    }
    Ok(id)
}

fn fill_raw(state: &mut State, raw: &RawResource) -> Result<(), WorldError> {
    let place = format!("resource `{}`", raw.id);
    let id = named_id(state, &raw.id, &place)?;
    let location = json::text(&raw.body, "location")
        .unwrap_or("westeurope")
        .to_owned();
    if let (Some(subscription), Some(name)) = (&id.subscription, &id.group) {
        group::ensure(state, subscription, name, &location);
    }
    let resource = raw_resource(state, &id, &raw.body);
    state.store.put(resource);
    Ok(())
}

/// A resource as it stands, with what every resource has.
pub(crate) fn raw_resource(state: &State, id: &ResourceId, body: &Value) -> Resource {
    let mut body = body.clone();
    for member in ["id", "name", "type"] {
        json::take(&mut body, member);
    }
    json::default(&mut body, "properties.provisioningState", "Succeeded");
    if let Some(location) = json::text(&body, "location").map(json::plain_location) {
        json::set(&mut body, "location", location);
    }
    let mut resource = Resource::new(id, body, state.now());
    resource.type_name = providers::canonical(&resource.type_name);
    if resource.is("Microsoft.ManagedIdentity/userAssignedIdentities") {
        providers::identity::fill(state, &mut resource);
    }
    if resource.is("Microsoft.Compute/virtualMachines") {
        machine_state(&mut resource);
    }
    if resource.is("Microsoft.Compute/galleries/images/versions") {
        images::all_replicas_ready(&mut resource);
    }
    resource
}

/// What the instance view of a machine tells, and Azure keeps apart from its
/// properties. A machine that tells nothing runs.
fn machine_state(machine: &mut Resource) {
    let view = json::take(&mut machine.body, "properties.instanceView");
    let statuses = view
        .as_ref()
        .map_or(&[][..], |view| json::items(view, "statuses"));
    let mut power = "running";
    for code in statuses.iter().filter_map(|one| json::text(one, "code")) {
        match code.split_once('/') {
            Some(("PowerState", state)) => power = state,
            Some(("OSState", "generalized")) => {
                json::set(&mut machine.hidden, "generalized", true);
            }
            _ => {}
        }
    }
    json::set(&mut machine.hidden, "power", power);
}

/// Adds a drift rule with its resource's full id.
pub(crate) fn add_drift(state: &mut State, rule: &DriftRule) -> Result<Drift, WorldError> {
    let place = format!("drift of `{}`", rule.id);
    let id = named_id(state, &rule.id, &place)?.to_string();
    let rule = DriftRule { id, ..rule.clone() };
    Ok(state.add_drift(rule))
}

pub(crate) fn fill_assignment(
    state: &mut State,
    entry: &super::RoleAssignment,
    number: usize,
) -> Result<(), WorldError> {
    let place = format!("role assignment {}", number + 1);
    let scope = named_id(state, &entry.scope, &place)?;
    let tenant = scope
        .subscription
        .as_deref()
        .and_then(|id| state.directory.tenant_of(id));
    let principal = principal(state, &entry.principal, tenant.unwrap_or_default());
    let principal = principal.ok_or_else(|| WorldError::Unknown {
        place: place.clone(),
        kind: "principal",
        name: entry.principal.clone(),
    })?;
    let role = roles::by_name(&entry.role)
        .map(|role| role.id.to_owned())
        .or_else(|| {
            let guid = entry
                .role
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            uuid::Uuid::try_parse(&guid).is_ok().then_some(guid)
        });
    let role = role.ok_or(WorldError::Unknown {
        place,
        kind: "role",
        name: entry.role.clone(),
    })?;
    assignment::seed(state, &scope, &principal, &role);
    Ok(())
}

/// An object id, an application's principal in a tenant, or an identity's.
fn principal(state: &State, name: &str, tenant: &str) -> Option<String> {
    if uuid::Uuid::try_parse(name).is_ok() {
        return Some(name.to_ascii_lowercase());
    }
    if name.starts_with('/') {
        let id = named_id(state, name, "").ok()?;
        let identity = state.store.get(&id.key())?;
        return json::text(&identity.body, "properties.principalId").map(str::to_owned);
    }
    let mut identities = state.directory.identities.iter();
    if let Some(identity) = identities.find(|one| one.name == name) {
        return Some(identity.object_id.clone());
    }
    let application = state
        .directory
        .applications
        .iter()
        .find(|one| one.name == name)?;
    state
        .directory
        .principal(&application.id, tenant)
        .map(|found| found.object_id.clone())
}
