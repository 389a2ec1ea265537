//! Why something differs, is touched, or stays: values, for which renderers
//! find the words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Address, ResourceId};

/// Where a difference comes from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
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
    /// The author asked for it by name.
    Asked,
}

/// Why a resource is touched at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// It takes the OS disk again that was kept of it.
    GoesBack {
        /// The disk.
        disk: ResourceId,
        /// The version of the image that the disk was made of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// It takes a new OS disk of another version of its image where it stands.
    NewDisk {
        /// The disk, which the plan makes.
        disk: ResourceId,
    },
    /// It was kept to go back to, and its time is over, or what it was kept of
    /// has left the spec.
    KeptLongEnough,
    /// Something with another name in Azure has taken its place.
    Succeeded {
        /// What has.
        by: Address,
    },
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
    /// Values of properties that are fixed are known only when the plan runs:
    /// it may have to be replaced.
    Undecided {
        /// The properties, in the words of the spec.
        properties: Vec<String>,
        /// What this plan does only after that, and not at all if it comes to
        /// a replace.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        waiting: Vec<Address>,
    },
    /// A run that did not come to its end has stopped the machine.
    LeftStopped,
    /// So many instances of the scale set do not have its model: an upgrade was
    /// cut off, or ended badly.
    Behind {
        /// How many.
        instances: usize,
    },
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

/// Why something stays that the spec no longer names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum KeptBecause {
    /// It is protected.
    Protected,
    /// Something that stays needs it.
    NeededBy {
        /// What needs it.
        id: ResourceId,
    },
    /// It is kept for a while, to go back to.
    ForRollback {
        /// What goes back to it.
        of: Address,
        /// Until when, RFC 3339; empty where nothing says so.
        until: String,
        /// The version of the image that it was made of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// It is a group that holds things of others.
    HoldsForeign {
        /// Some of them.
        ids: Vec<ResourceId>,
    },
}
