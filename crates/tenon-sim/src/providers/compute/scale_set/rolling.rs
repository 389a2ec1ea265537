//! Rolling upgrades: batch by batch on simulated time, and what
//! `rollingUpgrades/latest` shows of them.
//!
//! Written from Microsoft's page about rolling upgrades and the description of
//! `RollingUpgradePolicy`: before a batch the unwell instances of the whole set
//! are counted, after it those among the instances that have the new model.
//! What an instance that is not well gets is time: five minutes after its batch
//! it is judged. A write of the model ends before its rolling upgrade does, and
//! another one is refused meanwhile. What is simplified: with `maxSurge` a batch
//! stays in place, and lets nobody know that new machines came for old ones.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{health, instances, uniform};
use crate::arm::error::ArmError;
use crate::arm::operations::{self, Effect};
use crate::arm::writing::Verb;
use crate::clock::stamp;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/virtualMachineScaleSets/rollingUpgrades",
    place: Place::Nested,
    flow: Flow::Compute,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 5,
    },
    page: 100,
    hooks: &Upgrade,
};

/// How long an instance may take to be well after its upgrade.
const PATIENCE: Duration = Duration::from_secs(300);

const CODE: &str = "properties.runningStatus.code";
const PROGRESS: &str = "properties.progress";

struct Upgrade;

impl Hooks for Upgrade {
    fn shape(&self, _: &mut Write<'_>) -> Result<(), ArmError> {
        Err(ArmError::new(
            405,
            "UnsupportedHttpMethod",
            "The requested resource does not support http method 'PUT'.".to_owned(),
        ))
    }
}

fn key_of(set: &Resource) -> String {
    set.parsed().child("rollingUpgrades", "latest").key()
}

/// Whether a rolling upgrade is under way.
pub(super) fn is_under_way(state: &State, set: &Resource) -> bool {
    let latest = state.store.get(&key_of(set));
    latest.is_some_and(|latest| json::text(&latest.body, CODE) == Some("RollingForward"))
}

/// Begins a rolling upgrade of the instances that have another model.
pub(super) fn begin(state: &mut State, set: &Resource) {
    let behind: Vec<String> = instances::of(state, set)
        .iter()
        .filter(|one| !instances::has_latest(set, one))
        .map(Resource::key)
        .collect();
    if behind.is_empty() || is_under_way(state, set) {
        return;
    }
    let now = stamp(state.now());
    let body = json!({
        "location": set.location(),
        "properties": {
            "policy": policy(set),
            "runningStatus": {
                "code": "RollingForward",
                "startTime": now,
                "lastAction": "Start",
                "lastActionTime": now,
            },
        },
    });
    let id = set.parsed().child("rollingUpgrades", "latest");
    let mut latest = Resource::new(&id, body, state.now());
    latest.hidden = json!({"pending": behind, "batch": [], "upgraded": [], "phase": "next"});
    tell(&mut latest);
    let key = latest.key();
    state.store.put(latest);
    wake(state, &key, Duration::from_secs(1));
}

/// The policy with its documented defaults.
fn policy(set: &Resource) -> Value {
    let path = "properties.upgradePolicy.rollingUpgradePolicy";
    let mut policy = json::get(&set.body, path).cloned().unwrap_or_default();
    if !policy.is_object() {
        policy = json!({});
    }
    for percent in [
        "maxBatchInstancePercent",
        "maxUnhealthyInstancePercent",
        "maxUnhealthyUpgradedInstancePercent",
    ] {
        json::default(&mut policy, percent, 20);
    }
    json::default(&mut policy, "pauseTimeBetweenBatches", "PT0S");
    policy
}

fn wake(state: &mut State, key: &str, after: Duration) {
    operations::later_on(state, key, after, Effect::Roll);
}

