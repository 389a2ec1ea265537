//! As many instances as the capacity says, and which model they have.

use serde_json::Value;

use super::{capacity, flexible, is_flexible, model_of, rolling, uniform};
use crate::arm::error::ArmError;
use crate::arm::operations;
use crate::json;
use crate::providers::Write;
use crate::providers::compute::image::Image;
use crate::providers::resources::usages;
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

/// The instances of a set, the oldest first.
pub(super) fn of(state: &State, set: &Resource) -> Vec<Resource> {
    if is_flexible(set) {
        flexible::of(state, set)
    } else {
        uniform::of(state, set)
    }
}

/// Makes the instances that are missing, and removes the newest of those that
/// are too many.
pub(super) fn reconcile(
    write: &mut Write<'_>,
    model: Option<&(Size, Image)>,
) -> Result<(), ArmError> {
    let Some((size, image)) = model else {
        return Ok(());
    };
    let there = of(write.state, &write.after);
    let wanted = usize::try_from(capacity(&write.after.body)).unwrap_or_default();
    for extra in there.iter().skip(wanted) {
        remove(write.state, extra);
    }
    let missing = wanted.saturating_sub(there.len());
    if missing == 0 {
        return Ok(());
    }
    let probe = Resource {
        body: super::machine_body(&write.after, 0),
        ..write.after.clone()
    };
    usages::check_machines(write.state, &probe, missing)?;
    let mut made = Vec::new();
    for _ in 0..missing {
        let number = next(write);
        let one = if is_flexible(&write.after) {
            flexible::make(write, number, size, image)
        } else {
            Ok(uniform::make(write, number))
        };
        match one {
            Ok(key) => made.push(key),
            Err(error) => {
                // Nothing stays of a write that is refused.
                for key in made {
                    operations::remove(write.state, &key);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

fn next(write: &mut Write<'_>) -> usize {
    let number = json::number(&write.after.hidden, "next").unwrap_or_default();
    json::set(&mut write.after.hidden, "next", number + 1);
    usize::try_from(number).unwrap_or_default()
}

/// Takes an instance away; the capacity is the caller's.
pub(super) fn remove(state: &mut State, instance: &Resource) {
    if instance.is(uniform::KIND.type_name) {
        state.store.remove(&instance.key());
    } else {
        operations::remove(state, &instance.key());
    }
}

/// The end of a write: new instances are there, and the policy upgrades the
/// others unless they wait to be told.
pub(super) fn settled(state: &mut State, key: &str) {
    let Some(set) = state.store.get(key).cloned() else {
        return;
    };
    let mode = json::text(&set.body, "properties.upgradePolicy.mode");
    // An action ends as a write does, and moves no model.
    let written = json::truth(&set.hidden, "written") == Some(true);
    let good = written && set.state() == "Succeeded";
    state.store.update(key, |set| {
        json::take(&mut set.hidden, "written");
    });
    let at_once = mode == Some("Automatic") && good;
    for instance in of(state, &set) {
        if at_once && !has_latest(&set, &instance) {
            upgrade(state, &set, &instance);
        }
        if instance.state() == "Creating" {
            state
                .store
                .update(&instance.key(), |one| one.set_state(set.state()));
        }
    }
    if mode == Some("Rolling") && good {
        rolling::begin(state, &set);
    }
}

/// Whether an instance is as the model says now.
pub(super) fn has_latest(set: &Resource, instance: &Resource) -> bool {
    json::get(&instance.hidden, "model") == Some(&model_of(set))
}

/// Gives an instance the model of now.
pub(super) fn upgrade(state: &mut State, set: &Resource, instance: &Resource) {
    let model = model_of(set);
    let number = json::number(&instance.hidden, "number").unwrap_or_default();
    let fresh = super::machine_body(set, usize::try_from(number).unwrap_or_default());
    let uniform = instance.is(uniform::KIND.type_name);
    state.store.update(&instance.key(), |one| {
        json::set(&mut one.hidden, "model", model);
        let mut members = vec![
            "properties.storageProfile.imageReference",
            "properties.userData",
            "properties.licenseType",
            "properties.diagnosticsProfile",
        ];
        if uniform {
            let size = json::get(&set.body, "sku.name")
                .cloned()
                .unwrap_or_default();
            json::set(&mut one.body, "sku.name", size);
        } else {
            members.push("properties.hardwareProfile.vmSize");
        }
        for member in members {
            json::take(&mut one.body, member);
            if let Some(value) = json::get(&fresh, member) {
                json::set(&mut one.body, member, value.clone());
            }
        }
    });
}

/// The power state of an instance.
pub(super) fn power(instance: &Resource) -> &str {
    json::text(&instance.hidden, "power").unwrap_or("running")
}

/// `ProvisioningState/succeeded` and the like.
pub(super) fn provisioning(instance: &Resource) -> Value {
    Value::String(format!(
        "ProvisioningState/{}",
        instance.state().to_ascii_lowercase()
    ))
}
