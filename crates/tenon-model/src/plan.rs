//! A plan: what would be done, in data, with nothing left to decide.
//!
//! [`Change`]s are for people and programs that judge a plan; [`Step`]s are
//! for the engine that carries it out. Both are in the saved document,
//! `tenon.plan/1`. Readers ignore members that they do not know.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::forecast::Forecast;
use crate::image::ResolvedImage;
use crate::rollout::Waves;
use crate::{Address, Diagnostic, Map, ResourceId, SubscriptionId};

mod around;
mod change;
mod check;
mod deployment;
mod document;
pub(crate) mod facts;
pub mod preflight;
mod reach;
mod reason;
mod step;

pub use around::{Around, Neighbour};
pub use change::{Action, Change, Kept, Op, PropertyChange};
pub use check::{PlanError, document, read, write};
pub use deployment::{Deployment, Scope};
pub use reach::Reach;
pub use reason::{Cause, KeptBecause, Reason};
pub use step::{Does, Expected, ListFacts, Precondition, Request, Step, TypeFacts};

/// The format that this program writes and reads.
pub const FORMAT: &str = "tenon.plan/1";

/// What a plan of a part was asked for, and how much it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Partial {
    /// Resources that something would happen to in a plan of everything, and
    /// nothing happens to in this one.
    pub left_out: usize,
    /// What was asked for; none stands for everything.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub targets: BTreeSet<Address>,
    /// What was asked to be left alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub excluded: BTreeSet<Address>,
}

/// What was compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The spec with what is live.
    #[serde(rename = "apply")]
    Live,
    /// Nothing with what is live: everything of ours goes.
    Destroy,
}

/// Counts by action, over resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Made.
    pub create: usize,
    /// Changed where they stand.
    pub update: usize,
    /// Deleted and made anew.
    pub replace: usize,
    /// Deleted.
    pub delete: usize,
    /// Marked as ours.
    pub adopt: usize,
    /// No longer marked.
    pub forget: usize,
    /// As they should be.
    pub no_op: usize,
    /// Properties that Azure changed although the spec did not.
    pub drift: usize,
}

impl Summary {
    /// The number of resources that something happens to.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.create + self.update + self.replace + self.delete + self.adopt + self.forget
    }
}

/// The tool that made the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    #[must_use]
    pub fn this() -> Self {
        Self {
            name: "tenon".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// What was read to make the plan, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadFacts {
    /// Resources of ours that were found.
    pub resources: usize,
    /// Requests made.
    #[serde(default)]
    pub requests: usize,
    /// How long it took.
    pub milliseconds: u64,
}

/// What a preview was compared with in place of Azure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Preview {
    /// The revision as it was asked for: `main`.
    pub base: String,
    /// The commit that it stands for.
    pub commit: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// [`FORMAT`].
    #[schemars(extend("const" = FORMAT))]
    pub format: String,
    /// What made it.
    pub tool: Tool,
    /// When, RFC 3339; empty until the program says.
    #[serde(default)]
    pub created_at: String,
    /// The digest of what would be done.
    #[schemars(extend("pattern" = "^sha256:[0-9a-f]{64}$"))]
    pub digest: String,
    /// Whether the spec is to stand or to go.
    #[serde(rename = "intent")]
    pub mode: Mode,
    /// Another spec that stood in for what is live; none for a plan that was
    /// compared with Azure. A preview is never applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// What it is a part of; none for a plan of everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// What it is for.
    pub deployment: Deployment,
    /// What the images resolved to.
    pub images: Vec<ResolvedImage>,
    /// Whether apply may run it.
    pub applyable: bool,
    /// Counts.
    pub summary: Summary,
    /// What was read.
    pub read: ReadFacts,
    /// What was looked at beforehand, and what came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preflight: Vec<preflight::Check>,
    /// How long it is expected to take; none until the program says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Forecast>,
    /// What happens, resource by resource, in the order of the spec.
    pub changes: Vec<Change>,
    /// What is next to the changes, for pictures.
    #[serde(default, skip_serializing_if = "Around::is_empty")]
    pub around: Around,
    /// What stays although the spec no longer names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
    /// In which waves fleets change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waves: Vec<Waves>,
    /// The execution graph; a step's position is its name.
    pub steps: Vec<Step>,
    /// What apply has to know of each resource type.
    pub types: BTreeMap<String, TypeFacts>,
    /// Values that can already be read, of resources without a step: address,
    /// path as text, value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Known>,
    /// Errors and warnings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
    /// The outputs, some of them for later.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub outputs: Map,
}

/// A resource that outputs or bodies read and that no step touches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// Its name.
    pub address: Address,
    /// Its id.
    pub id: ResourceId,
    /// The api-version to read it with.
    pub api_version: String,
}

impl Plan {
    /// Whether nothing would be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The change of the resource `address`.
    #[must_use]
    pub fn change(&self, address: &Address) -> Option<&Change> {
        self.changes
            .iter()
            .find(|change| change.address == *address)
    }

    /// The scope of a subscription, or of a directory.
    #[must_use]
    pub fn scope(&self, subscription: &SubscriptionId) -> Option<&Scope> {
        let deployment = &self.deployment;
        let mut scopes = deployment.scopes.iter().chain(&deployment.directories);
        scopes.find(|scope| scope.subscription == *subscription)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(truth: &bool) -> bool {
    !truth
}
