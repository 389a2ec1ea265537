//! Role assignments.

use serde_json::{Value, json};

use super::{definition, filter::Filter};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, paging, rbac, reading};
use crate::clock::{later, stamp};
use crate::graph::late;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Authorization/roleAssignments",
    place: Place::Extension,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &Assignment,
};

struct Assignment;

impl Hooks for Assignment {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_name(write.id.name())?;
        let scope = write.id.scope();
        if scope.group.is_some() {
            reading::existing(write.state, &scope)?;
        }
        let role = check_role(write)?;
        check_principal(write)?;
        check_update(write)?;
        check_duplicate(write)?;
        fill(write, &role);
        Ok(())
    }

    fn view(&self, _: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = resource.shown();
        json::take(&mut body, "properties.provisioningState");
        body
    }
}

pub(super) const PRINCIPAL: &str = "properties.principalId";
const ROLE: &str = "properties.roleDefinitionId";

fn check_name(name: &str) -> Result<(), ArmError> {
    if uuid::Uuid::try_parse(name).is_ok() {
        return Ok(());
    }
    let message = format!(
        "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
    );
    Err(ArmError::bad_request("InvalidRoleAssignmentId", message))
}

/// The last segment of an id, in lower case.
fn last(id: &str) -> String {
    id.rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// The role's GUID, when there is such a role.
fn check_role(write: &Write<'_>) -> Result<String, ArmError> {
    let guid = last(json::text(&write.after.body, ROLE).unwrap_or_default());
    if definition::exists(write.state, &guid) {
        return Ok(guid);
    }
    let message = format!("The specified role definition with ID '{guid}' does not exist.");
    Err(ArmError::bad_request("RoleDefinitionDoesNotExist", message))
}

/// Without a principal type the directory is asked whether there is such a principal.
fn check_principal(write: &Write<'_>) -> Result<(), ArmError> {
    let principal = json::text(&write.after.body, PRINCIPAL).unwrap_or_default();
    if uuid::Uuid::try_parse(principal).is_err() {
        let message =
            format!("The Principal ID '{principal}' is not valid. Principal ID must be a GUID.");
        return Err(ArmError::bad_request("InvalidPrincipalId", message));
    }
    let subscription = write.id.subscription.as_deref().unwrap_or_default();
    let tenant = write
        .state
        .directory
        .tenant_of(subscription)
        .unwrap_or_default();
    let said = json::text(&write.after.body, "properties.principalType");
    // Only who has to ask the directory meets its lag.
    let late = late::directory(write.state).filter(|_| said.is_none());
    let replicated = late.is_none_or(|late| {
        let new = write.state.directory.principal_by_object(principal);
        new.is_none() || late.principal_by_object(principal).is_some()
    });
    let known = kind_of(write.state, principal, tenant).filter(|_| replicated);
    match (known, said) {
        (None, None) => {
            let message = format!(
                "Principal {} does not exist in the directory {tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
                principal.replace('-', "")
            );
            Err(ArmError::bad_request("PrincipalNotFound", message))
        }
        (Some(kind), Some(said)) if !json::same(kind, said) => {
            let message = format!(
                "The PrincipalId '{principal}' has type '{kind}', which is different from the specified PrincipalType '{said}'."
            );
            Err(ArmError::bad_request("UnmatchedPrincipalType", message))
        }
        _ => Ok(()),
    }
}

/// What a principal of a tenant is, when the directory knows it.
fn kind_of(state: &State, principal: &str, tenant: &str) -> Option<&'static str> {
    let known = state.directory.principal_by_object(principal);
    if known.is_some_and(|known| json::same(&known.tenant, tenant)) {
        return Some("ServicePrincipal");
    }
    let identities = state
        .directory
        .subscriptions
        .iter()
        .flat_map(|subscription| {
            let type_name = "Microsoft.ManagedIdentity/userAssignedIdentities";
            state.store.of_type(&subscription.id, None, type_name)
        });
    let mut identities = identities.filter_map(|one| json::text(&one.body, PRINCIPAL));
    identities
        .any(|id| json::same(id, principal))
        .then_some("ServicePrincipal")
}

fn check_update(write: &Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    let whose = |body: &Value| {
        let text = |path| json::text(body, path).unwrap_or_default();
        (text(PRINCIPAL).to_ascii_lowercase(), last(text(ROLE)))
    };
    if whose(&before.body) == whose(&write.after.body) {
        return Ok(());
    }
    let message =
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
    Err(ArmError::bad_request(
        "RoleAssignmentUpdateNotPermitted",
        message,
    ))
}

