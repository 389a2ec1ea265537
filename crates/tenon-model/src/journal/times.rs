//! What earlier runs tell about how long the next one takes.

use std::collections::BTreeMap;

use super::{Journal, Note};
use crate::event::Outcome;
use crate::plan::{Does, Plan, Step};

/// How long steps took before, by type and what they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub(super) seen: BTreeMap<(String, u8), Vec<u64>>,
    /// Runs in which anything was done.
    runs: usize,
}

impl Times {
    /// Learns from a run.
    pub fn learn(&mut self, journal: &Journal) {
        let mut has_learnt = false;
        for entry in &journal.entries {
            if let Note::StepDone {
                step,
                outcome: Outcome::Done,
                milliseconds,
            } = &entry.note
            {
                let key = (step.kind.to_ascii_lowercase(), step.does as u8);
                self.seen.entry(key).or_default().push(*milliseconds);
                has_learnt = true;
            }
        }
        self.runs += usize::from(has_learnt);
    }

    /// How long each step of a plan is expected to take, in milliseconds: the
    /// median of what was seen, else what such a resource usually takes.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> Vec<u64> {
        let steps = plan.steps.iter();
        steps
            .map(|step| {
                let usual = u64::from(step.usually_seconds) * 1000;
                self.seen_of(step).map_or(usual, |seen| median(seen))
            })
            .collect()
    }

    /// The runs that tell about a plan; none if no step of it was ever seen.
    #[must_use]
    pub fn runs_for(&self, plan: &Plan) -> usize {
        let mut steps = plan.steps.iter();
        let is_known = steps.any(|step| self.seen_of(step).is_some());
        if is_known { self.runs } else { 0 }
    }

    /// What was seen of steps like this one. A pause is as long as the spec
    /// says, whatever it was before.
    fn seen_of(&self, step: &Step) -> Option<&Vec<u64>> {
        if step.does == Does::Settle {
            return None;
        }
        let kind = step.id.resource_type().to_ascii_lowercase();
        self.seen.get(&(kind, step.does as u8))
    }
}

pub(super) fn median(seen: &[u64]) -> u64 {
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
