//! The request log: what was asked, never with what secret.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// Its place in the order of all requests, from 1.
    pub number: u64,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, without the signature parts of polling addresses.
    pub query: String,
    /// The status of the answer; 0 when the connection was dropped.
    pub status: u16,
    /// The code of the error, when the answer was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// True when the request carried an `Authorization` header.
    pub authorization: bool,
    /// The tenant of the primary token, when it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The tenants of the auxiliary tokens, in order.
    pub auxiliary_tenants: Vec<String>,
    /// The id the client gave the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// The correlation id of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The id the simulator gave the request.
    pub request_id: String,
    /// When it came, in simulated time.
    pub time: Timestamp,
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<LoggedRequest>,
    seen: u64,
}

/// How many requests the log remembers.
const MEMORY: usize = 200_000;

impl RequestLog {
    pub(crate) fn add(&mut self, mut entry: LoggedRequest) {
        self.seen += 1;
        entry.number = self.seen;
        if self.entries.len() == MEMORY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<LoggedRequest> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.seen = 0;
    }
}
