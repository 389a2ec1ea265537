//! Instances of a flexible set: ordinary machines with interfaces of their own.

use serde_json::{Value, json};

use super::{INTERFACES, health, instances, machine_body, model_of};
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::call::Call;
use crate::json;
use crate::providers::compute::image::Image;
use crate::providers::compute::machine;
use crate::providers::network::{interface, public_ip};
use crate::providers::{Kind, Patching, Write};
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

/// The machines of a set, the oldest first.
pub(super) fn of(state: &State, set: &Resource) -> Vec<Resource> {
    let key = set.key();
    let named = state.store.referrers(&key).filter(|one| {
        let id = json::text(&one.body, "properties.virtualMachineScaleSet.id");
        one.is(machine::KIND.type_name) && id.is_some_and(|id| json::same(id, &key))
    });
    let mut all: Vec<Resource> = named.cloned().collect();
    all.sort_by_key(|one| json::number(&one.hidden, "number").unwrap_or_default());
    all
}

/// A machine as the list of instances shows it.
pub(super) fn member(state: &State, machine: &Resource, call: &Call) -> Value {
    let mut shown = state.show(machine, call);
    shown["instanceId"] = json!(machine.name());
    let set = json::text(&machine.body, "properties.virtualMachineScaleSet.id");
    if let Some(set) = set.and_then(|id| state.store.find(id)) {
        let latest = instances::has_latest(set, machine);
        json::set(&mut shown, "properties.latestModelApplied", latest);
        let health = health::shown(state, set, machine);
        let viewed = json::get_mut(&mut shown, "properties.instanceView");
        if let (Some(view), Some(health)) = (viewed, health) {
            view["vmHealth"] = health;
        }
    }
    shown
}

/// Makes a machine of the set, and says its key.
pub(super) fn make(
    write: &mut Write<'_>,
    number: usize,
    size: &Size,
    image: &Image,
) -> Result<String, ArmError> {
    let set = write.after.clone();
    let seed = format!("{}/instance/{number}/{}", set.key(), set.created);
    let word: String = write.state.derived_id(&seed).chars().take(8).collect();
    let group = ResourceId {
        parts: Vec::new(),
        ..set.parsed()
    };
    let mut made = Vec::new();
    let mut interfaces = Vec::new();
    for one in json::items(&set.body, INTERFACES) {
        match make_interface(write, &group, &set, one, &word, &mut made) {
            Ok(reference) => interfaces.push(reference),
            Err(error) => {
                unmake(write.state, &made);
                return Err(error);
            }
        }
    }
    let name = format!("{}_{word}", set.name());
    let id = group.with_part("Microsoft.Compute", "virtualMachines", &name);
    let mut body = machine_body(&set, number);
    let reference = json!({"id": set.parsed().shouted()});
    json::set(&mut body, "managedBy", reference["id"].clone());
    json::set(&mut body, "properties.virtualMachineScaleSet", reference);
    json::set(
        &mut body,
        "properties.networkProfile.networkInterfaces",
        interfaces,
    );
    json::default(
        &mut body,
        "properties.storageProfile.osDisk.deleteOption",
        "Delete",
    );
    for disk in json::items_mut(&mut body, "properties.storageProfile.dataDisks") {
        json::default(disk, "deleteOption", "Delete");
    }
    let result = part(write, &id, body, |own| {
        machine::make(own, size, image)?;
        json::set(&mut own.after.hidden, "model", model_of(&set));
        json::set(&mut own.after.hidden, "number", number);
        own.after.set_state("Creating");
        Ok(())
    });
    if result.is_err() {
        unmake(write.state, &made);
    }
    result
}

fn unmake(state: &mut State, keys: &[String]) {
    for key in keys {
        state.store.remove(key);
    }
}

/// Stores something that comes with an instance, as its own type shapes it.
fn part(
    write: &mut Write<'_>,
    id: &ResourceId,
    body: Value,
    shape: impl FnOnce(&mut Write<'_>) -> Result<(), ArmError>,
) -> Result<String, ArmError> {
    let after = Resource::new(id, body, write.state.now());
    let mut own = Write {
        state: &mut *write.state,
        call: write.call,
        caller: write.caller,
        id,
        sent: after.body.clone(),
        before: None,
        after,
        patching: Patching::No,
    };
    shape(&mut own)?;
    let after = own.after;
    let key = after.key();
    write.state.store.put(after);
    Ok(key)
}

fn of_kind(
    write: &mut Write<'_>,
    kind: &'static Kind,
    id: &ResourceId,
    body: Value,
) -> Result<String, ArmError> {
    part(write, id, body, |own| {
        kind.hooks.shape(own)?;
        own.after.set_state("Succeeded");
        Ok(())
    })
}

/// An interface, and the reference by which its machine names it.
fn make_interface(
    write: &mut Write<'_>,
    group: &ResourceId,
    set: &Resource,
    model: &Value,
    word: &str,
    made: &mut Vec<String>,
) -> Result<Value, ArmError> {
    let mut properties = json::get(model, "properties").cloned().unwrap_or_default();
    let goes = json::take(&mut properties, "deleteOption").unwrap_or_else(|| json!("Delete"));
    let primary = json::truth(&properties, "primary").unwrap_or(true);
    json::take(&mut properties, "primary");
    let tags = set.body.get("tags").cloned().unwrap_or_else(|| json!({}));
    for one in json::items_mut(&mut properties, "ipConfigurations") {
        let Some(public) = json::take(one, "properties.publicIPAddressConfiguration") else {
            continue;
        };
        let name = json::text(&public, "name").unwrap_or("publicip");
        let id = group.with_part(
            "Microsoft.Network",
            "publicIPAddresses",
            &format!("{name}-{word}"),
        );
        let mut body = json!({
            "location": set.location(),
            "tags": tags,
            "sku": {"name": "Standard"},
            "properties": {"publicIPAllocationMethod": "Static"},
        });
        if let Some(minutes) = json::get(&public, "properties.idleTimeoutInMinutes") {
            json::set(
                &mut body,
                "properties.idleTimeoutInMinutes",
                minutes.clone(),
            );
        }
        made.push(of_kind(write, &public_ip::KIND, &id, body)?);
        let reference = json!({"id": id.to_string(), "properties": {"deleteOption": "Delete"}});
        json::set(one, "properties.publicIPAddress", reference);
    }
    let name = json::text(model, "name").unwrap_or("nic");
    let id = group.with_part(
        "Microsoft.Network",
        "networkInterfaces",
        &format!("{name}-{word}"),
    );
    let body = json!({"location": set.location(), "tags": tags, "properties": properties});
    made.push(of_kind(write, &interface::KIND, &id, body)?);
    Ok(json!({
        "id": id.to_string(),
        "properties": {"primary": primary, "deleteOption": goes},
    }))
}
