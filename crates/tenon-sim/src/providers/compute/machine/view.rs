//! What a reader sees of a machine.

use serde_json::{Value, json};

use super::{DATA_DISKS, OS_DISK, power};
use crate::clock::stamp;
use crate::json;
use crate::providers::View;
use crate::state::State;
use crate::store::Resource;

/// From here on a machine has an etag.
const ETAG_SINCE: &str = "2024-11-01";

/// From here on a machine without a security type says `Standard`.
const STANDARD_SINCE: &str = "2025-11-01";

/// The machine as a GET or a list shows it.
pub(super) fn shown(state: &State, machine: &Resource, view: View<'_>) -> Value {
    let mut body = machine.shown();
    if view.version >= ETAG_SINCE || view.version.is_empty() {
        body["etag"] = json!(format!("\"{}\"", machine.revision));
    }
    if view.version >= STANDARD_SINCE {
        json::default(
            &mut body,
            "properties.securityProfile.securityType",
            "Standard",
        );
    }
    if !view.expands("userData") {
        json::take(&mut body, "properties.userData");
    }
    let extensions = state.store.children(&machine.key(), "extensions");
    let extensions: Vec<Value> = extensions.map(Resource::shown).collect();
    if !extensions.is_empty() {
        body["resources"] = json!(extensions);
    }
    if view.expands("instanceView") || view.status_only {
        json::set(
            &mut body,
            "properties.instanceView",
            instance(state, machine),
        );
    }
    fit_disk_sizes(state, &mut body);
    body
}

/// The member of an OS disk that says what it is stored on.
pub(super) const STORAGE: &str = "managedDisk.storageAccountType";

/// What the OS disk of a machine is stored on now.
pub(super) fn os_disk_sku<'s>(state: &'s State, machine: &Value) -> Option<&'s str> {
    let id = json::text(machine, &format!("{OS_DISK}.managedDisk.id"))?;
    json::text(&state.store.find(id)?.body, "sku.name")
}

/// Disks change by themselves; the machine shows what they are like.
fn fit_disk_sizes(state: &State, body: &mut Value) {
    let size = |disk: &Value| {
        let id = json::text(disk, "managedDisk.id")?;
        json::number(&state.store.find(id)?.body, "properties.diskSizeGB")
    };
    if let Some(size) = json::get(body, OS_DISK).and_then(size) {
        json::set(body, &format!("{OS_DISK}.diskSizeGB"), size);
    }
    if let Some(sku) = os_disk_sku(state, body).map(str::to_owned) {
        json::set(body, &format!("{OS_DISK}.{STORAGE}"), sku);
    }
    for disk in json::items_mut(body, DATA_DISKS) {
        if let Some(size) = size(disk) {
            json::set(disk, "diskSizeGB", size);
        }
    }
}

fn status(code: &str, shown: &str, time: Option<String>) -> Value {
    let mut status = json!({"code": code, "level": "Info", "displayStatus": shown});
    if let Some(time) = time {
        status["time"] = json!(time);
    }
    status
}

/// The instance view: how far it is, and whether it runs.
pub(super) fn instance(state: &State, machine: &Resource) -> Value {
    let time = stamp(machine.changed);
    let (word, shown) = match machine.state() {
        "Succeeded" => ("succeeded", "Provisioning succeeded"),
        "Failed" => ("failed/InternalExecutionError", "Provisioning failed"),
        "Deleting" => ("deleting", "Deleting"),
        "Creating" => ("creating", "Creating"),
        _ => ("updating", "Updating"),
    };
    let power = power(machine);
    let display = match power {
        "running" => "VM running",
        "starting" => "VM starting",
        "stopped" => "VM stopped",
        "stopping" => "VM stopping",
        "deallocated" => "VM deallocated",
        "deallocating" => "VM deallocating",
        _ => "VM unknown",
    };
    let mut statuses = vec![status(
        &format!("ProvisioningState/{word}"),
        shown,
        Some(time.clone()),
    )];
    if json::truth(&machine.hidden, "generalized") == Some(true) {
        statuses.push(status("OSState/generalized", "VM generalized", None));
    }
    statuses.push(status(&format!("PowerState/{power}"), display, None));
    let mut view = json!({
        "disks": disks(machine, &time),
        "hyperVGeneration": generation(state, machine),
        "statuses": statuses,
    });
    if power == "running" && machine.state() != "Creating" {
        view["computerName"] = json::get(&machine.body, "properties.osProfile.computerName")
            .cloned()
            .unwrap_or_default();
        view["vmAgent"] = agent(&time);
    }
    view
}

fn agent(time: &str) -> Value {
    json!({
        "vmAgentVersion": "2.11.1.12",
        "statuses": [{
            "code": "ProvisioningState/succeeded",
            "level": "Info",
            "displayStatus": "Ready",
            "message": "Guest Agent is running",
            "time": time,
        }],
        "extensionHandlers": [],
    })
}

fn disks(machine: &Resource, time: &str) -> Vec<Value> {
    let os_disk = json::get(&machine.body, OS_DISK).into_iter();
    os_disk
        .chain(json::items(&machine.body, DATA_DISKS))
        .map(|disk| {
            let done = status(
                "ProvisioningState/succeeded",
                "Provisioning succeeded",
                Some(time.to_owned()),
            );
            json!({"name": json::text(disk, "name"), "statuses": [done]})
        })
        .collect()
}

fn generation(state: &State, machine: &Resource) -> String {
    let id = json::text(&machine.body, &format!("{OS_DISK}.managedDisk.id"));
    let disk = id.and_then(|id| state.store.find(id));
    let generation = disk.and_then(|disk| json::text(&disk.body, "properties.hyperVGeneration"));
    generation.unwrap_or("V1").to_owned()
}
