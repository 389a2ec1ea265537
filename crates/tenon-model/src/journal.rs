//! What a run did, line by line, for whoever asks later.
//!
//! A line is a JSON object. Its `chain` is a hash of it and of the `chain`
//! before, so that a line that was cut out or edited is noticed; a last line
//! says that nothing is missing at the end. Nothing depends on a journal but
//! memory and forecasts: losing it loses no more. Bodies, values and outputs
//! are not in it.

mod reader;
mod remains;
mod times;
mod writer;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::event::Outcome;
use crate::plan::Does;
use crate::{Address, SubscriptionId, canonical};

pub use reader::{Integrity, Journal};
pub use remains::{Remain, Remains};
pub use times::Times;
pub use writer::Writer;

/// The format that is written.
pub const FORMAT: &str = "tenon.journal/1";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its position, from 0.
    pub n: u64,
    /// When, in UTC: `2026-08-22T09:20:02Z`.
    pub at: String,
    /// The same in milliseconds since the run began, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
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
    /// The subscriptions and directories that its steps are in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub places: BTreeSet<SubscriptionId>,
    /// Whether it takes our marker off, or hands it over, and does nothing else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub lets_go: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(truth: &bool) -> bool {
    !truth
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

/// The `chain` of a line that has none yet.
fn link(before: &str, line: &Json) -> String {
    let text = format!("{before}\n{}", canonical::to_string(line));
    canonical::hex(&canonical::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests;
