//! How far a run is: a fold over its events that both listeners share.

use std::collections::HashSet;

use tenon_model::event::{Event, Outcome, StepName, What};
use tenon_model::plan::{Does, Plan};

use crate::run::{Name, Run, Unit};
use crate::words::count;

/// How far a unit is.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// When its first step began.
    pub(crate) from: Option<u64>,
    /// When nothing was left to do, well or badly.
    pub(crate) to: Option<u64>,
    /// Steps that began.
    pub(crate) begun: usize,
    /// Steps that ended.
    pub(crate) ended: usize,
    /// Steps that ended badly or never ran.
    pub(crate) bad: usize,
    /// Steps that had nothing to do.
    pub(crate) idle: usize,
    /// What it does at the moment.
    pub(crate) doing: String,
}

/// How far a run is.
#[derive(Clone, Debug)]
pub(crate) struct Follow {
    /// What there is to follow.
    pub(crate) run: Run,
    /// By unit.
    pub(crate) states: Vec<State>,
    /// Steps that run.
    pub(crate) running: HashSet<usize>,
    /// Units that run, in the order in which they began.
    pub(crate) active: Vec<usize>,
    /// Resources with which everything is done.
    pub(crate) done: usize,
    left: Vec<usize>,
}

impl Follow {
    /// Returns the beginning of a run.
    pub(crate) fn of(plan: &Plan) -> Self {
        let run = Run::of(plan);
        let mut left = vec![0; plan.changes.len()];
        for (change, steps) in &run.changes {
            left[*change] = steps.len();
        }
        Self {
            states: vec![State::default(); run.units.len()],
            run,
            running: HashSet::new(),
            active: Vec::new(),
            done: 0,
            left,
        }
    }

    /// Takes one event in.
    pub(crate) fn hear(&mut self, event: &Event) {
        match &event.what {
            What::StepStarted(step) => self.begin(step, event.at),
            What::StepWaiting { step, wait, why } => {
                if let Some(unit) = self.unit_of(step.step) {
                    self.states[unit].doing = waiting(step.does, *wait, why);
                }
            }
            What::Upgraded {
                step,
                instances,
                unwell,
                of,
            } => {
                if let Some(unit) = self.unit_of(step.step) {
                    self.states[unit].doing = upgraded(*instances, *unwell, *of);
                }
            }
            What::StepDone { step, outcome } => {
                self.end(step, event.at, true, *outcome == Outcome::AlreadyDone);
            }
            What::StepFailed { step, .. } | What::StepSkipped { step, .. } => {
                self.end(step, event.at, false, false);
            }
            _ => {}
        }
    }

    fn begin(&mut self, step: &StepName, at: u64) {
        let Some(name) = self.run.steps.get(step.step) else {
            return;
        };
        self.running.insert(step.step);
        let state = &mut self.states[name.unit];
        if state.from.is_none() {
            state.from = Some(at);
            self.active.push(name.unit);
        }
        state.begun += 1;
        state.doing.clone_from(&name.does);
    }

    fn end(&mut self, step: &StepName, at: u64, well: bool, idle: bool) {
        let Some(name) = self.run.steps.get(step.step) else {
            return;
        };
        self.running.remove(&step.step);
        let state = &mut self.states[name.unit];
        state.ended += 1;
        state.bad += usize::from(!well);
        state.idle += usize::from(idle);
        if state.ended == self.run.units[name.unit].steps.len() {
            state.to = Some(at);
            let unit = name.unit;
            self.active.retain(|active| *active != unit);
        }
        if let Some(change) = name.change.filter(|_| well) {
            self.left[change] = self.left[change].saturating_sub(1);
            self.done += usize::from(self.left[change] == 0);
        }
    }

    /// The unit of a step.
    pub(crate) fn unit_of(&self, step: usize) -> Option<usize> {
        self.run.steps.get(step).map(|name| name.unit)
    }

    /// Whether it was said before that the unit of a step came to a bad end.
    /// Resources that only share a property are told one by one.
    pub(crate) fn is_told(&self, step: usize) -> bool {
        let told = |(_, unit, state): (&Name, &Unit, &State)| !unit.is_many && state.bad > 1;
        self.step(step).is_some_and(told)
    }

    /// A step by its names.
    pub(crate) fn step(&self, step: usize) -> Option<(&Name, &Unit, &State)> {
        let name = self.run.steps.get(step)?;
        Some((name, &self.run.units[name.unit], &self.states[name.unit]))
    }
}

/// How far an upgrade of instances is.
pub(crate) fn upgraded(instances: usize, unwell: usize, of: usize) -> String {
    let mut said = format!("{instances} of {} upgraded", count(of, "instance"));
    if unwell > 0 {
        said.push_str(&format!(", {unwell} unwell"));
    }
    said
}

/// Why a step does not go on at once, and for how long.
pub(crate) fn waiting(does: Does, wait: u64, why: &str) -> String {
    let wait = crate::words::duration(wait.max(1000));
    match does {
        Does::Check => format!("{why}, at most {wait}"),
        Does::Settle => format!("{why}, {wait}"),
        _ => format!("{why}, again in {wait}"),
    }
}
