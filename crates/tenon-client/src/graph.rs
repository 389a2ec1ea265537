//! Microsoft Graph: what lies in the directory of a tenant.
//!
//! Everybody else knows resources with ids, tags and properties. Here an id
//! below `/tenants/{tenant}` becomes the address that Graph has for it, its
//! object a body of that form, and a write the request that makes what is
//! missing at a key that clients choose. Nothing of it is a secret, and no
//! auxiliary token ever goes there.
//!
//! Graph is consistent a moment later only. A write ends when a read shows it,
//! so that nobody who waits for it has to know: neither the next step, nor the
//! next plan. Source: Microsoft Graph v1.0, "Upsert application", "Upsert
//! servicePrincipal", "Upsert federatedIdentityCredential".

mod address;
mod bin;
mod directory;
mod object;
mod settle;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tenon_model::transport::{Answer, Read, Refusal, Verb, Write};
use tenon_model::{TenantId, Value};
use tokio::time::Instant;

use crate::arm::{Arm, Call, Report, unheard};
use crate::body;
use crate::cloud::shown;
use crate::http::{Method, Url};
use address::{Application, Target};

pub(crate) use address::is_graph;

/// What is remembered of a run.
#[derive(Default)]
pub(crate) struct Memory {
    /// Client ids of applications, by their addresses.
    client_ids: Mutex<HashMap<(TenantId, String), String>>,
    /// When applications were made, by client id.
    made: Mutex<HashMap<String, Instant>>,
}

impl Memory {
    fn client_id(&self, application: &Application) -> Option<String> {
        let known = self.client_ids.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        known.get(&application.key()).cloned()
    }

    fn note_client_id(&self, application: &Application, object: &Value) {
        if let Some(id) = object.member("appId").and_then(Value::as_text) {
            let mut known = self
                .client_ids
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            known.insert(application.key(), id.to_owned());
        }
    }

    fn forget(&self, application: &Application) {
        let mut known = self
            .client_ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.remove(&application.key());
    }

    fn note_made(&self, client_id: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(client_id.to_owned(), Instant::now());
    }

    fn made(&self, client_id: &str) -> Option<Instant> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.get(client_id).copied()
    }
}

/// Reads one object, or what the directory lets its caller do.
pub(crate) async fn get(arm: &Arm, read: &Read) -> Result<Answer, Refusal> {
    let target = target(arm, "GET", &read.path, &read.tenant)?;
    if let Target::Directory(tenant) = &target {
        return directory::rights(arm, tenant).await;
    }
    let live = look(arm, &target).await?;
    Ok(Answer {
        status: 200,
        body: object::shown(&target, live),
        request_id: None,
    })
}

/// Reads a list, page by page.
pub(crate) async fn list(
    arm: &Arm,
    read: &Read,
    page: &mut (dyn FnMut(Vec<Value>) + Send),
) -> Result<usize, Refusal> {
    let target = target(arm, "GET", &read.path, &read.tenant)?;
    let mut url = address::of(arm, &target, "")?;
    if !read.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&read.query);
        let spaced = url.query().unwrap_or_default().replace('+', "%20");
        url.set_query(Some(&spaced));
    }
    let all = pages(arm, target.tenant(), url).await?;
    let number = all.len();
    for objects in all {
        let listed = objects.into_iter();
        page(
            listed
                .filter_map(|one| object::listed(&target, one))
                .collect(),
        );
    }
    Ok(number)
}

/// All pages of a list at an address of Graph.
async fn pages(arm: &Arm, tenant: &TenantId, url: Url) -> Result<Vec<Vec<Value>>, Refusal> {
    let mut call = Call::graph(tenant, Method::GET, url);
    let mut all = Vec::new();
    loop {
        let response = arm.accepted(&call, &unheard).await?;
        let unreadable = |why: &str| arm.asked(&call).unreadable(&response, why);
        let mut parsed = body::parse(&response.body)
            .map_err(|error| unreadable(&format!("the answer is no JSON: {error}")))?;
        let members = parsed.as_map_mut();
        let Some(Value::List(values)) = members.and_then(|map| map.remove("value")) else {
            return Err(unreadable("the answer is no page of a list"));
        };
        all.push(values);
        let next = parsed.member("@odata.nextLink").and_then(Value::as_text);
        let Some(next) = next.filter(|next| !next.is_empty()) else {
            return Ok(all);
        };
        let next = call.url.join(next).ok().filter(|next| *next != call.url);
        let own = |next: &Url| next.origin() == call.url.origin();
        let Some(next) = next.filter(own) else {
            let message = format!("the next page is not where {} is", shown(&call.url));
            return Err(arm.asked(&call).local("AddressRefused", &message));
        };
        call.url = next;
    }
}

/// Sends a write, and waits until a read shows it.
pub(crate) async fn write(arm: &Arm, write: &Write, report: Report<'_>) -> Result<Answer, Refusal> {
    let target = target(arm, verb(write.verb), &write.path, &write.tenant)?;
    match write.verb {
        Verb::Put => make(arm, &target, write, report).await,
        Verb::Patch => {
            let sent = object::sent(&target, write.body.as_ref());
            send(arm, &target, &sent, None, report).await?;
            settle::shown(arm, &target, &sent, report).await
        }
        Verb::Delete => delete(arm, &target, report).await,
        Verb::Post | Verb::Get => {
            let call = Call::graph(target.tenant(), Method::GET, address::of(arm, &target, "")?);
            let message = "the objects of a directory have no actions";
            Err(arm.asked(&call).local("BadPath", message))
        }
    }
}

