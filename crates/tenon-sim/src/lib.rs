//! An Azure in memory behind real HTTP on loopback.
//!
//! One host and port serve the sign-in side (`/{tenant}/oauth2/v2.0/token`
//! and what clients discover before it), Microsoft Graph (`/graph/…`), the
//! identity endpoints of hosts and pipelines (`/metadata/…`, `/msi/token`,
//! `/_github/…`, `/_devops/…`), Resource Manager (everything else) and an admin
//! side (`/_sim/…`). It is written from Azure's published
//! contract and knows nothing of the program that ships it: a client is given
//! addresses and cannot tell who answers, except that nothing costs money.
//!
//! What it enforces is what production enforces: audiences, tenants, service
//! principals and consent, role assignments, rights on linked scopes with
//! auxiliary tokens, api-versions, create-only properties, quotas, long-running
//! operations, template deployments, Resource Graph, and one write at a time
//! where Azure allows only one; and of storage the blobs that are leased. What
//! it leaves out: everything else in storage, signing in as a person.
//!
//! - [`WorldFile`] describes what exists at first and how the world behaves.
//! - [`start`] serves it; [`Simulator`] answers requests without sockets.
//! - Time runs on tokio's clock, faster or by hand, see [`ClockMode`].
//! - With a state file every answered write survives the death of the process.
//!
//! # Admin side
//!
//! Needs no token; `{id}` is a resource id with its leading slash.
//!
//! | request | effect |
//! |---|---|
//! | `GET /_sim` | ids of tenants, applications, principals, subscriptions |
//! | `GET /_sim/clock` | time, speed, and when the next operation ends |
//! | `POST /_sim/clock` `{"advance": "10m"}` or `{"untilIdle": true}` | moves time |
//! | `GET`, `DELETE /_sim/requests` | shows, clears the request log |
//! | `GET`, `POST`, `DELETE /_sim/faults[/{name}]` | shows, adds, removes faults |
//! | `GET`, `POST`, `DELETE /_sim/drift[/{name}]` | shows, adds, removes drift |
//! | `POST /_sim/tokens/expire` | lets every token handed out so far expire |
//! | `GET`, `PATCH /_sim/settings` | shows, changes the world's settings |
//! | `PUT /_sim/applications` | adds or replaces an application of the world |
//! | `PUT /_sim/managedIdentities` | adds or replaces a managed identity of the world |
//! | `PATCH /_sim/issuers` | changes whose tokens are issued and trusted |
//! | `POST /_sim/roleAssignments` | adds a role assignment as the world file has them |
//! | `GET`, `PUT`, `PATCH`, `DELETE /_sim/resources{id}` | handles a resource past all rules |
//! | `GET /_sim/operations`, `GET /_sim/world` | dumps |

mod admin;
mod arm;
mod blob;
mod call;
mod clock;
mod drift;
mod entra;
mod faults;
mod graph;
mod instance;
mod issuers;
mod json;
mod machines;
mod metadata;
mod options;
mod providers;
mod requests;
mod resource_graph;
mod server;
mod simulator;
mod state;
mod store;
mod template;
mod tls;
pub mod world;

pub use axum::body::Bytes;
pub use axum::http;
pub use clock::ClockMode;
pub use drift::{DriftChange, DriftRule};
pub use options::{Options, StartError};
pub use requests::LoggedRequest;
pub use server::{Running, start};
pub use simulator::{Dropped, Simulator};
pub use tls::Authority;
pub use world::{FaultAction, FaultMatch, FaultRule, LoggedFault, Moment, WorldError, WorldFile};

/// The regions of the simulated clouds, as requests spell them.
#[must_use]
pub fn regions() -> Vec<&'static str> {
    providers::locations::names()
}
