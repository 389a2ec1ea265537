//! Virtual machine extensions.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
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

struct Extension;

impl Hooks for Extension {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let machine = write.id.parent().unwrap_or_default();
        let Some(machine) = write.state.store.get(&machine.key()) else {
            return Ok(());
        };
        let allowed = json::truth(
            &machine.body,
            "properties.osProfile.allowExtensionOperations",
        );
        let runs = json::text(&machine.hidden, "power").is_none_or(|power| power == "running");
        if allowed == Some(false) || !runs {
            let message = "Cannot modify extensions in the VM when the VM is not running.";
            return Err(ArmError::conflict("OperationNotAllowed", message));
        }
        for member in ["publisher", "type", "typeHandlerVersion"] {
            if json::text(&write.after.body, &format!("properties.{member}")).is_none() {
                let message =
                    format!("Required parameter 'vmExtension.{member}' is missing (null).");
                return Err(ArmError::invalid_parameter(member, message));
            }
        }
        json::take(&mut write.after.body, "properties.protectedSettings");
        json::default(
            &mut write.after.body,
            "properties.autoUpgradeMinorVersion",
            false,
        );
        Ok(())
    }

    fn view(&self, _: &State, resource: &Resource, _: View<'_>) -> Value {
        resource.shown()
    }
}
