//! `tenon completion`: what a shell has to know to complete words.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output;

/// Runs the command.
pub(crate) fn run(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tenon", &mut script);
    output::print(&String::from_utf8_lossy(&script));
    Exit::Ok
}
