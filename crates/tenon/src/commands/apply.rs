//! `tenon apply` and `tenon destroy`.

use std::io::{BufRead as _, IsTerminal as _};
use std::time::Duration;

use tenon_client::BlobLease;
use tenon_engine::lease::keep;
use tenon_engine::{ApplyOptions, Interrupt, apply};
use tenon_model::event::Failure;
use tenon_model::place::Sources;
use tenon_model::plan::{Action, Mode, Plan, Reason};
use tenon_model::report::{Ended, Report};
use tenon_model::{Code, Diagnostic, Help};
use tenon_plan::{LetGo, Wishes};
use tenon_render::{Answer, Depth};
use tokio_util::sync::CancellationToken;

use crate::arguments::{
    AdoptArguments, ApplyArguments, Approval, DestroyArguments, ForgetArguments, Global,
    SpecArgument, TransferArguments,
};
use crate::cloud::{self, Connection, Purpose};
use crate::commands::{self, plan};
use crate::exit::Exit;
use crate::journal::{self, Record};
use crate::listen::Audience;
use crate::output::{self, Output};
use crate::prepare::{self, Intent, Taking, Trouble};
use crate::refusals::Scene;
use crate::this_run::ThisRun;
use crate::vault::LocalVault;
use crate::{files, interrupt, lease, plan_file};

mod age;

/// A plan that is ready to be carried out.
struct Ready {
    plan: Plan,
    sources: Sources,
    scene: Scene,
    connection: Connection,
    /// Whether somebody has seen it before: it comes from a file.
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    File,
    Spec,
}

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
                mode: Mode::Live,
                wishes: Wishes {
                    replace: plan::addresses(&options.replace.replace),
                    ..plan::part(&options.part)
                },
                limit: options.limit.max_disruption,
                taking: Taking::Named,
            };
            from_spec(global, &spec, &intent, output).await
        }
    };
    finish(ready, &options.approval, options.expect.as_deref(), output).await
}

fn chooses(options: &ApplyArguments) -> bool {
    let part = &options.part;
    let lists = [&part.targets, &part.exclude, &options.replace.replace];
    lists.iter().any(|list| !list.is_empty())
}

/// What is in a saved plan was reviewed as a whole.
fn fixed_by_plan() -> Diagnostic {
    Diagnostic::error(Code::Usage, "a saved plan is applied as it is")
        .note("--target, --exclude and --replace are decided when it is made")
        .help(Help::command(
            "plan the part, and apply that",
            "tenon plan --target ADDRESS --out plan.tenon",
        ))
}

/// Runs `destroy`.
pub(crate) async fn destroy(global: &Global, options: &DestroyArguments, output: &Output) -> Exit {
    let intent = Intent {
        mode: Mode::Destroy,
        wishes: plan::part(&options.part),
        limit: None,
        taking: Taking::Named,
    };
    let ready = from_spec(global, &options.spec, &intent, output).await;
    save_or_finish(ready, options.out.as_deref(), &options.approval, output).await
}

/// Runs `adopt`: an apply that may take over what it names.
pub(crate) async fn adopt(global: &Global, options: &AdoptArguments, output: &Output) -> Exit {
    let intent = Intent {
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
    };
    let ready = from_spec(global, &SpecArgument::default(), &intent, output).await;
    finish(ready, &options.approval, None, output).await
}

/// Runs `forget`: an apply that takes our marker off, and nothing else.
pub(crate) async fn forget(global: &Global, options: &ForgetArguments, output: &Output) -> Exit {
    let let_go = LetGo {
        addresses: plan::addresses(&options.addresses),
        to: None,
    };
    let ready = from_spec(global, &SpecArgument::default(), &letting(let_go), output).await;
    save_or_finish(ready, options.out.as_deref(), &options.approval, output).await
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
    let ready = from_spec(global, &SpecArgument::default(), &letting(let_go), output).await;
    save_or_finish(ready, options.out.as_deref(), &options.approval, output).await
}

