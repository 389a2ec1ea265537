//! A token of another issuer in place of a secret: workload identity
//! federation.
//!
//! The application trusts an issuer, a subject and an audience; whoever brings
//! such a token is let in. These tokens live for minutes and their files are
//! rotated, so one is fetched for every token of every tenant.
//! Source: Microsoft Learn, "Workload identity federation" and "OAuth 2.0
//! client credentials flow", third case.

mod runner;

use std::path::PathBuf;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use tenon_model::transport::{Boxed, Refusal};

use super::{Ask, Grant, ManagedIdentity, TokenSource};
use crate::cloud::Endpoint;
pub use runner::Runner;

/// Where the token of the other issuer comes from.
pub enum Assertion {
    /// It was given once.
    Token(SecretString),
    /// It stands in a file, which is read anew every time.
    File(PathBuf),
    /// The runner of a pipeline hands it out.
    Runner(Runner),
    /// It is the token of a managed identity, which signs in to other tenants
    /// this way. Identity and application have the same home tenant.
    ManagedIdentity(ManagedIdentity),
}

impl Assertion {
    async fn bring(&self, ask: &Ask<'_>) -> Result<SecretString, Refusal> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::File(path) => {
                let read = std::fs::read_to_string(path);
                let text = read.map(Zeroizing::new).map_err(|error| {
                    ask.failed(&format!("the token file {}: {error}", path.display()))
                })?;
                let token = text.trim();
                if token.is_empty() {
                    let message = format!("the token file {} is empty", path.display());
                    return Err(ask.failed(&message));
                }
                Ok(token.into())
            }
            Self::Runner(runner) => runner.bring(ask).await,
            Self::ManagedIdentity(identity) => {
                let audience = audience(ask.login);
                Ok(identity.fetch(ask, audience).await?.token)
            }
        }
    }
}

/// Whom such a token is for. The clouds beside the public one have names of
/// their own for it.
fn audience(login: &Endpoint) -> &'static str {
    let host = login.as_str();
    if host.ends_with(".us") {
        "api://AzureADTokenExchangeUSGov"
    } else if host.ends_with(".cn") {
        "api://AzureADTokenExchangeChina"
    } else {
        "api://AzureADTokenExchange"
    }
}

pub(super) struct Federated {
    pub(super) client_id: String,
    pub(super) assertion: Assertion,
    pub(super) source: String,
}

impl TokenSource for Federated {
    fn application(&self) -> Option<&str> {
        Some(&self.client_id)
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(async move {
            let assertion = self.assertion.bring(ask).await?;
            ask.exchange(&self.client_id, &assertion).await
        })
    }
}

#[cfg(test)]
mod tests;
