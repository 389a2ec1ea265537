//! A run in a log: one line per transition, in UTC and stable columns, and
//! once a minute everything that still runs.

use tenon_model::event::{Event, Failure, Outcome, StepName, What};
use tenon_model::plan::{Action, Plan};
use tenon_model::transport::Stage;

use crate::eta::Eta;
use crate::follow::{Follow, upgraded, waiting};
use crate::layout::Layout;
use crate::run::verb as step_verb;
use crate::text::width;
use crate::words::{count, duration, role, verb, wall_clock};
use crate::{Line, Options, Role, Text};

/// Milliseconds between two heartbeats.
const BEAT: u64 = 60_000;
/// Things that a heartbeat names.
const NAMED: usize = 6;
/// The widest name that others are moved right for.
const NAMES: usize = 28;

/// A listener that makes lines for a log.
#[derive(Clone, Debug)]
pub struct Progress {
    follow: Follow,
    layout: Layout,
    names: usize,
    start: u64,
    beat: u64,
    eta: Option<Eta>,
}

impl Progress {
    /// Returns the beginning of a run.
    #[must_use]
    pub fn new(plan: &Plan, options: &Options) -> Self {
        let follow = Follow::of(plan);
        let names = follow.run.units.iter().map(|unit| width(&unit.name));
        Self {
            names: names.filter(|w| *w <= NAMES).max().unwrap_or(0),
            follow,
            layout: Layout::of(options),
            start: 0,
            beat: 0,
            eta: None,
        }
    }

    /// Lets it tell how much time is left.
    #[must_use]
    pub fn expecting(mut self, eta: Eta) -> Self {
        self.eta = Some(eta);
        self
    }

    /// Returns the lines of an event; `start` is when the run began, in
    /// milliseconds since 1970.
    pub fn hear(&mut self, event: &Event, start: u64) -> Vec<Text> {
        self.start = start;
        self.follow.hear(event);
        self.eta.iter_mut().for_each(|eta| eta.hear(event));
        self.line_of(event).into_iter().map(Text::from).collect()
    }

    /// Returns a line about everything that runs, if the last one is a minute
    /// old; `now` is in milliseconds since the run began.
    pub fn heartbeat(&mut self, now: u64) -> Option<Text> {
        if now < self.beat + BEAT {
            return None;
        }
        self.beat = now;
        let active = &self.follow.active;
        if active.is_empty() {
            return None;
        }
        let mut line = self.time(now);
        line.push(Role::Plain, format!("running {}  ", active.len()));
        for (index, unit) in active.iter().take(NAMED).enumerate() {
            let from = self.follow.states[*unit].from.unwrap_or(now);
            let gap = if index == 0 { "" } else { ", " };
            line.push(Role::Plain, gap);
            line.push(Role::Address, &self.follow.run.units[*unit].name);
            line.push(
                Role::Plain,
                format!(" {}", duration(now.saturating_sub(from))),
            );
        }
        if active.len() > NAMED {
            line.push(Role::Plain, format!(" and {} more", active.len() - NAMED));
        }
        let done = format!("done {} of {}", self.follow.done, self.follow.run.total());
        line.pad_to(60, 3).push(Role::Plain, done);
        let waves = self.eta.iter().flat_map(|eta| eta.waves(now));
        let waves: Vec<(String, String)> = waves.collect();
        for (fleet, said) in &waves {
            line.push(Role::Plain, "   ").push(Role::Address, fleet);
            line.push(Role::Plain, format!(" {said}"));
        }
        let left = self.eta.as_ref().and_then(|eta| eta.words(now));
        // The last fleet that is on its way says the same.
        let is_said = |left: &String| waves.iter().any(|(_, said)| said.ends_with(left.as_str()));
        if let Some(left) = left.filter(|left| !is_said(left)) {
            line.push(Role::Plain, format!("   {left}"));
        }
        Some(line.into())
    }

    fn time(&self, at: u64) -> Line {
        let clock = wall_clock(self.start + at);
        self.layout
            .line()
            .with(Role::Dim, clock)
            .with(Role::Plain, " ")
    }

