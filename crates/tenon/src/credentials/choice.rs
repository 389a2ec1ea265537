//! One way to sign in, found and not yet taken.
//!
//! Plain data, so that which one is found can be tested without files, a
//! network, or an environment.

use std::path::PathBuf;

use tenon_client::{Chain, SecretString};
use tenon_model::spec::IdentityName;

/// A way to sign in, and where it was found.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// For people: `AZURE_CLIENT_SECRET`.
    pub(crate) source: String,
    pub(crate) way: Way,
}

/// A way to sign in.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Secret {
        client_id: String,
        secret: SecretString,
    },
    Certificate {
        client_id: String,
        file: PathBuf,
        password: Option<SecretString>,
        chain: Chain,
    },
    Federated {
        client_id: String,
        issuer: IssuedBy,
    },
    Managed(Managed),
    Cli,
    /// None, and why not.
    Nothing(String),
}

/// Who issues a federated token.
#[derive(Clone, Debug)]
pub(crate) enum IssuedBy {
    Given(SecretString),
    File(PathBuf),
    GitHub {
        url: String,
        token: SecretString,
    },
    AzureDevOps {
        url: String,
        token: SecretString,
        connection: String,
    },
    Managed(Managed),
}

/// A managed identity, and whom to ask for its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    pub(crate) endpoint: Endpoint,
    pub(crate) which: Option<IdentityName>,
}

/// Who knows the managed identity.
#[derive(Clone, Debug)]
pub(crate) enum Endpoint {
    /// The metadata service of a machine.
    Machine,
    /// The same, at another address.
    MachineAt(String),
    /// App Service or Container Apps.
    App { url: String, header: SecretString },
    /// The metadata service, if there is one.
    Guess,
}

impl Choice {
    pub(super) fn new(source: impl Into<String>, way: Way) -> Self {
        Self {
            source: source.into(),
            way,
        }
    }

    /// Whether it may turn out to be nothing at all, in which case the next
    /// one is tried.
    pub(super) fn is_uncertain(&self) -> bool {
        match &self.way {
            Way::Nothing(_) => true,
            Way::Managed(managed) => matches!(managed.endpoint, Endpoint::Guess),
            _ => false,
        }
    }
}
