//! Options of the commands about other runs: `runs` and `unlock`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of `runs`.
#[derive(Args, Debug, Default)]
pub(crate) struct RunsArguments {
    /// The run [default: list all that are kept]
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Form in which the run is shown
    #[arg(long, value_enum, default_value_t, requires = "id")]
    pub(crate) format: RunFormat,
    /// Write the run as a page for a browser, in place of showing it
    #[arg(long, value_name = "FILE", requires = "id", conflicts_with = "format")]
    pub(crate) html: Option<PathBuf>,
    /// The saved plan that was carried out, for the page to tell of it
    #[arg(long, value_name = "PLAN", requires = "html")]
    pub(crate) plan: Option<PathBuf>,
}

/// Form in which a run is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// Lines for a terminal.
    #[default]
    Text,
    /// Timeline as a Mermaid gantt chart.
    Gantt,
    /// Timeline as an image for a browser.
    Svg,
    /// Timeline for trace viewers: the Trace Event Format.
    Trace,
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