    fn line_of(&self, event: &Event) -> Option<Line> {
        match &event.what {
            What::StepStarted(step) => self.started(step, event.at),
            What::StepWaiting { step, wait, why } => {
                let mut line = self.row(event.at, "wait", Role::Warning, step, true)?;
                line.push(
                    Role::Plain,
                    format!("   {}", waiting(step.does, *wait, why)),
                );
                Some(line)
            }
            What::Upgraded {
                step,
                instances,
                unwell,
                of,
            } => {
                let mut line = self.row(event.at, "rolls", Role::Plain, step, false)?;
                let said = upgraded(*instances, *unwell, *of);
                line.push(Role::Plain, format!("   {said}"));
                Some(line)
            }
            What::StepDone { step, outcome } => self.done(step, *outcome, event.at),
            What::StepFailed { step, failure } => {
                let mut line = self.row(event.at, "failed", Role::Error, step, true)?;
                line.push(Role::Plain, format!("   {}", failed(failure)));
                Some(line)
            }
            What::StepSkipped { step, because } => {
                let (_, unit, _) = self.follow.step(step.step)?;
                if unit.is_quiet || self.follow.is_told(step.step) {
                    return None;
                }
                let mut line = self.row(event.at, "skipped", Role::Warning, step, false)?;
                let (root, ..) = self.follow.step(*because)?;
                line.push(Role::Plain, format!("   because {} failed", root.address));
                Some(line)
            }
            What::Stopping { running } => Some(self.time(event.at).with(
                Role::Warning,
                format!(
                    "stopping: nothing new starts, waiting for {}",
                    count(*running, "step")
                ),
            )),
            What::LeaseLost { running, why } => Some(self.time(event.at).with(
                Role::Error,
                format!(
                    "lease lost ({why}): nothing new starts, waiting for {}",
                    count(*running, "step")
                ),
            )),
            What::Abandoned { running } => Some(self.time(event.at).with(
                Role::Warning,
                format!("left: {} in Azure", goes_on(*running)),
            )),
            _ => None,
        }
    }

    fn started(&self, step: &StepName, at: u64) -> Option<Line> {
        let (name, unit, state) = self.follow.step(step.step)?;
        if unit.is_quiet {
            return None;
        }
        let tells_steps = !unit.is_many
            && unit.steps.len() > 1
            && matches!(unit.action, Action::Replace | Action::Update);
        if state.begun > 1 && !tells_steps {
            return None;
        }
        let mut line = self.row(
            at,
            "start",
            Role::Plain,
            step,
            unit.is_many && state.begun > 1,
        )?;
        if tells_steps {
            let (begun, all) = (state.begun, unit.steps.len());
            line.push(
                Role::Plain,
                format!("   step {begun} of {all}: {}", name.does),
            );
        }
        Some(line)
    }

    fn done(&self, step: &StepName, outcome: Outcome, at: u64) -> Option<Line> {
        let (_, unit, state) = self.follow.step(step.step)?;
        if state.to.is_none() || state.bad > 0 || unit.is_quiet {
            return None;
        }
        let mut line = self.row(at, "done", Role::Good, step, false)?;
        let took = duration(at.saturating_sub(state.from.unwrap_or(at)));
        line.push(Role::Plain, format!("   {took}"));
        if state.idle == unit.steps.len() && outcome == Outcome::AlreadyDone {
            line.push(Role::Plain, "   it stood already");
        } else if !unit.gains.is_empty() {
            line.push(Role::Plain, format!("   {}", unit.gains));
        }
        Some(line)
    }

    /// Time, word, name, verb; the step itself when it stands for more than
    /// its unit does.
    fn row(&self, at: u64, word: &str, loud: Role, step: &StepName, own: bool) -> Option<Line> {
        let (_, unit, _) = self.follow.step(step.step)?;
        let own = own && (unit.is_many || unit.steps.len() > 1 && unit.action == Action::Create);
        let (name, does) = if own {
            (step.address.as_str(), step_verb(step.does))
        } else {
            let does = match unit.action {
                Action::NoOp => step_verb(step.does),
                action => verb(action),
            };
            (unit.name.as_str(), does)
        };
        let mut line = self.time(at);
        line.push(loud, word)
            .pad_to(18, 1)
            .push(Role::Address, name);
        line.pad_to(18 + self.names + 3, 3)
            .push(role(unit.action), does);
        line.pad_to(18 + self.names + 3 + 7, 0);
        Some(line)
    }
}

/// How a step failed, in a few words; the report has more.
pub(crate) fn failed(failure: &Failure) -> String {
    match failure {
        // A failed operation is told about with 200.
        Failure::Refused { refusal }
            if refusal.status == 0 || refusal.stage == Stage::Operation =>
        {
            refusal.code.clone()
        }
        Failure::Refused { refusal } => format!("{} {}", refusal.status, refusal.code),
        Failure::Stale { moved } => {
            let names: Vec<&str> = moved.iter().map(|moved| moved.property.as_str()).collect();
            format!("changed since the plan: {}", names.join(", "))
        }
        Failure::Presence { found } => match found {
            tenon_model::event::Presence::Present => "it is there already".to_owned(),
            tenon_model::event::Presence::Absent => "it is no longer there".to_owned(),
        },
        Failure::TakesReplace { property, .. } => format!("{property} takes a replace"),
        Failure::Unhealthy { last, .. } => format!("not well: {last}"),
        Failure::Unresolved { what } => format!("no value for {what}"),
        Failure::Unwell { instances } => {
            format!("unwell: {}", count(instances.len(), "instance"))
        }
        Failure::Abandoned => "not waited for; it goes on in Azure".to_owned(),
    }
}

fn goes_on(running: usize) -> String {
    if running == 1 {
        "1 step goes on".to_owned()
    } else {
        format!("{} go on", count(running, "step"))
    }
}
