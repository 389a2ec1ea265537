//! How much time is left.
//!
//! A forecast over the graph of steps: what has not begun begins when the last
//! thing that it waits for ends. A step that takes longer than expected is
//! always expected to end soon, so the forecast never says that nothing is
//! left while something is.

use std::collections::BTreeMap;

use tenon_model::event::{Event, What};
use tenon_model::plan::Plan;

use crate::words::duration;

/// A forecast that listens.
#[derive(Clone, Debug)]
pub struct Eta {
    steps: Vec<Step>,
    fleets: Vec<Fleet>,
}

#[derive(Clone, Debug)]
struct Step {
    after: Vec<usize>,
    /// Milliseconds.
    expected: u64,
    began: Option<u64>,
    over: bool,
}

/// A fleet that changes in more than one wave.
#[derive(Clone, Debug)]
struct Fleet {
    name: String,
    /// The steps of the machines of each wave.
    waves: Vec<Vec<usize>>,
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
            fleets: fleets(plan),
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
        let last = self.ends(now).into_iter().max().unwrap_or(now);
        last.saturating_sub(now)
    }

    fn ends(&self, now: u64) -> Vec<u64> {
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
        ends
    }

    /// `about 3m20s left`, while there is something to do.
    pub(crate) fn words(&self, now: u64) -> Option<String> {
        words(self.left(now))
    }

    /// `vms.web wave 2 of 5, about 6m10s left`, for each fleet that is on its
    /// way.
    pub(crate) fn waves(&self, now: u64) -> Vec<(String, String)> {
        let is_over = |step: &usize| self.steps[*step].over;
        let has_begun = |step: &usize| self.steps[*step].began.is_some();
        let ends = self.ends(now);
        let on_their_way = self.fleets.iter().filter_map(|fleet| {
            fleet.waves.iter().flatten().find(|step| has_begun(step))?;
            let wave = fleet
                .waves
                .iter()
                .position(|wave| !wave.iter().all(is_over))?;
            let steps = fleet.waves.iter().flatten();
            let end = steps.map(|step| ends[*step]).max()?;
            let left = words(end.saturating_sub(now))?;
            let said = format!("wave {} of {}, {left}", wave + 1, fleet.waves.len());
            Some((fleet.name.clone(), said))
        });
        on_their_way.collect()
    }
}

/// To ten seconds, and a minute's forecast to the second is a lie, too.
fn words(left: u64) -> Option<String> {
    let rounded = left.div_ceil(10_000) * 10_000;
    (left > 0).then(|| format!("about {} left", duration(rounded)))
}

fn fleets(plan: &Plan) -> Vec<Fleet> {
    let mut own: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, step) in plan.steps.iter().enumerate() {
        own.entry(&step.address).or_default().push(index);
    }
    let rolling = plan.waves.iter().filter(|fleet| fleet.waves.len() > 1);
    let fleets = rolling.map(|fleet| {
        let waves = fleet.waves.iter().map(|wave| {
            let steps = wave.iter().filter_map(|machine| own.get(machine));
            steps.flatten().copied().collect()
        });
        Fleet {
            name: fleet.fleet.to_string(),
            waves: waves.collect(),
        }
    });
    fleets.collect()
}
