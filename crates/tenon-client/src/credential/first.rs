//! Several credentials, of which the first that has anything to give is taken,
//! for good: a run does not change hands half-way.
//!
//! Tenants that ask at the same time find out for themselves, and then agree.
//! A lock would be simpler and could be held by a request that nobody waits
//! for any more.

use std::sync::OnceLock;

use tenon_model::transport::{Boxed, Refusal, Stage};

use super::{Ask, Credential, Grant, TokenSource};

pub(super) struct FirstOf {
    credentials: Vec<Credential>,
    names: String,
    /// Its place among the credentials.
    chosen: OnceLock<usize>,
}

impl FirstOf {
    pub(super) fn new(credentials: Vec<Credential>) -> Self {
        let names: Vec<&str> = credentials.iter().map(Credential::source).collect();
        Self {
            names: names.join(", "),
            credentials,
            chosen: OnceLock::new(),
        }
    }

    async fn bring(&self, ask: &Ask<'_>) -> Result<Grant, Refusal> {
        if let Some(chosen) = self.chosen() {
            return chosen.token(ask).await;
        }
        let mut tried = Vec::new();
        for (index, credential) in self.credentials.iter().enumerate() {
            match credential.token(ask).await {
                Err(refusal) if has_nothing(&refusal) => {
                    tried.push((credential.source().to_owned(), refusal.message));
                }
                ended => {
                    let first = *self.chosen.get_or_init(|| index);
                    if first == index {
                        return ended;
                    }
                    return self.credentials[first].token(ask).await;
                }
            }
        }
        let message = format!("there is no credential for tenant {}", ask.tenant);
        let mut refusal = ask.asked.bare(Stage::Credential, "NoCredential", &message);
        refusal.details = tried;
        Err(refusal)
    }

    fn chosen(&self) -> Option<&Credential> {
        self.credentials.get(*self.chosen.get()?)
    }
}

/// A source that has nothing to give.
pub(super) struct Absent {
    pub(super) source: String,
    pub(super) why: String,
}

impl TokenSource for Absent {
    fn application(&self) -> Option<&str> {
        None
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(async { Err(ask.failed(&self.why)) })
    }
}

/// Whether the source is absent; one that is there and refuses is not passed
/// over.
fn has_nothing(refusal: &Refusal) -> bool {
    refusal.stage == Stage::Credential && refusal.code == "TokenSourceFailed"
}

impl TokenSource for FirstOf {
    fn application(&self) -> Option<&str> {
        self.chosen()?.application()
    }

    fn source(&self) -> &str {
        self.chosen()
            .map_or(self.names.as_str(), Credential::source)
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(self.bring(ask))
    }
}

#[cfg(test)]
mod tests;
