//! `/applications`: the registrations that have their home in the caller's tenant.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Graph, Key, credentials, edit, federation, list, principals, rules};
use crate::arm::reply::Reply;
use crate::entra::directory::Application;
use crate::json::{self, same};
use crate::world::{self, Certificate};

pub(super) fn collection(graph: &mut Graph<'_>) -> Answer {
    match graph.call.method.as_str() {
        "GET" => {
            graph.caller.may_read()?;
            list::answer(graph, all(graph))
        }
        "POST" => create(graph, ""),
        _ => graph.method_not_allowed(),
    }
}

pub(super) fn item(graph: &mut Graph<'_>, key: &Key) -> Answer {
    match graph.call.method.as_str() {
        "GET" => {
            graph.caller.may_read()?;
            let place = graph.find_application(key)?;
            let shown = list::selected(graph, show(graph, place));
            Ok(Reply::json(200, shown))
        }
        "PATCH" => update(graph, key),
        "DELETE" => delete(graph, key),
        _ => graph.method_not_allowed(),
    }
}

/// Everything that has its home in the caller's tenant.
pub(super) fn all(graph: &Graph<'_>) -> Vec<Value> {
    let applications = graph.state.directory.applications.iter().enumerate();
    applications
        .filter(|(_, one)| same(&one.home, &graph.caller.tenant) && one.deleted.is_none())
        .map(|(place, _)| show(graph, place))
        .collect()
}

/// `/applications/{id}/owners`.
pub(super) fn owners(graph: &mut Graph<'_>, key: &Key) -> Answer {
    if graph.call.method != "GET" {
        return graph.method_not_allowed();
    }
    graph.caller.may_read()?;
    let place = graph.find_application(key)?;
    let owners = &graph.application_at(place).owners;
    let known = graph.state.directory.principals.iter();
    let shown = known
        .filter(|one| owners.iter().any(|id| same(id, &one.object_id)))
        .map(|one| principals::show(graph, one))
        .collect();
    list::answer(graph, shown)
}

fn create(graph: &mut Graph<'_>, unique_name: &str) -> Answer {
    graph.caller.may_create()?;
    let body = graph.body()?;
    if json::text(&body, "displayName").is_none_or(str::is_empty) {
        let message =
            "Invalid value specified for property 'displayName' of resource 'Application'.";
        return Err(GraphError::bad_request(message));
    }
    let created = graph.state.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut application = world::Application {
        id: graph.state.fresh_id("application"),
        object_id: graph.state.fresh_id("registration"),
        tenant: graph.caller.tenant.clone(),
        owners: vec![graph.caller.object_id.clone()],
        service_principals: Some(Vec::new()),
        ..world::Application::default()
    };
    unique_name.clone_into(&mut application.unique_name);
    lay_over(&mut application, body)?;
    let known = &graph.state.world.applications;
    rules::check_unique_name(known, None, &application, graph.state.now())?;
    let stamp = ("createdDateTime".to_owned(), json!(created));
    application.properties.extend([stamp]);
    graph.state.world.applications.push(application);
    graph.state.world_changed();
    let place = graph.state.directory.applications.len() - 1;
    Ok(Reply::json(201, show(graph, place)))
}

/// Changes it, or makes it where its key is a name that the client chose.
fn update(graph: &mut Graph<'_>, key: &Key) -> Answer {
    let place = match (graph.find_application(key), key) {
        (Err(_), Key::UniqueName(name)) if graph.may_make() => return create(graph, name),
        (found, _) => found?,
    };
    graph.may_change(graph.application_at(place))?;
    let body = graph.body()?;
    let mut wanted = graph.state.world.applications[place].clone();
    graph
        .application_at(place)
        .home
        .clone_into(&mut wanted.tenant);
    lay_over(&mut wanted, body)?;
    let known = &graph.state.world.applications;
    rules::check_unique_name(known, Some(&known[place]), &wanted, graph.state.now())?;
    edit::change(graph.state, place, |application| {
        application.name = wanted.name;
        application.unique_name = wanted.unique_name;
        application.multi_tenant = wanted.multi_tenant;
        application.certificates = wanted.certificates;
        application.properties = wanted.properties;
    });
    Ok(Reply::empty(204))
}

/// Puts it aside, and with it the service principal of its own tenant. Those of others stay.
fn delete(graph: &mut Graph<'_>, key: &Key) -> Answer {
    let place = graph.find_application(key)?;
    graph.may_change(graph.application_at(place))?;
    let (now, home) = (graph.state.now(), graph.caller.tenant.clone());
    edit::change(graph.state, place, |application| {
        application.deleted = Some(now);
        let entries = application.service_principals.iter_mut().flatten();
        for entry in entries.filter(|one| same(&one.tenant, &home)) {
            entry.deleted.get_or_insert(now);
        }
    });
    Ok(Reply::empty(204))
}

