//! What a client is made of.

use std::sync::Arc;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::credential::Credentials;
use crate::http::Http;
use crate::retry::{Jitter, Patience};

/// Everything a [`Client`](crate::Client) needs to know.
#[derive(Clone)]
pub struct Settings {
    /// Where Azure is.
    pub cloud: Cloud,
    /// Who signs in, tenant by tenant.
    pub credentials: Credentials,
    /// What carries the requests.
    pub http: Arc<dyn Http>,
    /// The id that all requests of this run share; Azure's own logs show it.
    pub correlation_id: String,
    /// The `User-Agent`.
    pub user_agent: String,
    /// How long to wait for what.
    pub patience: Patience,
    /// Chance in waits.
    pub jitter: Jitter,
    /// The time of day.
    pub clock: Clock,
    /// How many requests may be under way at once.
    pub connections: usize,
}

impl Settings {
    /// Returns the usual settings: a new correlation id, `tenon/<version>`,
    /// 64 requests at once.
    #[must_use]
    pub fn new(cloud: Cloud, credentials: Credentials, http: Arc<dyn Http>) -> Self {
        Self {
            cloud,
            credentials,
            http,
            correlation_id: uuid::Uuid::new_v4().to_string(),
            user_agent: concat!("tenon/", env!("CARGO_PKG_VERSION")).to_owned(),
            patience: Patience::default(),
            jitter: Jitter::default(),
            clock: Clock::default(),
            connections: 64,
        }
    }
}
