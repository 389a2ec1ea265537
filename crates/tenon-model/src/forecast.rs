//! How long carrying a plan out is expected to take.
//!
//! For people: it depends on what earlier runs took, so the digest of a plan
//! does not cover it and nothing that is done follows from it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Address;
use crate::journal::Times;
use crate::plan::{Plan, Step};

/// How long carrying a plan out is expected to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// Seconds for all of it, pauses and looks included: the longest chain of
    /// steps that wait for each other.
    pub seconds: u64,
    /// The runs that this was learnt from; none when it is what Azure usually
    /// takes.
    pub runs: usize,
    /// The same by fleet that changes in waves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fleets: Vec<FleetForecast>,
}

/// How long the waves of a fleet are expected to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FleetForecast {
    /// The fleet.
    pub fleet: Address,
    /// Seconds from the first machine that goes down to the last that is well.
    pub seconds: u64,
    /// Seconds of each wave, without the pauses between them.
    pub waves: Vec<u64>,
}

impl Forecast {
    /// Forecasts a plan from what its steps took before, or usually take.
    #[must_use]
    pub fn of(plan: &Plan, times: &Times) -> Self {
        let spans = spans(&plan.steps, &times.of(plan));
        let ends = spans.iter().map(|(_, ends)| *ends);
        Self {
            seconds: seconds(ends.max().unwrap_or_default()),
            runs: times.runs_for(plan),
            fleets: fleets(plan, &spans),
        }
    }
}

/// When each step begins and ends, in milliseconds, if each begins when the
/// last of what it waits for has ended.
fn spans(steps: &[Step], expected: &[u64]) -> Vec<(u64, u64)> {
    let mut spans: Vec<(u64, u64)> = Vec::with_capacity(steps.len());
    for (step, expected) in steps.iter().zip(expected) {
        let before = step.after.iter().filter_map(|before| spans.get(*before));
        let begins = before.map(|(_, ends)| *ends).max().unwrap_or_default();
        spans.push((begins, begins + expected));
    }
    spans
}

fn fleets(plan: &Plan, spans: &[(u64, u64)]) -> Vec<FleetForecast> {
    let mut of_machine: BTreeMap<&Address, (u64, u64)> = BTreeMap::new();
    for (step, (begins, ends)) in plan.steps.iter().zip(spans) {
        let span = of_machine.entry(&step.address).or_insert((*begins, *ends));
        *span = (span.0.min(*begins), span.1.max(*ends));
    }
    let of_wave = |wave: &Vec<Address>| {
        let spans = wave.iter().filter_map(|machine| of_machine.get(machine));
        spans
            .copied()
            .reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    };
    let fleets = plan.waves.iter().filter_map(|fleet| {
        let waves: Vec<(u64, u64)> = fleet.waves.iter().filter_map(of_wave).collect();
        let begins = waves.iter().map(|(begins, _)| *begins).min()?;
        let ends = waves.iter().map(|(_, ends)| *ends).max()?;
        let waves = waves.iter().map(|(begins, ends)| seconds(ends - begins));
        Some(FleetForecast {
            fleet: fleet.fleet.clone(),
            seconds: seconds(ends - begins),
            waves: waves.collect(),
        })
    });
    fleets.collect()
}

fn seconds(milliseconds: u64) -> u64 {
    milliseconds.div_ceil(1000)
}