/// Saves the plan where that was asked for, and carries it out otherwise.
async fn save_or_finish(
    ready: Result<Ready, Trouble>,
    out: Option<&std::path::Path>,
    approval: &Approval,
    output: &Output,
) -> Exit {
    let (Some(path), Ok(ready)) = (out, &ready) else {
        return finish(ready, approval, None, output).await;
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

fn letting(let_go: LetGo) -> Intent {
    Intent {
        mode: Mode::Live,
        wishes: Wishes {
            let_go: Some(let_go),
            ..Wishes::default()
        },
        limit: None,
        taking: Taking::Named,
    }
}

async fn from_spec(
    global: &Global,
    spec: &SpecArgument,
    intent: &Intent,
    output: &Output,
) -> Result<Ready, Trouble> {
    let (loaded, connection) = commands::open(global, spec, output).await?;
    let login = connection.login.clone();
    match prepare::prepare(loaded, &connection.client, &login, intent).await {
        Ok(prepared) => Ok(Ready {
            plan: prepared.plan,
            sources: prepared.sources,
            scene: prepared.scene,
            connection,
            origin: Origin::Spec,
        }),
        Err(trouble) => {
            connection.close().await;
            Err(trouble)
        }
    }
}

async fn from_file(
    global: &Global,
    path: &std::path::Path,
    max_age: Option<Duration>,
    output: &Output,
) -> Result<Ready, Trouble> {
    let plan = plan_file::read(path).map_err(|problem| vec![*problem])?;
    let now = jiff::Timestamp::now();
    if let Some(problem) = age::expired(&plan, now, max_age.unwrap_or(age::LONGEST)) {
        return Err(vec![problem].into());
    }
    let purpose = Purpose {
        deployment: &plan.deployment.name,
        spec: None,
        plan: Some(&plan),
    };
    let connection = cloud::connect(global, &purpose, output).await?;
    let mut sources = Sources::default();
    for file in &plan.deployment.files {
        if let Ok(text) = std::fs::read_to_string(file) {
            sources.insert(file, &text);
        }
    }
    let scene = Scene::of_plan(&plan, &connection.login);
    Ok(Ready {
        plan,
        sources,
        scene,
        connection,
        origin: Origin::File,
    })
}

async fn finish(
    ready: Result<Ready, Trouble>,
    approval: &Approval,
    expected: Option<&str>,
    output: &Output,
) -> Exit {
    let ready = match ready {
        Ok(ready) => ready,
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            return Exit::of(&trouble.diagnostics);
        }
    };
    let exit = carry_out(&ready, approval, expected, output).await;
    ready.connection.close().await;
    exit
}

async fn carry_out(
    ready: &Ready,
    approval: &Approval,
    expected: Option<&str>,
    output: &Output,
) -> Exit {
    let plan = &ready.plan;
    if output.is_json() {
        output.json_line(&serde_json::json!({
            "type": "version",
            "format": "tenon.events/1",
            "tool": plan.tool,
        }));
        // One line, as everything in a stream of events.
        output.json_line(&serde_json::json!({"type": "plan", "plan": plan}));
    } else if ready.origin == Origin::Spec {
        plan::show(plan, &ready.sources, Depth::Normal, output);
    } else if plan.partial.is_some() {
        output.show(&tenon_render::part(plan, &output.options(Depth::Normal)));
    }
    if let Some(problem) = refuse(plan, expected) {
        output.diagnostics(std::slice::from_ref(&problem), &ready.sources);
        return Exit::of(&[problem]);
    }
    if plan.is_empty() {
        if ready.origin == Origin::File {
            output.say(&format!(
                "{}: the plan has nothing to do",
                plan.deployment.name
            ));
        }
        return Exit::Ok;
    }
    if let Err(problem) = approve(ready, approval, output) {
        output.diagnostics(std::slice::from_ref(&*problem), &ready.sources);
        return Exit::Error;
    }
    match run_plan(ready, approval, output).await {
        Ok(report) => conclude(ready, &report, approval, output),
        Err(problem) => {
            output.diagnostics(std::slice::from_ref(&*problem), &ready.sources);
            Exit::of(&[*problem])
        }
    }
}

/// Why a plan must not be carried out.
fn refuse(plan: &Plan, expected: Option<&str>) -> Option<Diagnostic> {
    if let Some(expected) = expected.filter(|expected| !same_digest(expected, &plan.digest)) {
        return Some(
            Diagnostic::error(
                Code::DigestDiffers,
                "this is not the plan that was reviewed; nothing was changed",
            )
            .note(format!("reviewed {expected}"))
            .note(format!("now      {}", plan.digest))
            .help(Help::command(
                "look again and decide",
                "tenon plan --out plan.tenon",
            )),
        );
    }
    if plan.applyable {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::NotApplyable,
            "the plan has errors; nothing was changed",
        )
        .help(Help::text("mend what it names above and plan again")),
    )
}

