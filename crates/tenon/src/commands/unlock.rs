//! `tenon unlock`: takes the lease away from a run that is dead.

use tenon_client::{BlobLease, Broken};
use tenon_model::{Code, Diagnostic, Help};

use crate::arguments::{Global, SpecArgument, UnlockArguments};
use crate::cloud::Connection;
use crate::commands;
use crate::exit::Exit;
use crate::lease;
use crate::output::Output;
use crate::prepare::{self, Loaded, Trouble};
use crate::refusals::Scene;
use crate::this_run::ThisRun;

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &UnlockArguments, output: &Output) -> Exit {
    match unlock(global, options, output).await {
        Ok(said) => {
            output.say(&said);
            Exit::Ok
        }
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

async fn unlock(
    global: &Global,
    options: &UnlockArguments,
    output: &Output,
) -> Result<String, Trouble> {
    let (loaded, connection) = commands::open(global, &SpecArgument::default(), output).await?;
    let sources = loaded.sources.clone();
    let done = broken(loaded, &connection, options).await;
    connection.close().await;
    done.map_err(|mut trouble| {
        trouble.sources = sources;
        trouble
    })
}

async fn broken(
    loaded: Loaded,
    connection: &Connection,
    options: &UnlockArguments,
) -> Result<String, Trouble> {
    let (name, id) = (loaded.spec.name.clone(), &options.id);
    let place = loaded.spec.place.clone();
    let failed = |problem: Diagnostic| Trouble::from(vec![problem]);
    if options.name != name {
        return Err(failed(other_name(options, &name).at(&place, "")));
    }
    let scene = Scene::of_spec(&loaded.spec, &connection.login);
    let client = &connection.client;
    let at = prepare::lease_of(loaded, client, &connection.login).await?;
    let Some(at) = at else {
        let message = format!("{name} has no lease: its spec has no `lock`");
        return Err(failed(
            Diagnostic::error(Code::Usage, message).at(&place, ""),
        ));
    };
    let own = ThisRun::begin();
    let blob = BlobLease::new(client, &at, &own.id, &own.by)
        .map_err(|error| failed(lease::bad_address(&name, &error)))?;
    let broken = blob.break_of(id).await;
    match broken.map_err(|refusal| failed(lease::refused(&name, &at, &refusal, &scene)))? {
        Broken::Done => Ok(format!(
            "{name} is unlocked: run {id} does not hold its lease any more"
        )),
        Broken::Free => Ok(format!("{name} is not locked: nobody holds its lease")),
        Broken::OfAnother(holder) => {
            let message = format!("the lease of {name} is not that of run {id}; it was left alone");
            let problem = Diagnostic::error(Code::LeaseOfAnother, message);
            let problem = problem.note(lease::words(holder.as_ref()));
            let help = "name the run that TN4010 names, and only if it is surely dead";
            Err(failed(problem.help(Help::text(help))))
        }
    }
}

fn other_name(options: &UnlockArguments, name: &str) -> Diagnostic {
    let message = format!(
        "`{}` is not the name of this deployment, `{name}`",
        options.name
    );
    Diagnostic::error(Code::Usage, message).help(Help::command(
        "name its spec",
        format!("tenon unlock {} --id {} -f SPEC", options.name, options.id),
    ))
}
