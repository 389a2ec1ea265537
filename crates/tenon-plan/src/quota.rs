//! Whether the machines of a plan fit into the quota for vCPUs, wave by wave.
//!
//! Azure counts against two limits of a region, the family of the size and all
//! families together, and Spot machines against one of their own. A machine
//! counts from when it is made until it is deleted, running or not. What counts
//! is the peak on the way, in the order of the steps, not only the end.
//!
//! Source: Azure documentation, "Check vCPU quotas using Azure CLI and Azure
//! PowerShell"; Azure REST API reference, "Usage - List", "Resource Skus - List".

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::SubscriptionId;
use tenon_model::plan::Plan;
use tenon_model::plan::preflight::{About, Check};
use tenon_model::size::SizeFacts;
use tenon_model::snapshot::Snapshot;

use crate::preflight::add_check;

mod problem;
mod rooms;

use rooms::Way;

/// A region of a subscription, as requests spell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The region, in small letters without blanks.
    pub location: String,
}

/// What a subscription uses of one quota, and what it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How much of it is in use.
    pub used: i64,
    /// How much may be.
    pub limit: i64,
}

/// What Azure says about one region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    usages: BTreeMap<String, Usage>,
    sizes: BTreeMap<String, SizeFacts>,
}

impl Quotas {
    /// Notes a quota under its name: `cores`, `standardDSv5Family`.
    pub fn add_usage(&mut self, name: &str, usage: Usage) {
        self.usages.insert(name.to_ascii_lowercase(), usage);
    }

    /// Notes a size.
    pub fn add_size(&mut self, size: SizeFacts) {
        self.sizes.insert(size.name.to_ascii_lowercase(), size);
    }

    /// Whether Azure told of no quota at all, as it does where the provider is
    /// not registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.usages.is_empty()
    }

    fn usage(&self, name: &str) -> Option<Usage> {
        self.usages.get(&name.to_ascii_lowercase()).copied()
    }

    pub(crate) fn size(&self, name: &str) -> Option<&SizeFacts> {
        self.sizes.get(&name.to_ascii_lowercase())
    }

    /// All sizes, by name.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = &SizeFacts> {
        self.sizes.values()
    }
}

/// The regions in which the plan makes machines or gives them another size;
/// only there a quota can be in the way.
#[must_use]
pub fn quota_regions(plan: &Plan, snapshot: &Snapshot) -> BTreeSet<Region> {
    let moves = rooms::moves(plan, snapshot);
    let needs = moves.iter().filter(|one| one.takes_room());
    needs.map(|one| one.region.clone()).collect()
}

/// Adds an error for every region whose quotas the machines of the plan do not
/// fit into, and then the plan cannot be applied. Regions that are not in
/// `known` are not judged, nor are sizes that Azure did not tell of.
pub fn check_quotas(plan: &mut Plan, snapshot: &Snapshot, known: &BTreeMap<Region, Quotas>) {
    let moves = rooms::moves(plan, snapshot);
    for (region, quotas) in known {
        let way = Way::through(plan, &moves, region, quotas);
        let problem = problem::of(plan, region, &way);
        let check = Check::found(About::Quota, &region.location, &problem);
        add_check(plan, check, problem.into_iter().collect());
    }
}
