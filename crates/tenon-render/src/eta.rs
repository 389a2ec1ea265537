//! How much time is left.
//!
//! A forecast over the graph of steps: what has not begun begins when the last
//! thing that it waits for ends. A step that takes longer than expected is
//! always expected to end soon, so the forecast never says that nothing is
//! left while something is.

use tenon_model::event::{Event, What};
use tenon_model::plan::Plan;

use crate::words::duration;

/// A forecast that listens.
#[derive(Clone, Debug)]
pub struct Eta {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
struct Step {
    after: Vec<usize>,
    /// Milliseconds.
    expected: u64,
    began: Option<u64>,
    over: bool,
}

impl Eta {
    /// Returns the forecast of a run whose steps are expected to take so many
    /// milliseconds each.
    #[must_use]
    pub fn new(plan: &Plan, expected: Vec<u64>) -> Self {
        let steps = plan.steps.iter().zip(expected);
        let steps = steps.map(|(step, expected)| Step {
            after: step.after.clone(),
            expected,
            began: None,
            over: false,
        });
        Self {
            steps: steps.collect(),
        }
    }

    /// Takes one event in.
    pub fn hear(&mut self, event: &Event) {
        let (step, over) = match &event.what {
            What::StepStarted(step) => (step.step, false),
            What::StepDone { step, .. }
            | What::StepFailed { step, .. }
            | What::StepSkipped { step, .. } => (step.step, true),
            // Nothing that has not begun will.
            What::Stopping { .. } | What::LeaseLost { .. } => {
                for step in &mut self.steps {
                    step.over |= step.began.is_none();
                }
                return;
            }
            _ => return,
        };
        if let Some(own) = self.steps.get_mut(step) {
            own.began.get_or_insert(event.at);
            own.over = over;
        }
    }

    /// Milliseconds until everything is over, `now` in milliseconds since the
    /// run began.
    #[must_use]
    pub fn left(&self, now: u64) -> u64 {
        let mut ends: Vec<u64> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let end = match (step.over, step.began) {
                (true, _) => now,
                (false, Some(began)) => {
                    let soon = now + step.expected / 10;
                    (began + step.expected).max(soon)
                }
                (false, None) => {
                    let before = step.after.iter().filter_map(|before| ends.get(*before));
                    before.copied().max().unwrap_or(now) + step.expected
                }
            };
            ends.push(end);
        }
        let last = ends.into_iter().max().unwrap_or(now);
        last.saturating_sub(now)
    }

    /// `about 3m20s left`, while there is something to do.
    pub(crate) fn words(&self, now: u64) -> Option<String> {
        let left = self.left(now);
        // To ten seconds, and a minute's forecast to the second is a lie, too.
        let rounded = left.div_ceil(10_000) * 10_000;
        (left > 0).then(|| format!("about {} left", duration(rounded)))
    }
}
