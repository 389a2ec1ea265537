//! Signing in: from a tenant to its credential to a token.

use std::sync::Arc;

use tenon_model::TenantId;
use tenon_model::transport::{Refusal, Stage};
use tokio::time::Instant;

use super::Token;
use crate::clock::Clock;
use crate::cloud::Endpoint;
use crate::credential::{Ask, Credentials};
use crate::errors::Asked;
use crate::retry::{Jitter, Patience};
use crate::wire::Wire;

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing goes on without it.
    Urgent,
    /// The old one still serves.
    Renewal,
}

/// Signs in.
pub(crate) struct Signer {
    pub(crate) login: Endpoint,
    pub(crate) credentials: Credentials,
    pub(crate) wire: Arc<Wire>,
    pub(crate) patience: Patience,
    pub(crate) jitter: Jitter,
    pub(crate) user_agent: String,
    pub(crate) correlation_id: String,
    pub(crate) clock: Clock,
}

impl Signer {
    pub(super) async fn sign_in(
        &self,
        tenant: &TenantId,
        scope: &str,
        need: Need,
    ) -> Result<Arc<Token>, Refusal> {
        let mut asked = Asked::new(format!("POST /{tenant}/oauth2/v2.0/token"));
        asked.tenant = Some(tenant.clone());
        asked.correlation_id = Some(self.correlation_id.clone());
        let credential = self.credentials.lookup(tenant).ok_or_else(|| {
            let message = format!("there is no credential for tenant {tenant}");
            asked.bare(Stage::Credential, "NoCredential", &message)
        })?;
        asked.application = credential.application().map(str::to_owned);
        asked.source = Some(credential.source().to_owned());
        let ask = Ask {
            tenant,
            scope,
            login: &self.login,
            wire: &self.wire,
            patience: match need {
                Need::Urgent => self.patience.for_sign_in(),
                Need::Renewal => self.patience.hurried(),
            },
            jitter: self.jitter.clone(),
            user_agent: &self.user_agent,
            clock: &self.clock,
            asked: &asked,
        };
        let asked_at = Instant::now();
        let grant = credential.token(&ask).await?;
        Ok(Arc::new(Token::new(grant, asked_at, &self.jitter)))
    }
}
