//! Options of `sim`.

use clap::Args;

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
