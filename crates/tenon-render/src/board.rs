//! A run on a terminal: finished lines scroll away, below them a few lines
//! say what runs, what waits, and how far everything is.

use tenon_model::event::{Event, StepName, What};
use tenon_model::plan::{Action, Plan};

use crate::eta::Eta;
use crate::follow::{Follow, State};
use crate::layout::Layout;
use crate::progress::failed;
use crate::run::Unit;
use crate::text::{cut_end, cut_middle, width};
use crate::words::{count, duration, past, role};
use crate::{Line, Options, Role, Text, names};

/// Verbs end in this column.
const VERB: usize = 10;
/// Names are this wide, times end here.
const NAME: usize = 34;
const TIME: usize = 7;
/// The running units that are shown.
const RUNNING: usize = 8;
/// The fleets whose waves are shown.
const FLEETS: usize = 3;

/// A listener that makes lines for a terminal.
#[derive(Clone, Debug)]
pub struct Board {
    follow: Follow,
    layout: Layout,
    stopping: bool,
    eta: Option<Eta>,
}

impl Board {
    /// Returns the beginning of a run.
    #[must_use]
    pub fn new(plan: &Plan, options: &Options) -> Self {
        Self {
            follow: Follow::of(plan),
            layout: Layout::of(options),
            stopping: false,
            eta: None,
        }
    }

    /// Lets it tell how much time is left.
    #[must_use]
    pub fn expecting(mut self, eta: Eta) -> Self {
        self.eta = Some(eta);
        self
    }

    /// Returns the lines that an event finishes.
    pub fn hear(&mut self, event: &Event) -> Vec<Text> {
        self.follow.hear(event);
        self.eta.iter_mut().for_each(|eta| eta.hear(event));
        let line = match &event.what {
            What::StepDone { step, .. } => self.done(step),
            What::StepFailed { step, failure } => {
                let name = step.address.as_str();
                Some(self.row("Failed", Role::Error, name, None, &failed(failure)))
            }
            What::StepSkipped { step, because } => self.skipped(step, *because),
            What::LeaseLost { why, .. } => {
                self.stopping = true;
                let said = format!("Lease lost ({why}): nothing new starts.");
                Some(self.layout.line().with(Role::Error, said))
            }
            What::Stopping { .. } => {
                self.stopping = true;
                Some(
                    self.layout
                        .line()
                        .with(Role::Warning, self.stopping_words()),
                )
            }
            _ => None,
        };
        line.into_iter().map(Text::from).collect()
    }

    /// Returns the lines below; `now` is in milliseconds since the run began.
    #[must_use]
    pub fn live(&self, now: u64, width: usize) -> Vec<Text> {
        let mut lines = Vec::new();
        for unit in self.follow.active.iter().take(RUNNING) {
            lines.push(self.running(*unit, now, width));
        }
        let more = self.follow.active.len().saturating_sub(RUNNING);
        if more > 0 {
            lines.push(
                verb_line(&self.layout, "", Role::Dim).with(Role::Dim, format!("and {more} more")),
            );
        }
        lines.extend(self.waves(now, width));
        lines.extend(self.waiting(width));
        lines.push(self.bar(now, width));
        lines.into_iter().map(Text::from).collect()
    }

    fn stopping_words(&self) -> String {
        let active = self.follow.active.iter();
        let named: Vec<&str> = active
            .map(|unit| self.follow.run.units[*unit].name.as_str())
            .collect();
        let named = match named.len() {
            0 => "nothing".to_owned(),
            few if few <= 3 => names::title(named),
            many => count(many, "change"),
        };
        format!(
            "Stopping: nothing new starts; waiting for {named} (Azure cannot be interrupted \
             half-way). Press Ctrl-C again to leave it running in Azure and exit."
        )
    }

    fn done(&self, step: &StepName) -> Option<Line> {
        let (_, unit, state) = self.follow.step(step.step)?;
        let to = state.to.filter(|_| state.bad == 0 && !unit.is_quiet)?;
        let took = to.saturating_sub(state.from.unwrap_or(to));
        let gained = if state.idle == unit.steps.len() {
            "it stood already"
        } else {
            &unit.gains
        };
        let verb = match unit.action {
            Action::NoOp => "Checked".to_owned(),
            action => capital(past(action)),
        };
        Some(self.row(
            &verb,
            role(unit.action),
            &full_name(unit),
            Some(took),
            gained,
        ))
    }

    fn skipped(&self, step: &StepName, because: usize) -> Option<Line> {
        let (root, ..) = self.follow.step(because)?;
        let (_, unit, _) = self.follow.step(step.step)?;
        let why = format!("because {} failed", root.address);
        let told = self.follow.is_told(step.step);
        let name = if unit.is_many {
            step.address.as_str()
        } else {
            &unit.name
        };
        (!told && !unit.is_quiet).then(|| self.row("Skipped", Role::Warning, name, None, &why))
    }