/// Members that the service sets, or that have requests of their own.
const READ_ONLY: [&str; 4] = ["id", "appId", "createdDateTime", "passwordCredentials"];

/// Puts the members of a body where the world keeps them.
fn lay_over(application: &mut world::Application, body: Value) -> Result<(), GraphError> {
    rules::check_tags(&body, "Application")?;
    let Value::Object(members) = body else {
        return Ok(());
    };
    for (name, value) in members {
        match (name.as_str(), &value) {
            ("uniqueName", Value::String(text)) => application.unique_name.clone_from(text),
            ("web" | "spa" | "publicClient", Value::Object(_)) => {
                let held = application.properties.entry(name).or_insert(json!({}));
                json::merge(held, &value);
            }
            ("displayName", Value::String(text)) => application.name.clone_from(text),
            ("signInAudience", Value::String(audience)) => {
                application.multi_tenant = audience != "AzureADMyOrg";
                application.properties.insert(name, value);
            }
            ("keyCredentials", Value::Array(keys)) => {
                application.certificates = certificates(application, keys)?;
            }
            (name, _) if name.starts_with('@') || READ_ONLY.contains(&name) => {}
            _ => {
                application.properties.insert(name, value);
            }
        }
    }
    Ok(())
}

/// The certificates of a list of key credentials: new ones come with their bytes,
/// old ones are named by the ids that were shown.
fn certificates(
    application: &world::Application,
    keys: &[Value],
) -> Result<Vec<Certificate>, GraphError> {
    let one = |key: &Value| match json::text(key, "key") {
        Some(encoded) => {
            let der = STANDARD.decode(encoded).ok()?;
            let pem = pem_of(&der);
            credentials::certificate(&pem).map(|_| Certificate { pem })
        }
        None => {
            let id = json::text(key, "keyId")?;
            let mut known = application.certificates.iter();
            known
                .find(|one| credentials::key_id(&one.pem) == id)
                .cloned()
        }
    };
    let found: Option<Vec<Certificate>> = keys.iter().map(one).collect();
    found.ok_or_else(|| GraphError::bad_request("Key value is invalid certificate."))
}

fn pem_of(der: &[u8]) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let encoded = STANDARD.encode(der);
    for start in (0..encoded.len()).step_by(64) {
        text.push_str(&encoded[start..encoded.len().min(start + 64)]);
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

pub(super) fn identifier_uris(application: &world::Application) -> Vec<Value> {
    let uris = application.properties.get("identifierUris");
    uris.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Who may sign in with it; an audience that was written stays as long as it fits.
pub(super) fn audience(found: &Application, written: &world::Application) -> Value {
    match (found.multi_tenant, written.properties.get("signInAudience")) {
        (false, _) => json!("AzureADMyOrg"),
        (true, Some(audience)) => audience.clone(),
        (true, None) => json!("AzureADMultipleOrgs"),
    }
}

/// A registration as Graph shows it.
pub(super) fn show(graph: &Graph<'_>, place: usize) -> Value {
    let found = graph.application_at(place);
    let written = &graph.state.world.applications[place];
    let domain = graph.state.directory.tenant(&found.home);
    let domain = domain.and_then(|tenant| tenant.domains.first());
    let mut shown = json!({
        "id": found.object_id,
        "deletedDateTime": found.deleted,
        "appId": found.id,
        "appRoles": [],
        "createdDateTime": null,
        "description": null,
        "displayName": found.name,
        "identifierUris": [],
        "isFallbackPublicClient": null,
        "notes": null,
        "publisherDomain": domain,
        "requiredResourceAccess": [],
        "tags": [],
        "uniqueName": (!found.unique_name.is_empty()).then_some(&found.unique_name),
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": []},
        "spa": {"redirectUris": []},
        "publicClient": {"redirectUris": []},
    });
    json::merge(&mut shown, &Value::Object(written.properties.clone()));
    json::set(&mut shown, "signInAudience", audience(found, written));
    json::set(&mut shown, "keyCredentials", credentials::keys(written));
    json::set(
        &mut shown,
        "passwordCredentials",
        credentials::passwords(graph.state, written),
    );
    let expand = graph.call.query("$expand").unwrap_or_default();
    if same(expand, "federatedIdentityCredentials") {
        json::set(
            &mut shown,
            "federatedIdentityCredentials",
            federation::all(found),
        );
    }
    shown
}
