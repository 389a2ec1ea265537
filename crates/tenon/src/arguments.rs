//! The command line: the options of every command, and the commands. The
//! options of single commands are in the modules below.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::exit::Exit;

mod apply;
mod comment;
mod habits;
mod look;
mod plan;
mod policy;
mod publish;
mod runs;
mod sim;
mod spec;

pub(crate) use apply::{
    AdoptArguments, ApplyArguments, Approval, DestroyArguments, ForgetArguments, RollbackArguments,
    TransferArguments,
};
pub(crate) use comment::CommentArguments;
pub(crate) use look::{
    DriftArguments, GraphArguments, GraphFormat, OutputsArguments, ShowArguments,
};
pub(crate) use plan::{
    DepthArguments, Limit, PartArguments, PlanArguments, ReplaceArguments, Wait,
};
pub(crate) use policy::PolicyArguments;
pub(crate) use publish::{Number, PublishArguments};
pub(crate) use runs::{RunFormat, RunsArguments, UnlockArguments};
pub(crate) use sim::SimArguments;
pub(crate) use spec::{
    Described, Example, FmtArguments, ImagesArguments, InitArguments, SarifArgument,
    SchemaArguments, SpecArgument, UpdateArguments, ValidateArguments,
};

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
    /// Refuse to run when tenon.lock would have to change
    #[arg(long, global = true)]
    pub(crate) locked: bool,
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
    Validate(ValidateArguments),
    /// Show what apply would do; changes nothing
    Plan(PlanArguments),
    /// Carry out a saved plan, or plan, ask and apply
    Apply(ApplyArguments),
    /// Delete everything of the deployment
    Destroy(DestroyArguments),
    /// Take over what exists: plan, ask, and mark it as ours; or write a spec of a group
    Adopt(AdoptArguments),
    /// Let machines take the OS disk again that a replace has kept of them
    Rollback(RollbackArguments),
    /// Let go of what is ours: it stays in Azure, without our marker
    Forget(ForgetArguments),
    /// Hand over what is ours to another deployment
    Transfer(TransferArguments),
    /// Say who signs in to which tenant, and whether what the spec needs there is in order
    Doctor(SpecArgument),
    /// Show what others changed in Azure; changes nothing
    Drift(DriftArguments),
    /// Show the outputs as they are live
    Outputs(OutputsArguments),
    /// Show a saved plan, or what is live next to the spec
    Show(ShowArguments),
    /// Write a saved plan into its pull request: comment, status, job summary
    Comment(CommentArguments),
    /// Show who needs whom
    Graph(GraphArguments),
    /// Move image versions in tenon.lock
    Update(UpdateArguments),
    /// Make an image version in a gallery, wait for its replicas, and tell what consumers see
    Publish(Box<PublishArguments>),
    /// Show the images of a spec, and why newer versions are not taken
    Images(ImagesArguments),
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
    /// Explain a diagnostic, or list them all
    Explain {
        /// The code, e.g. TN1004, or its name
        code: Option<String>,
    },
    /// Print the JSON Schema of specs or of other documents, or list the keys at a place
    Schema(SchemaArguments),
    /// List what was applied from here, or show one run
    Runs(RunsArguments),
    /// Take the lease away from a run that is dead
    Unlock(UnlockArguments),
    /// Serve the simulator to other programs
    Sim(SimArguments),
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
