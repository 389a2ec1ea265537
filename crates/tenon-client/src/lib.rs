//! The only crate that opens a connection: tokens, retries, paging,
//! long-running operations.
//!
//! [`Client`] implements [`Transport`](tenon_model::transport::Transport). It
//! knows how Azure is spoken to and nothing about what is said: no resource is
//! interpreted beyond the `provisioningState` that tells whether it is ready.
//!
//! From the outside in: `client` is the trait, `list`, `operation` and
//! `challenge` are conversations, `arm` signs and repeats one request of them,
//! `budget` says when it may be sent, `wire` counts and logs one attempt, and
//! [`Http`] carries it. What lies in a tenant's directory goes to Microsoft
//! Graph by way of `graph`. Beside that line, `tokens` keeps what
//! [`Credential`]s bring, and [`Host`] is where pull requests are, which has
//! tokens of its own and nothing to do with Azure's.
//!
//! Three walls hold everywhere. Tokens and secrets have types that cannot be
//! printed. A token is sent to the cloud's own addresses only, whatever
//! a link, a redirect or a header says. And time is `tokio::time`, so tests
//! move it.

#![expect(
    clippy::result_large_err,
    reason = "`Refusal` is the error of the trait this crate implements"
)]

mod arm;
mod body;
mod budget;
mod challenge;
mod client;
mod clock;
mod cloud;
mod credential;
mod errors;
mod graph;
mod hosts;
mod http;
mod lease;
mod list;
mod operation;
mod probe;
mod regions;
pub mod requests;
mod retry;
mod settings;
mod sharing;
mod tokens;
mod wire;

pub use client::Client;
pub use clock::Clock;
pub use cloud::{BlobAddressError, Cloud, Endpoint, EndpointError, is_loopback};
pub use credential::{
    Ask, Assertion, AzureCli, Certificate, CertificateError, Chain, Credential, Credentials, Grant,
    IdentityEndpoint, ManagedIdentity, Runner, TokenSource, UserAssigned,
};
pub use hosts::{
    AzureRepos, AzureToken, Built, Comment, GitHub, GitLab, Host, HostAt, HostError, HostErrorKind,
    HostSettings, Posted, PullRequest, Status, Urgency, Verdict,
};
pub use http::{
    HeaderMap, HeaderName, HeaderValue, Http, HttpError, HttpRequest, HttpResponse, Method,
    RealHttp, StatusCode, Url, ca_file_from_environment,
};
pub use lease::{BlobLease, Broken};
pub use probe::RealProber;
pub use retry::{Jitter, Patience};
pub use secrecy::SecretString;
pub use settings::Settings;

#[cfg(test)]
mod tests;
