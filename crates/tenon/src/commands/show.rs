//! `tenon show`: a saved plan again.

use tenon_model::place::Sources;

use crate::arguments::ShowArguments;
use crate::commands::plan;
use crate::exit::Exit;
use crate::output::Output;
use crate::plan_file;

/// Runs the command.
pub(crate) fn run(options: &ShowArguments, output: &Output) -> Exit {
    match plan_file::read(&options.plan) {
        Ok(saved) => {
            plan::show(
                &saved,
                &Sources::default(),
                plan::depth(options.depth),
                output,
            );
            Exit::Ok
        }
        Err(problem) => {
            output.diagnostics(&[*problem], &Sources::default());
            Exit::Error
        }
    }
}
