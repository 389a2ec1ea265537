//! Looking whether a machine is well, and the pause after a wave.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use tenon_model::event::{Failure, Outcome};
use tenon_model::plan::{Does, Precondition, Step};
use tenon_model::rollout::{Check, Health, Probe, Url};
use tenon_model::snapshot::{Agent, Power};
use tenon_model::transport::{Progress, Read};
use tenon_model::{Address, Map, Value};
use tokio::time::{Instant, sleep};

use super::Run;
use super::step::{is_finished, refused, scope};

/// The first pause between two looks, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// How many machines are asked at the same time before the first wave.
const AT_ONCE: usize = 64;

/// Looks until the machine is well, and has been for as long as it must.
pub(super) async fn check(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let Precondition::Healthy(health) = &step.precondition else {
        return Ok(Outcome::AlreadyDone);
    };
    // Nobody asked for more than that what this run does ends well.
    if health.check == Check::Running && !run.has_worked_before(step) {
        return Ok(Outcome::AlreadyDone);
    }
    let probe = probe(run, step, &health.check).await?;
    let within = run.seconds(health.within);
    let steady = run.seconds(health.min_healthy);
    let began = Instant::now();
    let mut well_since = None;
    let mut pause = PAUSE.0;
    let mut told = String::new();
    loop {
        let answer = match &probe {
            Some(probe) => run.options.prober.ask(probe).await,
            None => ask_azure(run, step, &health.check).await?,
        };
        let (why, wait) = match answer {
            Ok(()) => {
                let since = *well_since.get_or_insert_with(Instant::now);
                let left = steady.saturating_sub(since.elapsed());
                if left.is_zero() {
                    return Ok(Outcome::Done);
                }
                pause = pause.min(left);
                ("it must stay well".to_owned(), left)
            }
            Err(_) if began.elapsed() < within => {
                well_since = None;
                let left = within.saturating_sub(began.elapsed());
                (format!("waiting until {}", health.check), left)
            }
            Err(last) => {
                let waited = began.elapsed() * run.options.seconds_per_second.max(1);
                return Err(unhealthy(health, last, waited));
            }
        };
        // Once, and not with every look.
        if told != why {
            told.clone_from(&why);
            run.progress(index, Progress::Waiting { wait, why });
        }
        rest(run, pause).await?;
        pause = (pause * 2).min(PAUSE.1);
    }
}

/// The machines that do not answer before anything goes down, of the fleets
/// that say what a machine has to answer: Azure, and so the plan, takes them
/// for well. Of what cannot be asked yet nothing is known.
pub(super) async fn silent(run: &Run<'_>) -> BTreeSet<Address> {
    let steps = run.plan.steps.iter();
    let looks = steps.filter(|step| step.does == Does::Check);
    let looks: BTreeMap<&Address, &Step> = looks.map(|step| (&step.address, step)).collect();
    let fleets = run.plan.waves.iter();
    let fleets = fleets.filter(|waves| !waves.health.check.is_azures());
    let machines = fleets.flat_map(|waves| {
        let machines = waves.waves.iter().flatten();
        machines.map(|machine| (machine, &waves.health.check))
    });
    let asked = machines.filter_map(|(machine, check)| {
        let look = *looks.get(machine)?;
        Some(async move {
            let probe = probe(run, look, check).await.ok()??;
            let answer = run.options.prober.ask(&probe).await;
            answer.is_err().then(|| machine.clone())
        })
    });
    let answers = futures_util::stream::iter(asked).buffer_unordered(AT_ONCE);
    answers.filter_map(std::future::ready).collect().await
}

fn unhealthy(health: &Health, last: String, waited: Duration) -> Failure {
    Failure::Unhealthy {
        check: health.check.to_string(),
        last,
        seconds: waited.as_secs(),
    }
}