async fn make(
    arm: &Arm,
    target: &Target,
    write: &Write,
    report: Report<'_>,
) -> Result<Answer, Refusal> {
    let sent = object::sent(target, write.body.as_ref());
    let made = settle::seen(arm, target, report, || {
        send(arm, target, &sent, Some(CREATE), report)
    });
    let made = match made.await {
        Err(refusal) if bin::may_hold(&refusal) => {
            // What could not be looked for or restored says less than this.
            if !matches!(bin::restore(arm, target, &sent, report).await, Ok(true)) {
                return Err(refusal);
            }
            send(arm, target, &sent, Some(CREATE), report).await?
        }
        other => other?,
    };
    if let Target::Application(_) = target
        && let Some(id) = made.member("appId").and_then(Value::as_text)
    {
        arm.graph.note_made(id);
    }
    settle::shown(arm, target, &sent, report).await
}

async fn delete(arm: &Arm, target: &Target, report: Report<'_>) -> Result<Answer, Refusal> {
    let gone = |status| Answer {
        status,
        body: Value::Null,
        request_id: None,
    };
    // The key that clients choose is none for a deletion.
    let url = match target {
        Target::Application(_) => match look(arm, target).await {
            Err(refusal) if refusal.is_absent() => return Ok(gone(404)),
            found => {
                let found = found?;
                let id = found.member("id").and_then(Value::as_text);
                address::by_id(arm, "applications", id.unwrap_or_default())?
            }
        },
        _ => match resolved(arm, target).await {
            Err(refusal) if refusal.is_absent() => return Ok(gone(404)),
            client_id => address::of(arm, target, &client_id?)?,
        },
    };
    let call = Call::graph(target.tenant(), Method::DELETE, url);
    match arm.accepted(&call, report).await {
        Err(refusal) if refusal.is_absent() => return Ok(gone(404)),
        other => other?,
    };
    settle::gone(arm, target, report).await;
    if let Target::Application(application) = target {
        arm.graph.forget(application);
    }
    Ok(gone(204))
}

/// What `Prefer` says where an update may make what is missing.
const CREATE: &str = "create-if-missing";

/// Sends a body to where the target is; returns what was made, or nothing.
async fn send(
    arm: &Arm,
    target: &Target,
    sent: &Value,
    prefer: Option<&'static str>,
    report: Report<'_>,
) -> Result<Value, Refusal> {
    let client_id = resolved(arm, target).await?;
    let mut call = Call::graph(
        target.tenant(),
        Method::PATCH,
        address::of(arm, target, &client_id)?,
    );
    call.prefer = prefer;
    let bytes = serde_json::to_vec(sent);
    let bytes =
        bytes.map_err(|error| arm.asked(&call).local("UnwritableBody", &error.to_string()))?;
    call.body = Some(bytes.into());
    let response = arm.accepted(&call, report).await?;
    Ok(body::parse(&response.body).unwrap_or_default())
}

/// The object as Graph shows it.
async fn look(arm: &Arm, target: &Target) -> Result<Value, Refusal> {
    let client_id = resolved(arm, target).await?;
    let mut url = address::of(arm, target, &client_id)?;
    if let Target::Application(_) = target {
        url.set_query(Some("$expand=federatedIdentityCredentials"));
    }
    let found = fetch(arm, target.tenant(), url).await?;
    if let Target::Application(application) = target {
        arm.graph.note_client_id(application, &found);
    }
    Ok(found)
}

async fn fetch(arm: &Arm, tenant: &TenantId, url: Url) -> Result<Value, Refusal> {
    let call = Call::graph(tenant, Method::GET, url);
    let response = arm.accepted(&call, &unheard).await?;
    body::parse(&response.body).map_err(|error| {
        let message = format!("the answer is no JSON: {error}");
        arm.asked(&call).unreadable(&response, &message)
    })
}

/// The client id that a target's address needs; nothing where it needs none.
/// An application that is not there has no service principal either.
async fn resolved(arm: &Arm, target: &Target) -> Result<String, Refusal> {
    let Some(application) = target.application_of_principal() else {
        return Ok(target.client_id().to_owned());
    };
    if let Some(known) = arm.graph.client_id(application) {
        return Ok(known);
    }
    let of = Target::Application(application.clone());
    let mut url = address::of(arm, &of, "")?;
    url.set_query(Some("$select=appId"));
    let found = fetch(arm, of.tenant(), url).await?;
    arm.graph.note_client_id(application, &found);
    let id = found.member("appId").and_then(Value::as_text);
    Ok(id.unwrap_or_default().to_owned())
}

fn target(arm: &Arm, verb: &str, path: &str, tenant: &TenantId) -> Result<Target, Refusal> {
    Target::read(path).ok_or_else(|| {
        let mut asked = crate::errors::Asked::new(format!("{verb} {path}"));
        asked.tenant = Some(tenant.clone());
        asked.correlation_id = Some(arm.correlation_id.clone());
        asked.local("BadPath", "this names nothing that a directory has")
    })
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Put => "PUT",
        Verb::Patch => "PATCH",
        Verb::Delete => "DELETE",
        Verb::Post => "POST",
        Verb::Get => "GET",
    }
}

#[cfg(test)]
mod tests;