fn same_digest(expected: &str, digest: &str) -> bool {
    let bare = |text: &str| {
        text.trim()
            .trim_start_matches("sha256:")
            .to_ascii_lowercase()
    };
    bare(expected) == bare(digest)
}

/// Asks a person, or takes what the options say for their answer.
fn approve(ready: &Ready, approval: &Approval, output: &Output) -> Result<(), Box<Diagnostic>> {
    let confirmation = tenon_render::confirmation(&ready.plan, &output.options(Depth::Normal));
    let named = approval.confirm.as_deref() == Some(ready.plan.deployment.name.as_str());
    if approval.auto_approve || named {
        return Ok(());
    }
    let asks = std::io::stdin().is_terminal() && !approval.no_input && !output::in_ci();
    if !asks {
        // A saved plan that is applied where nobody can answer was approved
        // when it was reviewed.
        if ready.origin == Origin::File && approval.confirm.is_none() {
            return Ok(());
        }
        return Err(Box::new(unapproved(ready, approval, &confirmation.answer)));
    }
    output.tell(&confirmation.text);
    output::print_error(&format!("{} ", confirmation.question));
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    if read.is_ok() && confirmation.answer.accepts(&typed) {
        return Ok(());
    }
    Err(Box::new(Diagnostic::error(
        Code::NotApproved,
        "not approved; nothing was changed",
    )))
}

fn unapproved(ready: &Ready, approval: &Approval, answer: &Answer) -> Diagnostic {
    let name = &ready.plan.deployment.name;
    if let Some(other) = &approval.confirm {
        return Diagnostic::error(
            Code::NotApproved,
            format!(
                "`--confirm {other}` is not the name of this deployment, `{name}`; nothing was changed"
            ),
        );
    }
    let problem = Diagnostic::error(
        Code::NotApproved,
        "nobody can be asked here, and nothing says that this plan is approved; nothing was changed",
    );
    let let_go = ready
        .plan
        .changes
        .iter()
        .find(|change| change.action == Action::Forget);
    let (command, saved) = match (ready.plan.mode, let_go.map(|change| &change.reason)) {
        (_, Some(Reason::HandedOver { .. })) => (
            "tenon transfer … --to …",
            Some("tenon transfer … --to … --out plan.tenon"),
        ),
        (_, Some(_)) => ("tenon forget …", Some("tenon forget … --out plan.tenon")),
        (Mode::Live, _) => ("tenon apply", Some("tenon plan --out plan.tenon")),
        (Mode::Destroy, _) => (
            "tenon destroy",
            Some("tenon plan --destroy --out plan.tenon"),
        ),
    };
    let problem = match answer {
        Answer::Yes => problem,
        Answer::Name(name) => problem.help(Help::command(
            "approve what will be gone by name",
            format!("{command} --confirm {name}"),
        )),
    };
    let problem = problem.help(Help::command(
        "approve whatever the plan is",
        format!("{command} --auto-approve"),
    ));
    match saved {
        None => problem,
        Some(saved) => problem.help(Help::command(
            "or review a saved plan first",
            format!("{saved}, then tenon apply plan.tenon"),
        )),
    }
}

