//! What happens while `tenon` works, as it happens.
//!
//! Terminal lines, JSON lines and the final report are three listeners to one
//! stream. Times are milliseconds since the run began, so that a stream can be
//! shown again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::lease::Holder;
use crate::plan::{Does, Plan, Tool};
use crate::report::Report;
use crate::transport::Refusal;
use crate::{Address, Diagnostic, Value};

/// The format of a stream of events.
pub const FORMAT: &str = "tenon.events/1";

/// One thing that happened, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Milliseconds since the run began.
    pub at: u64,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum What {
    /// Reading of live state began: so many lists.
    ReadStarted {
        /// Requests that are known to be needed.
        lists: usize,
    },
    /// Reading ended.
    ReadDone {
        /// Resources that were found.
        resources: usize,
    },
    /// A plan is carried out.
    ApplyStarted {
        /// Its number of steps.
        steps: usize,
    },
    /// A step began.
    StepStarted(StepName),
    /// Azure took a step on.
    StepAccepted {
        /// Which.
        #[serde(flatten)]
        step: StepName,
        /// The operation's address, opaque.
        operation: String,
    },
    /// A step waits before it asks again.
    StepWaiting {
        /// Which.
        #[serde(flatten)]
        step: StepName,
        /// Milliseconds.
        wait: u64,
        /// Azure's code, e.g. `TooManyRequests`.
        why: String,
    },
    /// Instances of a scale set have its new model.
    Upgraded {
        /// The step that sees to it.
        #[serde(flatten)]
        step: StepName,
        /// How many have it and are well.
        instances: usize,
        /// How many have it and are not.
        unwell: usize,
        /// How many are to have it.
        of: usize,
    },
    /// A step ended well.
    StepDone {
        /// Which.
        #[serde(flatten)]
        step: StepName,
        /// Whether there was something to do.
        outcome: Outcome,
    },
    /// A step ended badly.
    StepFailed {
        /// Which.
        #[serde(flatten)]
        step: StepName,
        /// How.
        failure: Failure,
    },
    /// A step cannot run because of another one.
    StepSkipped {
        /// Which.
        #[serde(flatten)]
        step: StepName,
        /// The step that failed or was refused, by position.
        because: usize,
    },
    /// The user asked to stop: nothing new begins.
    Stopping {
        /// Steps under way.
        running: usize,
    },
    /// The user asked again: nothing is waited for.
    Abandoned {
        /// Steps that go on in Azure.
        running: usize,
    },
    /// The lease was lost: nothing new begins.
    LeaseLost {
        /// Steps under way.
        running: usize,
        /// The service's code, or `NoAnswer`.
        why: String,
    },
    /// A plan was carried out, as far as it went.
    ApplyDone {
        /// The outputs that could be read.
        outputs: Vec<(String, Value)>,
    },
    /// Something newer than this program.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// Which step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepName {
    /// Its position in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// What it does.
    pub does: Does,
}

/// How a step ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A request was made and came to a good end.
    Done,
    /// Its target stood already.
    AlreadyDone,
}

/// How a step ended badly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Failure {
    /// Azure refused.
    Refused {
        /// What it said.
        refusal: Box<Refusal>,
    },
    /// The resource is not as the plan expects.
    Stale {
        /// What differs.
        moved: Vec<Moved>,
    },
    /// It was there, or was not, against expectation.
    Presence {
        /// Whether it is there now.
        found: Presence,
    },
    /// A value that the step needs could not be had.
    Unresolved {
        /// Which, in words.
        what: String,
    },
    /// A value that only the run could know takes a replace, which nobody has
    /// planned.
    TakesReplace {
        /// The property, in the words of the spec.
        property: String,
        /// What is there.
        live: Option<Value>,
        /// What it would be.
        wanted: Option<Value>,
    },
    /// Instances of a scale set have its model and are not well.
    Unwell {
        /// Which, as Azure calls them.
        instances: Vec<String>,
    },
    /// The machine did not get well in time.
    Unhealthy {
        /// What was looked at, in words: `tcp:443 answers`.
        check: String,
        /// What the last look found.
        last: String,
        /// How long was waited.
        seconds: u64,
    },
    /// It goes on in Azure; nobody waits for it.
    Abandoned,
}

