//! The lease of a blob.
//!
//! Six requests of the Blob service, and nothing else of it: the blob is empty,
//! and who has its lease stands in its metadata. A token for storage goes to
//! the account alone; tokens of further tenants never do, and no redirect is
//! followed. Sources: "Lease Blob", "Put Blob", "Set Blob Metadata", "Get Blob
//! Properties" of the service's REST reference.

mod holder;
mod request;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tenon_model::TenantId;
use tenon_model::lease::{Attempt, Holder, Lease, LeaseAt, Renewal};
use tenon_model::transport::{Boxed, Refusal};
use uuid::Uuid;

use crate::arm::Arm;
use crate::client::Client;
use crate::cloud::BlobAddressError;
use crate::http::{HttpResponse, Method, Url};
use crate::retry::date;
use request::Ask;
pub(crate) use request::VERSION;

/// How long a lease lasts, in seconds.
const LENGTH: &str = "60";
/// How often a blob that comes and goes is asked for again.
const ROUNDS: usize = 3;

/// The lease of one blob, as one run asks for it.
pub struct BlobLease {
    arm: Arc<Arm>,
    url: Url,
    tenant: TenantId,
    /// Made here, so that asking again after a lost answer is no conflict.
    id: String,
    run: String,
    by: String,
    since: Mutex<Option<Timestamp>>,
}

/// What came of breaking a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is free now.
    Done,
    /// Nobody had it.
    Free,
    /// Somebody else has it than was named.
    OfAnother(Option<Holder>),
}

impl BlobLease {
    /// Returns the lease at an address for a run, and for whoever started it.
    /// Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the address is no blob of the client's cloud.
    pub fn new(
        client: &Client,
        at: &LeaseAt,
        run: &str,
        by: &str,
    ) -> Result<Self, BlobAddressError> {
        Ok(Self {
            url: client.cloud().blob(&at.blob)?,
            arm: client.arm(),
            tenant: at.tenant.clone(),
            id: Uuid::new_v4().to_string(),
            run: run.to_owned(),
            by: by.to_owned(),
            since: Mutex::default(),
        })
    }

    /// Who has it; none if nobody has, or did not say yet.
    ///
    /// # Errors
    ///
    /// When the service refuses.
    pub async fn holder(&self) -> Result<Option<Holder>, Refusal> {
        let response = self.ask(&Ask::new(Method::HEAD)).await?;
        match response.header("x-ms-lease-status") {
            Some("locked") => Ok(holder::read(&response)),
            _ => Ok(None),
        }
    }

    /// Takes the lease away from the run `run`, and from no other.
    ///
    /// # Errors
    ///
    /// When the service refuses.
    pub async fn break_of(&self, run: &str) -> Result<Broken, Refusal> {
        let mut last = None;
        for _ in 0..ROUNDS {
            let response = match self.ask(&Ask::new(Method::HEAD)).await {
                Ok(response) => response,
                Err(refusal) if refusal.code == "BlobNotFound" => return Ok(Broken::Free),
                Err(refusal) => return Err(refusal),
            };
            if response.header("x-ms-lease-status") != Some("locked") {
                return Ok(Broken::Free);
            }
            let holder = holder::read(&response);
            if holder.as_ref().is_none_or(|holder| holder.run != run) {
                return Ok(Broken::OfAnother(holder));
            }
            // It may be renewed, or somebody else's, by the time this arrives.
            let tag = response.header("etag").unwrap_or("*").to_owned();
            let asked = Ask::lease("break")
                .with("x-ms-lease-break-period", "0")
                .with("if-match", tag);
            match self.ask(&asked).await {
                Ok(_) => return Ok(Broken::Done),
                Err(refusal) if refusal.code == "LeaseNotPresentWithLeaseOperation" => {
                    return Ok(Broken::Free);
                }
                Err(refusal) if refusal.status == 412 => last = Some(refusal),
                Err(refusal) => return Err(refusal),
            }
        }
        last.map_or(Ok(Broken::Free), Err)
    }

    async fn ask(&self, ask: &Ask) -> Result<HttpResponse, Refusal> {
        request::send(&self.arm, &self.tenant, &self.url, ask).await
    }

    async fn take(&self) -> Result<Attempt, Refusal> {
        let acquire = Ask::lease("acquire")
            .with("x-ms-lease-duration", LENGTH)
            .with("x-ms-proposed-lease-id", &self.id);
        let mut refusal = None;
        for _ in 0..ROUNDS {
            match self.ask(&acquire).await {
                Ok(response) => {
                    self.begin(&response);
                    // Who cannot say it now says it when the lease is renewed.
                    let _ = self.describe(&response).await;
                    return Ok(Attempt::Ours);
                }
                Err(absent) if absent.code == "BlobNotFound" => {
                    self.make().await?;
                    refusal = Some(absent);
                }
                Err(held) if held.status == 409 && held.code.starts_with("Lease") => {
                    return Ok(Attempt::Held(self.holder().await?));
                }
                Err(other) => return Err(other),
            }
        }
        refusal.map_or(Ok(Attempt::Held(None)), Err)
    }

    /// Makes the blob, unless somebody else just did.
    async fn make(&self) -> Result<(), Refusal> {
        let make = Ask::new(Method::PUT)
            .with("x-ms-blob-type", "BlockBlob")
            .with("if-none-match", "*");
        match self.ask(&make).await {
            Err(refusal) if !matches!(refusal.status, 409 | 412) => Err(refusal),
            _ => Ok(()),
        }
    }

    fn begin(&self, response: &HttpResponse) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.get_or_insert(self.time(response));
    }

    /// The time of the service: whoever reads compares it with the same clock.
    fn time(&self, response: &HttpResponse) -> Timestamp {
        let there = response.header("date").and_then(date);
        there.unwrap_or_else(|| self.arm.clock.now())
    }

    /// Says in the metadata who has the lease.
    async fn describe(&self, response: &HttpResponse) -> Result<HttpResponse, Refusal> {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.time(response);
        let says = holder::Says {
            run: &self.run,
            by: &self.by,
            since: since.unwrap_or(now),
            renewed: now,
        };
        let ask = Ask::metadata().with("x-ms-lease-id", &self.id);
        self.ask(&says.written(ask)).await
    }

    async fn renew_once(&self) -> Result<Renewal, Refusal> {
        let ask = Ask::lease("renew").with("x-ms-lease-id", &self.id);
        let done = match self.ask(&ask).await {
            Ok(response) => self.describe(&response).await,
            Err(refusal) => Err(refusal),
        };
        match done {
            Ok(_) => Ok(Renewal::Ours),
            // The states in which it is not ours, and a blob that is gone.
            Err(refusal) if matches!(refusal.status, 404 | 409 | 412) => {
                Ok(Renewal::Lost { code: refusal.code })
            }
            Err(refusal) => Err(refusal),
        }
    }

    async fn give_back(&self) -> Result<(), Refusal> {
        // Nobody is said to have what nobody has.
        let bare = Ask::metadata().with("x-ms-lease-id", &self.id);
        let _ = self.ask(&bare).await;
        let ask = Ask::lease("release").with("x-ms-lease-id", &self.id);
        self.ask(&ask).await.map(drop)
    }
}

impl Lease for BlobLease {
    fn acquire(&self) -> Boxed<'_, Result<Attempt, Refusal>> {
        Box::pin(self.take())
    }

    fn renew(&self) -> Boxed<'_, Result<Renewal, Refusal>> {
        Box::pin(self.renew_once())
    }

    fn release(&self) -> Boxed<'_, Result<(), Refusal>> {
        Box::pin(self.give_back())
    }
}

#[cfg(test)]
mod tests;