/// Carries the plan out under its lease, if it has one.
async fn run_plan(
    ready: &Ready,
    approval: &Approval,
    output: &Output,
) -> Result<Report, Box<Diagnostic>> {
    let interrupt = interrupt::listen();
    let this_run = ThisRun::begin();
    let Some(at) = &ready.plan.deployment.lock else {
        return Ok(follow(ready, &this_run, approval, &interrupt, output).await);
    };
    let client = &ready.connection.client;
    let blob = BlobLease::new(client, at, &this_run.id, &this_run.by)
        .map_err(|error| lease::bad_address(&ready.plan.deployment.name, &error))?;
    let patience = approval.lock_timeout.unwrap_or_default();
    lease::acquire(
        &blob,
        (&ready.plan, at),
        patience,
        &interrupt.stop,
        &ready.scene,
        output,
    )
    .await?;
    let work = follow(ready, &this_run, approval, &interrupt, output);
    Ok(keep(&blob, &interrupt.loss, work).await)
}

async fn follow(
    ready: &Ready,
    this_run: &ThisRun,
    approval: &Approval,
    interrupt: &Interrupt,
    output: &Output,
) -> Report {
    let cloud = ready.connection.client.cloud().arm.to_string();
    // What earlier runs took tells how long this one will.
    let expected = journal::times(&cloud).of(&ready.plan);
    let record = Record::begin(&ready.plan, this_run, &cloud, output);
    let audience = Audience::new(&ready.plan, record, expected, output);
    let mut options = ApplyOptions::default();
    if let Some(most) = approval.parallelism {
        options.at_once = usize::from(most);
    }
    let done = CancellationToken::new();
    let alive = tokio::spawn({
        let (audience, done) = (audience.clone(), done.clone());
        async move { audience.keep_alive(done).await }
    });
    apply(
        &ready.plan,
        &ready.connection.client,
        &LocalVault,
        &audience,
        interrupt,
        &options,
    )
    .await;
    done.cancel();
    let _ = alive.await;
    audience.report()
}

fn conclude(ready: &Ready, report: &Report, approval: &Approval, output: &Output) -> Exit {
    let failures: Vec<(usize, Diagnostic)> = report
        .lines
        .iter()
        .filter_map(|(step, line)| match &line.ended {
            Some(Ended::Failed { failure }) => Some((
                *step,
                ready.scene.explain_failure(&ready.plan, *step, failure),
            )),
            _ => None,
        })
        .collect();
    let text = tenon_render::report(
        &ready.plan,
        report,
        &failures,
        &ready.sources,
        &output.options(Depth::Normal),
    );
    output.show(&text);
    if let Some(why) = report.lease_lost.as_ref().filter(|_| !report.is_complete()) {
        let lost = lease::lost(&ready.plan.deployment.name, why);
        output.diagnostics(&[lost], &ready.sources);
    }
    output.json_line(&serde_json::json!({"type": "report", "report": report}));
    if let Some(path) = &approval.report {
        save_report(path, report, &failures, output);
    }
    exit(report)
}

fn save_report(
    path: &std::path::Path,
    report: &Report,
    failures: &[(usize, Diagnostic)],
    output: &Output,
) {
    let diagnostics: Vec<&Diagnostic> = failures.iter().map(|(_, problem)| problem).collect();
    let value = serde_json::json!({
        "format": "tenon.report/1",
        "report": report,
        "diagnostics": diagnostics,
    });
    let text = format!("{value:#}\n");
    if let Err(error) = files::replace(path, &text) {
        output.diagnostics(&[files::unwritable(path, &error)], &Sources::default());
    }
}

fn exit(report: &Report) -> Exit {
    if report.is_complete() {
        return Exit::Ok;
    }
    if report.stopped {
        return Exit::Interrupted;
    }
    let only_stale = report.lines.values().all(|line| {
        !matches!(&line.ended, Some(Ended::Failed { failure })
            if !matches!(failure, Failure::Stale { .. } | Failure::Presence { .. }))
    });
    if only_stale && report.done() == 0 && report.lease_lost.is_none() {
        Exit::Stale
    } else {
        Exit::HalfWay
    }
}
