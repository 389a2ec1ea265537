//! Options of the commands about other runs: `runs` and `unlock`.

use clap::Args;

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