/// The pause after a wave in which this run has done something.
pub(super) async fn settle(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    let Precondition::Settled { pause, .. } = &step.precondition else {
        return Ok(Outcome::AlreadyDone);
    };
    if *pause == 0 {
        return Ok(Outcome::Done);
    }
    if !run.has_worked_before(step) {
        return Ok(Outcome::AlreadyDone);
    }
    let wait = run.seconds(*pause);
    let why = "the pause between two waves".to_owned();
    run.progress(index, Progress::Waiting { wait, why });
    rest(run, wait).await?;
    Ok(Outcome::Done)
}

/// Waits, unless the run is to end: nothing in Azure hangs on a look.
async fn rest(run: &Run<'_>, pause: Duration) -> Result<(), Failure> {
    tokio::select! {
        () = sleep(pause) => Ok(()),
        () = run.interrupt.stop.cancelled() => Err(Failure::Abandoned),
    }
}

/// What Azure says of the machine.
async fn ask_azure(
    run: &Run<'_>,
    step: &Step,
    check: &Check,
) -> Result<Result<(), String>, Failure> {
    let read = Read {
        tenant: scope(run, step)?.tenant.clone(),
        path: step.id.to_string(),
        api_version: step.request.api_version.clone(),
        query: vec![("$expand".to_owned(), "instanceView".to_owned())],
    };
    let body = match run.transport.get(&read).await {
        Ok(answer) => answer.body,
        Err(refusal) if refusal.is_absent() => return Ok(Err("it is not there".to_owned())),
        Err(refusal) => return Err(refused(refusal)),
    };
    if !is_finished(&body) {
        return Ok(Err("Azure is not done with it".to_owned()));
    }
    if Power::read(&body) == Power::Stopped {
        return Ok(Err("it does not run".to_owned()));
    }
    Ok(match (Agent::read(&body), check) {
        (Some(Agent::NotReady), _) => Err("its agent is not ready".to_owned()),
        (None, Check::Agent) => Err("Azure tells of no agent".to_owned()),
        _ => Ok(()),
    })
}

/// What is asked beside Azure; none where Azure is.
async fn probe(run: &Run<'_>, step: &Step, check: &Check) -> Result<Option<Probe>, Failure> {
    let about = match &step.request.body {
        Some(body) => run.bodies.resolve(body).await?,
        None => Value::Map(Map::new()),
    };
    let text = |name: &str| about.member(name).and_then(Value::as_text);
    let address = || {
        let address = text("public_ip").or_else(|| text("private_ip"));
        address.ok_or_else(|| Failure::Unresolved {
            what: format!("the address of {}", step.address),
        })
    };
    Ok(match check {
        Check::Running | Check::Agent => None,
        Check::Tcp { host, port } => Some(Probe::Tcp {
            host: match host {
                Some(host) => host.clone(),
                None => address()?.to_owned(),
            },
            port: *port,
        }),
        Check::Http { url, status } => Some(Probe::Http {
            url: match url {
                Url::Whole(url) => url.clone(),
                Url::At { scheme, port, path } => {
                    format!("{scheme}://{}:{port}{path}", in_a_url(address()?))
                }
            },
            status: *status,
        }),
        Check::Command { words } => Some(Probe::Command {
            words: words.clone(),
            environment: environment(step, &text),
        }),
    })
}

fn in_a_url(address: &str) -> String {
    if address.contains(':') {
        format!("[{address}]")
    } else {
        address.to_owned()
    }
}

fn environment<'t>(step: &Step, text: &impl Fn(&str) -> Option<&'t str>) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("TENON_ADDRESS".to_owned(), step.address.to_string()),
        ("TENON_VM_ID".to_owned(), step.id.to_string()),
        ("TENON_VM_NAME".to_owned(), step.id.name().to_owned()),
    ];
    for (name, member) in [
        ("TENON_PRIVATE_IP", "private_ip"),
        ("TENON_PUBLIC_IP", "public_ip"),
    ] {
        pairs.extend(text(member).map(|value| (name.to_owned(), value.to_owned())));
    }
    pairs
}
