//! Tokens, one per tenant and scope.
//!
//! However many ask at once, one request is made, and its result, good or
//! bad, is everybody's. A failure is forgotten with the last one who waited
//! for it. A token is renewed before it expires; when that fails the old one
//! serves as long as it is good, so a sign-in host that stumbles does not stop
//! an apply that is half done.

pub(crate) mod claims;
mod signer;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Shared;
use tenon_model::TenantId;
use tenon_model::transport::{Boxed, Refusal};
use tokio::time::Instant;

pub(crate) use signer::Signer;
pub(crate) use token::Token;

use signer::Need;

/// How long nobody asks again after a renewal failed.
const QUIET: Duration = Duration::from_secs(30);

type Signed = Result<Arc<Token>, Refusal>;
type Flight = Shared<Boxed<'static, Signed>>;

/// The tokens of one run.
pub(crate) struct Tokens {
    signer: Arc<Signer>,
    slots: Mutex<HashMap<(TenantId, String), Arc<Slot>>>,
}

#[derive(Default)]
struct Slot(Mutex<State>);

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    flight: Option<Flight>,
    quiet_until: Option<Instant>,
}

impl Tokens {
    pub(crate) fn new(signer: Signer) -> Self {
        Self {
            signer: Arc::new(signer),
            slots: Mutex::default(),
        }
    }

    /// Returns a token of `tenant` for `scope`.
    pub(crate) async fn get(&self, tenant: &TenantId, scope: &str) -> Signed {
        let slot = self.slot(tenant, scope);
        let flight = {
            let mut state = slot.lock();
            if let Some(token) = state.ready() {
                return Ok(token);
            }
            state.flight(&self.signer, tenant, scope)
        };
        // Whoever still waits drives the request on, so it does not matter
        // which of them goes away.
        let signed = flight.clone().await;
        slot.lock().land(&flight, signed)
    }

    /// Forgets `token`, unless it was replaced in the meantime.
    pub(crate) fn forget(&self, tenant: &TenantId, scope: &str, token: &Arc<Token>) {
        let slot = self.slot(tenant, scope);
        let mut state = slot.lock();
        if state
            .token
            .as_ref()
            .is_some_and(|held| Arc::ptr_eq(held, token))
        {
            state.token = None;
        }
    }

    fn slot(&self, tenant: &TenantId, scope: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.clone(), scope.to_owned());
        Arc::clone(slots.entry(key).or_default())
    }
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ready(&self) -> Option<Arc<Token>> {
        let now = Instant::now();
        let quiet = self.quiet_until.is_some_and(|until| now < until);
        let token = self.valid(now)?;
        (quiet || now < token.renew_at()).then_some(token)
    }

    fn valid(&self, now: Instant) -> Option<Arc<Token>> {
        let token = self.token.as_ref()?;
        (now < token.expires_at()).then(|| Arc::clone(token))
    }

    /// The request that is under way, begun now if there is none.
    fn flight(&mut self, signer: &Arc<Signer>, tenant: &TenantId, scope: &str) -> Flight {
        let need = match self.valid(Instant::now()) {
            Some(_) => Need::Renewal,
            None => Need::Urgent,
        };
        let begin = || {
            let (signer, tenant) = (Arc::clone(signer), tenant.clone());
            let scope = scope.to_owned();
            let signing: Boxed<'static, Signed> =
                Box::pin(async move { signer.sign_in(&tenant, &scope, need).await });
            signing.shared()
        };
        self.flight.get_or_insert_with(begin).clone()
    }

    fn land(&mut self, flight: &Flight, signed: Signed) -> Signed {
        let now = Instant::now();
        let first = self.flight.as_ref().is_some_and(|held| held.ptr_eq(flight));
        if first {
            self.flight = None;
            match &signed {
                Ok(token) => {
                    self.token = Some(Arc::clone(token));
                    self.quiet_until = None;
                }
                Err(_) => self.quiet_until = Some(now + QUIET),
            }
        }
        signed.or_else(|refusal| self.valid(now).ok_or(refusal))
    }
}

#[cfg(test)]
mod tests;
