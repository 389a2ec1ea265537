//! Reads what is live, carries a plan out, tells what happens.
//!
//! The engine interprets a plan and decides nothing. Before each write it
//! looks whether the world is as the plan expects; a step whose target stands
//! is done, a step whose resource moved is refused by name, and everything
//! that does not depend on it goes on. It knows Azure only through
//! [`Transport`](tenon_model::transport::Transport) and time only through
//! `tokio`, so that tests move the clock.

mod apply;
mod check;
mod images;
pub mod lease;
mod observe;
mod overlay;
mod probes;
mod resolve;
mod schedule;

pub use apply::{ApplyOptions, Interrupt, apply, outputs};
pub use images::{
    Outlook, read_definition, read_open_definition, read_open_versions, read_replicas,
    read_versions,
};
pub use observe::{ObserveError, observe};
pub use probes::{ask, validate};
pub use resolve::Vault;