/// Asks the upgrade of a set to end after the batch at hand.
pub(super) fn cancel(state: &mut State, set: &Resource) -> Result<(), ArmError> {
    if !is_under_way(state, set) {
        let message = "There is no ongoing Rolling Upgrade to cancel.";
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    let now = stamp(state.now());
    state.store.update(&key_of(set), |latest| {
        let status = "properties.runningStatus";
        json::set(&mut latest.body, &format!("{status}.lastAction"), "Cancel");
        json::set(&mut latest.body, &format!("{status}.lastActionTime"), now);
    });
    Ok(())
}

/// Goes on with an upgrade whose wait is over.
pub(crate) fn go_on(state: &mut State, key: &str) {
    let Some(latest) = state.store.get(key).cloned() else {
        return;
    };
    let set = latest.parsed().parent().unwrap_or_default().key();
    let Some(set) = state.store.get(&set).cloned() else {
        return;
    };
    let mut run = Run { state, set, latest };
    match json::text(&run.latest.hidden, "phase") {
        Some("batch") => run.upgraded(),
        Some("look") => run.judge(),
        _ => run.next(),
    }
    let mut latest = run.latest;
    tell(&mut latest);
    state.store.put(latest);
}

struct Run<'s> {
    state: &'s mut State,
    set: Resource,
    latest: Resource,
}

