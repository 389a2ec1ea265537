//! The secret of an application.

use secrecy::{ExposeSecret, SecretString};
use tenon_model::transport::{Boxed, Refusal};

use super::{Ask, Grant, TokenSource};

pub(super) struct ClientSecret {
    pub(super) client_id: String,
    pub(super) secret: SecretString,
    pub(super) source: String,
}

impl TokenSource for ClientSecret {
    fn application(&self) -> &str {
        &self.client_id
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(async move {
            ask.post_form(&[
                ("client_id", &self.client_id),
                ("client_secret", self.secret.expose_secret()),
                ("grant_type", "client_credentials"),
                ("scope", ask.scope()),
            ])
            .await
        })
    }
}