fn check_duplicate(write: &Write<'_>) -> Result<(), ArmError> {
    let principal = json::text(&write.after.body, PRINCIPAL).unwrap_or_default();
    let role = last(json::text(&write.after.body, ROLE).unwrap_or_default());
    let (scope, key) = (write.id.scope().key(), write.id.key());
    let grants = write
        .state
        .store
        .index
        .grants(&principal.to_ascii_lowercase());
    let other = grants
        .iter()
        .find(|grant| grant.scope == scope && grant.assignment != key && grant.role == role);
    let Some(other) = other else { return Ok(()) };
    let message = format!(
        "The role assignment already exists. The ID of the existing role assignment is {}.",
        last(&other.assignment).replace('-', "")
    );
    Err(ArmError::conflict("RoleAssignmentExists", message))
}

/// Members that are shown as null when nobody set them.
const NULLABLE: [&str; 4] = [
    "condition",
    "conditionVersion",
    "delegatedManagedIdentityResourceId",
    "description",
];

fn fill(write: &mut Write<'_>, role: &str) {
    let now = write.state.now();
    let effective = later(now, write.state.world.settings.role_propagation.0);
    let by = write.caller.primary.object_id.clone();
    let before = write.before.as_ref().map(|before| before.body.clone());
    let scope = write.id.scope();
    let body = &mut write.after.body;
    json::set(body, ROLE, role_id(scope.subscription.as_deref(), role));
    json::set(body, "properties.scope", scope.to_string());
    json::default(body, "properties.principalType", "ServicePrincipal");
    if let Some(map) = json::get_mut(body, "properties").and_then(Value::as_object_mut) {
        for member in NULLABLE {
            map.entry(member).or_insert(Value::Null);
        }
    }
    for (member, fresh) in [("createdOn", stamp(now)), ("createdBy", by.clone())] {
        let path = format!("properties.{member}");
        let kept = before.as_ref().and_then(|before| json::text(before, &path));
        json::set(body, &path, kept.unwrap_or(&fresh));
    }
    json::set(body, "properties.updatedOn", stamp(now));
    json::set(body, "properties.updatedBy", by);
    if before.is_none() {
        json::set(&mut write.after.hidden, "effective", effective.to_string());
    }
}

fn role_id(subscription: Option<&str>, role: &str) -> String {
    let at = subscription
        .map(|id| format!("/subscriptions/{id}"))
        .unwrap_or_default();
    format!("{at}/providers/Microsoft.Authorization/roleDefinitions/{role}")
}

/// Answers a list of assignments with its filters.
pub(crate) fn list(context: &mut Context<'_>, scope: &ResourceId) -> Result<Reply, ArmError> {
    let action = "Microsoft.Authorization/roleAssignments/read";
    rbac::require(context.state, &context.caller, action, &scope.to_string())?;
    let state = &*context.state;
    if scope.group.is_some() {
        reading::existing(state, scope)?;
    }
    let filter = Filter::read(context.call.query("$filter").unwrap_or_default())?;
    let key = scope.key();
    let subscription = scope.subscription.as_deref().unwrap_or_default();
    let all = state.store.of_type(subscription, None, KIND.type_name);
    let found = all
        .filter(|one| filter.takes(one, &key))
        .map(|one| (one.key(), one));
    let size = paging::size(state, context.call, KIND.type_name, 0);
    Ok(paging::page(context.call, size, found, |one| {
        state.show(one, context.call)
    }))
}

/// Stores an assignment that the world starts with.
pub(crate) fn seed(state: &mut State, scope: &ResourceId, principal: &str, role: &str) {
    let name = state.derived_id(&format!("assignment/{}/{principal}/{role}", scope.key()));
    let id = scope.with_part("Microsoft.Authorization", "roleAssignments", &name);
    let now = state.now();
    let body = json!({"properties": {
        "roleDefinitionId": role_id(scope.subscription.as_deref(), role),
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "scope": scope.to_string(),
        "condition": null,
        "conditionVersion": null,
        "description": null,
        "delegatedManagedIdentityResourceId": null,
        "createdOn": stamp(now),
        "updatedOn": stamp(now),
        "createdBy": null,
        "updatedBy": null,
    }});
    state.store.put(Resource::new(&id, body, now));
}
