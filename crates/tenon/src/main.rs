//! `tenon`: plans and applies virtual machines built from another tenant's
//! gallery images.
//!
//! The program introduces the rooms to each other: arguments, files, exit
//! codes, and the wiring. What deserves a test of its own lives elsewhere.

mod arguments;
mod cloud;
mod commands;
mod comment;
mod credentials;
mod exit;
mod files;
mod html;
mod images;
mod interrupt;
mod journal;
mod keys;
mod lease;
mod listen;
mod output;
mod page;
mod plan_file;
mod policy;
mod prepare;
mod preview;
mod refusals;
mod revision;
mod rhythm;
mod sarif;
mod spans;
mod telemetry;
mod this_run;
mod vault;
mod world;

use std::process::ExitCode;

use exit::Exit;

fn main() -> ExitCode {
    let command = match arguments::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(exit) => return exit.into(),
    };
    logging(command.global.verbose);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(commands::run(command));
            // A run that was abandoned leaves requests behind; nobody waits.
            runtime.shutdown_background();
            exit.into()
        }
        Err(error) => {
            output::Output::new(&arguments::Global::default())
                .complain(&format!("error: cannot start: {error}"));
            Exit::Error.into()
        }
    }
}

/// What happens inside, for those who ask: `TENON_LOG=debug`, or `-v`. Tokens,
/// secrets and bodies never get there.
fn logging(verbose: u8) {
    let level = match verbose {
        0 => "off",
        1 => "tenon_client=debug",
        _ => "debug,hyper=info,reqwest=info,rustls=info",
    };
    let filter = std::env::var("TENON_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .init();
}
