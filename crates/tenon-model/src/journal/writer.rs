//! From events to lines.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Began, Ended, Entry, Note, Noted, link};
use crate::event::{Event, Short, StepName, What};
use crate::plan::Plan;
use crate::report::Report;

/// Writes lines: makes notes of events and chains them.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    lines: u64,
    pub(super) chain: String,
    began: BTreeMap<usize, u64>,
    report: Report,
}

impl Writer {
    /// The first line.
    pub fn begin(&mut self, began: Began, at: &str) -> String {
        self.line(Note::Began(began), at, None)
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
        let event = Event {
            at: milliseconds,
            what: what.clone(),
        };
        self.report.hear(&event);
        let note = self.note(plan, what, milliseconds)?;
        Some(self.line(note, at, Some(milliseconds)))
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
                let Short {
                    code,
                    message,
                    request_id,
                } = failure.in_short();
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
            | What::Upgraded { .. }
            | What::Unknown => return None,
        })
    }

    pub(super) fn line(&mut self, note: Note, at: &str, since: Option<u64>) -> String {
        let entry = Entry {
            n: self.lines,
            at: at.to_owned(),
            since,
            note,
        };
        let mut json = serde_json::to_value(&entry).unwrap_or_default();
        self.lines += 1;
        self.chain = link(&self.chain, &json);
        json["chain"] = Json::String(self.chain.clone());
        format!("{json}\n")
    }
}
