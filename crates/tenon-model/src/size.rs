//! Sizes of machines, as one region offers them.

use std::collections::{BTreeMap, BTreeSet};

/// What Azure says about a size in one region.
///
/// What it does not say is absent, and nothing is concluded from that. Source:
/// Azure REST API reference, "Resource Skus - List", api-version 2021-07-01.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SizeFacts {
    /// Its name, in Azure's own letters: `Standard_D2s_v5`.
    pub name: String,
    /// The quota that machines of it count against: `standardDSv5Family`.
    pub family: String,
    /// vCPUs of one machine.
    pub cores: i64,
    /// Why this subscription may not use it anywhere in the region.
    pub closed: Option<String>,
    /// The availability zones that have it.
    pub zones: BTreeSet<String>,
    /// Zones that have it and that this subscription may not use, and why.
    pub closed_zones: BTreeMap<String, String>,
    /// Generations of images that it boots: `V1`, `V2`. Empty when not told.
    pub generations: BTreeSet<String>,
    /// `x64` or `Arm64`.
    pub architecture: Option<String>,
    /// `SNP` or `TDX`, where machines can be confidential.
    pub confidential: Option<String>,
    /// The most data disks.
    pub data_disks: Option<i64>,
    /// The most network interfaces.
    pub interfaces: Option<i64>,
    /// What else it can do, or cannot.
    pub can: BTreeMap<Ability, bool>,
}

/// Something that a size can do, or cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ability {
    /// Premium disks.
    PremiumDisks,
    /// Interfaces that bypass the host.
    AcceleratedNetworking,
    /// Trusted launch.
    TrustedLaunch,
    /// Machines on spare capacity.
    Spot,
    /// Disks and caches that the host encrypts.
    EncryptionAtHost,
}

impl SizeFacts {
    /// Whether Azure says that it cannot do this.
    #[must_use]
    pub fn lacks(&self, ability: Ability) -> bool {
        self.can.get(&ability) == Some(&false)
    }
}
