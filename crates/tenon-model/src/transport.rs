//! What is asked of Azure, and what it answers.
//!
//! Whoever implements [`Transport`] knows tokens, retries and long-running
//! operations; whoever calls it knows none of these. There is one
//! implementation, and it cannot tell Azure from a simulator.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{SubscriptionId, TenantId, Value};

/// A future without a name.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request that reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The tenant whose token reads.
    pub tenant: TenantId,
    /// The path, from `/subscriptions`.
    pub path: String,
    /// The api-version.
    pub api_version: String,
    /// Further query parameters, not yet encoded.
    pub query: Vec<(String, String)>,
}

/// The verb of a request of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// Creates or replaces.
    Put,
    /// Changes members.
    Patch,
    /// Deletes.
    Delete,
    /// Does something: `start`, `deallocate`.
    Post,
    /// Only reads; no [`Write`] has it.
    Get,
}

/// A request that writes.
#[derive(Clone, PartialEq)]
pub struct Write {
    /// The tenant of the subscription that is written to.
    pub tenant: TenantId,
    /// Further tenants whose tokens the request carries in
    /// `x-ms-authorization-auxiliary`, at most three.
    pub auxiliary: Vec<TenantId>,
    /// The verb.
    pub verb: Verb,
    /// The path, from `/subscriptions`.
    pub path: String,
    /// The api-version.
    pub api_version: String,
    /// The body, with nothing left for later.
    pub body: Option<Value>,
    /// The `ETag` that must still be there, or `*` for `If-None-Match` with
    /// [`Condition::Absent`].
    pub condition: Condition,
}

/// A condition that Azure itself checks, on types that know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// None.
    #[default]
    None,
    /// `If-Match` with this entity tag.
    Unchanged(String),
    /// `If-None-Match: *`.
    Absent,
}

// A body may carry a revealed secret, so it has no place in any log.
impl std::fmt::Debug for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {}", self.verb, self.path)
    }
}

/// What Azure answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status of the last response.
    pub status: u16,
    /// Its body; null if there was none. For a finished long-running operation
    /// the resource itself.
    pub body: Value,
    /// `x-ms-request-id` of the request that began it.
    pub request_id: Option<String>,
}

/// What a token says, for people. The token itself stays in the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The tenant that issued it.
    pub tenant: TenantId,
    /// The application.
    pub application: String,
    /// The service principal in that tenant.
    pub object: Option<String>,
    /// Whom it is for.
    pub audience: Option<String>,
    /// When it ends, in seconds since 1970: as it says itself, else as long as
    /// it was granted for.
    pub expires: i64,
    /// Where the credential came from: `AZURE_CLIENT_SECRET`.
    pub source: String,
}

/// The stage at which a request ended badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No credential for the tenant, or none that can sign in there.
    Credential,
    /// The sign-in host refused.
    SignIn,
    /// Resource Manager refused.
    Azure,
    /// A long-running operation ended badly.
    Operation,
    /// No answer, or none that can be understood.
    Network,
    /// The waiting took longer than allowed.
    TimedOut,
}

/// A request that ended badly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refusal {
    /// Where.
    pub stage: Stage,
    /// The HTTP status, 0 without an answer.
    pub status: u16,
    /// Azure's own code: `LinkedAuthorizationFailed`, `AADSTS7000215`.
    pub code: String,
    /// Azure's own message.
    pub message: String,
    /// `error.target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Codes and messages of `error.details`, flattened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(String, String)>,
    /// Verb and path of the request.
    pub request: String,
    /// The tenant whose token was used or wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// The tenants whose auxiliary tokens were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auxiliary: Vec<TenantId>,
    /// The application that signed in, or tried to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Where its credential came from: `AZURE_CLIENT_SECRET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_source: Option<String>,
    /// `x-ms-request-id`, or the trace id of the sign-in host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The correlation id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// When, as Azure says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

impl Refusal {
    /// Whether it says that the thing is not there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.stage == Stage::Azure && self.status == 404
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

/// What happens while a write is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Azure took it on; this address tells how it goes.
    Accepted {
        /// The operation's address, opaque.
        operation: String,
    },
    /// The request waits before it is sent again.
    Waiting {
        /// How long.
        wait: Duration,
        /// Why: the answer's code, e.g. `TooManyRequests`.
        why: String,
    },
}

/// Azure, as the engine sees it.
pub trait Transport: Send + Sync {
    /// Signs in to a tenant, or finds that it is signed in.
    fn sign_in<'a>(&'a self, tenant: &'a TenantId) -> Boxed<'a, Result<Identity, Refusal>>;

    /// Finds the tenant of a subscription without rights in it, from the
    /// challenge that Resource Manager answers; none if it tells nothing.
    fn tenant_of<'a>(
        &'a self,
        subscription: &'a SubscriptionId,
    ) -> Boxed<'a, Result<Option<TenantId>, Refusal>>;

    /// Reads one resource.
    fn get<'a>(&'a self, read: &'a Read) -> Boxed<'a, Result<Answer, Refusal>>;

    /// Reads a list, page by page to the end; returns the number of pages.
    fn list<'a>(
        &'a self,
        read: &'a Read,
        page: &'a mut (dyn FnMut(Vec<Value>) + Send),
    ) -> Boxed<'a, Result<usize, Refusal>>;

    /// Sends a write and follows it to its end.
    fn write<'a>(
        &'a self,
        write: &'a Write,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Boxed<'a, Result<Answer, Refusal>>;
}
