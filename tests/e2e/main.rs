//! The built program against the simulator, from the command line to what is
//! in the world afterwards.
//!
//! A [`scenario::Scenario`] owns the folder, the world, the clock and the
//! environment of a test. Where output is small, the whole of it stands in the
//! test with its exit code; only what cannot be the same twice is masked, see
//! [`mask`]. What the rooms test for themselves is not repeated here.

#![cfg(unix)]

mod access;
mod adoption;
mod approval;
mod apps;
mod az;
mod both_sides;
mod broken;
mod bulk_adoption;
mod changes;
mod commands;
mod comments;
mod determinism;
mod doctor;
mod elsewhere;
mod examples;
mod exit_codes;
mod extensions;
mod faults;
mod fit;
mod fleet;
#[path = "../formats/mod.rs"]
mod formats;
mod healthy;
#[path = "../hosts/mod.rs"]
#[allow(dead_code, reason = "the tests of the modules use more of it")]
mod hosts;
mod how_to;
mod images;
mod interrupts;
mod journal;
mod latest;
mod leases;
mod locked;
mod machine_form;
mod mask;
mod odd_input;
mod offline;
mod open_images;
mod ownership;
mod pictures;
mod policies;
mod preview;
mod probes;
mod process;
mod publish;
mod published;
mod quota;
mod refusals;
mod regions;
mod rehearsal;
mod requests;
mod rights;
mod rollback;
mod rollouts;
mod saved_plans;
mod scale_sets;
mod scenario;
mod secrets;
mod selection;
mod sign_in;
mod sources;
mod specialized;
mod ssh_keys;
mod telemetry;
mod update;
mod who;
mod worlds;
