//! What a run did, line by line, for whoever asks later.
//!
//! A line is a JSON object. Its `chain` is a hash of it and of the `chain`
//! before, so that a line that was cut out or edited is noticed; a last line
//! says that nothing is missing at the end. Nothing depends on a journal but
//! memory and forecasts: losing it loses no more. Bodies, values and outputs
//! are not in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::event::{Failure, Outcome, StepName, What};
use crate::plan::{Does, Plan};
use crate::report::Report;
use crate::{Address, canonical};

/// The format that is written.
pub const FORMAT: &str = "tenon.journal/1";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its position, from 0.
    pub n: u64,
    /// When, in UTC: `2026-08-22T09:20:02Z`.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub note: Note,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Note {
    /// The first one.
    Began(Began),
    /// A step began.
    StepStarted {
        /// Which.
        #[serde(flatten)]
        step: Noted,
        /// The Azure id of the resource.
        id: String,
    },
    /// Azure took a step on.
    StepAccepted {
        /// Which.
        #[serde(flatten)]
        step: Noted,
        /// The operation's address, without what is signed in it.
        operation: String,
    },
    /// A step ended well.
    StepDone {
        /// Which.
        #[serde(flatten)]
        step: Noted,
        /// Whether there was something to do.
        outcome: Outcome,
        /// How long it took.
        milliseconds: u64,
    },
    /// A step ended badly.
    StepFailed {
        /// Which.
        #[serde(flatten)]
        step: Noted,
        /// How long it took.
        milliseconds: u64,
        /// Azure's code, or what was found.
        code: String,
        /// Azure's message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Azure's id of the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// A step could not run because of another one.
    StepSkipped {
        /// Which.
        #[serde(flatten)]
        step: Noted,
        /// The other one's position.
        because: usize,
    },
    /// The user asked to stop.
    Stopping,
    /// The user left while steps went on in Azure.
    Abandoned {
        /// How many.
        running: usize,
    },
    /// The lease was lost.
    LeaseLost {
        /// The service's code.
        why: String,
    },
    /// The last one.
    Ended(Ended),
    /// Something newer than this program.
    #[serde(other)]
    Unknown,
}

/// Which run it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Began {
    /// The format of the journal.
    pub format: String,
    /// The run's id.
    pub run: String,
    /// Who started it.
    pub by: String,
    /// The deployment.
    pub deployment: String,
    /// The address of Resource Manager.
    pub cloud: String,
    /// The version of this program.
    pub tool: String,
    /// The plan's digest.
    pub digest: String,
    /// The number of its steps.
    pub steps: usize,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Steps that ended well.
    pub done: usize,
    /// Steps that ended badly.
    pub failed: usize,
    /// Steps that never began.
    pub not_started: usize,
    /// How long all of it took.
    pub milliseconds: u64,
}

/// A step, as a journal names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Its position in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// What it does.
    pub does: Does,
    /// The resource's type.
    #[serde(rename = "resource_type")]
    pub kind: String,
}

/// Writes lines: makes notes of events and chains them.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    lines: u64,
    chain: String,
    began: BTreeMap<usize, u64>,
    report: Report,
}

impl Writer {
    /// The first line.
    pub fn begin(&mut self, began: Began, at: &str) -> String {
        self.line(Note::Began(began), at)
    }

    /// The line of an event, if it is one for a journal. `what` happened
    /// `milliseconds` after the run began, and `at` in UTC.
    pub fn hear(
        &mut self,
        plan: &Plan,
        what: &What,
        milliseconds: u64,
        at: &str,
    ) -> Option<String> {
        let event = crate::event::Event {
            at: milliseconds,
            what: what.clone(),
        };
        self.report.hear(&event);
        let note = self.note(plan, what, milliseconds)?;
        Some(self.line(note, at))
    }

