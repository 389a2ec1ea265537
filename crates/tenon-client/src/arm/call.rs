//! One request to Resource Manager, before it is signed.

use std::sync::Arc;

use tenon_model::TenantId;
use tenon_model::transport::{Condition, Read, Refusal, Verb, Write};
use tokio::time::Instant;

use super::Arm;
use crate::budget::{Account, Class, Policy};
use crate::errors::Asked;
use crate::http::{Method, Url};
use crate::retry::Manner;

/// The most auxiliary tokens that Resource Manager takes.
/// Source: Microsoft Learn, "Authenticate requests across tenants".
const MOST_AUXILIARY: usize = 3;

/// Whose tokens a request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// Nobody's.
    None,
    /// Its tenant's, and with a write those of further tenants.
    Full,
    /// The same, if they can be had: for watching a write that is under way.
    Polling,
}

/// Whose tokens a host takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    ResourceManager,
    Graph,
}

/// One request to Resource Manager, or to Graph.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a TenantId,
    auxiliary: Vec<TenantId>,
    pub(crate) signature: Signature,
    pub(crate) service: Service,
    /// What `Prefer` says.
    pub(crate) prefer: Option<&'static str>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) body: Option<Arc<[u8]>>,
    pub(crate) condition: &'a Condition,
    pub(crate) class: Class,
    /// When it has to have an answer.
    pub(crate) until: Option<Instant>,
}

impl<'a> Call<'a> {
    /// A request that reads from `url`.
    pub(crate) fn get(tenant: &'a TenantId, url: Url) -> Self {
        Self {
            tenant,
            auxiliary: Vec::new(),
            signature: Signature::Full,
            service: Service::ResourceManager,
            prefer: None,
            method: Method::GET,
            url,
            body: None,
            condition: &Condition::None,
            class: Class::Read,
            until: None,
        }
    }

    /// A request to Graph. Auxiliary tokens are for Resource Manager alone.
    pub(crate) fn graph(tenant: &'a TenantId, method: Method, url: Url) -> Self {
        Self {
            service: Service::Graph,
            class: match method {
                Method::GET => Class::Read,
                Method::DELETE => Class::Delete,
                _ => Class::Write,
            },
            method,
            ..Self::get(tenant, url)
        }
    }

    pub(crate) fn read(arm: &Arm, read: &'a Read) -> Result<Self, Refusal> {
        let asked = Asked::new(format!("GET {}", read.path));
        let url = address(arm, &read.path, &read.api_version, &read.query);
        Ok(Self::get(
            &read.tenant,
            url.ok_or_else(|| bad_path(&asked))?,
        ))
    }

    pub(crate) fn write(arm: &Arm, write: &'a Write) -> Result<Self, Refusal> {
        let method = method(write.verb);
        let mut asked = Asked::new(format!("{method} {}", write.path));
        asked.tenant = Some(write.tenant.clone());
        let url = address(arm, &write.path, &write.api_version, &[]);
        let url = url.ok_or_else(|| bad_path(&asked))?;
        Ok(Self {
            auxiliary: auxiliary(write, &asked)?,
            body: body(write, &asked)?,
            condition: &write.condition,
            class: match write.verb {
                Verb::Delete => Class::Delete,
                Verb::Put | Verb::Patch | Verb::Post => Class::Write,
                Verb::Get => Class::Read,
            },
            method,
            ..Self::get(&write.tenant, url)
        })
    }

    /// A request that watches what this one began.
    pub(crate) fn poll(&self, url: Url) -> Self {
        Self {
            auxiliary: self.auxiliary.clone(),
            signature: Signature::Polling,
            class: Class::Poll,
            until: self.until,
            ..Self::get(self.tenant, url)
        }
    }

    pub(crate) fn auxiliary(&self) -> &[TenantId] {
        &self.auxiliary
    }

    pub(crate) fn manner(&self) -> Manner {
        Manner::from(&self.method)
    }

    /// Verb and path. The query of an operation's address is signed and stays
    /// out.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.method, self.url.path())
    }

    /// What Compute counts it as.
    pub(crate) fn policy(&self) -> Option<Policy> {
        Policy::of(&self.method, self.url.path())
    }

    /// Whose budget it is charged to.
    pub(crate) fn account(&self) -> Account {
        let mut segments = self.url.path().split('/').skip(1);
        match (segments.next(), segments.next()) {
            (Some(first), Some(id)) if first.eq_ignore_ascii_case("subscriptions") => {
                Account::subscription(id)
            }
            _ => Account::tenant(self.tenant),
        }
    }
}

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Put => Method::PUT,
        Verb::Patch => Method::PATCH,
        Verb::Delete => Method::DELETE,
        Verb::Post => Method::POST,
        Verb::Get => Method::GET,
    }
}

/// The tenants whose tokens go along. The primary one is no guest in its own
/// house; what Azure would make of it is unknown, and the CLI removes it too.
fn auxiliary(write: &Write, asked: &Asked) -> Result<Vec<TenantId>, Refusal> {
    let mut list: Vec<TenantId> = Vec::new();
    for tenant in &write.auxiliary {
        if *tenant != write.tenant && !list.contains(tenant) {
            list.push(tenant.clone());
        }
    }
    if list.len() > MOST_AUXILIARY {
        let message = format!(
            "a request may carry the tokens of {MOST_AUXILIARY} further tenants, this one needs {}",
            list.len()
        );
        let mut refusal = asked.local("TooManyAuxiliaryTenants", &message);
        refusal.auxiliary = list;
        return Err(refusal);
    }
    Ok(list)
}

fn body(write: &Write, asked: &Asked) -> Result<Option<Arc<[u8]>>, Refusal> {
    let Some(body) = &write.body else {
        return Ok(None);
    };
    if body.has_later() {
        let message = "the body still names something that should have been read before sending";
        return Err(asked.local("UnresolvedBody", message));
    }
    let bytes = serde_json::to_vec(body);
    let bytes = bytes.map_err(|error| asked.local("UnwritableBody", &error.to_string()))?;
    Ok(Some(bytes.into()))
}

/// The address of a path. Spaces become `%20`: the `+` of forms means a plus
/// to some of the services behind Resource Manager.
pub(super) fn address(
    arm: &Arm,
    path: &str,
    api_version: &str,
    query: &[(String, String)],
) -> Option<Url> {
    let mut url = arm.cloud.arm.at(path)?;
    let mut pairs = url.query_pairs_mut();
    pairs.append_pair("api-version", api_version);
    pairs.extend_pairs(query);
    drop(pairs);
    let spaced = url.query().unwrap_or_default().replace('+', "%20");
    url.set_query(Some(&spaced));
    Some(url)
}

fn bad_path(asked: &Asked) -> Refusal {
    asked.local("BadPath", "the path of the request has dots for segments")
}
