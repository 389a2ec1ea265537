//! `tenon show`: a saved plan again, or what is live next to the spec.

use std::path::Path;

use tenon_model::diagnostic::has_errors;
use tenon_model::inspection::{FORMAT, Inspection};
use tenon_model::place::Sources;
use tenon_model::plan::Plan;
use tenon_model::{Address, Code, Diagnostic, Help};

use crate::arguments::{Global, ShowArguments, SpecArgument};
use crate::commands::{self, plan};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::prepare::{self, Trouble};
use crate::{html, plan_file, policy};

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &ShowArguments, output: &Output) -> Exit {
    match address(options).filter(|_| options.html.is_none()) {
        Some(_) if !options.policy.folders.is_empty() => {
            output.diagnostics(&[only_plans()], &Sources::default());
            Exit::Error
        }
        Some(address) => resources(global, options, &address, output).await,
        None => saved(options, output),
    }
}

fn only_plans() -> Diagnostic {
    Diagnostic::error(Code::Usage, "policies judge plans, and this is none").help(Help::command(
        "name a saved plan",
        "tenon show plan.tenon --policy DIR",
    ))
}

/// A word that is no file, and reads like `vms.web`, names something of the
/// spec.
fn address(options: &ShowArguments) -> Option<Address> {
    let text = options.what.to_str()?;
    let (section, name) = text.split_once('.')?;
    let known = tenon_kinds::sections()
        .iter()
        .any(|one| one.name == section);
    (known && !name.is_empty() && !options.what.exists()).then(|| Address::new(text))
}

fn saved(options: &ShowArguments, output: &Output) -> Exit {
    let judge = match policy::read(&options.policy) {
        Ok(judge) => judge,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            return Exit::of(&trouble.diagnostics);
        }
    };
    match plan_file::read(&options.what) {
        Ok(mut saved) => {
            let mut sources = Sources::default();
            judge.judge(&mut saved, &mut sources);
            let exit = match &options.html {
                Some(path) => write_page(path, &saved, output),
                None => {
                    plan::show(&saved, &sources, plan::depth(options.depth), output);
                    Exit::Ok
                }
            };
            if judge.is_asked() && has_errors(&policy::verdicts(&saved)) {
                Exit::Error
            } else {
                exit
            }
        }
        Err(problem) => {
            output.diagnostics(&[with_way_out(*problem, options)], &Sources::default());
            Exit::Error
        }
    }
}

fn write_page(path: &Path, saved: &Plan, output: &Output) -> Exit {
    let sources = Sources::default();
    match html::of_plan(path, saved, &sources, output) {
        Ok(()) => Exit::Ok,
        Err(problem) => {
            output.diagnostics(&[*problem], &sources);
            Exit::Error
        }
    }
}

fn with_way_out(problem: Diagnostic, options: &ShowArguments) -> Diagnostic {
    if options.what.exists() {
        return problem;
    }
    problem.help(Help::text("or name an entry of the spec, such as vms.web"))
}

async fn resources(
    global: &Global,
    options: &ShowArguments,
    address: &Address,
    output: &Output,
) -> Exit {
    match look(global, address, output).await {
        Ok(found) if output.is_json() => {
            output::print_json(&serde_json::json!({"format": FORMAT, "resources": found}));
            Exit::Ok
        }
        Ok(found) => {
            let options = output.options(plan::depth(options.depth));
            output.show(&tenon_render::inspections(&found, &options));
            Exit::Ok
        }
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

async fn look(
    global: &Global,
    address: &Address,
    output: &Output,
) -> Result<Vec<Inspection>, Trouble> {
    let (loaded, connection) = commands::open(global, &SpecArgument::default(), output).await?;
    let login = connection.login.clone();
    let found = prepare::look_at(loaded, &connection.client, &login, address).await;
    connection.close().await;
    found
}
