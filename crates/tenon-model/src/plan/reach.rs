//! How a new model of a scale set reaches the instances that run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who gives the instances of a scale set a new model, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Reach {
    /// Azure, batch by batch, as the set's own rolling policy says; the run
    /// follows it.
    Policy {
        /// The most instances of a batch, in percent of the set.
        percent: i64,
        /// The wait between two batches, ISO 8601.
        pause: String,
        /// Instances that have another model then.
        instances: usize,
        /// Whether it is under way already.
        under_way: bool,
    },
    /// Azure, all at the same time and in no order.
    AtOnce {
        /// Instances that have another model then.
        instances: usize,
    },
    /// The run, so many at the same time; the next ones when those are well.
    Batches {
        /// The most instances of a batch.
        most: usize,
        /// Instances that have another model then.
        instances: usize,
    },
    /// Nothing reaches them: the run lets Azure lay their OS disks anew from
    /// the image that they have, so many at the same time, because that was
    /// asked for.
    Reimage {
        /// The most instances of a batch.
        most: usize,
        /// All instances.
        instances: usize,
    },
}

impl Reach {
    /// The instances that something happens to.
    #[must_use]
    pub fn instances(&self) -> usize {
        match self {
            Self::Policy { instances, .. }
            | Self::AtOnce { instances }
            | Self::Batches { instances, .. }
            | Self::Reimage { instances, .. } => *instances,
        }
    }
}
