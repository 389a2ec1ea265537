//! How an apply ended: a fold over its events.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Failure, Outcome, What};
use crate::{Diagnostic, Value};

/// The format of a saved report.
pub const FORMAT: &str = "tenon.report/1";

/// A report as it is saved.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Document<'a> {
    /// [`FORMAT`].
    #[schemars(extend("const" = FORMAT))]
    pub format: &'static str,
    /// The report.
    pub report: &'a Report,
    /// What is to be said about the steps that failed.
    pub diagnostics: Vec<&'a Diagnostic>,
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Ended {
    /// Well.
    Done {
        /// Whether there was something to do.
        outcome: Outcome,
    },
    /// Badly.
    Failed {
        /// How.
        failure: Failure,
    },
    /// Not begun, because of another step.
    Skipped {
        /// Its position.
        because: usize,
    },
}

/// One step in the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// When it began, milliseconds since the run began.
    pub from: Option<u64>,
    /// When it ended.
    pub to: Option<u64>,
    /// How; none if it never began or never ended.
    pub ended: Option<Ended>,
    /// The operation's address, while nobody knows how it ended.
    pub operation: Option<String>,
}

/// How an apply ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// By the step's position.
    pub lines: BTreeMap<usize, Line>,
    /// The number of steps of the plan.
    pub steps: usize,
    /// Whether the user asked to stop.
    pub stopped: bool,
    /// Why the lease was lost on the way, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_lost: Option<String>,
    /// How long it took, milliseconds.
    pub took: u64,
    /// The outputs.
    pub outputs: Vec<(String, Value)>,
}

impl Report {
    /// Returns the report of a stream of events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut report = Self::default();
        for event in events {
            report.hear(event);
        }
        report
    }

    /// Takes one event in.
    pub fn hear(&mut self, event: &Event) {
        self.took = self.took.max(event.at);
        match &event.what {
            What::ApplyStarted { steps } => self.steps = *steps,
            What::StepStarted(step) => self.line(step.step).from = Some(event.at),
            What::StepAccepted { step, operation } => {
                self.line(step.step).operation = Some(operation.clone());
            }
            What::StepDone { step, outcome } => {
                self.end(step.step, event.at, Ended::Done { outcome: *outcome });
            }
            What::StepFailed { step, failure } => {
                self.end(
                    step.step,
                    event.at,
                    Ended::Failed {
                        failure: failure.clone(),
                    },
                );
            }
            What::StepSkipped { step, because } => {
                self.line(step.step).ended = Some(Ended::Skipped { because: *because });
            }
            What::Stopping { .. } | What::Abandoned { .. } => self.stopped = true,
            What::LeaseLost { why, .. } => self.lease_lost = Some(why.clone()),
            What::ApplyDone { outputs } => self.outputs.clone_from(outputs),
            _ => {}
        }
    }

    fn line(&mut self, step: usize) -> &mut Line {
        self.lines.entry(step).or_insert(Line {
            from: None,
            to: None,
            ended: None,
            operation: None,
        })
    }

    fn end(&mut self, step: usize, at: u64, ended: Ended) {
        let line = self.line(step);
        line.to = Some(at);
        line.ended = Some(ended);
    }

    /// The steps that ended well.
    #[must_use]
    pub fn done(&self) -> usize {
        self.count(|ended| matches!(ended, Ended::Done { .. }))
    }

    /// The steps that ended badly.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(|ended| matches!(ended, Ended::Failed { .. }))
    }

    /// The steps that could not run because of another.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.count(|ended| matches!(ended, Ended::Skipped { .. }))
    }

    /// The steps that never began.
    #[must_use]
    pub fn not_started(&self) -> usize {
        self.steps
            .saturating_sub(self.done() + self.failed() + self.skipped())
    }

    /// Whether everything ended well.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.done() == self.steps
    }

    fn count(&self, is: impl Fn(&Ended) -> bool) -> usize {
        self.lines
            .values()
            .filter(|line| line.ended.as_ref().is_some_and(&is))
            .count()
    }
}
