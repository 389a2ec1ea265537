//! `tenon outputs`: the outputs of a spec as they are live.
//!
//! No run keeps outputs; they are read anew, and are what an apply would print
//! at its end. None of them holds a secret: a spec in which one would is
//! refused (TN1104), so there is nothing to mask.

use std::collections::BTreeMap;

use serde::Serialize;
use tenon_client::Client;
use tenon_model::place::Sources;
use tenon_model::plan::{Mode, Plan};
use tenon_model::{Code, Diagnostic, Help, Value};
use tenon_plan::Applies;
use tenon_render::Depth;

use crate::arguments::{Global, OutputsArguments, SpecArgument};
use crate::commands;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::prepare::{self, Intent, Trouble};
use crate::vault::LocalVault;

/// The name and version of the form that outputs have as JSON.
const FORMAT: &str = "tenon.outputs/1";

/// All outputs.
#[derive(Debug, Serialize)]
struct Outputs<'a> {
    format: &'static str,
    deployment: &'a str,
    outputs: BTreeMap<&'a str, &'a Known>,
}

/// What is known of an output.
#[derive(Debug, Serialize)]
struct Known {
    #[serde(skip)]
    name: String,
    /// None if only an apply can tell it.
    value: Option<Value>,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &OutputsArguments, output: &Output) -> Exit {
    match tell(global, options, output).await {
        Ok(()) => Exit::Ok,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

async fn tell(global: &Global, options: &OutputsArguments, output: &Output) -> Result<(), Trouble> {
    let (loaded, connection) = commands::open(global, &SpecArgument::default(), output).await?;
    let login = connection.login.clone();
    let intent = Intent {
        applies: Applies::Never,
        ..Mode::Live.into()
    };
    let prepared = prepare::prepare(loaded, &connection.client, &login, &intent).await;
    let known = match &prepared {
        Ok(prepared) => read(&prepared.plan, &connection.client).await,
        Err(_) => Vec::new(),
    };
    connection.close().await;
    let prepared = prepared?;
    if prepared.plan.summary.changes() > 0 {
        output.say("the spec is not applied as it stands: tenon plan shows what is missing");
    }
    match &options.name {
        Some(name) => one(name, &known, output).map_err(|problem| Trouble {
            diagnostics: vec![*problem],
            sources: Sources::default(),
        }),
        None => {
            all(&prepared.plan, &known, output);
            Ok(())
        }
    }
}

async fn read(plan: &Plan, client: &Client) -> Vec<Known> {
    let values = tenon_engine::outputs(plan, client, &LocalVault).await;
    let known = values.into_iter().map(|(name, value)| Known {
        name,
        value: (!value.has_later()).then_some(value),
    });
    known.collect()
}

/// Prints a bare value: text as it is, anything else as JSON on one line.
fn one(name: &str, known: &[Known], output: &Output) -> Result<(), Box<Diagnostic>> {
    let Some(found) = known.iter().find(|one| one.name == name) else {
        return Err(Box::new(unknown(name, known)));
    };
    let Some(value) = &found.value else {
        return Err(Box::new(unknown_yet(name)));
    };
    let text = if output.is_json() {
        tenon_model::canonical::to_string(value)
    } else {
        value.to_plain_text()
    };
    output::print(&format!("{text}\n"));
    Ok(())
}

fn unknown(name: &str, known: &[Known]) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::UnknownReference,
        format!("`{name}` is no output of this spec"),
    );
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    if names.is_empty() {
        return problem.help(Help::text("write it under  outputs:"));
    }
    problem
        .note(format!("known here: {}", names.join(", ")))
        .help(Help::text("name one of these, or write it under  outputs:"))
}

fn unknown_yet(name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownReference,
        format!("the output `{name}` is not known yet"),
    )
    .note("what it reads is not there, or does not show it")
    .help(Help::command("make it", "tenon apply"))
}

fn all(plan: &Plan, known: &[Known], output: &Output) {
    if output.is_json() {
        output::print_json(&Outputs {
            format: FORMAT,
            deployment: &plan.deployment.name,
            outputs: known.iter().map(|one| (one.name.as_str(), one)).collect(),
        });
        return;
    }
    let rows: Vec<(String, Value)> = known
        .iter()
        .map(|one| {
            let value = one.value.clone();
            let value = value.unwrap_or_else(|| Value::text("(not known yet)"));
            (one.name.clone(), value)
        })
        .collect();
    output.show(&tenon_render::outputs(
        &rows,
        &output.options(Depth::Normal),
    ));
    if known.is_empty() {
        output.say("this spec has no outputs");
    }
}
