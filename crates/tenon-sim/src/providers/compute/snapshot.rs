//! Snapshots of managed disks.
//! Source: REST API reference, "Snapshots - Create Or Update".

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::clock::stamp;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, Write};

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/snapshots",
    place: Place::Tracked,
    flow: Flow::Disk,
    durations: Durations {
        create: 10,
        update: 4,
        delete: 5,
        action: 2,
    },
    page: 1000,
    hooks: &Snapshot,
};

const SOURCE: &str = "properties.creationData.sourceResourceId";

/// What a snapshot has of its disk.
const TAKEN: [&str; 3] = [
    "properties.osType",
    "properties.hyperVGeneration",
    "properties.diskSizeGB",
];

struct Snapshot;

impl Hooks for Snapshot {
    fn links(&self, body: &Value) -> Vec<Link> {
        let source = json::text(body, SOURCE);
        source
            .map(|id| Link::read(SOURCE, id))
            .into_iter()
            .collect()
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        if let Some(before) = &write.before {
            let kept = serde_json::json!({"properties": before.body["properties"]});
            json::fill(&mut write.after.body, &kept);
            return Ok(());
        }
        let source = json::text(&write.after.body, SOURCE);
        let source = source
            .and_then(|id| write.state.store.find(id))
            .ok_or_else(|| {
                ArmError::not_found("ResourceNotFound", "The source of the copy was not found.")
            })?;
        let taken: Vec<(&str, Value)> = TAKEN
            .iter()
            .filter_map(|path| Some((*path, json::get(&source.body, path)?.clone())))
            .collect();
        let now = write.state.now();
        let body = &mut write.after.body;
        for (path, value) in taken {
            json::default(body, path, value);
        }
        json::default(body, "sku.name", "Standard_LRS");
        json::default(body, "sku.tier", "Standard");
        json::default(body, "properties.incremental", false);
        json::default(body, "properties.diskState", "Unattached");
        json::default(body, "properties.timeCreated", stamp(now));
        Ok(())
    }
}
