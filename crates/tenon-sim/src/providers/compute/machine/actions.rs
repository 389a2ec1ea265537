//! POSTs to a machine: power, and the few that answer at once.

use serde_json::{Value, json};

use super::{DATA_DISKS, power};
use crate::arm::error::ArmError;
use crate::arm::operations::{self, Effect, Start};
use crate::arm::reply::Reply;
use crate::arm::writing::Verb;
use crate::json;
use crate::providers::resources::usages::size_row;
use crate::providers::{Action, Flow};
use crate::state::State;
use crate::store::Resource;

/// Answers an action, or says that there is none of that name.
pub(super) fn act(action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
    let name = action.name.to_ascii_lowercase();
    let (during, after) = match name.as_str() {
        "start" => ("starting", "running"),
        "restart" | "redeploy" | "reapply" | "reimage" | "performmaintenance" => {
            (power_of(action), power_of(action))
        }
        "poweroff" => ("stopping", "stopped"),
        "deallocate" => ("deallocating", "deallocated"),
        "simulateeviction" => ("deallocating", "deallocated"),
        "generalize" => return Some(generalize(action)),
        "attachdetachdatadisks" => return Some(attach_detach(action)),
        "retrievebootdiagnosticsdata" => return Some(Ok(boot_diagnostics(action))),
        _ => return None,
    };
    Some(change_power(action, during, after))
}

fn power_of(action: &Action<'_>) -> &'static str {
    match power(&action.resource) {
        "deallocated" => "deallocated",
        "stopped" => "stopped",
        _ => "running",
    }
}

fn change_power(action: &mut Action<'_>, during: &str, after: &str) -> Result<Reply, ArmError> {
    super::check_idle(&action.resource, action.name)?;
    let generalized = json::truth(&action.resource.hidden, "generalized") == Some(true);
    let ephemeral = json::get(
        &action.resource.body,
        "properties.storageProfile.osDisk.diffDiskSettings",
    );
    let starts = ["start", "restart", "redeploy", "reimage"];
    if generalized && starts.iter().any(|one| json::same(one, action.name)) {
        let message = format!(
            "Operation '{}' is not allowed on VM '{}' since the VM is generalized.",
            action.name,
            action.resource.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    if ephemeral.is_some() && after == "deallocated" {
        let message = "Operation 'deallocate' is not supported for VMs with an ephemeral OS disk.";
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    let state = &mut *action.state;
    let key = action.resource.key();
    state.store.update(&key, |machine| {
        json::set(&mut machine.hidden, "power", during);
        machine.set_state("Updating");
    });
    let lasts = state.lasts(&action.kind.durations, action.kind.type_name, Verb::Action);
    let effect = Effect::Power {
        state: after.to_owned(),
    };
    let target = action.resource.parsed();
    let id = operations::start(
        state,
        Start {
            target: &target,
            verb: action.name,
            lasts,
            effect,
        },
    );
    if json::same(action.name, "simulateEviction") {
        // Taken on, and nothing tells how it goes.
        return Ok(Reply::empty(204));
    }
    Ok(operations::announce(
        state,
        action.call,
        &id,
        Flow::Compute,
        Reply::empty(202),
    ))
}

fn generalize(action: &mut Action<'_>) -> Result<Reply, ArmError> {
    super::check_idle(&action.resource, action.name)?;
    if power(&action.resource) == "running" {
        let message = format!(
            "The VM '{}' cannot be generalized because it is running. Stop it first.",
            action.resource.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    action
        .state
        .store
        .update(&action.resource.key(), |machine| {
            json::set(&mut machine.hidden, "generalized", true);
        });
    Ok(Reply::empty(200))
}

fn boot_diagnostics(action: &Action<'_>) -> Reply {
    let name = action.resource.name();
    let address = format!("{}/_sim/bootdiagnostics/{name}", action.call.base);
    Reply::json(
        200,
        json!({
            "consoleScreenshotBlobUri": format!("{address}.screenshot.bmp"),
            "serialConsoleLogBlobUri": format!("{address}.serialconsole.log"),
        }),
    )
}

fn attach_detach(action: &mut Action<'_>) -> Result<Reply, ArmError> {
    super::check_idle(&action.resource, action.name)?;
    let sent: Value = serde_json::from_slice(&action.call.body).unwrap_or_default();
    let mut disks = json::items(&action.resource.body, DATA_DISKS).to_vec();
    for one in json::items(&sent, "dataDisksToDetach") {
        let id = json::text(one, "diskId").unwrap_or_default();
        disks.retain(|disk| {
            !json::text(disk, "managedDisk.id").is_some_and(|own| json::same(own, id))
        });
    }
    for one in json::items(&sent, "dataDisksToAttach") {
        let disk = attached(action, one, &disks)?;
        disks.push(disk);
    }
    let state = &mut *action.state;
    state.store.update(&action.resource.key(), |machine| {
        json::set(&mut machine.body, DATA_DISKS, disks);
        machine.set_state("Updating");
    });
    let lasts = state.lasts(&action.kind.durations, action.kind.type_name, Verb::Action);
    let target = action.resource.parsed();
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

fn attached(action: &Action<'_>, one: &Value, disks: &[Value]) -> Result<Value, ArmError> {
    let id = json::text(one, "diskId").unwrap_or_default();
    let found = action.state.store.find(id).ok_or_else(|| {
        ArmError::not_found("ResourceNotFound", format!("Disk {id} is not found."))
    })?;
    if let Some(owner) = super::super::disk::owner(action.state, found) {
        let message = format!(
            "Cannot attach data disk '{}' to VM '{}' because the disk is currently owned by VM '{}'.",
            found.name(),
            action.resource.name(),
            owner.id
        );
        return Err(ArmError::conflict("ConflictingUserInput", message));
    }
    let taken = |lun: i64| {
        disks
            .iter()
            .any(|disk| json::number(disk, "lun") == Some(lun))
    };
    let lun = json::number(one, "lun");
    if lun.is_some_and(taken) {
        let message = format!("A disk at LUN {} already exists.", lun.unwrap_or_default());
        return Err(ArmError::invalid_parameter("dataDisks", message));
    }
    let lun = lun.or_else(|| (0..64).find(|lun| !taken(*lun)));
    Ok(json!({
        "lun": lun,
        "name": found.name(),
        "createOption": "Attach",
        "caching": json::text(one, "caching").unwrap_or("None"),
        "deleteOption": json::text(one, "deleteOption").unwrap_or("Detach"),
        "diskSizeGB": json::number(&found.body, "properties.diskSizeGB"),
        "managedDisk": {
            "id": found.parsed().shouted(),
            "storageAccountType": json::text(&found.body, "sku.name"),
        },
        "toBeDetached": false,
    }))
}

/// The sizes a machine can be given: all of its cluster while it runs.
pub(super) fn sizes(state: &State, machine: &Resource) -> Value {
    let name = json::text(&machine.body, "properties.hardwareProfile.vmSize").unwrap_or_default();
    let own = state.sizes.get(&name.to_ascii_lowercase());
    let off = power(machine) == "deallocated";
    let fits = state.sizes.values().filter(|size| {
        own.is_none_or(|own| {
            size.architecture == own.architecture && (off || size.cluster == own.cluster)
        })
    });
    json!({"value": fits.map(size_row).collect::<Vec<_>>()})
}
