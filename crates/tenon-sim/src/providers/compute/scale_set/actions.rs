//! POSTs to a set: power, upgrades and the end of some of its instances.

use serde_json::Value;

use super::{capacity, instances, rolling};
use crate::arm::conflict;
use crate::arm::error::ArmError;
use crate::arm::operations::{self, Effect, Start};
use crate::arm::reply::Reply;
use crate::arm::writing::Verb;
use crate::json;
use crate::providers::{Action, Flow};
use crate::state::State;
use crate::store::Resource;

/// What happens to each instance that a request names.
#[derive(Clone, Copy)]
enum Deed {
    Power(&'static str),
    Keep,
    /// The image that it has, once more.
    Reimage,
    Upgrade,
    Delete,
}

/// Answers an action, or says that there is none of that name.
pub(super) fn act(action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
    if json::same(action.name, "rollingUpgrades/cancel") {
        return Some(cancel(action));
    }
    let deed = match action.name.to_ascii_lowercase().as_str() {
        "start" => Deed::Power("running"),
        "poweroff" => Deed::Power("stopped"),
        "deallocate" => Deed::Power("deallocated"),
        "restart" | "redeploy" => Deed::Keep,
        "reimage" | "reimageall" => Deed::Reimage,
        "manualupgrade" => Deed::Upgrade,
        "delete" => Deed::Delete,
        _ => return None,
    };
    Some(carry_out(action, deed))
}

fn cancel(action: &mut Action<'_>) -> Result<Reply, ArmError> {
    conflict::check_own(&action.resource)?;
    rolling::cancel(action.state, &action.resource)?;
    under_way(action)
}

fn carry_out(action: &mut Action<'_>, deed: Deed) -> Result<Reply, ArmError> {
    conflict::check_own(&action.resource)?;
    if matches!(deed, Deed::Upgrade) && rolling::is_under_way(action.state, &action.resource) {
        let message = "Instances cannot be upgraded while a rolling upgrade of the Virtual Machine Scale Set is in progress.";
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    let chosen = chosen(action, deed)?;
    let set = action.resource.clone();
    for instance in &chosen {
        one(action.state, &set, instance, deed);
    }
    let gone = if matches!(deed, Deed::Delete) {
        i64::try_from(chosen.len()).unwrap_or_default()
    } else {
        0
    };
    let state = &mut *action.state;
    state.store.update(&set.key(), |set| {
        let capacity = capacity(&set.body);
        json::set(&mut set.body, "sku.capacity", (capacity - gone).max(0));
        set.set_state("Updating");
    });
    under_way(action)
}

fn under_way(action: &mut Action<'_>) -> Result<Reply, ArmError> {
    let set = action.resource.clone();
    let state = &mut *action.state;
    let lasts = state.lasts(&action.kind.durations, action.kind.type_name, Verb::Action);
    let target = set.parsed();
    let start = Start {
        target: &target,
        verb: action.name,
        lasts,
        effect: Effect::Settle,
    };
    let id = operations::start(state, start);
    Ok(operations::announce(
        state,
        action.call,
        &id,
        Flow::Compute,
        Reply::empty(202),
    ))
}

fn one(state: &mut State, set: &Resource, instance: &Resource, deed: Deed) {
    match deed {
        Deed::Keep => {}
        Deed::Reimage => state.store.update(&instance.key(), |one| {
            let times = json::number(&one.hidden, "reimaged").unwrap_or_default();
            json::set(&mut one.hidden, "reimaged", times + 1);
            json::set(&mut one.hidden, "power", "running");
        }),
        Deed::Power(power) => state.store.update(&instance.key(), |one| {
            json::set(&mut one.hidden, "power", power);
        }),
        Deed::Upgrade => instances::upgrade(state, set, instance),
        Deed::Delete => instances::remove(state, instance),
    }
}

/// The instances that a request names; all of them when it names none and may.
fn chosen(action: &Action<'_>, deed: Deed) -> Result<Vec<Resource>, ArmError> {
    let sent: Value = serde_json::from_slice(&action.call.body).unwrap_or_default();
    let ids: Vec<&str> = json::items(&sent, "instanceIds")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let all = instances::of(action.state, &action.resource);
    if ids.is_empty() && matches!(deed, Deed::Upgrade | Deed::Delete) {
        let message = "Required parameter 'instanceIds' is missing (null).";
        return Err(ArmError::invalid_parameter("instanceIds", message));
    }
    if ids.is_empty() || ids == ["*"] {
        return Ok(all);
    }
    ids.into_iter()
        .map(|id| {
            let found = all.iter().find(|one| json::same(one.name(), id));
            found.cloned().ok_or_else(|| {
                let message = format!(
                    "The provided instanceId {id} is not an active Virtual Machine Scale Set VM instanceId."
                );
                ArmError::invalid_parameter("instanceIds", message)
            })
        })
        .collect()
}
