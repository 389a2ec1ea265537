//! What the engine carries out: steps, their requests, what they expect to
//! find, and what laying a body over a live one takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_false;
use crate::rollout::{Health, OnFailure};
use crate::rules::{Extra, Same, Update};
use crate::transport::Verb;
use crate::{Address, Path, ResourceId, Value};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Makes the resource; it must not be there.
    Create,
    /// Changes it where it stands.
    Update,
    /// Deletes it.
    Delete,
    /// Stops the machine and gives its host back.
    Deallocate,
    /// Starts the machine.
    Start,
    /// Lets go of something that is replaced, until that is there again.
    Detach,
    /// Lets what remains of a machine that goes remain: marks its OS disk, or
    /// says in the machine that the disk stays.
    Keep,
    /// Writes into its marker that it is to be started again, or that it was.
    Mark,
    /// Follows the rolling upgrade of a scale set to its end. The request lets
    /// Azure begin one, where instances are behind and none is under way; the
    /// precondition knows the one before.
    Follow,
    /// Gives some instances of a scale set its model, and waits until they are
    /// well. Those that have it or are gone are left out.
    Upgrade,
    /// Lays the OS disks of some instances of a scale set anew from the image
    /// that they have, and waits until they are well.
    Reimage,
    /// Looks until the machine is well. Writes nothing.
    Check,
    /// Ends a wave of a fleet, after a pause. Asks nothing.
    Settle,
}

/// The request that a step makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The verb.
    pub verb: Verb,
    /// The path.
    pub path: String,
    /// The api-version.
    pub api_version: String,
    /// Our members of the body. An update lays them over what is live at that
    /// moment, so that nothing of others is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Members that an update takes out of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<Path>,
}

/// What a step expects to find.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Precondition {
    /// Nothing.
    Absent,
    /// The resource with these values; further values are nobody's business.
    Present {
        /// Path, way of comparing, value.
        values: Vec<Expected>,
    },
    /// The group with nothing in it.
    Empty,
    /// Whatever is there; an earlier step of this plan has checked.
    Checked,
    /// The machine well, within a time.
    Healthy(Health),
    /// The machines of a wave well, and a pause behind them.
    Settled {
        /// Seconds of the pause.
        pause: u32,
        /// What happens when one of them is not well.
        on_failure: OnFailure,
    },
}

/// One value that a step expects to find.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Expected {
    /// The property in the words of the spec.
    pub property: String,
    /// Where.
    pub path: Path,
    /// The other place where Azure may show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Path>,
    /// When it counts as the same.
    pub same: Same,
    /// The value; none if nothing stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What it will be after the step; none if nothing will stand there. A
    /// resource that shows this everywhere is done already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Whether a change of it takes a replace. What it will be is known only
    /// when the step runs; if that differs, the step does not run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fixed: bool,
}

/// One unit that the engine runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The change it belongs to.
    pub address: Address,
    /// The resource.
    pub id: ResourceId,
    /// What it does.
    pub does: Does,
    /// The request it makes.
    pub request: Request,
    /// Positions of the steps that must be done before.
    pub after: Vec<usize>,
    /// What it expects to find.
    pub precondition: Precondition,
    /// Seconds that Azure usually needs, for the order of what is ready.
    pub usually_seconds: u32,
}

/// What apply has to know of a resource type to lay our members over live
/// ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TypeFacts {
    /// How it takes changes.
    pub update: Update,
    /// Members that must not be sent back; `[]` for each element.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_only: Vec<String>,
    /// Its keyed lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListFacts>,
}

/// A keyed list of a resource type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListFacts {
    /// Where it is in the body, as a pattern.
    pub path: String,
    /// The identifying member.
    pub key: String,
    /// What happens to elements that are not ours.
    pub extra: Extra,
}