impl Run<'_> {
    fn list(&self, name: &str) -> Vec<String> {
        let items = json::items(&self.latest.hidden, name).iter();
        items
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .filter(|key| self.state.store.get(key).is_some())
            .collect()
    }

    fn keep(&mut self, name: &str, keys: Vec<String>) {
        json::set(&mut self.latest.hidden, name, keys);
    }

    fn after(&mut self, phase: &str, wait: Duration) {
        json::set(&mut self.latest.hidden, "phase", phase);
        let key = self.latest.key();
        wake(self.state, &key, wait);
    }

    fn percent(&self, name: &str) -> i64 {
        json::number(&self.latest.body, &format!("properties.policy.{name}")).unwrap_or(20)
    }

    fn asks(&self, name: &str) -> bool {
        json::truth(&self.latest.body, &format!("properties.policy.{name}")) == Some(true)
    }

    fn is_unwell(&self, key: &str) -> bool {
        let instance = self.state.store.get(key);
        instance.is_some_and(|one| health::is_unwell(self.state, one))
    }

    /// Begins the next batch, or ends.
    fn next(&mut self) {
        let cancelled =
            json::text(&self.latest.body, "properties.runningStatus.lastAction") == Some("Cancel");
        let pending = self.list("pending");
        if pending.is_empty() {
            return self.end("Completed", None);
        }
        if cancelled {
            return self.end("Cancelled", None);
        }
        let all = instances::of(self.state, &self.set);
        let unwell = all
            .iter()
            .filter(|one| health::is_unwell(self.state, one))
            .count();
        if exceeds(
            unwell,
            all.len(),
            self.percent("maxUnhealthyInstancePercent"),
        ) {
            let message = format!(
                "Rolling Upgrade failed after exceeding the MaxUnhealthyInstancePercent value defined in the RollingUpgradePolicy. {}% of instances are in an unhealthy state - more than the threshold of {}%.",
                share(unwell, all.len()),
                self.percent("maxUnhealthyInstancePercent"),
            );
            let code = "MaxUnhealthyInstancePercentExceededInRollingUpgrade";
            return self.end("Faulted", Some((code, message)));
        }
        let (batch, rest) = self.cut(pending, all.len());
        for key in &batch {
            let state = &mut *self.state;
            state.store.update(key, |one| one.set_state("Updating"));
        }
        self.keep("batch", batch);
        self.keep("pending", rest);
        let lasts = self.state.lasts(
            &uniform::KIND.durations,
            uniform::KIND.type_name,
            Verb::Update,
        );
        self.after("batch", lasts);
    }

    /// The next batch and what is left: of one zone unless the policy lets
    /// batches cross zones.
    fn cut(&self, mut pending: Vec<String>, all: usize) -> (Vec<String>, Vec<String>) {
        if self.asks("prioritizeUnhealthyInstances") {
            pending.sort_by_key(|key| !self.is_unwell(key));
        }
        let most = usize::try_from(self.percent("maxBatchInstancePercent")).unwrap_or(20);
        let most = (all * most / 100).max(1);
        let zone = |key: &str| {
            let instance = self.state.store.get(key)?;
            json::items(&instance.body, "zones").first().cloned()
        };
        let first = pending.first().and_then(|key| zone(key));
        let crosses = self.asks("enableCrossZoneUpgrade");
        let (mut batch, mut rest) = (Vec::new(), Vec::new());
        for key in pending {
            if batch.len() < most && (crosses || zone(&key) == first) {
                batch.push(key);
            } else {
                rest.push(key);
            }
        }
        (batch, rest)
    }

    /// The batch has the new model; whether it is well shows now or later.
    fn upgraded(&mut self) {
        let batch = self.list("batch");
        for key in &batch {
            if let Some(instance) = self.state.store.get(key).cloned() {
                self.state.store.update(key, |one| {
                    let before = json!({"body": instance.body, "model": instance.hidden["model"]});
                    json::set(&mut one.hidden, "before", before);
                    one.set_state("Succeeded");
                });
                instances::upgrade(self.state, &self.set, &instance);
            }
        }
        if batch.iter().any(|key| self.is_unwell(key)) {
            return self.after("look", PATIENCE);
        }
        self.judge();
    }

    fn judge(&mut self) {
        let mut upgraded = self.list("upgraded");
        upgraded.append(&mut self.list("batch"));
        let unwell: Vec<String> = upgraded
            .iter()
            .filter(|key| self.is_unwell(key))
            .cloned()
            .collect();
        let all = upgraded.len();
        let first = unwell.first().cloned();
        self.keep("failed", unwell.clone());
        self.keep("upgraded", upgraded);
        self.keep("batch", Vec::new());
        let most = self.percent("maxUnhealthyUpgradedInstancePercent");
        if let Some(first) = first.filter(|_| exceeds(unwell.len(), all, most)) {
            let id = self
                .state
                .store
                .get(&first)
                .map(|one| one.name().to_owned());
            let message = format!(
                "Rolling Upgrade failed after exceeding the MaxUnhealthyUpgradedInstancePercent value defined in the RollingUpgradePolicy. {}% of instances are in an unhealthy state after being upgraded - more than the threshold of {most}%. The most impactful error is: Instance found to be unhealthy or unreachable. First failed instance ID is: {}.",
                share(unwell.len(), all),
                id.unwrap_or_default(),
            );
            if self.asks("rollbackFailedInstancesOnPolicyBreach") {
                unwell.iter().for_each(|key| roll_back(self.state, key));
            }
            let code = "MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade";
            return self.end("Faulted", Some((code, message)));
        }
        let pause = json::text(
            &self.latest.body,
            "properties.policy.pauseTimeBetweenBatches",
        );
        let pause = pause
            .and_then(|text| text.parse::<SignedDuration>().ok())
            .and_then(|pause| Duration::try_from(pause).ok())
            .unwrap_or_default();
        if self.list("pending").is_empty() {
            return self.end("Completed", None);
        }
        self.after("next", pause.max(Duration::from_secs(1)));
    }

    fn end(&mut self, code: &str, error: Option<(&str, String)>) {
        json::set(&mut self.latest.hidden, "phase", "over");
        json::set(&mut self.latest.body, CODE, code);
        if let Some((code, message)) = error {
            let error = json!({"code": code, "message": message});
            json::set(&mut self.latest.body, "properties.error", error);
        }
    }
}

/// Gives an instance back what it had.
fn roll_back(state: &mut State, key: &str) {
    state.store.update(key, |one| {
        let before = json::take(&mut one.hidden, "before").unwrap_or_default();
        if let Some(body) = json::get(&before, "body") {
            one.body = body.clone();
            one.set_state("Succeeded");
        }
        if let Some(model) = json::get(&before, "model") {
            json::set(&mut one.hidden, "model", model.clone());
        }
    });
}

fn share(part: usize, all: usize) -> usize {
    part * 100 / all.max(1)
}

fn exceeds(part: usize, all: usize, percent: i64) -> bool {
    let percent = usize::try_from(percent).unwrap_or(20);
    part * 100 > percent * all
}

/// Counts for whoever looks.
fn tell(latest: &mut Resource) {
    let count = |name: &str| json::items(&latest.hidden, name).len();
    let failed = count("failed");
    let progress = json!({
        "successfulInstanceCount": count("upgraded") - failed.min(count("upgraded")),
        "failedInstanceCount": failed,
        "inProgressInstanceCount": count("batch"),
        "pendingInstanceCount": count("pending"),
    });
    json::set(&mut latest.body, PROGRESS, progress);
}
