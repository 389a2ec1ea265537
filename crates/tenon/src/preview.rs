//! A plan without Azure: the spec of another revision stands in for what is
//! live.
//!
//! For pull requests whose pipeline has no secrets. A simulator that forgets
//! everything carries out the other spec, and the plan of this one is made
//! against it, by the same rooms as any plan. What only Azure knows (drift,
//! rights, quotas) is not in it, and the plan says so and is never applied.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tenon_engine::{ApplyOptions, Interrupt, Vault, apply};
use tenon_model::desired::Declaration;
use tenon_model::event::{Event, Failure, Listener, What};
use tenon_model::plan::{Mode, Plan, Preview};
use tenon_model::rollout::{Probe, Prober};
use tenon_model::transport::Boxed;
use tenon_model::{Code, Diagnostic, Help, Later, Value};
use tenon_plan::{Applies, Wishes};

use crate::arguments::{Global, SpecArgument};
use crate::cloud::{self, Connection};
use crate::prepare::{self, Intent, Loaded, Prepared, Taking, Trouble, Validation};
use crate::revision::{Commit, Tree};
use crate::world::{self, Needs};

mod foreign;

/// Plans the spec as if `base` stood.
pub(crate) async fn prepare(
    global: &Global,
    spec: &SpecArgument,
    base: &str,
    intent: &Intent,
) -> Result<Prepared, Trouble> {
    let loaded = prepare::load(global, spec)?;
    let commit = Commit::find(base).map_err(|problem| vec![*problem])?;
    let (before, said) = before(global, spec, base, &commit);
    let mut needs = vec![of(&loaded)];
    needs.extend(before.as_ref().map(of));
    let declared: Vec<Declaration> = [Some(&loaded), before.as_ref()]
        .into_iter()
        .flatten()
        .map(|loaded| loaded.offline().0)
        .collect();
    let mut world = world::of_all(&needs);
    foreign::add(&mut world, &declared);
    let connection = cloud::passing(world).await?;
    let mut said = said;
    if let Some(before) = before
        && let Err(problem) = build(before, base, &connection).await
    {
        said.push(problem);
    }
    let login = connection.login.clone();
    let prepared = prepare::prepare(loaded, &connection.client, &login, intent).await;
    connection.close().await;
    let mut prepared = prepared?;
    mark(&mut prepared.plan, base, commit, said);
    Ok(prepared)
}

fn of(loaded: &Loaded) -> Needs<'_> {
    Needs {
        spec: &loaded.spec,
        lock: &loaded.lock,
    }
}

/// The other spec; none where there was none, or none that could be read.
fn before(
    global: &Global,
    spec: &SpecArgument,
    base: &str,
    commit: &Commit,
) -> (Option<Loaded>, Vec<Diagnostic>) {
    match prepare::load_from(&Tree::Commit(commit.clone()), global, spec) {
        Ok(loaded) => (Some(loaded), Vec::new()),
        Err(trouble) => {
            let first = trouble.diagnostics.first();
            let is_new = first.is_some_and(|problem| problem.code == Code::UnreadableFile);
            let why = first.map(|problem| problem.message.clone());
            let said = (!is_new).then(|| everything_is_new(base, why));
            (None, said.into_iter().collect())
        }
    }
}

/// Carries out the other spec.
async fn build(loaded: Loaded, base: &str, connection: &Connection) -> Result<(), Diagnostic> {
    let login = connection.login.clone();
    let intent = Intent {
        patience: None,
        mode: Mode::Live,
        wishes: Wishes::default(),
        limit: None,
        taking: Taking::Named,
        applies: Applies::Now,
        validation: Validation::No,
    };
    let stands = prepare::prepare(loaded, &connection.client, &login, &intent).await;
    let plan = match stands {
        Ok(prepared) => prepared.plan,
        Err(trouble) => {
            let why = trouble.diagnostics.first();
            return Err(everything_is_new(base, why.map(|one| one.message.clone())));
        }
    };
    if !plan.applyable {
        let why = plan.diagnostics.iter().find(|one| one.is_error());
        return Err(everything_is_new(base, why.map(|one| one.message.clone())));
    }
    let options = ApplyOptions {
        begins: prepare::seconds(),
        prober: Arc::new(AllWell),
        seconds_per_second: connection.seconds_per_second(),
        ..ApplyOptions::default()
    };
    let heard = Failures::default();
    apply(
        &plan,
        &connection.client,
        &Dummies,
        &heard,
        &Interrupt::default(),
        &options,
    )
    .await;
    match heard.first() {
        Some(why) => Err(everything_is_new(base, Some(why))),
        None => Ok(()),
    }
}

fn everything_is_new(base: &str, why: Option<String>) -> Diagnostic {
    let problem = Diagnostic::warning(
        Code::PreviewWithoutBase,
        format!("the spec of `{base}` cannot stand, so more is shown as new than is"),
    );
    match why {
        Some(why) => problem.note(why),
        None => problem,
    }
    .help(Help::command(
        "look at it",
        format!("git switch --detach {base} && tenon validate"),
    ))
}

/// Says what the plan is, and takes away what was not looked at.
fn mark(plan: &mut Plan, base: &str, commit: Commit, said: Vec<Diagnostic>) {
    plan.preview = Some(Preview {
        base: base.to_owned(),
        commit: commit.name,
    });
    plan.applyable = false;
    plan.preflight.clear();
    plan.takes = None;
    plan.read.requests = 0;
    plan.diagnostics.extend(said);
    for change in &mut plan.changes {
        let said = change.kept.iter_mut().chain(&mut change.lost);
        said.for_each(without_address);
    }
    plan.digest = plan.compute_digest();
}

/// Takes the address out of `private_ip 10.0.0.4`: only Azure knows the real
/// one.
fn without_address(said: &mut String) {
    let Some((what, address)) = said.split_once(' ') else {
        return;
    };
    let first = address.split(' ').next().unwrap_or_default();
    if first.parse::<IpAddr>().is_ok() {
        *said = what.to_owned();
    }
}

/// Hears what could not be made.
#[derive(Default)]
struct Failures(Mutex<Vec<String>>);

impl Failures {
    fn first(&self) -> Option<String> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.first().cloned()
    }
}

impl Listener for Failures {
    fn hear(&self, event: &Event) {
        let What::StepFailed { step, failure } = &event.what else {
            return;
        };
        let why = match failure {
            Failure::Refused { refusal } => format!("{}: {}", refusal.code, refusal.message),
            other => format!("{other:?}"),
        };
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.push(format!("{} could not be made: {why}", step.address));
    }
}

/// Machines of a world that passes are well.
#[derive(Debug)]
struct AllWell;

impl Prober for AllWell {
    fn ask<'a>(&'a self, _: &'a Probe) -> Boxed<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// A pipeline without secrets has none to reveal, and none is needed: nobody
/// signs in to a simulated machine.
struct Dummies;

impl Vault for Dummies {
    fn reveal(&self, _: &Later) -> Result<Value, String> {
        Ok(Value::text("Preview-0nly"))
    }
}