    fn row(&self, verb: &str, role: Role, name: &str, took: Option<u64>, said: &str) -> Line {
        let mut line = verb_line(&self.layout, verb, role);
        line.push(Role::Address, name);
        if let Some(took) = took {
            let took = duration(took);
            let end = VERB + 2 + NAME + TIME;
            line.pad_to(end - width(&took).min(TIME), 2)
                .push(Role::Plain, took);
        } else {
            line.pad_to(VERB + 2 + NAME, 2);
        }
        if !said.is_empty() {
            line.push(Role::Plain, format!("   {said}"));
        }
        line
    }

    fn running(&self, unit: usize, now: u64, columns: usize) -> Line {
        let (unit, state): (&Unit, &State) =
            (&self.follow.run.units[unit], &self.follow.states[unit]);
        let verb = match unit.action {
            Action::Create => "Creating",
            Action::Update => "Updating",
            Action::Replace => "Replacing",
            Action::Delete => "Deleting",
            Action::Adopt => "Adopting",
            Action::Forget => "Forgetting",
            Action::NoOp if unit.is_quiet => "Pausing",
            Action::NoOp => "Checking",
        };
        let mut line = verb_line(&self.layout, verb, role(unit.action));
        let took = duration(now.saturating_sub(state.from.unwrap_or(now)));
        let steps = unit.steps.len();
        let doing = if steps > 1 {
            format!("{} of {steps}: {}", state.ended, state.doing)
        } else {
            state.doing.clone()
        };
        // The live region is redrawn: a line that wraps would stay behind.
        let room = columns.saturating_sub(line.width());
        line.push(
            Role::Address,
            cut_middle(&unit.name, room.saturating_sub(10).max(8)),
        );
        let room = columns.saturating_sub(line.width() + width(&took) + 6);
        if room > 8 {
            line.push(Role::Plain, "   ")
                .push(Role::Dim, cut_end(&doing, room));
        }
        line.push(Role::Plain, format!("   {took}"));
        line
    }

    /// Where the fleets are on their way.
    fn waves(&self, now: u64, columns: usize) -> Vec<Line> {
        let waves = self.eta.iter().flat_map(|eta| eta.waves(now));
        let lines = waves.take(FLEETS).map(|(fleet, said)| {
            let mut line = verb_line(&self.layout, "Rolling", Role::Dim);
            let room = columns.saturating_sub(line.width());
            let said = cut_end(&said, room.saturating_sub(width(&fleet) + 3));
            line.push(Role::Address, cut_end(&fleet, room));
            if !said.is_empty() {
                line.push(Role::Plain, format!("   {said}"));
            }
            line
        });
        lines.collect()
    }

    fn waiting(&self, columns: usize) -> Option<Line> {
        let waiting = self.follow.states.iter().zip(&self.follow.run.units);
        let waiting: Vec<&str> = waiting
            .filter(|(state, unit)| state.begun == 0 && state.ended < unit.steps.len())
            .filter(|(_, unit)| unit.action != Action::NoOp)
            .map(|(_, unit)| unit.name.as_str())
            .collect();
        if waiting.is_empty() {
            return None;
        }
        let word = if self.stopping {
            "Not begun"
        } else {
            "Waiting"
        };
        let mut line = verb_line(&self.layout, word, Role::Dim);
        let named = names::title(waiting.iter().copied());
        let room = columns.saturating_sub(line.width());
        if width(&named) <= room {
            line.push(Role::Address, named);
        } else {
            line.push(Role::Plain, cut_end(&count(waiting.len(), "change"), room));
        }
        Some(line)
    }

    fn bar(&self, now: u64, columns: usize) -> Line {
        let (done, all) = (self.follow.done, self.follow.run.total());
        let wide = if columns < 80 { 16 } else { 30 };
        let filled = (done * wide).checked_div(all).unwrap_or(wide).min(wide);
        let head = if filled < wide { ">" } else { "" };
        let bar = format!("{}{head}", "=".repeat(filled));
        let mut line = self.layout.line();
        line.push(Role::Plain, format!("[{bar:wide$}] {done} of {all}"));
        for said in [
            format!("running {}", self.follow.active.len()),
            format!("elapsed {}", duration(now)),
            self.eta
                .as_ref()
                .and_then(|eta| eta.words(now))
                .unwrap_or_default(),
        ] {
            if said.is_empty() {
                continue;
            }
            if line.width() + 4 + width(&said) <= columns {
                line.push(Role::Plain, "    ").push(Role::Dim, said);
            }
        }
        line
    }
}

fn verb_line(layout: &Layout, verb: &str, role: Role) -> Line {
    let mut line = layout.line();
    line.pad_to(VERB.saturating_sub(width(verb)), 0)
        .push(role, verb);
    line.pad_to(VERB + 2, 2);
    line
}

fn full_name(unit: &Unit) -> String {
    if unit.parts.is_empty() {
        unit.name.clone()
    } else {
        format!("{} (+ {})", unit.name, unit.parts)
    }
}

fn capital(word: &str) -> String {
    let mut signs = word.chars();
    let first = signs.next().map(|sign| sign.to_ascii_uppercase());
    first.into_iter().chain(signs).collect()
}
