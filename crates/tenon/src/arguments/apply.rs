//! Options of the commands that write to Azure: `apply`, `destroy`, `adopt`,
//! `rollback`, `forget` and `transfer`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Limit, PartArguments, PolicyArguments, ReplaceArguments, SpecArgument, Wait};

/// Options of `apply`.
#[derive(Args, Debug, Default)]
pub(crate) struct ApplyArguments {
    /// A saved plan, or a spec [default: -f, or tenon.yaml]
    #[arg(value_name = "PLAN|SPEC")]
    pub(crate) plan_or_spec: Option<PathBuf>,
    /// Apply only if the plan has this digest; `reviewed` is the one in the status of the pull request that this commit came with
    #[arg(long, visible_alias = "expect-digest", value_name = "DIGEST")]
    pub(crate) expect: Option<String>,
    /// How old a saved plan may be, e.g. 12h or 90d [default: 30d]
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) max_age: Option<Duration>,
    #[command(flatten)]
    pub(crate) part: PartArguments,
    #[command(flatten)]
    pub(crate) replace: ReplaceArguments,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) wait: Wait,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// Options of `destroy`.
#[derive(Args, Debug, Default)]
pub(crate) struct DestroyArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Save the plan, and change nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) part: PartArguments,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// Options of `adopt`.
#[derive(Args, Debug, Default)]
pub(crate) struct AdoptArguments {
    /// Entries of the spec that stand for what exists, e.g. vms.web-1 [default: all]
    #[arg(value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    /// Write a spec of what lies in this resource group, and change nothing in Azure
    #[arg(long, value_name = "NAME", conflicts_with = "addresses")]
    pub(crate) group: Option<String>,
    /// The subscription of the group [default: AZURE_SUBSCRIPTION_ID]
    #[arg(long, value_name = "ID", requires = "group")]
    pub(crate) subscription: Option<String>,
    /// The name of the deployment [default: that of the group]
    #[arg(long, value_name = "NAME", requires = "group")]
    pub(crate) name: Option<String>,
    /// Where the spec is written, `-` for standard output [default: tenon.yaml]
    #[arg(long, value_name = "FILE", requires = "group")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// Options of `rollback`.
#[derive(Args, Debug, Default)]
pub(crate) struct RollbackArguments {
    /// Machines, or fleets of which those go back that can, e.g. vms.web
    #[arg(value_name = "ADDRESS", required = true)]
    pub(crate) addresses: Vec<String>,
    /// The version of the image that the old OS disk was made of [default: the disk kept last]
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// Save the plan, and change nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// Options of `forget`.
#[derive(Args, Debug, Default)]
pub(crate) struct ForgetArguments {
    /// Entries, fleets or resources, in the spec or no longer, e.g. vms.web-1
    #[arg(value_name = "ADDRESS", required = true)]
    pub(crate) addresses: Vec<String>,
    /// Save the plan, and change nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// Options of `transfer`.
#[derive(Args, Debug, Default)]
pub(crate) struct TransferArguments {
    /// Entries, fleets or resources, in the spec or no longer, e.g. vms.web-1
    #[arg(value_name = "ADDRESS", required = true)]
    pub(crate) addresses: Vec<String>,
    /// The deployment that they belong to afterwards: the `name` of its spec
    #[arg(long, value_name = "DEPLOYMENT")]
    pub(crate) to: String,
    /// Save the plan, and change nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) approval: Approval,
}

/// Options of everything that asks before it writes.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Approval {
    /// Do not ask
    #[arg(short = 'y', long, visible_alias = "yes")]
    pub(crate) auto_approve: bool,
    /// Answer the question for the deployment's name
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: Option<String>,
    /// Never ask; without an approval this is an error
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Steps under way at the same time; the pace is set by Azure's limits
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) parallelism: Option<u16>,
    /// Wait so long while somebody else holds the lease, e.g. 30m
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) lock_timeout: Option<Duration>,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write the run, with its plan and timeline, into this file as a page for a browser
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) policy: PolicyArguments,
}

/// `90`, `90s`, `30m` or `2h`.
fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 0,
    };
    let number: Option<u64> = digits.parse().ok();
    let whole = number.and_then(|number| number.checked_mul(seconds));
    // A year is as good as for ever, and can be added to any time.
    whole
        .filter(|whole| seconds > 0 && *whole <= 365 * 24 * 3600)
        .map(Duration::from_secs)
        .ok_or_else(|| "write a number with s, m or h: 90s, 30m, 2h".to_owned())
}

/// Reads `90s`, `30m`, `12h` or `30d`.
pub(super) fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "a number and one of s, m, h, d, e.g. 12h".to_owned();
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}
