//! Requests to Resource Manager: signed, paced, repeated.

mod call;
mod headers;

use std::sync::Arc;

use tenon_model::TenantId;
use tenon_model::transport::{Progress, Refusal, Stage};
use tokio::time::sleep;

use crate::budget::{Budgets, Class};
use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::credential::{Credential, Credentials};
use crate::errors::Asked;
use crate::graph::Memory;
use crate::http::{HttpError, HttpResponse};
use crate::retry::{Jitter, Outcome, Patience, Tries, Verdict};
use crate::settings::Settings;
use crate::tokens::{Signer, Token, Tokens};
use crate::wire::Wire;

pub(crate) use call::{Call, Service, Signature};

/// Whoever wants to know about waits.
pub(crate) type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Nobody wants to know.
pub(crate) fn unheard(_: Progress) {}

/// Resource Manager, as one client speaks to it.
pub(crate) struct Arm {
    pub(crate) cloud: Cloud,
    pub(crate) wire: Arc<Wire>,
    pub(crate) tokens: Tokens,
    pub(crate) patience: Patience,
    pub(crate) jitter: Jitter,
    pub(crate) correlation_id: String,
    pub(crate) clock: Clock,
    pub(crate) graph: Memory,
    user_agent: String,
    credentials: Credentials,
    budgets: Budgets,
    scope: String,
}

/// The tokens of one attempt.
struct Signed {
    primary: Option<Arc<Token>>,
    auxiliary: Vec<(TenantId, Arc<Token>)>,
}

/// An answer, good or bad, that is not asked for again.
struct Taken {
    response: HttpResponse,
    /// Whether an attempt before may have been carried out.
    doubtful: bool,
}

impl Arm {
    pub(crate) fn new(settings: Settings) -> Self {
        let clock = settings.clock;
        let wire = Wire::new(settings.http, settings.connections, clock.clone());
        let wire = Arc::new(wire);
        let signer = Signer {
            login: settings.cloud.login.clone(),
            credentials: settings.credentials.clone(),
            wire: Arc::clone(&wire),
            patience: settings.patience,
            jitter: settings.jitter.clone(),
            user_agent: settings.user_agent.clone(),
            correlation_id: settings.correlation_id.clone(),
            clock: clock.clone(),
        };
        Self {
            scope: settings.cloud.scope(),
            cloud: settings.cloud,
            wire,
            tokens: Tokens::new(signer),
            patience: settings.patience,
            jitter: settings.jitter,
            correlation_id: settings.correlation_id,
            clock,
            graph: Memory::default(),
            user_agent: settings.user_agent,
            credentials: settings.credentials,
            budgets: Budgets::default(),
        }
    }

    /// Returns a token of `tenant` for Resource Manager.
    pub(crate) async fn token(&self, tenant: &TenantId) -> Result<Arc<Token>, Refusal> {
        self.tokens.get(tenant, &self.scope).await
    }

    /// Returns a token of `tenant` for Graph.
    pub(crate) async fn graph_token(&self, tenant: &TenantId) -> Result<Arc<Token>, Refusal> {
        let scope = self.cloud.graph_scope().unwrap_or_default();
        self.tokens.get(tenant, &scope).await
    }

    /// The scope of the token that a request carries.
    fn scope_of(&self, call: &Call<'_>) -> String {
        match call.service {
            Service::ResourceManager => self.scope.clone(),
            Service::Graph => self.cloud.graph_scope().unwrap_or_default(),
        }
    }

    /// Who signs in to `tenant`.
    pub(crate) fn credential(&self, tenant: &TenantId) -> Option<&Credential> {
        self.credentials.lookup(tenant)
    }

    pub(crate) fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// What a refusal of `call` says about who asked.
    pub(crate) fn asked(&self, call: &Call<'_>) -> Asked {
        let credential = self.credentials.lookup(call.tenant);
        Asked {
            request: call.label(),
            tenant: Some(call.tenant.clone()),
            auxiliary: call.auxiliary().to_vec(),
            application: credential.and_then(|who| who.application().map(str::to_owned)),
            source: credential.map(|who| who.source().to_owned()),
            correlation_id: Some(self.correlation_id.clone()),
        }
    }

