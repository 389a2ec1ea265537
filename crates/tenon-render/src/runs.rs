//! Journals of runs, as `tenon runs` tells them.

use tenon_model::event::Outcome;
use tenon_model::journal::{Integrity, Journal, Note, Noted};

use crate::layout::Layout;
use crate::run::verb;
use crate::words::{count, duration};
use crate::{Options, Role, Text};

/// Returns the list of runs, in the order in which they are given.
#[must_use]
pub fn runs(all: &[Journal], options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut text = Text::new();
    for journal in all {
        let Some(began) = journal.began() else {
            continue;
        };
        let mut line = layout.line().with(Role::Address, &began.run);
        line.pad_to(24, 2).push(Role::Plain, &began.deployment);
        let (role, said) = ended(journal);
        line.pad_to(42, 2).push(role, said);
        line.push(Role::Dim, format!("   {}", began.by));
        text.push(line);
    }
    text
}

/// Returns one run: who, what, and every step with its times.
#[must_use]
pub fn run(journal: &Journal, options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut text = Text::new();
    if let Some(began) = journal.began() {
        let mut row = |label: &str, said: &str| {
            let mut line = layout.line().with(Role::Dim, label);
            line.pad_to(12, 2).push(Role::Plain, said);
            text.push(line);
        };
        row("run", &began.run);
        row("deployment", &began.deployment);
        row("by", &began.by);
        row("cloud", &began.cloud);
        row("digest", &began.digest);
    }
    text.space();
    for entry in &journal.entries {
        if let Some((role, said)) = told(&entry.note) {
            let clock = entry.at.split('T').nth(1).unwrap_or(&entry.at);
            let mut line = layout.line().with(Role::Dim, clock);
            line.push(Role::Plain, "  ").push(role, said);
            text.push(line);
        }
    }
    text.space();
    let (role, said) = ended(journal);
    text.push(layout.line().with(role, said));
    text
}

pub(crate) fn ended(journal: &Journal) -> (Role, String) {
    match (journal.integrity, journal.ended()) {
        (Integrity::Broken(line), _) => (
            Role::Error,
            format!("not as it was written, from line {line} on"),
        ),
        (_, Some(ended)) => {
            let mut said = vec![format!("{} done", count(ended.done, "step"))];
            for (number, word) in [(ended.failed, "failed"), (ended.not_started, "not started")] {
                if number > 0 {
                    said.push(format!("{number} {word}"));
                }
            }
            let good = ended.failed + ended.not_started == 0;
            let role = if good { Role::Good } else { Role::Warning };
            let took = duration(ended.milliseconds);
            (role, format!("{} in {took}", said.join(", ")))
        }
        (Integrity::Whole | Integrity::Unfinished, None) => (
            Role::Warning,
            "ended without a last word: killed, or cut off".to_owned(),
        ),
    }
}

fn told(note: &Note) -> Option<(Role, String)> {
    let name = |step: &Noted| format!("{} {}", verb(step.does), step.address);
    Some(match note {
        Note::StepStarted { step, id } => (Role::Plain, format!("start   {}   {id}", name(step))),
        Note::StepAccepted { step, operation } => {
            (Role::Dim, format!("taken   {}   {operation}", name(step)))
        }
        Note::StepDone {
            step,
            outcome,
            milliseconds,
        } => {
            let said = match outcome {
                Outcome::Done => duration(*milliseconds),
                Outcome::AlreadyDone => "it stood already".to_owned(),
            };
            (Role::Good, format!("done    {}   {said}", name(step)))
        }
        Note::StepFailed {
            step,
            code,
            message,
            request_id,
            ..
        } => {
            let mut said = format!("failed  {}   {code}", name(step));
            if let Some(message) = message {
                said.push_str(&format!(": {message}"));
            }
            if let Some(id) = request_id {
                said.push_str(&format!(" (request {id})"));
            }
            (Role::Error, said)
        }
        Note::StepSkipped { step, because } => (
            Role::Warning,
            format!("skipped {}   because of step {}", name(step), because + 1),
        ),
        Note::Stopping => (Role::Warning, "stopping was asked for".to_owned()),
        Note::Abandoned { running } => (
            Role::Warning,
            format!("left {} in Azure", count(*running, "step")),
        ),
        Note::LeaseLost { why } => (Role::Error, format!("the lease was lost: {why}")),
        Note::Began(_) | Note::Ended(_) | Note::Unknown => return None,
    })
}
