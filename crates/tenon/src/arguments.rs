//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use tenon_model::rules::Disruption;

use crate::exit::Exit;

mod habits;

const AFTER: &str = "\
Text is for people and may change; --json and plan files are versioned.
`tenon help exit-codes` explains exit codes, `tenon explain CODE` a diagnostic.";

/// Virtual machines from another tenant's gallery images, planned and applied.
#[derive(Debug, Parser)]
#[command(name = "tenon", version, after_help = AFTER, disable_help_subcommand = false)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Global {
    /// Spec file; repeat it to merge several in order [default: tenon.yaml]
    #[arg(short = 'f', long = "file", global = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Run as if started in this directory
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(crate) chdir: Option<PathBuf>,
    /// Merge tenon.NAME.yaml over the spec
    #[arg(short = 'e', long = "env", global = true, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Set a variable that the spec declares
    #[arg(long = "var", global = true, value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<String>,
    /// Set variables from a file of `name: value` lines
    #[arg(long = "var-file", global = true, value_name = "FILE")]
    pub(crate) variable_files: Vec<PathBuf>,
    /// Use the embedded simulator in place of Azure
    #[arg(long, global = true, env = "TENON_SIMULATE", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) simulate: bool,
    /// World file for the simulator [default: a world in which the spec's tenants, subscriptions and images exist]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) world: Option<PathBuf>,
    /// Where the simulator keeps its world [default: .tenon/worlds/NAME.json]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) world_state: Option<PathBuf>,
    /// The cloud: public, usgovernment, china, or the address of a metadata endpoint
    #[arg(long, global = true, value_name = "CLOUD")]
    pub(crate) cloud: Option<String>,
    /// Colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Write events, or the result, as JSON to standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Make ~/.ssh/id_rsa when a machine needs a key and there is none
    #[arg(long, global = true)]
    pub(crate) generate_ssh_keys: bool,
    /// Say less
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Log requests to standard error; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Check a spec without Azure: all problems at once
    Validate(SpecArgument),
    /// Show what apply would do; changes nothing
    Plan(PlanArguments),
    /// Carry out a saved plan, or plan, ask and apply
    Apply(ApplyArguments),
    /// Delete everything of the deployment
    Destroy(DestroyArguments),
    /// Take over what exists: plan, ask, and mark it as ours; or write a spec of a group
    Adopt(AdoptArguments),
    /// Let go of what is ours: it stays in Azure, without our marker
    Forget(ForgetArguments),
    /// Hand over what is ours to another deployment
    Transfer(TransferArguments),
    /// Say who signs in to which tenant, and what its token says
    Doctor(SpecArgument),
    /// Show what others changed in Azure; changes nothing
    Drift(DriftArguments),
    /// Show the outputs as they are live
    Outputs(OutputsArguments),
    /// Show a saved plan, or what is live next to the spec
    Show(ShowArguments),
    /// Show who needs whom
    Graph(GraphArguments),
    /// Move image versions in tenon.lock
    Update(UpdateArguments),
    /// Show the images of a spec, and why newer versions are not taken
    Images(SpecArgument),
    /// Put a spec into its usual form: order of keys, indentation
    Fmt(FmtArguments),
    /// Write a spec to start from
    Init(InitArguments),
    /// Print a completion script
    Completion {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write manual pages of all commands
    Man {
        /// The folder, which is made if it is not there
        #[arg(value_name = "DIR", default_value = ".")]
        folder: PathBuf,
    },
    /// Explain a diagnostic
    Explain {
        /// The code, e.g. TN1004
        code: String,
    },
    /// Print the JSON Schema of specs, or list the keys at a place
    Schema(SchemaArguments),
    /// List what was applied from here, or show one run
    Runs(RunsArguments),
    /// Take the lease away from a run that is dead
    Unlock(UnlockArguments),
    /// Serve the simulator to other programs
    Sim(SimArguments),
}

/// A spec, if it is not named by `-f`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SpecArgument {
    /// The spec [default: -f, or tenon.yaml]
    #[arg(value_name = "SPEC")]
    pub(crate) spec: Option<PathBuf>,
}

/// Options of `plan`.
#[derive(Args, Debug, Default)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Save the plan
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
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
    /// Exit with 2 when there is something to do
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Do not count what only undoes changes of others
    #[arg(long, requires = "detailed_exitcode")]
    pub(crate) ignore_drift: bool,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) depth: DepthArguments,
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

