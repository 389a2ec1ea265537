//! How far an image version has spread.
//!
//! Each target region has a schedule: from when its replica is being made and
//! when it is there. What a reader sees is computed from the schedule and
//! the clock, so replicas progress without anybody touching them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::version::{REGIONS, number};
use crate::clock::later;
use crate::json::{self, plain_location};
use crate::providers::Write;
use crate::state::State;
use crate::store::Resource;

pub(super) fn schedule(write: &mut Write<'_>, regions: &BTreeSet<String>) {
    let now = write.state.now();
    let ready = later(now, write.state.world.settings.replica_lag.0);
    let known = write
        .after
        .hidden
        .get("replicas")
        .cloned()
        .unwrap_or_else(|| json!({}));
    let mut replicas = json!({});
    for region in regions {
        let entry = known.get(region).cloned();
        replicas[region] = entry.unwrap_or_else(|| json!({"from": now, "ready": ready}));
    }
    json::set(&mut write.after.hidden, "replicas", replicas);
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
            Some(json!({"region": name, "state": status, "details": "", "progress": progress}))
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
