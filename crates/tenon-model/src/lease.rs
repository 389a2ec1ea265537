//! One writer at a time, where a team asks for it.
//!
//! Correctness comes from preconditions; a lease only keeps two runs from
//! getting in each other's way. It ends by itself when its holder dies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::TenantId;
use crate::transport::{Boxed, Refusal};

/// Where the lease of a deployment is, and who may ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeaseAt {
    /// The address of the blob: `https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME`.
    pub blob: String,
    /// The tenant that signs in to it.
    pub tenant: TenantId,
}

/// Who has a lease, as the holder itself said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holder {
    /// The id of its run.
    pub run: String,
    /// A person and a machine, or a pipeline's run with its pull request.
    pub by: String,
    /// Since when, in seconds since 1970 by the clock of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// How many seconds ago it was renewed, by the clock of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_ago: Option<i64>,
}

/// What came of an attempt to take a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is ours.
    Ours,
    /// Somebody has it; none if they did not say yet who they are.
    Held(Option<Holder>),
}

/// What came of an attempt to renew a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It is ours for another while.
    Ours,
    /// It is not ours any more.
    Lost {
        /// The service's code.
        code: String,
    },
}

/// A lease that can be had.
pub trait Lease: Send + Sync {
    /// Tries once to take it. Asking again after an answer that was lost does
    /// no harm.
    fn acquire(&self) -> Boxed<'_, Result<Attempt, Refusal>>;

    /// Renews it. An error says nothing about whose it is.
    fn renew(&self) -> Boxed<'_, Result<Renewal, Refusal>>;

    /// Gives it back.
    fn release(&self) -> Boxed<'_, Result<(), Refusal>>;
}