    /// Sends `call` until it succeeds or will not.
    pub(crate) async fn accepted(
        &self,
        call: &Call<'_>,
        report: Report<'_>,
    ) -> Result<HttpResponse, Refusal> {
        let taken = self.send(call, report).await?;
        if taken.response.status.is_success() {
            return Ok(taken.response);
        }
        let mut refusal = self.asked(call).refused(Stage::Azure, &taken.response);
        // Then it may be this request itself that stands in its way.
        if taken.doubtful && matches!(refusal.status, 409 | 412) {
            let note = "an earlier attempt got no answer and may have been carried out";
            let note = ("NoAnswer".to_owned(), note.to_owned());
            refusal.details.push(note);
        }
        Err(refusal)
    }

    /// Sends `call` until the answer is to be taken, good or bad.
    pub(crate) async fn answered(
        &self,
        call: &Call<'_>,
        report: Report<'_>,
    ) -> Result<HttpResponse, Refusal> {
        Ok(self.send(call, report).await?.response)
    }

    async fn send(&self, call: &Call<'_>, report: Report<'_>) -> Result<Taken, Refusal> {
        let patience = match call.class {
            Class::Poll => self.patience.for_polling(),
            Class::Read | Class::Write | Class::Delete => self.patience,
        };
        let mut tries = Tries::new(call.manner(), patience, self.jitter.clone(), call.until);
        let mut doubtful = false;
        loop {
            let (outcome, signed) = self.attempt(call).await?;
            match tries.judge(&outcome) {
                Verdict::Take => {
                    let response = outcome.map_err(|error| self.asked(call).lost(&error))?;
                    return Ok(Taken { response, doubtful });
                }
                Verdict::Renew => self.forget(call, &signed),
                Verdict::Wait { wait, why } => {
                    doubtful |= may_be_done(&outcome);
                    report(Progress::Waiting { wait, why });
                    sleep(wait).await;
                }
            }
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<(Outcome, Signed), Refusal> {
        // Signed only when it is its turn: a token may expire in the queue.
        let compute = match call.policy() {
            Some(policy) => Some(self.budgets.acquire_compute(call.account(), policy).await),
            None => None,
        };
        let front = self.budgets.acquire(call.account(), call.class).await;
        let signed = self.sign(call).await?;
        let request =
            headers::request(self, call, &signed).map_err(|error| self.asked(call).lost(&error))?;
        let outcome = self.wire.send(request).await;
        if let Ok(response) = &outcome {
            front.learn(response);
            compute.iter().for_each(|permit| permit.learn(response));
        }
        Ok((outcome, signed))
    }

    /// Gets the tokens that `call` carries; each is renewed on its own.
    async fn sign(&self, call: &Call<'_>) -> Result<Signed, Refusal> {
        let mut signed = Signed {
            primary: None,
            auxiliary: Vec::new(),
        };
        if call.signature == Signature::None {
            return Ok(signed);
        }
        let scope = self.scope_of(call);
        signed.primary = Some(self.tokens.get(call.tenant, &scope).await?);
        for tenant in call.auxiliary() {
            match self.token(tenant).await {
                Ok(token) => signed.auxiliary.push((tenant.clone(), token)),
                // Only the write itself cannot do without. Nothing says that
                // polling needs it, and the operation is under way already.
                Err(_) if call.signature == Signature::Polling => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(signed)
    }

    fn forget(&self, call: &Call<'_>, signed: &Signed) {
        if let Some(token) = &signed.primary {
            let scope = self.scope_of(call);
            self.tokens.forget(call.tenant, &scope, token);
        }
        for (tenant, token) in &signed.auxiliary {
            self.tokens.forget(tenant, &self.scope, token);
        }
    }
}

/// Whether a request may have been carried out although nothing says so.
fn may_be_done(outcome: &Outcome) -> bool {
    match outcome {
        Err(HttpError::Lost(_)) => true,
        Err(_) => false,
        Ok(response) => response.status.is_server_error(),
    }
}

#[cfg(test)]
mod tests;
