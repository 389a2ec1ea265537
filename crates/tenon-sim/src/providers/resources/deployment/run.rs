//! A deployment under way: its steps and how they stand.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arm::authentication::Caller;
use crate::arm::error::ArmError;
use crate::state::State;
use crate::template::{Declared, Parameters, Template};

/// Everything a deployment needs to go on without the request that began it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Run {
    /// Whom the writes speak for, auxiliary tenants included.
    pub(super) caller: Caller,
    /// The address under which the caller knows this server.
    pub(super) base: String,
    /// The deployment's own operation.
    pub(super) operation: String,
    pub(super) variables: Value,
    pub(super) outputs: Value,
    pub(super) parameters: Parameters,
    /// What `deployment()` returns.
    pub(super) shown: Value,
    pub(super) steps: Vec<Step>,
    pub(super) canceled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ArmError>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(super) results: Value,
}

/// One resource of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) declared: Declared,
    /// The places of the steps that have to succeed first.
    pub(super) waits: BTreeSet<usize>,
    pub(super) phase: Phase,
    /// What deployment operations call it.
    pub(super) number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) started: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<Timestamp>,
    /// How often the provider asked to come back later.
    #[serde(default)]
    pub(super) attempts: u32,
    /// The status its write was answered with.
    #[serde(default)]
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ArmError>,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    Waiting,
    /// Refused for now; tried again at the time in `ended`.
    Paused,
    Running,
    Succeeded,
    Failed,
    /// Its condition is not met, or it is only looked at.
    Skipped,
}

impl Run {
    /// The run a deployment keeps, if it can be read.
    pub(super) fn load(state: &State, key: &str) -> Option<Self> {
        let hidden = &state.store.get(key)?.hidden;
        serde_json::from_value(hidden.get("run")?.clone()).ok()
    }

    pub(super) fn save(&self, state: &mut State, key: &str) {
        let run = json!(self);
        state.store.update(key, |resource| {
            crate::json::set(&mut resource.hidden, "run", run);
        });
    }

    /// Lets go of what is needed only while it runs, secure values among it.
    pub(super) fn forget(&mut self) {
        self.parameters = Parameters::default();
        self.variables = Value::Null;
        self.outputs = Value::Null;
        for step in &mut self.steps {
            step.declared.body = Value::Null;
        }
    }

    /// The first step that can be taken now.
    pub(super) fn next(&self, now: Timestamp) -> Option<usize> {
        let due = |step: &Step| match step.phase {
            Phase::Waiting => !self.canceled && self.met(step),
            Phase::Paused => step.ended.is_none_or(|until| until <= now),
            _ => false,
        };
        self.steps.iter().position(due)
    }

    fn met(&self, step: &Step) -> bool {
        step.waits.iter().all(|place| {
            let phase = self.steps.get(*place).map(|other| other.phase);
            matches!(phase, Some(Phase::Succeeded | Phase::Skipped))
        })
    }

    /// True while something is under way.
    pub(super) fn is_busy(&self) -> bool {
        let busy = |step: &Step| matches!(step.phase, Phase::Running | Phase::Paused);
        self.steps.iter().any(busy)
    }
}

impl Step {
    pub(super) fn new(declared: Declared, waits: BTreeSet<usize>, number: String) -> Self {
        let phase = if declared.active && !declared.existing {
            Phase::Waiting
        } else {
            Phase::Skipped
        };
        Self {
            declared,
            waits,
            phase,
            number,
            operation: None,
            started: None,
            ended: None,
            attempts: 0,
            status: 0,
            error: None,
        }
    }

    pub(super) fn end(&mut self, phase: Phase, now: Timestamp) {
        self.phase = phase;
        self.ended = Some(now);
    }

    pub(super) fn fail(&mut self, error: ArmError, now: Timestamp) {
        self.status = error.status;
        self.error = Some(error);
        self.end(Phase::Failed, now);
    }
}

/// A template that was read and checked, with the steps it comes to.
pub(super) struct Prepared {
    pub(super) template: Template,
    pub(super) parameters: Parameters,
    pub(super) declared: Vec<Declared>,
    pub(super) waits: Vec<BTreeSet<usize>>,
    pub(super) hash: String,
}
