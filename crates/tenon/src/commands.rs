//! The commands, one file each.

use crate::arguments::{Action, Arguments, Global, SpecArgument};
use crate::cloud::{self, Connection, Purpose};
use crate::exit::Exit;
use crate::output::Output;
use crate::prepare::{self, Loaded, Trouble};
use crate::telemetry;

mod adopt;
mod apply;
mod comment;
mod completion;
mod doctor;
mod drift;
mod explain;
mod fmt;
mod graph;
mod images;
mod init;
mod man;
mod outputs;
mod plan;
mod publish;
mod runs;
mod schema;
mod show;
mod sim;
mod unlock;
mod update;
mod validate;

/// Reads a spec and connects to the cloud that it is for.
async fn open(
    global: &Global,
    spec: &SpecArgument,
    output: &Output,
) -> Result<(Loaded, Connection), Trouble> {
    let loaded = prepare::load(global, spec)?;
    let connection = connect(global, &loaded, output).await?;
    Ok((loaded, connection))
}

/// Connects to the cloud that a spec is for.
async fn connect(global: &Global, loaded: &Loaded, output: &Output) -> Result<Connection, Trouble> {
    let purpose = Purpose {
        deployment: &loaded.spec.name,
        spec: Some(&loaded.spec),
        plan: None,
    };
    let connection = cloud::connect(global, &purpose, output).await;
    connection.map_err(|diagnostics| Trouble {
        diagnostics,
        sources: loaded.sources.clone(),
    })
}

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
    let traced = traced(&action);
    if let Some(command) = traced {
        telemetry::begin(command, &output);
    }
    let exit = dispatch(&global, action, &output).await;
    if traced.is_some() {
        telemetry::end(exit, &output).await;
    }
    exit
}

/// The name of a command that plans or applies; others leave no trace.
fn traced(action: &Action) -> Option<&'static str> {
    match action {
        Action::Plan(_) => Some("plan"),
        Action::Apply(_) => Some("apply"),
        Action::Destroy(_) => Some("destroy"),
        Action::Adopt(_) => Some("adopt"),
        Action::Rollback(_) => Some("rollback"),
        Action::Forget(_) => Some("forget"),
        Action::Transfer(_) => Some("transfer"),
        Action::Publish(_) => Some("publish"),
        _ => None,
    }
}

async fn dispatch(global: &Global, action: Action, output: &Output) -> Exit {
    match action {
        Action::Validate(spec) => validate::run(global, &spec, output),
        Action::Plan(options) => plan::run(global, &options, output).await,
        Action::Apply(options) => apply::run(global, &options, output).await,
        Action::Destroy(options) => apply::destroy(global, &options, output).await,
        Action::Adopt(options) => adopt::run(global, &options, output).await,
        Action::Rollback(options) => apply::rollback(global, &options, output).await,
        Action::Forget(options) => apply::forget(global, &options, output).await,
        Action::Transfer(options) => apply::transfer(global, &options, output).await,
        Action::Doctor(spec) => doctor::run(global, &spec, output).await,
        Action::Drift(options) => drift::run(global, &options, output).await,
        Action::Outputs(options) => outputs::run(global, &options, output).await,
        Action::Show(options) => show::run(global, &options, output).await,
        Action::Comment(options) => comment::run(global, &options, output).await,
        Action::Graph(options) => graph::run(global, &options, output),
        Action::Update(options) => update::run(global, &options, output).await,
        Action::Images(arguments) => images::run(global, &arguments, output).await,
        Action::Publish(options) => publish::run(global, &options, output).await,
        Action::Fmt(options) => fmt::run(global, &options, output),
        Action::Init(options) => init::run(&options, output),
        Action::Completion { shell } => completion::run(shell),
        Action::Man { folder } => man::run(&folder, output),
        Action::Explain { code } => explain::run(code.as_deref(), output),
        Action::Schema(options) => schema::run(&options, output),
        Action::Runs(options) => runs::run(&options, output),
        Action::Unlock(options) => unlock::run(global, &options, output).await,
        Action::Sim(options) => sim::run(global, &options, output).await,
    }
}
