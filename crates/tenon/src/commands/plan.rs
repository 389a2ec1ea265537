//! `tenon plan`: what apply would do.

use std::collections::BTreeSet;
use std::path::Path;

use tenon_model::diagnostic::has_errors;
use tenon_model::plan::{Mode, Plan};
use tenon_model::{Address, Diagnostic, drift};
use tenon_plan::{Applies, Wishes};
use tenon_render::Depth;

use crate::arguments::{DepthArguments, Global, PartArguments, PlanArguments};
use crate::commands;
use crate::exit::Exit;
use crate::images::Patience;
use crate::output::{self, Output};
use crate::prepare::{self, Intent, Prepared, Taking, Trouble, Validation};
use crate::{files, html, plan_file, policy, preview, sarif};

mod against;

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &PlanArguments, output: &Output) -> Exit {
    let intent = Intent {
        patience: Patience::of(options.wait.wait_for_image, output),
        mode: if options.destroy {
            Mode::Destroy
        } else {
            Mode::Live
        },
        wishes: Wishes {
            adopt: named(&options.adopt),
            replace: addresses(&options.replace.replace),
            ..part(&options.part)
        },
        limit: options.limit.max_disruption,
        taking: taking(&options.adopt),
        applies: Applies::Later,
        validation: if options.validate {
            Validation::Asked
        } else {
            Validation::No
        },
    };
    let prepared = match judged(global, options, &intent, output).await {
        Ok(prepared) => prepared,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            // The command ends badly anyway.
            let _ = sarif::write(&options.log, &trouble.diagnostics, &trouble.sources, output);
            keep_failure(global, options, &intent, &trouble, output);
            return Exit::of(&trouble.diagnostics);
        }
    };
    show(
        &prepared.plan,
        &prepared.sources,
        depth(options.depth),
        output,
    );
    let log = sarif::write(
        &options.log,
        &prepared.plan.diagnostics,
        &prepared.sources,
        output,
    );
    if log.is_err() {
        return Exit::Error;
    }
    if let Err(problems) = keep(&prepared, options, output).await {
        output.diagnostics(&problems, &prepared.sources);
        return Exit::of(&problems);
    }
    exit(&prepared.plan, options)
}

/// The plan with what policies say about it. Policies that cannot be used end
/// this before Azure is asked anything.
async fn judged(
    global: &Global,
    options: &PlanArguments,
    intent: &Intent,
    output: &Output,
) -> Result<Prepared, Trouble> {
    let judge = policy::read(&options.policy)?;
    let mut prepared = match &options.base {
        Some(base) => preview::prepare(global, &options.spec, base, intent).await?,
        None => make(global, &options.spec, intent, output).await?,
    };
    judge.judge(&mut prepared.plan, &mut prepared.sources);
    Ok(prepared)
}

/// Writes the files that are asked for, and says whether it is the plan that was
/// reviewed.
async fn keep(
    prepared: &Prepared,
    options: &PlanArguments,
    output: &Output,
) -> Result<(), Vec<Diagnostic>> {
    let (plan, sources) = (&prepared.plan, &prepared.sources);
    let one = |problem: Box<Diagnostic>| vec![*problem];
    if let Some(path) = &options.out {
        save(path, plan, output).map_err(one)?;
    }
    if let Some(path) = &options.html {
        html::of_plan(path, plan, sources, output).map_err(one)?;
    }
    match &options.against {
        Some(reviewed) => against::check(reviewed, plan, output).await,
        None => Ok(()),
    }
}

/// Saves why there is no plan: what lies there from before must not be taken for
/// the plan of this spec.
fn keep_failure(
    global: &Global,
    options: &PlanArguments,
    intent: &Intent,
    trouble: &Trouble,
    output: &Output,
) {
    let Some(path) = &options.out else {
        return;
    };
    let paths = files::spec_paths(global, &options.spec);
    let name = files::deployment_name(&paths);
    let shown = paths.iter().map(|path| files::shown(path)).collect();
    let problems = trouble.diagnostics.clone();
    let mut plan = tenon_plan::failed(&name, shown, intent.mode, problems);
    plan.created_at = prepare::now();
    match plan_file::write(path, &plan) {
        Ok(()) => output.say(&format!(
            "Saved {}, which says why there is no plan",
            files::shown(path)
        )),
        Err(problem) => output.diagnostics(&[*problem], &trouble.sources),
    }
}

/// Saves a plan, and says what comes next.
pub(crate) fn save(path: &Path, plan: &Plan, output: &Output) -> Result<(), Box<Diagnostic>> {
    plan_file::write(path, plan)?;
    output.say(&format!("Saved {}", files::shown(path)));
    if plan.applyable && !plan.is_empty() {
        output.say(&format!("Next: tenon apply {}", files::shown(path)));
    }
    Ok(())
}

/// What `--adopt` without an address stands for.
fn taking(typed: &[String]) -> Taking {
    if typed.iter().any(String::is_empty) {
        Taking::Everything
    } else {
        Taking::Named
    }
}

fn named(typed: &[String]) -> BTreeSet<Address> {
    let mut addresses = addresses(typed);
    addresses.remove(&Address::new(""));
    addresses
}

/// The part that the options ask for.
pub(crate) fn part(options: &PartArguments) -> Wishes {
    Wishes {
        targets: addresses(&options.targets),
        exclude: addresses(&options.exclude),
        ..Wishes::default()
    }
}

/// Addresses as they are typed.
pub(crate) fn addresses(typed: &[String]) -> BTreeSet<Address> {
    typed.iter().map(|text| Address::new(text.trim())).collect()
}

fn exit(plan: &Plan, options: &PlanArguments) -> Exit {
    if !plan.applyable && has_errors(&plan.diagnostics) {
        return Exit::of(&plan.diagnostics);
    }
    let counts = if options.ignore_drift {
        drift::is_more_than_drift(plan)
    } else {
        !plan.is_empty()
    };
    if options.detailed_exitcode && counts {
        Exit::Changes
    } else {
        Exit::Ok
    }
}

/// How much the options ask for.
pub(crate) fn depth(options: DepthArguments) -> Depth {
    match (options.summary, options.full) {
        (true, _) => Depth::Summary,
        (_, true) => Depth::Full,
        _ => Depth::Normal,
    }
}

/// Shows a plan to a person, or writes it for a program.
pub(crate) fn show(
    plan: &Plan,
    sources: &tenon_model::place::Sources,
    depth: Depth,
    output: &Output,
) {
    if output.is_json() {
        if let Ok(text) = tenon_model::plan::write(plan) {
            output::print(&text);
        }
        return;
    }
    output.show(&tenon_render::plan(plan, sources, &output.options(depth)));
}

/// Reads a spec, connects, and makes a plan.
pub(crate) async fn make(
    global: &Global,
    spec: &crate::arguments::SpecArgument,
    intent: &Intent,
    output: &Output,
) -> Result<Prepared, Trouble> {
    let (loaded, connection) = commands::open(global, spec, output).await?;
    let login = connection.login.clone();
    let prepared = prepare::prepare(loaded, &connection.client, &login, intent).await;
    connection.close().await;
    prepared
}
