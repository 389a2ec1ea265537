//! The nouns everybody shares.
//!
//! Data walks through the rooms of `tenon` in one direction: spec text becomes
//! a [`spec::Spec`], kinds make [`desired::Desired`] resources of it, the
//! planner compares them with a [`snapshot::Snapshot`] and writes a
//! [`plan::Plan`], the engine carries the plan out and tells what happens as
//! [`event::Event`]s. The types of all these stations live here, so that the
//! rooms need not know each other.
//!
//! Nothing in this crate does I/O, reads a clock, or words things for people.
//! The two traits are the two places where rooms meet: [`kind::Kind`] for what
//! a kind of entry stands for, [`transport::Transport`] for what Azure answers.

pub mod address;
pub mod canonical;
pub mod checkup;
pub mod code;
pub mod desired;
pub mod diagnostic;
pub mod drift;
pub mod event;
pub mod forecast;
pub mod found;
pub mod graph;
pub mod id;
pub mod image;
pub mod inspection;
pub mod journal;
pub mod kind;
pub mod lease;
pub mod levels;
pub mod listing;
pub mod marker;
pub mod outline;
pub mod path;
pub mod place;
pub mod plan;
pub mod probe;
pub mod report;
pub mod rights;
pub mod rollout;
pub mod rules;
pub mod schema;
pub mod shape;
pub mod size;
pub mod snapshot;
pub mod spec;
pub mod suggest;
pub mod time;
pub mod transport;
pub mod update;
pub mod value;

pub use address::Address;
pub use code::Code;
pub use diagnostic::{Diagnostic, Help, Label, Severity};
pub use id::{ResourceId, SubscriptionId, TenantId};
pub use path::Path;
pub use place::Place;
pub use value::{Later, Map, Value};
