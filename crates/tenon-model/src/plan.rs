//! A plan: what would be done, in data, with nothing left to decide.
//!
//! [`Change`]s are for people and programs that judge a plan; [`Step`]s are
//! for the engine that carries it out. Both are in the saved document,
//! `tenon.plan/1`. Readers ignore members that they do not know.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::image::ResolvedImage;
use crate::lease::LeaseAt;
use crate::rules::{Disruption, Extra, Same, Update};
use crate::spec::Credential;
use crate::transport::Verb;
use crate::{Address, Diagnostic, Map, Path, Place, ResourceId, SubscriptionId, TenantId, Value};

mod check;
mod document;

pub use check::{PlanError, read, write};

/// The format that this program writes and reads.
pub const FORMAT: &str = "tenon.plan/1";

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// Where a difference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The spec says something else than it did.
    Spec,
    /// The lock file does.
    Lock,
    /// The spec no longer says anything, so the default holds again.
    Default,
    /// Azure changed although the spec did not.
    Drift,
    /// A value of another resource changed.
    Reference,
}

/// Why a resource is touched at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Reason {
    /// It is not there.
    Missing,
    /// Some of its properties differ.
    Differs,
    /// A property differs that is fixed when the resource is made.
    ImmutableChanged {
        /// The properties, in the words of the spec.
        properties: Vec<String>,
    },
    /// It is ours, and the spec no longer names it.
    Unnamed,
    /// The whole deployment is to go.
    Destroyed,
    /// It uses something that is replaced, and Azure lets go of nothing that
    /// is used.
    UsesReplaced {
        /// What is replaced.
        address: Address,
    },
    /// It lets go of what is replaced, and takes the new one.
    TakesAnew {
        /// What is replaced.
        addresses: Vec<Address>,
    },
    /// Making it failed before, or was cut off.
    Unfinished {
        /// What Azure calls its state.
        state: String,
    },
    /// Nothing of its own changes; it stops while these disks change.
    StopsFor {
        /// The disks.
        addresses: Vec<Address>,
    },
    /// A run that did not come to its end has stopped the machine.
    LeftStopped,
    /// Its marker has to say something else, such as other children.
    Bookkeeping,
    /// It is there without our marker, and the author asked to take it over.
    Adopted,
    /// The author asked for it by name.
    Asked,
    /// The author asked to hand it over to another deployment.
    HandedOver {
        /// The name of that deployment.
        to: String,
    },
}

/// What happened to one property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(truth: &bool) -> bool {
    !truth
}

/// The form of a [`PropertyChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Why something stays that the spec no longer names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum KeptBecause {
    /// It is protected.
    Protected,
    /// Something that stays needs it.
    NeededBy {
        /// What needs it.
        id: ResourceId,
    },
    /// It is a group that holds things of others.
    HoldsForeign {
        /// Some of them.
        ids: Vec<ResourceId>,
    },
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Writes into its marker that it is to be started again, or that it was.
    Mark,
}

/// The request that a step makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

/// One value that a step expects to find.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

/// One unit that the engine runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFacts {
    /// Where it is in the body, as a pattern.
    pub path: String,
    /// The identifying member.
    pub key: String,
    /// What happens to elements that are not ours.
    pub extra: Extra,
}

/// A subscription and the tokens that requests in it carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Tenants whose tokens every write carries besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auxiliary: Vec<TenantId>,
}

/// What a plan of a part was asked for, and how much it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// What the plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// The cloud that the spec names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<String>,
    /// The subscriptions it reaches, the default one first.
    pub scopes: Vec<Scope>,
    /// The lease that a run takes before it writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<LeaseAt>,
    /// Local names of tenants by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tenant_names: BTreeMap<TenantId, String>,
    /// How tenants are signed in to that have a credential of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<TenantId, Credential>,
    /// The default resource group.
    pub resource_group: String,
    /// The default region.
    pub location: String,
    /// The spec files, in the order of merging.
    pub files: Vec<String>,
}

/// What was compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The spec with what is live.
    #[serde(rename = "apply")]
    Live,
    /// Nothing with what is live: everything of ours goes.
    Destroy,
}

/// Counts by action, over resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What was read to make the plan, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFacts {
    /// Resources of ours that were found.
    pub resources: usize,
    /// Requests made.
    #[serde(default)]
    pub requests: usize,
    /// How long it took.
    pub milliseconds: u64,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: String,
    /// What made it.
    pub tool: Tool,
    /// When, RFC 3339; empty until the program says.
    #[serde(default)]
    pub created_at: String,
    /// The digest of what would be done.
    pub digest: String,
    /// Whether the spec is to stand or to go.
    #[serde(rename = "intent")]
    pub mode: Mode,
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
    /// What happens, resource by resource, in the order of the spec.
    pub changes: Vec<Change>,
    /// What stays although the spec no longer names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

    /// The scope of a subscription.
    #[must_use]
    pub fn scope(&self, subscription: &SubscriptionId) -> Option<&Scope> {
        self.deployment
            .scopes
            .iter()
            .find(|scope| scope.subscription == *subscription)
    }
}
