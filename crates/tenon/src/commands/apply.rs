//! `tenon apply` and its sisters: `destroy`, `adopt`, `rollback`, `forget`, `transfer`.
//!
//! They differ in the plan that they want. What follows is the same for all:
//! the plan is made ready, approved, carried out and concluded, each in a
//! file of its own.

use tenon_model::diagnostic::has_errors;
use tenon_model::plan::Mode;
use tenon_model::{Code, Diagnostic, Help};
use tenon_plan::{Applies, LetGo, Rollback, Wishes};
use tenon_render::Depth;

use crate::arguments::{
    AdoptArguments, ApplyArguments, Approval, DestroyArguments, ForgetArguments, Global,
    PolicyArguments, RollbackArguments, SpecArgument, TransferArguments,
};
use crate::cloud::Connection;
use crate::commands::plan;
use crate::comment::reviewed::{self, REVIEWED};
use crate::exit::Exit;
use crate::images::Patience;
use crate::output::Output;
use crate::prepare::{Intent, Loaded, Taking, Trouble, Validation};
use crate::{plan_file, policy};

use carry_out::carry_out;
use going_back::go_back;
use ready::{Origin, Ready, from_file, from_spec};

mod age;
pub(super) mod approve;
mod carry_out;
mod conclude;
mod going_back;
mod ready;
mod replicas;

/// Runs `apply`.
pub(crate) async fn run(global: &Global, options: &ApplyArguments, output: &Output) -> Exit {
    let saved = options
        .plan_or_spec
        .as_ref()
        .filter(|path| plan_file::is_plan(path));
    let ready = match saved {
        Some(_) if chooses(options) => Err(vec![fixed_by_plan()].into()),
        Some(path) => from_file(global, path, options.max_age, output)
            .await
            .map(|mut ready| {
                if let Some(most) = options.limit.max_disruption {
                    tenon_plan::limit(&mut ready.plan, most);
                }
                ready
            }),
        None => {
            let spec = SpecArgument {
                spec: options.plan_or_spec.clone(),
            };
            let intent = Intent {
                patience: Patience::of(options.wait.wait_for_image, output),
                mode: Mode::Live,
                wishes: Wishes {
                    replace: plan::addresses(&options.replace.replace),
                    ..plan::part(&options.part)
                },
                limit: options.limit.max_disruption,
                taking: Taking::Named,
                applies: Applies::Now,
                validation: Validation::No,
            };
            from_spec(global, &spec, &intent, output).await
        }
    };
    finish(
        global,
        ready,
        &options.approval,
        options.expect.as_deref(),
        output,
    )
    .await
}

fn chooses(options: &ApplyArguments) -> bool {
    let part = &options.part;
    let lists = [&part.targets, &part.exclude, &options.replace.replace];
    lists.iter().any(|list| !list.is_empty()) || options.wait.wait_for_image.is_some()
}

/// What is in a saved plan was reviewed as a whole.
fn fixed_by_plan() -> Diagnostic {
    Diagnostic::error(Code::Usage, "a saved plan is applied as it is")
        .note("--target, --exclude, --replace and --wait-for-image belong to its making")
        .help(Help::command(
            "plan the part, and apply that",
            "tenon plan --target ADDRESS --out plan.tenon",
        ))
}

/// Runs `destroy`.
pub(crate) async fn destroy(global: &Global, options: &DestroyArguments, output: &Output) -> Exit {
    let intent = Intent {
        patience: None,
        mode: Mode::Destroy,
        wishes: plan::part(&options.part),
        limit: None,
        taking: Taking::Named,
        applies: when(options.out.as_deref()),
        validation: Validation::No,
    };
    let ready = from_spec(global, &options.spec, &intent, output).await;
    save_or_finish(
        global,
        ready,
        options.out.as_deref(),
        &options.approval,
        output,
    )
    .await
}

/// Plans a spec that is at hand and carries that out, over a connection that
/// is there.
pub(super) async fn loaded(
    global: &Global,
    (loaded, connection): (Loaded, Connection),
    intent: &Intent,
    approval: &Approval,
    output: &Output,
) -> Exit {
    let ready = ready::from_loaded(loaded, connection, intent).await;
    finish(global, ready, approval, None, output).await
}

/// Runs `adopt`: an apply that may take over what it names.
pub(crate) async fn adopt(global: &Global, options: &AdoptArguments, output: &Output) -> Exit {
    let intent = Intent {
        patience: None,
        mode: Mode::Live,
        wishes: Wishes {
            adopt: plan::addresses(&options.addresses),
            ..Wishes::default()
        },
        limit: None,
        taking: if options.addresses.is_empty() {
            Taking::Everything
        } else {
            Taking::Named
        },
        applies: Applies::Now,
        validation: Validation::No,
    };
    let ready = from_spec(global, &SpecArgument::default(), &intent, output).await;
    finish(global, ready, &options.approval, None, output).await
}

