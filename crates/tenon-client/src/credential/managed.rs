//! The identity that Azure gives a machine, an app or a container.
//!
//! A service that only this machine can reach hands out its tokens: the
//! metadata service of machines, or the one that App Service and Container
//! Apps name in the environment. It knows one tenant, the identity's own.
//! Sources: Microsoft Learn, "How managed identities for Azure resources work
//! with Azure virtual machines" (2018-02-01) and "Use managed identities for
//! App Service and Azure Functions" (2019-08-01).

mod endpoint;

use std::sync::OnceLock;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde::Deserialize;
use tenon_model::TenantId;
use tenon_model::id::is_guid;
use tenon_model::transport::{Boxed, Refusal, Stage};

use super::ask::Seconds;
use super::{Ask, Grant, TokenSource};
use crate::retry::Manner;
use crate::tokens::claims::Claims;
pub use endpoint::IdentityEndpoint;

/// How long the metadata service may take to answer for the first time, when
/// it was asked for.
const PROBE: Duration = Duration::from_secs(10);
/// The same where it only might be there, as the Azure SDKs do.
const GUESS: Duration = Duration::from_secs(1);

/// Which of the identities of a machine; its own where none is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserAssigned {
    /// By its application id.
    ClientId(String),
    /// By the id of its service principal.
    ObjectId(String),
    /// By the resource id of the identity.
    ResourceId(String),
}

/// A managed identity.
pub struct ManagedIdentity {
    endpoint: IdentityEndpoint,
    which: Option<UserAssigned>,
    probe: Duration,
    /// Whether the service was there once.
    seen: OnceLock<()>,
    /// Its tenant, once that is known.
    home: OnceLock<TenantId>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<Seconds>,
    /// Seconds since 1970.
    expires_on: Option<Seconds>,
}

impl ManagedIdentity {
    /// Returns the identity that `endpoint` knows.
    #[must_use]
    pub fn new(endpoint: IdentityEndpoint, which: Option<UserAssigned>) -> Self {
        Self {
            endpoint,
            which,
            probe: PROBE,
            seen: OnceLock::new(),
            home: OnceLock::new(),
        }
    }

    /// Nobody said that there is one: it is given up soon.
    #[must_use]
    pub fn guessed(mut self) -> Self {
        self.probe = GUESS;
        self
    }

    /// Its tenant is known; others are refused before anything is sent.
    #[must_use]
    pub fn at_home_in(self, tenant: TenantId) -> Self {
        Self {
            home: OnceLock::from(tenant),
            ..self
        }
    }

    /// Fetches a token for `resource`.
    pub(super) async fn fetch(&self, ask: &Ask<'_>, resource: &str) -> Result<Grant, Refusal> {
        self.look(ask).await?;
        let request = self
            .endpoint
            .request(resource, self.which.as_ref())
            .map_err(|error| ask.failed(&error.to_string()))?;
        let granted: Granted =
            ask.fetch_json(request, Manner::Metadata)
                .await
                .map_err(|mut refusal| {
                    refusal.target = Some("managed-identity".to_owned());
                    refusal
                })?;
        let relative = granted.expires_in.map(|life| life.duration());
        let lifetime = relative.filter(|life| !life.is_zero()).unwrap_or_else(|| {
            let end = granted.expires_on.map(|end| end.duration());
            let now = u64::try_from(ask.clock().now().as_second()).unwrap_or_default();
            end.unwrap_or_default()
                .saturating_sub(Duration::from_secs(now))
        });
        Ok(Grant {
            token: granted.access_token.into(),
            lifetime,
        })
    }

    /// Makes sure that the metadata service is there at all: where it is not,
    /// its address leads nowhere, and a connection would wait for very long.
    async fn look(&self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let Some(request) = self.endpoint.probe().filter(|_| self.seen.get().is_none()) else {
            return Ok(());
        };
        let url = crate::cloud::shown(&request.url);
        let absent = |why: &str| {
            let message = format!("no managed identity: nothing answers at {url} ({why})");
            ask.failed_as("managed-identity", &message)
        };
        match tokio::time::timeout(self.probe, ask.wire.send(request)).await {
            // Any answer will do, most likely it is a refusal.
            Ok(Ok(_)) => {
                let _ = self.seen.set(());
                Ok(())
            }
            Ok(Err(error)) => Err(absent(&error.to_string())),
            Err(_) => Err(absent(&format!("within {} s", self.probe.as_secs()))),
        }
    }

    async fn bring(&self, ask: &Ask<'_>) -> Result<Grant, Refusal> {
        self.refuse_others(ask, self.home.get())?;
        let resource = ask.scope().trim_end_matches(".default");
        let resource = resource.strip_suffix('/').unwrap_or(resource);
        let grant = self.fetch(ask, resource).await?;
        let claims = Claims::read(grant.token.expose_secret());
        if let Some(home) = claims.tenant.map(|id| TenantId::new(&id)) {
            let _ = self.home.set(home.clone());
            // It may not be the one that was named before.
            self.refuse_others(ask, Some(&home))?;
        }
        Ok(grant)
    }

    /// Refuses a tenant that it cannot sign in to, if its own is known.
    fn refuse_others(&self, ask: &Ask<'_>, home: Option<&TenantId>) -> Result<(), Refusal> {
        let Some(home) = home else {
            return Ok(());
        };
        let comparable = is_guid(home.as_str()) && is_guid(ask.tenant.as_str());
        if !comparable || home == ask.tenant {
            return Ok(());
        }
        let message = format!("a managed identity signs in to its own tenant only, {home}");
        Err(ask.asked.bare(Stage::Credential, "OwnTenantOnly", &message))
    }
}

pub(super) struct Managed {
    pub(super) identity: ManagedIdentity,
    pub(super) source: String,
}

impl TokenSource for Managed {
    fn application(&self) -> Option<&str> {
        match &self.identity.which {
            Some(UserAssigned::ClientId(id)) => Some(id),
            _ => None,
        }
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(self.identity.bring(ask))
    }
}

#[cfg(test)]
mod tests;
