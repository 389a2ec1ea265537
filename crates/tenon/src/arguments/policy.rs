//! Which policies judge a plan.

use std::path::PathBuf;

use clap::Args;

/// Which policies judge a plan.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PolicyArguments {
    /// Judge the plan by the Rego policies in this folder; repeatable
    #[arg(long = "policy", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    /// The package whose rules count [default: main]; repeatable
    #[arg(
        long = "policy-namespace",
        value_name = "PACKAGE",
        requires = "folders"
    )]
    pub(crate) namespaces: Vec<String>,
}
