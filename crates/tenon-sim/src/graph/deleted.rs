//! `/directory/deletedItems`: what was deleted in the last thirty days.
//!
//! Restoring an application does not restore its service principal.
//! Source: Microsoft Graph, "List deletedItems", "Restore deleted item",
//! "Permanently delete item".

use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Graph, applications, edit, list, principals, rules};
use crate::arm::reply::Reply;
use crate::json::same;

/// One of them, by its places.
enum Item {
    Application(usize),
    /// The application's place, and the object id.
    Principal(usize, String),
}

pub(super) fn answer(graph: &mut Graph<'_>, rest: &[&str]) -> Answer {
    match (graph.call.method.as_str(), rest) {
        ("GET", [word]) if same(word, "microsoft.graph.application") => {
            graph.caller.may_read()?;
            list::answer(graph, deleted_applications(graph))
        }
        ("GET", [word]) if same(word, "microsoft.graph.servicePrincipal") => {
            graph.caller.may_read()?;
            list::answer(graph, deleted_principals(graph))
        }
        ("GET", [id]) => {
            graph.caller.may_read()?;
            find(graph, id)?;
            shown(graph, id, 200)
        }
        ("DELETE", [id]) => remove(graph, id),
        ("POST", [id, word]) if same(word, "restore") => restore(graph, id),
        (_, [_]) => graph.method_not_allowed(),
        _ => Err(super::nowhere(rest)),
    }
}

fn deleted_applications(graph: &Graph<'_>) -> Vec<Value> {
    let all = graph.state.directory.applications.iter().enumerate();
    let now = graph.state.now();
    all.filter(|(_, one)| same(&one.home, &graph.caller.tenant))
        .filter(|(_, one)| one.deleted.is_some_and(|then| !rules::is_gone(then, now)))
        .map(|(place, _)| applications::show(graph, place))
        .collect()
}

fn deleted_principals(graph: &Graph<'_>) -> Vec<Value> {
    let all = graph.state.directory.principals.iter();
    let now = graph.state.now();
    all.filter(|one| same(&one.tenant, &graph.caller.tenant))
        .filter(|one| one.deleted.is_some_and(|then| !rules::is_gone(then, now)))
        .map(|one| principals::show(graph, one))
        .collect()
}

fn shown(graph: &Graph<'_>, id: &str, status: u16) -> Answer {
    let typed = |kind: &str, mut one: Value| {
        one["@odata.type"] = json!(format!("#microsoft.graph.{kind}"));
        one
    };
    let directory = &graph.state.directory;
    let places = directory.applications.iter().enumerate();
    let mut registrations = places.filter(|(_, one)| same(&one.object_id, id));
    let mut principals = directory.principals.iter();
    let body = match registrations.next() {
        Some((place, _)) => typed("application", applications::show(graph, place)),
        None => match principals.find(|one| same(&one.object_id, id)) {
            Some(one) => typed("servicePrincipal", principals::show(graph, one)),
            None => return Err(GraphError::not_found(id)),
        },
    };
    Ok(Reply::json(status, list::selected(graph, body)))
}

fn find(graph: &Graph<'_>, id: &str) -> Result<Item, GraphError> {
    let (now, directory) = (graph.state.now(), &graph.state.directory);
    let own = |tenant: &str| same(tenant, &graph.caller.tenant);
    let mut registrations = directory.applications.iter();
    let application = registrations.position(|one| {
        let kept = one.deleted.is_some_and(|then| !rules::is_gone(then, now));
        same(&one.object_id, id) && own(&one.home) && kept
    });
    if let Some(place) = application {
        return Ok(Item::Application(place));
    }
    let mut principals = directory.principals.iter();
    let principal = principals.find(|one| {
        let kept = one.deleted.is_some_and(|then| !rules::is_gone(then, now));
        same(&one.object_id, id) && own(&one.tenant) && kept
    });
    let item = principal.and_then(|one| {
        let place = edit::place_of(directory, &one.application)?;
        Some(Item::Principal(place, one.object_id.clone()))
    });
    item.ok_or_else(|| GraphError::not_found(id))
}

fn restore(graph: &mut Graph<'_>, id: &str) -> Answer {
    match find(graph, id)? {
        Item::Application(place) => {
            graph.may_change(graph.application_at(place))?;
            edit::change(graph.state, place, |application| application.deleted = None);
        }
        Item::Principal(place, object) => {
            graph.may_change(graph.application_at(place))?;
            let application = graph.application_at(place).id.clone();
            let directory = &graph.state.directory;
            if directory.application(&application).is_none() {
                let message = format!(
                    "The appId '{application}' of the service principal does not reference a valid application object."
                );
                return Err(GraphError::bad_request(message));
            }
            if directory
                .principal(&application, &graph.caller.tenant)
                .is_some()
            {
                let message = format!(
                    "The service principal cannot be created, updated, or restored because the service principal name {application} is already in use."
                );
                return Err(GraphError::taken(message));
            }
            edit::change(graph.state, place, |application| {
                let entries = application.service_principals.iter_mut().flatten();
                for entry in entries.filter(|one| same(&one.object_id, &object)) {
                    entry.deleted = None;
                }
            });
        }
    }
    shown(graph, id, 200)
}

/// Deletes for good. With the application go its service principals of all tenants here; in
/// Azure those of other tenants stay and stand for nothing.
fn remove(graph: &mut Graph<'_>, id: &str) -> Answer {
    match find(graph, id)? {
        Item::Application(place) => {
            graph.may_change(graph.application_at(place))?;
            graph.state.world.applications.remove(place);
            graph.state.world_changed();
        }
        Item::Principal(place, object) => {
            graph.may_change(graph.application_at(place))?;
            edit::change(graph.state, place, |application| {
                if let Some(entries) = &mut application.service_principals {
                    entries.retain(|one| !same(&one.object_id, &object));
                }
            });
        }
    }
    Ok(Reply::empty(204))
}
