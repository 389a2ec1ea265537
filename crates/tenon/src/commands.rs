//! The commands, one file each.

use crate::arguments::{Action, Arguments};
use crate::exit::Exit;
use crate::output::Output;

mod apply;
mod explain;
mod graph;
mod plan;
mod schema;
mod show;
mod sim;
mod update;
mod validate;

/// Runs a command.
pub(crate) async fn run(arguments: Arguments) -> Exit {
    let Arguments { global, action } = arguments;
    let output = Output::new(&global);
    if let Some(folder) = &global.chdir
        && let Err(error) = std::env::set_current_dir(folder)
    {
        output.complain(&format!(
            "error: cannot go to {}: {error}",
            folder.display()
        ));
        return Exit::Error;
    }
    match action {
        Action::Validate(spec) => validate::run(&global, &spec, &output),
        Action::Plan(options) => plan::run(&global, &options, &output).await,
        Action::Apply(options) => apply::run(&global, &options, &output).await,
        Action::Destroy(options) => apply::destroy(&global, &options, &output).await,
        Action::Show(options) => show::run(&options, &output),
        Action::Graph(options) => graph::run(&global, &options, &output),
        Action::Update(options) => update::run(&global, &options, &output).await,
        Action::Explain { code } => explain::run(&code, &output),
        Action::Schema(options) => schema::run(&options, &output),
        Action::Sim(options) => sim::run(&global, &options, &output).await,
    }
}