/// Runs `rollback`: an apply that gives machines their old OS disks.
pub(crate) async fn rollback(
    global: &Global,
    options: &RollbackArguments,
    output: &Output,
) -> Exit {
    let rollback = Rollback {
        addresses: plan::addresses(&options.addresses),
        to: options.to.as_ref().map(|to| to.trim().to_owned()),
    };
    let intent = Intent {
        patience: None,
        wishes: Wishes {
            rollback: Some(rollback),
            ..Wishes::default()
        },
        applies: when(options.out.as_deref()),
        ..Intent::from(Mode::Live)
    };
    let ready = from_spec(global, &SpecArgument::default(), &intent, output).await;
    save_or_finish(
        global,
        ready,
        options.out.as_deref(),
        &options.approval,
        output,
    )
    .await
}

/// Runs `forget`: an apply that takes our marker off, and nothing else.
pub(crate) async fn forget(global: &Global, options: &ForgetArguments, output: &Output) -> Exit {
    let let_go = LetGo {
        addresses: plan::addresses(&options.addresses),
        to: None,
    };
    let intent = letting(let_go, options.out.as_deref());
    let ready = from_spec(global, &SpecArgument::default(), &intent, output).await;
    save_or_finish(
        global,
        ready,
        options.out.as_deref(),
        &options.approval,
        output,
    )
    .await
}

/// Runs `transfer`: an apply that puts another deployment's name into markers.
pub(crate) async fn transfer(
    global: &Global,
    options: &TransferArguments,
    output: &Output,
) -> Exit {
    let let_go = LetGo {
        addresses: plan::addresses(&options.addresses),
        to: Some(options.to.trim().to_owned()),
    };
    let intent = letting(let_go, options.out.as_deref());
    let ready = from_spec(global, &SpecArgument::default(), &intent, output).await;
    save_or_finish(
        global,
        ready,
        options.out.as_deref(),
        &options.approval,
        output,
    )
    .await
}

/// Saves the plan where that was asked for, and carries it out otherwise.
async fn save_or_finish(
    global: &Global,
    ready: Result<Ready, Trouble>,
    out: Option<&std::path::Path>,
    approval: &Approval,
    output: &Output,
) -> Exit {
    let Some(path) = out else {
        return finish(global, ready, approval, None, output).await;
    };
    let ready = match judged(ready, &approval.policy).await {
        Ok(ready) => ready,
        Err(trouble) => return failed(&trouble, output),
    };
    plan::show(&ready.plan, &ready.sources, Depth::Normal, output);
    if let Err(problem) = plan::save(path, &ready.plan, output) {
        output.diagnostics(&[*problem], &ready.sources);
        return Exit::Error;
    }
    if ready.plan.applyable {
        Exit::Ok
    } else {
        Exit::of(&ready.plan.diagnostics)
    }
}

/// A plan that is saved is carried out later.
fn when(out: Option<&std::path::Path>) -> Applies {
    match out {
        Some(_) => Applies::Later,
        None => Applies::Now,
    }
}

fn letting(let_go: LetGo, out: Option<&std::path::Path>) -> Intent {
    Intent {
        patience: None,
        mode: Mode::Live,
        wishes: Wishes {
            let_go: Some(let_go),
            ..Wishes::default()
        },
        limit: None,
        taking: Taking::Named,
        applies: when(out),
        validation: Validation::No,
    }
}

/// The digest that is expected, asked for where it is that of the review.
async fn digest(expected: Option<&str>, ready: &Ready) -> Result<Option<String>, Box<Diagnostic>> {
    match expected {
        Some(REVIEWED) => {
            let digest = reviewed::digest(&ready.plan.deployment.name).await?;
            Ok(Some(digest))
        }
        other => Ok(other.map(str::to_owned)),
    }
}

async fn finish(
    global: &Global,
    ready: Result<Ready, Trouble>,
    approval: &Approval,
    expected: Option<&str>,
    output: &Output,
) -> Exit {
    let ready = match judged(ready, &approval.policy).await {
        Ok(ready) => ready,
        Err(trouble) => return failed(&trouble, output),
    };
    let verdicts = policy::verdicts(&ready.plan);
    if ready.origin == Origin::File && !approval.policy.folders.is_empty() {
        // The plan itself was seen before.
        output.diagnostics(&verdicts, &ready.sources);
    }
    // A plan that is forbidden has another digest, and is refused for that.
    let expected = expected.filter(|_| !has_errors(&verdicts));
    let expected = match digest(expected, &ready).await {
        Ok(expected) => expected,
        Err(problem) => {
            ready.connection.close().await;
            output.diagnostics(std::slice::from_ref(&*problem), &ready.sources);
            return Exit::of(&[*problem]);
        }
    };
    let (exit, machines) = carry_out(&ready, approval, expected.as_deref(), output).await;
    ready.connection.close().await;
    if !machines.is_empty() {
        // The rollout has failed, however well going back goes.
        go_back(global, &ready.plan, machines, approval, output).await;
    }
    exit
}

/// What is ready, with what policies say about its plan.
async fn judged(
    ready: Result<Ready, Trouble>,
    policies: &PolicyArguments,
) -> Result<Ready, Trouble> {
    let mut ready = ready?;
    match policy::read(policies) {
        Ok(judge) => {
            judge.judge(&mut ready.plan, &mut ready.sources);
            Ok(ready)
        }
        Err(trouble) => {
            ready.connection.close().await;
            Err(trouble)
        }
    }
}

fn failed(trouble: &Trouble, output: &Output) -> Exit {
    output.diagnostics(&trouble.diagnostics, &trouble.sources);
    Exit::of(&trouble.diagnostics)
}
