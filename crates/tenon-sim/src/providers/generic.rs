//! Any type without a row of its own: stored as it comes, at once.

use super::{Durations, Flow, Hooks, Kind, Place, Write};
use crate::arm::error::ArmError;
use crate::json;

pub(crate) const KIND: Kind = Kind {
    type_name: "",
    place: Place::Extension,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &Generic,
};

struct Generic;

impl Hooks for Generic {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        json::set(
            &mut write.after.body,
            "properties.provisioningState",
            "Succeeded",
        );
        // The one answer of a generic type that specs read: a vault's address.
        if write.after.is("Microsoft.KeyVault/vaults") {
            let name = write
                .after
                .id
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let address = format!("https://{name}.vault.azure.net/");
            json::set(&mut write.after.body, "properties.vaultUri", address);
        }
        Ok(())
    }
}
