//! How far an image version has spread.
//!
//! Each target region has a schedule: from when its replica is being made and
//! when it is there. What a reader sees is computed from the schedule and
//! the clock, so replicas progress without anybody touching them.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::version::{REGIONS, number};
use crate::clock::later;
use crate::json::{self, plain_location};
use crate::providers::Write;
use crate::state::State;
use crate::store::Resource;

/// Gives each new region its time: first the version's own, then one after the other.
pub(super) fn schedule(write: &mut Write<'_>, regions: &BTreeSet<String>) {
    let now = write.state.now();
    let lag = write.state.world.settings.replica_lag.0;
    let home = write.after.location().to_owned();
    let known = json::get(&write.after.hidden, "replicas").cloned();
    let known = known.unwrap_or_else(|| json!({}));
    let new = regions.iter().filter(|region| known.get(*region).is_none());
    let (own, others): (Vec<&String>, Vec<&String>) = new.partition(|region| **region == home);
    let mut replicas = json!({});
    for region in regions.iter().filter(|region| known.get(*region).is_some()) {
        replicas[region] = known[region].clone();
    }
    for (place, region) in own.into_iter().chain(others).enumerate() {
        let steps = u32::try_from(place).unwrap_or_default();
        let ready = later(now, lag + lag / FURTHER * steps);
        replicas[region] = json!({"from": now, "ready": ready});
    }
    json::set(&mut write.after.hidden, "replicas", replicas);
}

/// A further region takes so much less than the first.
const FURTHER: u32 = 4;

/// Lets the replication of a version fail everywhere, with a reason.
pub(super) fn fail(version: &mut Resource, details: &str) {
    let regions: Vec<String> = version
        .hidden
        .get("replicas")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|replicas| replicas.keys().cloned())
        .collect();
    for region in regions {
        json::set(
            &mut version.hidden,
            &format!("replicas.{region}"),
            json!({"state": "Failed", "details": details}),
        );
    }
}

/// A write is over when the last replica is there.
pub(super) fn takes(state: &State, version: &Resource) -> Duration {
    let now = state.now();
    let replicas = version.hidden.get("replicas").and_then(Value::as_object);
    let ready = replicas.into_iter().flatten().filter_map(|(_, entry)| {
        let ready: Timestamp = json::text(entry, "ready")?.parse().ok()?;
        Duration::try_from(ready.duration_since(now)).ok()
    });
    ready.max().unwrap_or_default()
}

/// How a replica stands in a region, given in plain form: state and progress.
fn replica(state: &State, version: &Resource, region: &str) -> Option<(String, i64)> {
    let entry = version.hidden.get("replicas")?.get(region)?;
    if let Some(fixed) = json::text(entry, "state") {
        let progress = if fixed == "Completed" { 100 } else { 0 };
        return Some((fixed.to_owned(), progress));
    }
    let moment = |name: &str| json::text(entry, name)?.parse::<Timestamp>().ok();
    let (from, ready) = (moment("from")?, moment("ready")?);
    let now = state.now();
    if now >= ready {
        return Some(("Completed".to_owned(), 100));
    }
    let whole = ready.duration_since(from).as_millis().max(1);
    let passed = now.duration_since(from).as_millis();
    let progress = i64::try_from(passed * 100 / whole)
        .unwrap_or_default()
        .clamp(0, 99);
    Some(("Replicating".to_owned(), progress))
}

/// What `$expand=ReplicationStatus` shows.
pub(super) fn replication(state: &State, version: &Resource) -> Value {
    let mut states = BTreeSet::new();
    let summary: Vec<Value> = json::items(&version.body, REGIONS)
        .iter()
        .filter_map(|region| {
            let name = json::text(region, "name")?;
            let (status, progress) = replica(state, version, &plain_location(name))?;
            states.insert(status.clone());
            let path = format!("replicas.{}.details", plain_location(name));
            let details = json::text(&version.hidden, &path).unwrap_or_default();
            Some(json!({"region": name, "state": status, "details": details, "progress": progress}))
        })
        .collect();
    let aggregated = if states.contains("Failed") {
        "Failed"
    } else if states.iter().all(|state| state == "Completed") {
        "Completed"
    } else if states.contains("Unknown") {
        "Unknown"
    } else {
        "InProgress"
    };
    json!({"aggregatedState": aggregated, "summary": summary})
}

/// True when machines can be made of a version in a region.
pub(crate) fn is_usable(state: &State, version: &Resource, location: &str) -> bool {
    let replica = replica(state, version, &plain_location(location));
    let settled = matches!(version.state(), "Succeeded" | "Updating")
        && json::text(&version.body, "properties.imageState") != Some("SoftDeleted");
    settled && replica.is_some_and(|(status, _)| status == "Completed")
}

/// True when `latest` may mean a version in a region.
pub(crate) fn is_in_latest(version: &Resource, location: &str) -> bool {
    let excluded = json::truth(
        &version.body,
        "properties.publishingProfile.excludeFromLatest",
    );
    let here = json::items(&version.body, REGIONS).iter().find(|region| {
        json::text(region, "name")
            .is_some_and(|name| plain_location(name) == plain_location(location))
    });
    let excluded_here = here.and_then(|here| json::truth(here, "excludeFromLatest"));
    number(version.name()).is_some() && excluded != Some(true) && excluded_here != Some(true)
}
