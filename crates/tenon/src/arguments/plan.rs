//! Options of `plan`, and those of planning that other commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tenon_model::rules::Disruption;

use super::{PolicyArguments, SarifArgument, SpecArgument};

/// Options of `plan`.
#[derive(Args, Debug, Default)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Compare with the spec of --base instead of Azure: no sign-in, no network; for pull requests from forks
    #[arg(long, requires = "base", conflicts_with_all = ["destroy", "adopt", "replace", "validate", "wait_for_image"])]
    pub(crate) offline: bool,
    /// The revision that stands in for Azure, e.g. origin/main
    #[arg(long, value_name = "REVISION", requires = "offline")]
    pub(crate) base: Option<String>,
    /// Say whether this is still the plan of that digest or saved plan, and what differs; `reviewed` is the digest in the status of the pull request that this commit came with
    #[arg(long, value_name = "DIGEST|PLAN", conflicts_with = "offline")]
    pub(crate) against: Option<String>,
    /// Save the plan
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the plan as a page for a browser, too
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Plan to delete everything
    #[arg(long)]
    pub(crate) destroy: bool,
    /// Take over what an entry stands for, if it exists and nobody owns it; without an address, what any entry stands for
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "")]
    pub(crate) adopt: Vec<String>,
    #[command(flatten)]
    pub(crate) part: PartArguments,
    #[command(flatten)]
    pub(crate) replace: ReplaceArguments,
    /// Let Azure validate what would be made: one request for each group, which changes nothing
    #[arg(long)]
    pub(crate) validate: bool,
    /// Exit with 2 when there is something to do
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Do not count what only undoes changes of others
    #[arg(long, requires = "detailed_exitcode")]
    pub(crate) ignore_drift: bool,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) wait: Wait,
    #[command(flatten)]
    pub(crate) depth: DepthArguments,
    #[command(flatten)]
    pub(crate) log: SarifArgument,
    #[command(flatten)]
    pub(crate) policy: PolicyArguments,
}

/// What a plan may wait for.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Wait {
    /// Wait so long for an image that still spreads to a region, e.g. 30m
    #[arg(long, value_name = "DURATION", value_parser = super::apply::age)]
    pub(crate) wait_for_image: Option<Duration>,
}

/// Which part of a deployment a plan is about.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PartArguments {
    /// Only this entry, fleet or resource, and what it needs; repeatable
    #[arg(long = "target", value_name = "ADDRESS")]
    pub(crate) targets: Vec<String>,
    /// All but this entry, fleet or resource, and what depends on it; repeatable
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) exclude: Vec<String>,
}

/// What is made anew although nothing forces that.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ReplaceArguments {
    /// Delete and make anew, although nothing forces that; repeatable
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) replace: Vec<String>,
}

/// What a change may do to what runs.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Limit {
    /// The most that a change may do to what runs: none, hot, restart, deallocate or replace
    #[arg(long, value_name = "DISRUPTION", value_parser = disruption)]
    pub(crate) max_disruption: Option<Disruption>,
}

fn disruption(text: &str) -> Result<Disruption, String> {
    Disruption::parse(text).ok_or_else(|| {
        let words = Disruption::ALL.map(Disruption::word);
        format!("one of {}", words.join(", "))
    })
}

/// How much is told.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct DepthArguments {
    /// Header and summary only
    #[arg(long, conflicts_with = "full")]
    pub(crate) summary: bool,
    /// Every resource by itself, ids in full
    #[arg(long)]
    pub(crate) full: bool,
}
