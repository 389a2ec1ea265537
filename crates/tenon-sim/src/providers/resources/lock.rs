//! Management locks.

use crate::arm::error::ArmError;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, Write};

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Authorization/locks",
    place: Place::Extension,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &Lock,
};

struct Lock;

impl Hooks for Lock {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let level = json::text(&write.after.body, "properties.level").unwrap_or_default();
        let known = ["CanNotDelete", "ReadOnly", "NotSpecified"];
        let canonical = known
            .iter()
            .find(|known| json::same(known, level))
            .ok_or_else(|| {
                let message =
                    format!("The lock level '{level}' is not one of CanNotDelete and ReadOnly.");
                ArmError::bad_request("LockLevelNotSpecified", message)
            })?;
        json::set(&mut write.after.body, "properties.level", *canonical);
        Ok(())
    }
}
