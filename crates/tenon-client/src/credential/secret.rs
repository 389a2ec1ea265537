//! The secret of an application.

use secrecy::{ExposeSecret, SecretString};
use tenon_model::id::is_guid;
use tenon_model::transport::{Boxed, Refusal};

use super::{Ask, Grant, TokenSource};

pub(super) struct ClientSecret {
    pub(super) client_id: String,
    pub(super) secret: SecretString,
    pub(super) source: String,
}

impl TokenSource for ClientSecret {
    fn application(&self) -> Option<&str> {
        Some(&self.client_id)
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(async move {
            let secret = self.secret.expose_secret();
            let fields = [
                ("client_id", self.client_id.as_str()),
                ("client_secret", secret),
                ("grant_type", "client_credentials"),
                ("scope", ask.scope()),
            ];
            ask.post_form(&fields).await.map_err(|mut refusal| {
                // The portal shows a secret's id beside its value, and the
                // wrong one is pasted often. Only its form is told.
                if is_guid(secret) {
                    refusal.target = Some("secret-is-guid".to_owned());
                }
                refusal
            })
        })
    }
}
