//! Who signs in, tenant by tenant.
//!
//! A credential is anything that can bring a token for a tenant and a scope.
//! Those that speak the OAuth token endpoint (a secret, a certificate, a
//! federated token) use [`Ask::post_form`]; a managed identity and a session of
//! the Azure CLI bring their token from elsewhere.

mod ask;
mod certificate;
mod cli;
mod federated;
mod fetch;
mod first;
mod managed;
mod secret;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use tenon_model::TenantId;
use tenon_model::transport::{Boxed, Refusal};

pub use ask::{Ask, Grant};
use certificate::ClientCertificate;
pub use certificate::{Certificate, CertificateError, Chain};
pub use cli::AzureCli;
use federated::Federated;
pub use federated::{Assertion, Runner};
use first::{Absent, FirstOf};
use managed::Managed;
pub use managed::{IdentityEndpoint, ManagedIdentity, UserAssigned};
use secret::ClientSecret;

/// Something that brings tokens.
pub trait TokenSource: Send + Sync {
    /// The application that signs in; none where only the token will tell.
    fn application(&self) -> Option<&str>;

    /// Where it comes from, for people: `AZURE_CLIENT_SECRET`.
    fn source(&self) -> &str;

    /// Brings a new token. Caching is not its business.
    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>>;
}

/// A credential; cloning shares it.
#[derive(Clone)]
pub struct Credential(Arc<dyn TokenSource>);

impl Credential {
    /// Returns a credential of any other sort.
    #[must_use]
    pub fn new(source: impl TokenSource + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// Returns the secret of an application, found in `source`.
    #[must_use]
    pub fn client_secret(
        client_id: impl Into<String>,
        secret: SecretString,
        source: impl Into<String>,
    ) -> Self {
        Self::new(ClientSecret {
            client_id: client_id.into(),
            secret,
            source: source.into(),
        })
    }

    /// Returns the certificate of an application, found in `source`.
    #[must_use]
    pub fn certificate(
        client_id: impl Into<String>,
        certificate: Certificate,
        chain: Chain,
        source: impl Into<String>,
    ) -> Self {
        Self::new(ClientCertificate {
            client_id: client_id.into(),
            certificate,
            chain,
            source: source.into(),
        })
    }

    /// Returns the token of another issuer that an application trusts, found
    /// in `source`.
    #[must_use]
    pub fn federated(
        client_id: impl Into<String>,
        assertion: Assertion,
        source: impl Into<String>,
    ) -> Self {
        Self::new(Federated {
            client_id: client_id.into(),
            assertion,
            source: source.into(),
        })
    }

    /// Returns the identity that Azure gives this machine.
    #[must_use]
    pub fn managed_identity(identity: ManagedIdentity, source: impl Into<String>) -> Self {
        Self::new(Managed {
            identity,
            source: source.into(),
        })
    }

    /// Returns the session of the Azure CLI.
    #[must_use]
    pub fn azure_cli(cli: AzureCli, source: impl Into<String>) -> Self {
        Self::new(cli.named(source.into()))
    }

    /// Returns one that is known to have nothing to give, so that whoever looks
    /// for a credential hears why.
    #[must_use]
    pub fn absent(source: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(Absent {
            source: source.into(),
            why: why.into(),
        })
    }

    /// Returns the first of several that has anything to give, which is found
    /// out when a token is wanted, and kept to from then on.
    #[must_use]
    pub fn first_of(credentials: Vec<Credential>) -> Self {
        Self::new(FirstOf::new(credentials))
    }

    /// The application that signs in; none where only the token will tell.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        self.0.application()
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        self.0.source()
    }

    pub(crate) async fn token(&self, ask: &Ask<'_>) -> Result<Grant, Refusal> {
        self.0.token(ask).await
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.application().unwrap_or("somebody");
        write!(f, "{who} from {}", self.source())
    }
}

/// Which credential signs in where.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    by_tenant: BTreeMap<TenantId, Credential>,
    default: Option<Credential>,
}

impl Credentials {
    /// Returns one credential for all tenants.
    #[must_use]
    pub fn all(credential: Credential) -> Self {
        Self {
            by_tenant: BTreeMap::new(),
            default: Some(credential),
        }
    }

    /// Sets the credential of one tenant.
    pub fn insert(&mut self, tenant: TenantId, credential: Credential) {
        self.by_tenant.insert(tenant, credential);
    }

    /// Sets the credential of all tenants that have none of their own.
    pub fn set_default(&mut self, credential: Credential) {
        self.default = Some(credential);
    }

    /// The credential that signs in to `tenant`.
    #[must_use]
    pub fn lookup(&self, tenant: &TenantId) -> Option<&Credential> {
        self.by_tenant.get(tenant).or(self.default.as_ref())
    }
}
