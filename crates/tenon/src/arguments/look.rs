//! Options of the commands that only look: `drift`, `outputs`, `show` and
//! `graph`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DepthArguments, PolicyArguments, SpecArgument};

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

/// Options of `show`.
#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    /// A saved plan, or an entry or resource of the spec, e.g. vms.web-1
    #[arg(value_name = "PLAN|ADDRESS")]
    pub(crate) what: PathBuf,
    #[command(flatten)]
    pub(crate) depth: DepthArguments,
    /// Write the saved plan as a page for a browser, in place of showing it
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) policy: PolicyArguments,
}

/// Options of `graph`.
#[derive(Args, Debug, Default)]
pub(crate) struct GraphArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Form of the picture
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: GraphFormat,
    /// What this saved plan changes, and what is next to it, in place of the spec
    #[arg(long, value_name = "PLAN", conflicts_with = "spec")]
    pub(crate) changes: Option<PathBuf>,
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
    /// An image for a browser.
    Svg,
}