    fn note(&mut self, plan: &Plan, what: &What, now: u64) -> Option<Note> {
        let noted = |step: &StepName| Noted {
            step: step.step,
            address: step.address.clone(),
            does: step.does,
            kind: plan
                .steps
                .get(step.step)
                .map(|step| step.id.resource_type())
                .unwrap_or_default(),
        };
        let took = |step: &StepName, began: &BTreeMap<usize, u64>| {
            let from = began.get(&step.step).copied().unwrap_or(now);
            now.saturating_sub(from)
        };
        Some(match what {
            What::StepStarted(step) => {
                self.began.insert(step.step, now);
                let id = plan.steps.get(step.step).map(|step| step.id.to_string());
                Note::StepStarted {
                    step: noted(step),
                    id: id.unwrap_or_default(),
                }
            }
            What::StepAccepted { step, operation } => Note::StepAccepted {
                step: noted(step),
                operation: operation.clone(),
            },
            What::StepDone { step, outcome } => Note::StepDone {
                milliseconds: took(step, &self.began),
                step: noted(step),
                outcome: *outcome,
            },
            What::StepFailed { step, failure } => {
                let (code, message, request_id) = words(failure);
                Note::StepFailed {
                    milliseconds: took(step, &self.began),
                    step: noted(step),
                    code,
                    message,
                    request_id,
                }
            }
            What::StepSkipped { step, because } => Note::StepSkipped {
                step: noted(step),
                because: *because,
            },
            What::Stopping { .. } => Note::Stopping,
            What::Abandoned { running } => Note::Abandoned { running: *running },
            What::LeaseLost { why, .. } => Note::LeaseLost { why: why.clone() },
            What::ApplyDone { .. } => Note::Ended(Ended {
                done: self.report.done(),
                failed: self.report.failed(),
                not_started: self.report.not_started() + self.report.skipped(),
                milliseconds: now,
            }),
            What::ReadStarted { .. }
            | What::ReadDone { .. }
            | What::ApplyStarted { .. }
            | What::StepWaiting { .. }
            | What::Unknown => return None,
        })
    }

    fn line(&mut self, note: Note, at: &str) -> String {
        let entry = Entry {
            n: self.lines,
            at: at.to_owned(),
            note,
        };
        let mut json = serde_json::to_value(&entry).unwrap_or_default();
        self.lines += 1;
        self.chain = link(&self.chain, &json);
        json["chain"] = Json::String(self.chain.clone());
        format!("{json}\n")
    }
}

/// What a failure is called, without the values in it.
fn words(failure: &Failure) -> (String, Option<String>, Option<String>) {
    match failure {
        Failure::Refused { refusal } => (
            refusal.code.clone(),
            Some(refusal.message.clone()),
            refusal.request_id.clone(),
        ),
        Failure::Stale { moved } => {
            let names: Vec<&str> = moved.iter().map(|one| one.property.as_str()).collect();
            ("Stale".to_owned(), Some(names.join(", ")), None)
        }
        Failure::Presence { .. } => ("Presence".to_owned(), None, None),
        Failure::Unresolved { what } => ("Unresolved".to_owned(), Some(what.clone()), None),
        Failure::Abandoned => ("Abandoned".to_owned(), None, None),
    }
}

fn link(before: &str, line: &Json) -> String {
    let text = format!("{before}\n{}", canonical::to_string(line));
    canonical::hex(&canonical::hash(text.as_bytes()))
}

/// Whether a journal is as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// From the first line to the last.
    Whole,
    /// The run was killed, or the end was cut off.
    Unfinished,
    /// From this line on, counted from 1, it is not what was written.
    Broken(usize),
}

/// A journal, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// Its lines, as far as they can be believed.
    pub entries: Vec<Entry>,
    /// Whether that is all.
    pub integrity: Integrity,
}

impl Journal {
    /// Reads a journal as far as it can be believed.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut chain = String::new();
        for (index, line) in text.lines().enumerate() {
            // A line that was being written when the run was killed.
            if index + 1 == text.lines().count() && !text.ends_with('\n') {
                break;
            }
            let Some(entry) = believed(line, &mut chain, entries.len()) else {
                let integrity = Integrity::Broken(index + 1);
                return Self { entries, integrity };
            };
            entries.push(entry);
        }
        let ended = entries
            .last()
            .is_some_and(|entry| matches!(entry.note, Note::Ended(_)));
        let integrity = if ended {
            Integrity::Whole
        } else {
            Integrity::Unfinished
        };
        Self { entries, integrity }
    }

    /// Which run it is of.
    #[must_use]
    pub fn began(&self) -> Option<&Began> {
        match &self.entries.first()?.note {
            Note::Began(began) => Some(began),
            _ => None,
        }
    }

    /// How the run ended, if it came to its end.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        match self.entries.last()?.note {
            Note::Ended(ended) => Some(ended),
            _ => None,
        }
    }
}

fn believed(line: &str, chain: &mut String, position: usize) -> Option<Entry> {
    let mut json: Json = serde_json::from_str(line).ok()?;
    let written = json.as_object_mut()?.remove("chain")?;
    let linked = link(chain, &json);
    if written.as_str() != Some(linked.as_str()) {
        return None;
    }
    *chain = linked;
    let entry: Entry = serde_json::from_value(json).ok()?;
    (entry.n == position as u64).then_some(entry)
}

/// How long steps took before, by type and what they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times(BTreeMap<(String, u8), Vec<u64>>);

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

fn median(seen: &[u64]) -> u64 {
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
