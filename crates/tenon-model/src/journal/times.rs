//! What earlier runs tell about how long the next one takes.

use std::collections::BTreeMap;

use super::{Journal, Note};
use crate::event::Outcome;
use crate::plan::Plan;

/// How long steps took before, by type and what they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times(pub(super) BTreeMap<(String, u8), Vec<u64>>);

impl Times {
    /// Learns from a run.
    pub fn learn(&mut self, journal: &Journal) {
        for entry in &journal.entries {
            if let Note::StepDone {
                step,
                outcome: Outcome::Done,
                milliseconds,
            } = &entry.note
            {
                let key = (step.kind.to_ascii_lowercase(), step.does as u8);
                self.0.entry(key).or_default().push(*milliseconds);
            }
        }
    }

    /// How long each step of a plan is expected to take, in milliseconds: the
    /// median of what was seen, else what such a resource usually takes.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> Vec<u64> {
        plan.steps
            .iter()
            .map(|step| {
                let key = (
                    step.id.resource_type().to_ascii_lowercase(),
                    step.does as u8,
                );
                let usual = u64::from(step.usually_seconds) * 1000;
                self.0.get(&key).map_or(usual, |seen| median(seen))
            })
            .collect()
    }
}

pub(super) fn median(seen: &[u64]) -> u64 {
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
