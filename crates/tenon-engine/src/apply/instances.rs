//! Some instances of a scale set get its model, or their OS disks anew.
//!
//! Who has it already, because an earlier run got that far, and who is gone,
//! because somebody made the set smaller, is left out. The step ends when all
//! that were named are well.

use std::time::Duration;

use tenon_model::event::{Failure, Outcome, Presence, What};
use tenon_model::plan::{Does, Step};
use tenon_model::snapshot::{Health, INSTANCES, Instance};
use tenon_model::transport::{Condition, Read};
use tenon_model::{Map, Value};
use tokio::time::{Instant, sleep};

use super::Run;
use super::step::{PAUSE, idle, refused, scope, write};

/// How long instances may take to be well. A rolling upgrade gives them five
/// minutes; they may have to install what serves.
const WELL: Duration = Duration::from_secs(15 * 60);
/// What shows whether instances are well.
const VIEW: (&str, &str) = ("$expand", "instanceView");

/// Upgrades or reimages the instances that the step names.
pub(super) async fn upgrade(run: &Run<'_>, index: usize, step: &Step) -> Result<Outcome, Failure> {
    if idle(run, index, step).await?.is_none() {
        return Err(Failure::Presence {
            found: Presence::Absent,
        });
    }
    let named = named(step);
    let there = of_them(run, step, &named).await?;
    let behind: Vec<Value> = there
        .iter()
        .filter(|one| step.does == Does::Reimage || !one.latest)
        .map(|one| Value::text(&one.id))
        .collect();
    let mut outcome = Outcome::AlreadyDone;
    if !behind.is_empty() {
        let body = Value::Map(Map::from([("instanceIds", Value::List(behind))]));
        outcome = write(run, index, step, Some(body), Condition::None).await?;
    }
    well(run, index, step, &named).await?;
    Ok(outcome)
}

/// Waits until all that are named are well.
async fn well(run: &Run<'_>, index: usize, step: &Step, named: &[&str]) -> Result<(), Failure> {
    let (began, mut pause) = (Instant::now(), PAUSE.0);
    loop {
        let there = of_them(run, step, named).await?;
        let anew = step.does == Does::Reimage;
        let good = |one: &&Instance| one.health == Health::Well && (anew || one.latest);
        let (well, unwell): (Vec<&Instance>, Vec<&Instance>) = there.iter().partition(good);
        if unwell.is_empty() {
            run.tell(What::Upgraded {
                step: run.name(index),
                instances: well.len(),
                unwell: 0,
                of: there.len(),
            });
            return Ok(());
        }
        if began.elapsed() > WELL {
            let instances = unwell.into_iter().map(|one| one.id.clone()).collect();
            return Err(Failure::Unwell { instances });
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

fn named(step: &Step) -> Vec<&str> {
    let body = step.request.body.as_ref();
    let ids = body.and_then(|body| body.member("instanceIds")?.as_list());
    let ids = ids.unwrap_or(&[]).iter();
    ids.filter_map(Value::as_text).collect()
}

async fn of_them(run: &Run<'_>, step: &Step, named: &[&str]) -> Result<Vec<Instance>, Failure> {
    let mut all = instances(run, step, &[VIEW]).await?;
    all.retain(|one| named.iter().any(|name| one.id.eq_ignore_ascii_case(name)));
    Ok(all)
}

/// The instances of the set, with what `query` asks for.
pub(super) async fn instances(
    run: &Run<'_>,
    step: &Step,
    query: &[(&str, &str)],
) -> Result<Vec<Instance>, Failure> {
    let query = query.iter();
    let read = Read {
        tenant: scope(run, step)?.tenant.clone(),
        path: format!("{}{INSTANCES}", step.id),
        api_version: step.request.api_version.clone(),
        query: query
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let mut all = Vec::new();
    let mut page = |items: Vec<Value>| all.extend(items.iter().filter_map(Instance::read));
    run.transport
        .list(&read, &mut page)
        .await
        .map_err(refused)?;
    Ok(all)
}