/// A failure in a word, for journals and traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// Azure's code, or what was found.
    pub code: String,
    /// Azure's message, or what is behind it.
    pub message: Option<String>,
    /// Azure's id of the request.
    pub request_id: Option<String>,
}

impl Failure {
    /// This in a word.
    #[must_use]
    pub fn in_short(&self) -> Short {
        let short = |code: &str, message: Option<String>| Short {
            code: code.to_owned(),
            message,
            request_id: None,
        };
        match self {
            Self::Refused { refusal } => Short {
                request_id: refusal.request_id.clone(),
                ..short(&refusal.code, Some(refusal.message.clone()))
            },
            Self::Stale { moved } => {
                let names: Vec<&str> = moved.iter().map(|one| one.property.as_str()).collect();
                short("Stale", Some(names.join(", ")))
            }
            Self::Presence { .. } => short("Presence", None),
            Self::Unresolved { what } => short("Unresolved", Some(what.clone())),
            Self::TakesReplace { property, .. } => short("TakesReplace", Some(property.clone())),
            Self::Unwell { instances } => {
                short("Unwell", Some(format!("unwell: {}", instances.join(", "))))
            }
            Self::Unhealthy { check, last, .. } => {
                short("Unhealthy", Some(format!("{check}: {last}")))
            }
            Self::Abandoned => short("Abandoned", None),
        }
    }
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is.
    Present,
    /// It is not.
    Absent,
}

/// A property that moved between plan and apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// The property in the words of the spec.
    pub property: String,
    /// What the plan saw.
    pub planned: Option<Value>,
    /// What is there now.
    pub live: Option<Value>,
    /// What the plan wants.
    pub wanted: Option<Value>,
}

/// What a stream says besides what happens in a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Line<'a> {
    /// The first line: what follows it.
    Version {
        /// [`FORMAT`].
        #[schemars(extend("const" = FORMAT))]
        format: &'static str,
        /// What writes.
        tool: Tool,
    },
    /// An error or a warning.
    Diagnostic {
        /// Which. Its places say where they end as well.
        #[schemars(with = "Diagnostic")]
        diagnostic: Json,
    },
    /// The plan that is carried out.
    Plan {
        /// The whole document.
        #[schemars(with = "Plan")]
        plan: Json,
    },
    /// Somebody else holds the lease, and the run waits.
    LeaseWaiting {
        /// Who; none if they did not say yet.
        holder: Option<&'a Holder>,
    },
    /// The comment of a pull request is up to date.
    Comment {
        /// What had to be done for that.
        state: Commented,
        /// The host: `GitHub`, `GitLab`, `Azure Repos`.
        host: &'a str,
        /// The repository.
        repository: &'a str,
        /// The number of the pull request.
        pull_request: u64,
    },
    /// A status was posted.
    Status {
        /// What it is called: `tenon / web-prod`.
        name: &'a str,
        /// The commit.
        commit: &'a str,
        /// Whether it lets the commit pass.
        good: bool,
        /// What it says; the digest of the plan is its last word.
        description: &'a str,
    },
    /// The last line of a run: how it ended.
    Report {
        /// A fold over the events before it.
        report: &'a Report,
    },
}

/// What was done for a comment to be up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commented {
    /// There was none.
    Created,
    /// It said something else.
    Updated,
    /// It said the same already.
    Unchanged,
    /// It shows the plan of a newer commit, and was left alone.
    Newer,
}

/// Somebody who hears events.
pub trait Listener: Send + Sync {
    /// Hears one.
    fn hear(&self, event: &Event);
}
