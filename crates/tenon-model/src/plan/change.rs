//! What happens to each resource, for people and programs that judge a plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_false;
use super::reach::Reach;
use super::reason::{Cause, KeptBecause, Reason};
use crate::rules::Disruption;
use crate::{Address, Place, ResourceId, Value};

/// What happens to a resource.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed where it stands.
    Update,
    /// It is deleted and made anew.
    Replace,
    /// It is deleted.
    Delete,
    /// It gets our marker.
    Adopt,
    /// It loses our marker.
    Forget,
    /// Nothing.
    NoOp,
}

impl Action {
    /// Whether the resource is written to where it stands.
    #[must_use]
    pub fn is_in_place(self) -> bool {
        matches!(self, Self::Update | Self::Adopt | Self::Forget)
    }
}

/// What happened to one property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PropertyChange {
    /// The property in the words of the spec: `rules.allow-ssh.from`.
    pub path: String,
    /// Added, removed or changed.
    pub op: Op,
    /// What is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Who moved.
    pub cause: Cause,
    /// What changing it does.
    pub disruption: Disruption,
    /// Whether the value must not be shown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Where the spec says it.
    #[serde(default, rename = "source", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl PropertyChange {
    /// Whether it forces a replace.
    #[must_use]
    pub fn forces_replace(&self) -> bool {
        self.disruption == Disruption::Replace
    }
}

/// The form of a [`PropertyChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Not there before.
    Add,
    /// Not there after.
    Remove,
    /// There before and after.
    Change,
}

/// Everything about one resource that a reviewer judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its name: `vms.web-1.nic`.
    pub address: Address,
    /// The entry it is part of: `vms.web-1`.
    pub entry: Address,
    /// The fleet of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<Address>,
    /// What it is, one word: `vm`.
    pub kind: String,
    /// Its Azure type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Its id.
    pub id: ResourceId,
    /// What happens to it.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Property by property. Empty for create and delete.
    pub properties: Vec<PropertyChange>,
    /// The worst that it does to a running machine.
    pub disruption: Disruption,
    /// What is gone afterwards, in words of the spec: `os_disk`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    /// What survives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// How the new model reaches the instances of a scale set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// What a reviewer wants to know of a new one, in short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// Where the spec asks for it; the deployment's file when it no longer
    /// does.
    #[serde(rename = "source")]
    pub place: Place,
}

/// A resource that would go, and stays because it is protected or because
/// something that stays needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// Its name.
    pub address: Address,
    /// Its id.
    pub id: ResourceId,
    /// What it is, one word.
    pub kind: String,
    /// Why it stays.
    pub because: KeptBecause,
}