/// Reads `90s`, `30m`, `12h` or `30d`.
fn age(text: &str) -> Result<Duration, String> {
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

/// Options of `apply`.
#[derive(Args, Debug, Default)]
pub(crate) struct ApplyArguments {
    /// A saved plan, or a spec [default: -f, or tenon.yaml]
    #[arg(value_name = "PLAN|SPEC")]
    pub(crate) plan_or_spec: Option<PathBuf>,
    /// Apply only if the plan has this digest
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

/// Options of `drift`.
#[derive(Args, Debug, Default)]
pub(crate) struct DriftArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Exit with 2 when there is drift
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Every resource by itself, ids in full
    #[arg(long)]
    pub(crate) full: bool,
}

/// Options of `outputs`.
#[derive(Args, Debug, Default)]
pub(crate) struct OutputsArguments {
    /// Print the bare value of this one
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// Options of `fmt`.
#[derive(Args, Debug, Default)]
pub(crate) struct FmtArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
}

/// Options of `init`.
#[derive(Args, Debug, Default)]
pub(crate) struct InitArguments {
    /// What to start from
    #[arg(long, value_enum, default_value_t)]
    pub(crate) example: Example,
}

/// A spec to start from.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Example {
    /// One machine with everything that it needs, of an image of another tenant
    #[default]
    Minimal,
    /// A network, a fleet that follows a channel, and a database machine
    Fleet,
    /// Microsoft's how-to for images across tenants
    HowTo,
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

/// Options of `show`.
#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    /// A saved plan, or an entry or resource of the spec, e.g. vms.web-1
    #[arg(value_name = "PLAN|ADDRESS")]
    pub(crate) what: PathBuf,
    #[command(flatten)]
    pub(crate) depth: DepthArguments,
}

/// Options of `graph`.
#[derive(Args, Debug, Default)]
pub(crate) struct GraphArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Form of the picture
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: GraphFormat,
}

/// Form of the picture.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Text for a terminal.
    #[default]
    Text,
    /// Mermaid flowchart.
    Mermaid,
    /// Graphviz.
    Dot,
}

/// Options of `update`.
#[derive(Args, Debug, Default)]
pub(crate) struct UpdateArguments {
    /// The image [default: all that follow a channel]
    #[arg(value_name = "IMAGE")]
    pub(crate) image: Option<String>,
    /// The version to pin
    #[arg(long, value_name = "VERSION", requires = "image")]
    pub(crate) to: Option<String>,
}

/// Options of `runs`.
#[derive(Args, Debug, Default)]
pub(crate) struct RunsArguments {
    /// The run [default: list all that are kept]
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
}

/// Options of `unlock`.
#[derive(Args, Debug, Default)]
pub(crate) struct UnlockArguments {
    /// The deployment: the `name` of its spec
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The run that holds the lease, as TN4010 names it
    #[arg(long, value_name = "ID")]
    pub(crate) id: String,
}

/// Options of `schema`.
#[derive(Args, Debug)]
pub(crate) struct SchemaArguments {
    /// What to describe
    #[arg(value_enum)]
    pub(crate) what: Described,
    /// List the keys at this place, e.g. 'vms.*'; `.` is the top
    #[arg(long, value_name = "PLACE")]
    pub(crate) at: Option<String>,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Described {
    /// Spec files.
    Spec,
}

/// Options of `sim`.
#[derive(Args, Debug, Default)]
pub(crate) struct SimArguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8443, value_name = "PORT")]
    pub(crate) port: u16,
    /// How many seconds pass in the simulator in a second
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) speed: u32,
    /// Milliseconds added to every answer
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pub(crate) latency: u64,
    /// Keep nothing: the world ends with the program
    #[arg(long)]
    pub(crate) in_memory: bool,
    /// Serve HTTPS, with a certificate authority kept in .tenon/tls
    #[arg(long)]
    pub(crate) tls: bool,
}

/// Reads the command line.
///
/// # Errors
///
/// How the program ends when there is nothing to do or nothing to understand:
/// help and version were printed, or what is wrong.
pub(crate) fn parse(words: impl Iterator<Item = OsString>) -> Result<Arguments, Exit> {
    let words = habits::translate(words);
    if words.get(1).is_some_and(|word| word == "help")
        && words.get(2).is_some_and(|word| word == "exit-codes")
    {
        crate::output::print(crate::exit::PAGE);
        return Err(Exit::Ok);
    }
    if words.len() < 2 {
        // clap would call this a usage error and exit with 2.
        crate::output::print(&Arguments::command().render_long_help().to_string());
        return Err(Exit::Ok);
    }
    Arguments::command()
        .try_get_matches_from(words)
        .and_then(|matches| Arguments::from_arg_matches(&matches))
        .map_err(|error| {
            // 2 means "changes" here, so usage errors are 1.
            let exit = if error.use_stderr() {
                Exit::Error
            } else {
                Exit::Ok
            };
            let text = error.render();
            if error.use_stderr() {
                crate::output::print_error(&text.to_string());
            } else {
                crate::output::print(&text.to_string());
            }
            exit
        })
}

#[cfg(test)]
mod tests;
