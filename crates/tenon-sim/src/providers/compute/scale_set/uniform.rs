//! Instances of a uniform set, which exist only inside of it.

use serde_json::{Value, json};

use super::{INTERFACES, health, instances, machine_body, model_of};
use crate::arm::error::ArmError;
use crate::call::Call;
use crate::clock::stamp;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
    place: Place::Nested,
    flow: Flow::Compute,
    durations: Durations {
        create: 0,
        update: 10,
        delete: 30,
        action: 15,
    },
    page: 100,
    hooks: &Instance,
};

struct Instance;

impl Hooks for Instance {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        if write.before.is_some() {
            return Ok(());
        }
        let message = format!(
            "The entity was not found in this Azure location: instance {} of {}.",
            write.id.name(),
            write.id.parent().unwrap_or_default().name()
        );
        Err(ArmError::not_found("NotFound", message))
    }

    fn removed(&self, state: &mut State, gone: &Resource) {
        // The set is told to have one less, or it would make another.
        let set = gone.parsed().parent().unwrap_or_default().key();
        state.store.update(&set, |set| {
            let capacity = super::capacity(&set.body);
            json::set(&mut set.body, "sku.capacity", (capacity - 1).max(0));
        });
    }

    fn view(&self, state: &State, instance: &Resource, view: View<'_>) -> Value {
        let mut body = instance.shown();
        let set = instance.parsed().parent().unwrap_or_default();
        if let Some(set) = state.store.get(&set.key()) {
            body["name"] = json!(format!("{}_{}", set.name(), instance.name()));
            let latest = instances::has_latest(set, instance);
            json::set(&mut body, "properties.latestModelApplied", latest);
        }
        if !view.expands("userData") {
            json::take(&mut body, "properties.userData");
        }
        if view.expands("instanceView") {
            json::set(
                &mut body,
                "properties.instanceView",
                status(state, instance),
            );
        }
        body
    }

    fn look(&self, state: &State, instance: &Resource, word: &str, _: &Call) -> Option<Value> {
        json::same(word, "instanceView").then(|| status(state, instance))
    }
}

fn status(state: &State, instance: &Resource) -> Value {
    let power = instances::power(instance);
    let set = instance.parsed().parent().unwrap_or_default();
    let set = state.store.get(&set.key());
    let mut status = json!({
        "statuses": [
            {
                "code": instances::provisioning(instance),
                "level": "Info",
                "displayStatus": "Provisioning succeeded",
                "time": stamp(instance.changed),
            },
            {
                "code": format!("PowerState/{power}"),
                "level": "Info",
                "displayStatus": format!("VM {power}"),
            },
        ],
    });
    if let Some(health) = set.and_then(|set| health::shown(state, set, instance)) {
        status["vmHealth"] = health;
    }
    status
}

/// The instances of a set, the oldest first.
pub(super) fn of(state: &State, set: &Resource) -> Vec<Resource> {
    let key = set.key();
    let mut all: Vec<Resource> = state
        .store
        .children(&key, "virtualMachines")
        .cloned()
        .collect();
    all.sort_by_key(|one| json::number(&one.hidden, "number").unwrap_or_default());
    all
}

/// Makes an instance of the set, and says its key.
pub(super) fn make(write: &mut Write<'_>, number: usize) -> String {
    let set = write.after.clone();
    let name = number.to_string();
    let id = set.parsed().child("virtualMachines", &name);
    let now = write.state.now();
    let mut body = machine_body(&set, number);
    json::take(&mut body, "properties.hardwareProfile.vmSize");
    body["sku"] = json!({
        "name": json::text(&set.body, "sku.name"),
        "tier": json::text(&set.body, "sku.tier").unwrap_or("Standard"),
    });
    body["instanceId"] = json!(name);
    let own = write.state.derived_id(&format!("vm/{id}/{now}"));
    json::set(&mut body, "properties.vmId", own);
    json::set(&mut body, "properties.timeCreated", stamp(now));
    json::set(
        &mut body,
        "properties.modelDefinitionApplied",
        "VirtualMachineScaleSet",
    );
    let interfaces = json::items(&set.body, INTERFACES);
    let ids: Vec<Value> = interfaces
        .iter()
        .filter_map(|one| json::text(one, "name"))
        .map(|name| json!({"id": format!("{id}/networkInterfaces/{name}")}))
        .collect();
    json::set(
        &mut body,
        "properties.networkProfile.networkInterfaces",
        ids,
    );
    json::set(
        &mut body,
        "properties.networkProfileConfiguration.networkInterfaceConfigurations",
        interfaces.to_vec(),
    );
    let mut instance = Resource::new(&id, body, now);
    instance.hidden = json!({"model": model_of(&set), "number": number, "power": "running"});
    instance.set_state("Creating");
    let key = instance.key();
    write.state.store.put(instance);
    key
}
