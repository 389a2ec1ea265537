//! What applications prove themselves with, as Graph shows and changes it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Graph, Key, edit};
use crate::arm::reply::Reply;
use crate::entra::certificate::Certificate;
use crate::entra::jwt;
use crate::json;
use crate::state::{State, derived_id};
use crate::world::{self, Secret};

/// How long a secret lives when nobody says: two years.
const LIFETIME: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// `POST /applications/{id}/addPassword`: the one time that the secret is shown.
pub(super) fn add(graph: &mut Graph<'_>, key: &Key) -> Answer {
    if graph.call.method != "POST" {
        return graph.method_not_allowed();
    }
    let place = graph.find_application(key)?;
    graph.may_change(graph.application_at(place))?;
    let body = graph.body()?;
    let now = graph.state.now();
    let moment = |member: &str| {
        let text = json::text(&body, &format!("passwordCredential.{member}"));
        let read = |text: &str| {
            let wrong = || GraphError::bad_request(format!("Invalid value for '{member}'."));
            text.parse::<Timestamp>().map_err(|_| wrong())
        };
        text.map(read).transpose()
    };
    let name = json::text(&body, "passwordCredential.displayName").unwrap_or_default();
    let secret = Secret {
        name: name.to_owned(),
        starts: Some(moment("startDateTime")?.unwrap_or(now)),
        expires: Some(
            moment("endDateTime")?
                .unwrap_or_else(|| now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)),
        ),
        value: fresh_secret(graph.state),
    };
    let mut shown = password(graph.state, &secret);
    json::set(&mut shown, "secretText", secret.value.clone());
    edit::change(graph.state, place, |application| {
        application.secrets.push(secret);
    });
    Ok(Reply::json(200, shown))
}

/// `POST /applications/{id}/removePassword`.
pub(super) fn remove(graph: &mut Graph<'_>, key: &Key) -> Answer {
    if graph.call.method != "POST" {
        return graph.method_not_allowed();
    }
    let place = graph.find_application(key)?;
    graph.may_change(graph.application_at(place))?;
    let body = graph.body()?;
    let id = json::text(&body, "keyId")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let state = &*graph.state;
    let kept: Vec<Secret> = state.world.applications[place]
        .secrets
        .iter()
        .filter(|secret| secret_id(state, &secret.value) != id)
        .cloned()
        .collect();
    if kept.len() == state.world.applications[place].secrets.len() {
        return Err(GraphError::bad_request(
            "No password credential found with keyId.",
        ));
    }
    edit::change(graph.state, place, |application| application.secrets = kept);
    Ok(Reply::empty(204))
}

/// A secret in the form Entra gives them: forty characters, `8Q~` after the hint.
fn fresh_secret(state: &mut State) -> String {
    let id = state.fresh_id("secret");
    let text = jwt::seal(state.world.seed(), &id);
    format!("{}8Q~{}", &text[..3], &text[3..37])
}

fn secret_id(state: &State, value: &str) -> String {
    derived_id(state.world.seed(), &format!("secret/{value}"))
}

fn password(state: &State, secret: &Secret) -> Value {
    let hint: String = secret.value.chars().take(3).collect();
    json!({
        "customKeyIdentifier": null,
        "displayName": (!secret.name.is_empty()).then_some(&secret.name),
        "endDateTime": secret.expires,
        "hint": hint,
        "keyId": secret_id(state, &secret.value),
        "secretText": null,
        "startDateTime": secret.starts,
    })
}

/// The secrets of an application, without themselves.
pub(super) fn passwords(state: &State, application: &world::Application) -> Value {
    let secrets = application.secrets.iter();
    secrets.map(|secret| password(state, secret)).collect()
}

pub(super) fn certificate(pem: &str) -> Option<Certificate> {
    Certificate::from_pem(pem)
}

pub(super) fn key_id(pem: &str) -> String {
    let thumbprint = certificate(pem).map(|found| found.thumbprint());
    derived_id("", &format!("key/{}", thumbprint.unwrap_or_default()))
}

/// The certificates of an application, without their bytes.
pub(super) fn keys(application: &world::Application) -> Value {
    let certificates = application.certificates.iter();
    let shown = certificates.filter_map(|one| {
        let found = certificate(&one.pem)?;
        Some(json!({
            "customKeyIdentifier": found.thumbprint(),
            "displayName": null,
            "endDateTime": found.valid_to,
            "key": null,
            "keyId": key_id(&one.pem),
            "startDateTime": found.valid_from,
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        }))
    });
    shown.collect()
}
