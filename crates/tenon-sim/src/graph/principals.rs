//! `/servicePrincipals`: applications, and managed identities, in a tenant.

use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Graph, Key, applications, edit, list, rules};
use crate::arm::reply::Reply;
use crate::entra::directory::Principal;
use crate::entra::identities::{self, Identity};
use crate::json::{self, same};
use crate::world;

pub(super) fn collection(graph: &mut Graph<'_>) -> Answer {
    match graph.call.method.as_str() {
        "GET" => {
            graph.caller.may_read()?;
            list::answer(graph, all(graph))
        }
        "POST" => {
            let mut body = graph.body()?;
            let id = json::text(&body, "appId").unwrap_or_default().to_owned();
            json::take(&mut body, "appId");
            create(graph, id, body)
        }
        _ => graph.method_not_allowed(),
    }
}

pub(super) fn item(graph: &mut Graph<'_>, key: &Key) -> Answer {
    match graph.call.method.as_str() {
        "GET" => {
            graph.caller.may_read()?;
            let principal = graph.find_principal(key)?;
            let shown = list::selected(graph, show(graph, &principal));
            Ok(Reply::json(200, shown))
        }
        "PATCH" => update(graph, key),
        "DELETE" => delete(graph, key),
        _ => graph.method_not_allowed(),
    }
}

/// Everything the caller's tenant has.
pub(super) fn all(graph: &Graph<'_>) -> Vec<Value> {
    let principals = graph.state.directory.principals.iter().cloned();
    let stored = identities::stored(graph.state).map(|one| one.principal());
    principals
        .chain(stored)
        .filter(|one| same(&one.tenant, &graph.caller.tenant) && one.deleted.is_none())
        .map(|one| show(graph, &one))
        .collect()
}

/// Lets an application in, which is what consent does.
fn create(graph: &mut Graph<'_>, id: String, body: Value) -> Answer {
    graph.caller.may_create()?;
    rules::check_tags(&body, "ServicePrincipal")?;
    let directory = &graph.state.directory;
    let tenant = graph.caller.tenant.clone();
    let place = edit::place_of(directory, &id).filter(|place| {
        let found = &directory.applications[*place];
        let replicated = graph.late.as_ref();
        let replicated = replicated.is_none_or(|late| late.application(&found.id).is_some());
        let open = found.multi_tenant || same(&found.home, &tenant);
        found.deleted.is_none() && open && replicated
    });
    let Some(place) = place else {
        let message = format!(
            "The appId '{id}' of the service principal does not reference a valid application object."
        );
        return Err(GraphError::bad_request(message));
    };
    graph.may_change(graph.application_at(place))?;
    if directory.principal(&id, &tenant).is_some() {
        let message = format!(
            "The service principal cannot be created, updated, or restored because the service principal name {id} is already in use."
        );
        return Err(GraphError::taken(message));
    }
    let mut principal = world::ServicePrincipal::default();
    lay_over(&mut principal, body);
    edit::let_in(graph.state, place, &tenant, principal);
    let made = graph.find_principal(&Key::AppId(id))?;
    Ok(Reply::json(201, show(graph, &made)))
}

/// Changes it, or makes it where its key is the client id.
fn update(graph: &mut Graph<'_>, key: &Key) -> Answer {
    let found = match (graph.find_principal(key), key) {
        (Err(_), Key::AppId(id)) if graph.may_make() => {
            let body = graph.body()?;
            return create(graph, id.clone(), body);
        }
        (found, _) => found?,
    };
    let place = place(graph, &found)?;
    graph.may_change(graph.application_at(place))?;
    let body = graph.body()?;
    rules::check_tags(&body, "ServicePrincipal")?;
    edit::change(graph.state, place, |application| {
        let entries = application.service_principals.iter_mut().flatten();
        for entry in entries.filter(|entry| same(&entry.object_id, &found.object_id)) {
            lay_over(entry, body.clone());
        }
    });
    Ok(Reply::empty(204))
}

fn delete(graph: &mut Graph<'_>, key: &Key) -> Answer {
    let found = graph.find_principal(key)?;
    let place = place(graph, &found)?;
    graph.may_change(graph.application_at(place))?;
    let now = graph.state.now();
    edit::change(graph.state, place, |application| {
        let entries = application.service_principals.iter_mut().flatten();
        for entry in entries.filter(|entry| same(&entry.object_id, &found.object_id)) {
            entry.deleted = Some(now);
        }
    });
    Ok(Reply::empty(204))
}

fn place(graph: &Graph<'_>, principal: &Principal) -> Result<usize, GraphError> {
    let place = edit::place_of(&graph.state.directory, &principal.application);
    place.ok_or_else(GraphError::denied)
}

/// Puts the members of a body where the world keeps them.
fn lay_over(entry: &mut world::ServicePrincipal, body: Value) {
    let Value::Object(members) = body else { return };
    for (name, value) in members {
        match (name.as_str(), &value) {
            ("accountEnabled", Value::Bool(enabled)) => entry.disabled = !enabled,
            _ => {
                entry.properties.insert(name, value);
            }
        }
    }
}

/// A principal as Graph shows it.
pub(super) fn show(graph: &Graph<'_>, principal: &Principal) -> Value {
    let directory = &graph.state.directory;
    let place = edit::place_of(directory, &principal.application);
    let identity = identities::by_client(graph.state, &principal.application);
    let mut shown = json!({
        "id": principal.object_id,
        "deletedDateTime": principal.deleted,
        "accountEnabled": !principal.disabled,
        "alternativeNames": [],
        "appId": principal.application,
        "appRoleAssignmentRequired": false,
        "appRoles": [],
        "homepage": null,
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "replyUrls": [],
        "servicePrincipalType": "Application",
        "tags": [],
    });
    if let Some(identity) = &identity {
        json::set(&mut shown, "appDisplayName", Value::Null);
        json::set(&mut shown, "displayName", identity.name.clone());
        json::set(
            &mut shown,
            "servicePrincipalNames",
            vec![identity.client_id.clone()],
        );
        json::set(&mut shown, "servicePrincipalType", "ManagedIdentity");
        if !identity.resource_id.is_empty() {
            json::set(&mut shown, "alternativeNames", alternative_names(identity));
        }
    }
    if let Some(place) = place {
        let found = &directory.applications[place];
        let written = &graph.state.world.applications[place];
        let mut names = vec![json!(found.id)];
        names.extend(applications::identifier_uris(written));
        json::set(&mut shown, "appDisplayName", found.name.clone());
        json::set(&mut shown, "displayName", found.name.clone());
        json::set(&mut shown, "appOwnerOrganizationId", found.home.clone());
        json::set(&mut shown, "servicePrincipalNames", names);
        json::set(
            &mut shown,
            "signInAudience",
            applications::audience(found, written),
        );
        let entries = written.service_principals.iter().flatten();
        // The directory's id may be derived where the world says none.
        let own = entries.zip(of_application(graph, &found.id));
        for (entry, _) in own.filter(|(_, one)| one.object_id == principal.object_id) {
            json::merge(&mut shown, &Value::Object(entry.properties.clone()));
        }
    }
    shown
}

/// How a managed identity's principal names the resource behind it.
fn alternative_names(identity: &Identity) -> Vec<String> {
    let explicit = if identity.is_system_assigned() {
        "False"
    } else {
        "True"
    };
    vec![
        format!("isExplicit={explicit}"),
        identity.resource_id.clone(),
    ]
}

fn of_application<'g>(graph: &'g Graph<'_>, id: &str) -> impl Iterator<Item = &'g Principal> {
    let all = graph.state.directory.principals.iter();
    all.filter(move |one| one.application == id)
}
