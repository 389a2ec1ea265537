//! How fast, how patient and how generous a world is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::span::Span;
use crate::machines::Sickness;

/// Durations, delays, page sizes and limits of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Settings {
    /// How long a token lives, in the client's seconds: with a clock that runs
    /// 60 times as fast it lives 60 times as long in simulated time. 3599 s.
    pub token_lifetime: Span,
    /// How long until a new role assignment counts. 0 s.
    pub role_propagation: Span,
    /// How long Graph shows, everywhere but at sign-in, what was before a change. 2 s.
    pub directory_lag: Span,
    /// How long a version takes to reach a region after it was put. 10 min.
    pub replica_lag: Span,
    /// How long a provider takes to register. 0 s.
    pub registration: Span,
    /// What `Retry-After` says while an operation runs, instead of what the providers say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Span>,
    /// Operation durations by resource type, laid over the built-in ones.
    pub durations: BTreeMap<String, ActionDurations>,
    /// Page sizes by resource type, `default` for all others, laid over the built-in ones.
    pub page_sizes: BTreeMap<String, usize>,
    /// Request limits.
    pub throttling: Throttling,
    /// Scale set instances that say they are unwell: patterns of their ids, or of the ids of
    /// images that make every instance so that runs them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unwell: Vec<String>,
    /// True when an auxiliary token of the primary tenant is refused. Real
    /// behaviour is not documented; the default accepts it.
    pub refuse_primary_as_auxiliary: bool,
    /// Machines that run and do not answer as they should.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sick: Vec<Sickness>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: Span::seconds(3599),
            role_propagation: Span::default(),
            directory_lag: Span::seconds(2),
            replica_lag: Span::seconds(600),
            registration: Span::default(),
            retry_after: None,
            durations: BTreeMap::new(),
            page_sizes: BTreeMap::new(),
            throttling: Throttling::default(),
            unwell: Vec::new(),
            refuse_primary_as_auxiliary: false,
            sick: Vec::new(),
        }
    }
}

/// How long the operations on one type take; what is absent keeps its default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ActionDurations {
    /// A PUT of something new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Span>,
    /// A PUT or PATCH of something that exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Span>,
    /// A DELETE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Span>,
    /// Any POST action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Span>,
}

/// Token buckets as Resource Manager and Compute publish them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Throttling {
    /// Off by default: the headers are sent, nothing is refused.
    pub enabled: bool,
    /// Resource Manager's buckets per subscription and principal: reads.
    pub reads: Bucket,
    /// The same for writes.
    pub writes: Bucket,
    /// The same for deletes.
    pub deletes: Bucket,
    /// Compute's buckets by policy name, laid over the published ones: `{Put,Update,Delete}VMResource`
    /// and `…SubscriptionMaximum`, `LowCostGet…`, `HighCostGetSubscriptionMaximum`, `GetOperation…`.
    pub compute: BTreeMap<String, Bucket>,
}

impl Default for Throttling {
    fn default() -> Self {
        Self {
            enabled: false,
            reads: Bucket {
                size: 250,
                refill_per_second: 25.0,
            },
            writes: Bucket {
                size: 200,
                refill_per_second: 10.0,
            },
            deletes: Bucket {
                size: 200,
                refill_per_second: 10.0,
            },
            compute: BTreeMap::new(),
        }
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Bucket {
    /// How many requests fit at once.
    pub size: u32,
    /// How many come back each second.
    pub refill_per_second: f64,
}
