//! Decides.
//!
//! From what a spec asks for and what is live it makes a plan in which nothing
//! is left to decide. Same spec and same snapshot, same plan, byte for byte:
//! no time, no chance, no environment, and the order of the spec wherever the
//! graph leaves a choice.

mod decide;
mod diff;
mod graph;
mod limits;
mod looks;
mod orphans;
mod settle;
mod steps;
mod stops;
mod summary;

use std::collections::BTreeSet;

use tenon_model::image::ResolvedImage;
use tenon_model::plan::{Deployment, Mode, Plan};
use tenon_model::rules::Rules;
use tenon_model::snapshot::Snapshot;
use tenon_model::{Address, Diagnostic, Map, Place};

pub use graph::{ResourceGraph, build};
pub use limits::limit;
pub use looks::{first_looks, power_looks, second_looks};

/// Everything that a plan is made from.
pub struct Inputs<'a> {
    /// What the spec asks for.
    pub graph: &'a ResourceGraph,
    /// What is live.
    pub snapshot: &'a Snapshot,
    /// What the images resolved to.
    pub images: &'a [ResolvedImage],
    /// What the plan is for.
    pub deployment: Deployment,
    /// Whether the spec is to stand or to go.
    pub mode: Mode,
    /// Entries, fleets or resources whose live resources may be taken over
    /// although they carry no marker of ours.
    pub adopt: &'a BTreeSet<Address>,
    /// The outputs, names looked up.
    pub outputs: Map,
    /// The beginning of the spec, for what it no longer names.
    pub spec: &'a Place,
    /// What is known about a resource type.
    pub rules_of: fn(&str) -> Option<&'static Rules>,
    /// What is known about types without a table.
    pub any: &'static Rules,
    /// What was found wrong before.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes the plan.
#[must_use]
pub fn plan(inputs: &Inputs<'_>) -> Plan {
    let mut decisions = decide::decide(inputs);
    orphans::add(inputs, &mut decisions);
    decide::propagate(inputs, &mut decisions);
    stops::add(&mut decisions);
    decide::mark(inputs, &mut decisions);
    let steps = steps::build(inputs, &decisions);
    summary::assemble(inputs, decisions, steps)
}

#[cfg(test)]
mod tests;
