//! Virtual machine extensions.
//!
//! Source: `VirtualMachineExtensions` of Microsoft.Compute and Microsoft
//! Learn, "Virtual machine extensions and features". One of each handler on a
//! machine, written only while it runs, protected settings never shown.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::call::Call;
use crate::clock::stamp;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Patching, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/virtualMachines/extensions",
    place: Place::Tracked,
    flow: Flow::Compute,
    durations: Durations {
        create: 30,
        update: 30,
        delete: 15,
        action: 5,
    },
    page: 0,
    hooks: &Extension,
};

const SETTINGS: &str = "properties.settings";

struct Extension;

impl Hooks for Extension {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let machine = write.id.parent().unwrap_or_default();
        let machine = write.state.store.get(&machine.key());
        machine.map_or(Ok(()), may_be_written)?;
        complete(&write.after.body)?;
        fixed(write)?;
        one_of_each_handler(write)?;
        if write.patching == Patching::Yes
            && let Some(settings) = json::get(&write.sent, SETTINGS)
        {
            // Free-form members are taken as they come, not merged.
            json::set(&mut write.after.body, SETTINGS, settings.clone());
        }
        let body = &mut write.after.body;
        json::take(body, "properties.protectedSettings");
        json::default(body, "properties.autoUpgradeMinorVersion", false);
        Ok(())
    }

    fn check_delete(&self, state: &State, gone: &Resource, _: &Call) -> Result<(), ArmError> {
        let machine = gone.parsed().parent().unwrap_or_default();
        state
            .store
            .get(&machine.key())
            .map_or(Ok(()), may_be_written)
    }

    fn view(&self, _: &State, resource: &Resource, view: View<'_>) -> Value {
        let mut shown = resource.shown();
        if view.expands("instanceView") {
            json::set(&mut shown, "properties.instanceView", instance(resource));
        }
        shown
    }
}

/// The agent inside does the work, so it has to be there and run.
fn may_be_written(machine: &Resource) -> Result<(), ArmError> {
    let allowed = json::truth(
        &machine.body,
        "properties.osProfile.allowExtensionOperations",
    );
    let runs = json::text(&machine.hidden, "power").is_none_or(|power| power == "running");
    if machine.is_deleting() {
        let message = format!(
            "Operation 'PutExtension' is not allowed on VM '{}' since the VM is marked for deletion. You can only retry the Delete operation (or wait for an ongoing one to complete).",
            machine.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    if !runs {
        let message = "Cannot modify extensions in the VM when the VM is not running.";
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    if allowed == Some(false) {
        let message = "This operation cannot be performed when extension operations are disallowed. To allow, please ensure VM Agent is installed on the VM and the osProfile.allowExtensionOperations property is true.";
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    Ok(())
}

fn complete(body: &Value) -> Result<(), ArmError> {
    for member in ["publisher", "type", "typeHandlerVersion"] {
        if json::text(body, &format!("properties.{member}")).is_none() {
            let message = format!("Required parameter 'vmExtension.{member}' is missing (null).");
            return Err(ArmError::invalid_parameter(member, message));
        }
    }
    let version = json::text(body, "properties.typeHandlerVersion").unwrap_or_default();
    let is_number = |part: &str| part.parse::<u32>().is_ok();
    let parts: Vec<&str> = version.split('.').collect();
    if !(2..=4).contains(&parts.len()) || !parts.iter().all(|part| is_number(part)) {
        let message = "The value of parameter typeHandlerVersion is invalid.";
        return Err(ArmError::invalid_parameter("typeHandlerVersion", message));
    }
    Ok(())
}

fn fixed(write: &Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    for member in ["publisher", "type"] {
        let path = format!("properties.{member}");
        let (was, is) = (
            json::text(&before.body, &path).unwrap_or_default(),
            json::text(&write.after.body, &path).unwrap_or_default(),
        );
        if !json::same(was, is) {
            let message = format!("Changing property '{member}' is not allowed.");
            return Err(ArmError::conflict("PropertyChangeNotAllowed", message).at(member));
        }
    }
    Ok(())
}

/// Publisher and type.
fn handler(body: &Value) -> String {
    let part = |path| json::text(body, path).unwrap_or_default();
    format!(
        "{}.{}",
        part("properties.publisher"),
        part("properties.type")
    )
}

fn one_of_each_handler(write: &Write<'_>) -> Result<(), ArmError> {
    let machine = write.id.parent().unwrap_or_default().key();
    let own = handler(&write.after.body);
    let key = write.id.key();
    let mut others = write.state.store.children(&machine, "extensions");
    let taken = others.any(|other| other.key() != key && json::same(&handler(&other.body), &own));
    if !taken {
        return Ok(());
    }
    let os = write.state.store.get(&machine).and_then(|machine| {
        json::text(&machine.body, "properties.storageProfile.osDisk.osType").map(str::to_owned)
    });
    let message = format!(
        "Multiple VMExtensions per handler not supported for OS type '{}'. VMExtension '{}' with handler '{own}' already added or specified in input.",
        os.unwrap_or_else(|| "Linux".to_owned()),
        write.after.name(),
    );
    Err(ArmError::bad_request("BadRequest", message))
}

fn instance(extension: &Resource) -> Value {
    let text = |path| json::text(&extension.body, path).unwrap_or_default();
    let (word, shown, level) = match extension.state() {
        "Succeeded" => ("succeeded", "Provisioning succeeded", "Info"),
        "Failed" => ("failed/1", "Provisioning failed", "Error"),
        _ => ("transitioning", "Provisioning in progress", "Info"),
    };
    json!({
        "name": extension.name(),
        "type": handler(&extension.body),
        "typeHandlerVersion": text("properties.typeHandlerVersion"),
        "statuses": [{
            "code": format!("ProvisioningState/{word}"),
            "level": level,
            "displayStatus": shown,
            "time": stamp(extension.changed),
        }],
    })
}
