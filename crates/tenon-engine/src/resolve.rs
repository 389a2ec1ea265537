//! Reads what a body leaves for later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use tenon_model::event::Failure;
use tenon_model::plan::Plan;
use tenon_model::transport::{Read, Refusal, Transport};
use tenon_model::{Address, Later, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// What this machine holds and a plan only names: secrets and keys.
pub trait Vault: Send + Sync {
    /// Returns the value of a secret, or the public half of a key pair, which
    /// is made when it is missing.
    ///
    /// # Errors
    ///
    /// Words for what could not be had, without its value.
    fn reveal(&self, later: &Later) -> Result<Value, String>;
}

/// Live bodies by address, as the steps left them.
pub(crate) struct Bodies<'a> {
    plan: &'a Plan,
    transport: &'a dyn Transport,
    vault: &'a dyn Vault,
    /// When the run began: seconds since 1970, and on the clock that tests move.
    began: (u64, Instant),
    known: Mutex<BTreeMap<Address, Value>>,
    /// Secrets that went into a request.
    sent: std::sync::Mutex<BTreeSet<String>>,
}

impl<'a> Bodies<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        transport: &'a dyn Transport,
        vault: &'a dyn Vault,
        begins: u64,
    ) -> Self {
        Self {
            plan,
            transport,
            vault,
            began: (begins, Instant::now()),
            known: Mutex::default(),
            sent: std::sync::Mutex::default(),
        }
    }

    /// Keeps what a step left.
    pub(crate) async fn keep(&self, address: &Address, body: Value) {
        self.known.lock().await.insert(address.clone(), body);
    }

    /// The value with nothing left for later.
    pub(crate) async fn resolve(&self, value: &Value) -> Result<Value, Failure> {
        if !value.has_later() {
            return Ok(value.clone());
        }
        self.fetch(value).await?;
        let known = self.known.lock().await;
        value.try_resolve(&mut |later| match later {
            Later::Live { of, path } => known
                .get(of)
                .and_then(|body| path.get(body))
                .cloned()
                .ok_or_else(|| Failure::Unresolved {
                    what: format!("{of} shows nothing at {path}"),
                }),
            Later::Clock { after } => {
                let (begins, began) = self.began;
                let time = begins + began.elapsed().as_secs() + after;
                Ok(Value::Int(i64::try_from(time).unwrap_or(i64::MAX)))
            }
            Later::Attribute { of, name } => Err(Failure::Unresolved {
                what: format!("{of}.{name}"),
            }),
            other => self.reveal(other),
        })
    }

    fn reveal(&self, later: &Later) -> Result<Value, Failure> {
        let value = self
            .vault
            .reveal(later)
            .map_err(|what| Failure::Unresolved { what })?;
        if let (Later::Secret { .. }, Some(text)) = (later, value.as_text())
            && !text.is_empty()
        {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.insert(text.to_owned());
        }
        Ok(value)
    }

    /// The refusal without the secrets of this run: Azure may repeat what it
    /// did not like, and events are logged and kept.
    pub(crate) fn discreet(&self, mut refusal: Refusal) -> Refusal {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in sent.iter() {
            let hide = |text: &mut String| {
                if text.contains(secret) {
                    *text = text.replace(secret, "(secret)");
                }
            };
            hide(&mut refusal.message);
            refusal.target.iter_mut().for_each(hide);
            refusal
                .details
                .iter_mut()
                .for_each(|(_, message)| hide(message));
        }
        refusal
    }

    /// Reads the resources that no step of this run has touched.
    async fn fetch(&self, value: &Value) -> Result<(), Failure> {
        let mut wanted = Vec::new();
        value.each_later(&mut |later| {
            if let Later::Live { of, .. } = later {
                wanted.push(of.clone());
            }
        });
        for address in wanted {
            if self.known.lock().await.contains_key(&address) {
                continue;
            }
            let Some(read) = self.read_of(&address) else {
                continue;
            };
            let answer = self
                .transport
                .get(&read)
                .await
                .map_err(|refusal| Failure::Refused {
                    refusal: Box::new(refusal),
                })?;
            self.keep(&address, answer.body).await;
        }
        Ok(())
    }

    fn read_of(&self, address: &Address) -> Option<Read> {
        let known = self
            .plan
            .known
            .iter()
            .find(|known| known.address == *address);
        let (id, api_version) = match known {
            Some(known) => (&known.id, &known.api_version),
            None => {
                let step = self
                    .plan
                    .steps
                    .iter()
                    .find(|step| step.address == *address)?;
                (&step.id, &step.request.api_version)
            }
        };
        let scope = self.plan.scope(&id.subscription())?;
        Some(Read {
            tenant: scope.tenant.clone(),
            path: id.to_string(),
            api_version: api_version.clone(),
            query: Vec::new(),
        })
    }
}
