//! `/applications/{id}/federatedIdentityCredentials`.

use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Graph, Key, edit, list, unquoted};
use crate::arm::reply::Reply;
use crate::entra::directory::Application;
use crate::json::{self, same};
use crate::state::derived_id;
use crate::world::FederatedCredential;

/// How many an application can have.
const MOST: usize = 20;
/// The longest name, and the longest issuer and subject.
const LONGEST_NAME: usize = 120;
const LONGEST: usize = 600;

pub(super) fn collection(graph: &mut Graph<'_>, key: &Key) -> Answer {
    match graph.call.method.as_str() {
        "GET" => {
            graph.caller.may_read()?;
            let place = graph.find_application(key)?;
            list::answer(graph, all(graph.application_at(place)))
        }
        "POST" => {
            let body = graph.body()?;
            create(graph, key, &body)
        }
        _ => graph.method_not_allowed(),
    }
}

/// All credentials of an application.
pub(super) fn all(application: &Application) -> Vec<Value> {
    let federated = application.federated.iter();
    federated.map(|one| show(&application.id, one)).collect()
}

/// The name in `federatedIdentityCredentials(name='…')`.
pub(super) fn named(segment: &str) -> Option<Name> {
    let (set, rest) = segment.split_once('(')?;
    let (member, value) = rest.strip_suffix(')')?.split_once('=')?;
    let own = same(set, "federatedIdentityCredentials") && same(member, "name");
    own.then(|| Name::Alternate(unquoted(value)))
}

/// How a path names a credential.
pub(super) enum Name {
    /// By its id or its name.
    Segment(String),
    /// By its name, and so that it can be made.
    Alternate(String),
}

pub(super) fn item(graph: &mut Graph<'_>, key: &Key, name: &Name) -> Answer {
    let place = graph.find_application(key)?;
    let application = graph.application_at(place);
    let (Name::Segment(text) | Name::Alternate(text)) = name;
    let found = application
        .federated
        .iter()
        .find(|one| same(&one.name, text) || same(&id(&application.id, one), text))
        .cloned();
    let found = match (found, name) {
        (Some(found), _) => found,
        (None, Name::Alternate(name)) if graph.call.method == "PATCH" && graph.may_make() => {
            let mut body = graph.body()?;
            json::set(&mut body, "name", name.clone());
            return create(graph, key, &body);
        }
        (None, _) => return Err(GraphError::not_found(text)),
    };
    match graph.call.method.as_str() {
        "GET" => {
            graph.caller.may_read()?;
            Ok(Reply::json(200, show(&application.id, &found)))
        }
        "PATCH" => {
            graph.may_change(application)?;
            let mut merged = json!(found);
            json::merge(&mut merged, &graph.body()?);
            // The name is what the credential is known by; it stays.
            json::set(&mut merged, "name", found.name.clone());
            let wanted = read(&merged)?;
            check_unique(
                application
                    .federated
                    .iter()
                    .filter(|one| one.name != found.name),
                &wanted,
            )?;
            edit::change(graph.state, place, |application| {
                let all = application.federated_credentials.iter_mut();
                for one in all.filter(|one| one.name == found.name) {
                    one.clone_from(&wanted);
                }
            });
            Ok(Reply::empty(204))
        }
        "DELETE" => {
            graph.may_change(application)?;
            edit::change(graph.state, place, |application| {
                application
                    .federated_credentials
                    .retain(|one| one.name != found.name);
            });
            Ok(Reply::empty(204))
        }
        _ => graph.method_not_allowed(),
    }
}

fn create(graph: &mut Graph<'_>, key: &Key, body: &Value) -> Answer {
    let place = graph.find_application(key)?;
    let application = graph.application_at(place);
    graph.may_change(application)?;
    let wanted = read(body)?;
    check_unique(application.federated.iter(), &wanted)?;
    if application.federated.len() >= MOST {
        let message =
            format!("An application cannot have more than {MOST} federated identity credentials.");
        return Err(GraphError::bad_request(message));
    }
    let shown = show(&application.id, &wanted);
    edit::change(graph.state, place, |application| {
        application.federated_credentials.push(wanted);
    });
    Ok(Reply::json(201, shown))
}

fn read(body: &Value) -> Result<FederatedCredential, GraphError> {
    let text = |member: &str| {
        let longest = if member == "name" {
            LONGEST_NAME
        } else {
            LONGEST
        };
        let fits = |text: &&str| (1..=longest).contains(&text.chars().count());
        let friendly = |text: &&str| {
            let friendly = |one: char| one.is_ascii_alphanumeric() || "-_".contains(one);
            member != "name" || text.chars().all(friendly)
        };
        let found = json::text(body, member).filter(fits).filter(friendly);
        found.map(str::to_owned).ok_or_else(|| {
            GraphError::bad_request(format!(
                "Invalid value specified for property '{member}' of resource 'FederatedIdentityCredential'."
            ))
        })
    };
    let audiences = json::items(body, "audiences").iter();
    let audiences: Vec<String> = audiences
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if audiences.len() != 1 {
        let message = "Exactly one audience must be specified for property 'audiences'.";
        return Err(GraphError::bad_request(message));
    }
    Ok(FederatedCredential {
        name: text("name")?,
        issuer: text("issuer")?,
        subject: text("subject")?,
        audiences,
        description: json::text(body, "description")
            .unwrap_or_default()
            .to_owned(),
    })
}

/// Names are unique, and so are issuer and subject together.
fn check_unique<'o>(
    mut others: impl Iterator<Item = &'o FederatedCredential>,
    wanted: &FederatedCredential,
) -> Result<(), GraphError> {
    let clash = others.find(|one| {
        same(&one.name, &wanted.name)
            || (one.issuer == wanted.issuer && one.subject == wanted.subject)
    });
    match clash {
        None => Ok(()),
        Some(other) => Err(GraphError::taken(format!(
            "FederatedIdentityCredential with name {} already exists with the same name, or the same issuer and subject.",
            other.name
        ))),
    }
}

fn id(application: &str, credential: &FederatedCredential) -> String {
    derived_id("", &format!("federated/{application}/{}", credential.name))
}

fn show(application: &str, credential: &FederatedCredential) -> Value {
    json!({
        "id": id(application, credential),
        "name": credential.name,
        "issuer": credential.issuer,
        "subject": credential.subject,
        "description": (!credential.description.is_empty()).then_some(&credential.description),
        "audiences": credential.audiences,
    })
}
