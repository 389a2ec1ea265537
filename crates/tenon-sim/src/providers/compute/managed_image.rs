//! Managed images: the older kind, still the usual source of a gallery's version.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::call::Call;
use crate::json;
use crate::providers::compute::image;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/images",
    place: Place::Tracked,
    flow: Flow::Compute,
    durations: Durations {
        create: 20,
        update: 5,
        delete: 5,
        action: 0,
    },
    page: 0,
    hooks: &ManagedImage,
};

const MACHINE: &str = "properties.sourceVirtualMachine.id";
const OS_DISK: &str = "properties.storageProfile.osDisk";

/// Where an OS disk can come from.
const SOURCES: [&str; 3] = ["blobUri", "managedDisk.id", "snapshot.id"];

struct ManagedImage;

impl Hooks for ManagedImage {
    fn links(&self, body: &Value) -> Vec<Link> {
        let disks = SOURCES
            .iter()
            .filter(|source| source.ends_with(".id"))
            .map(|source| format!("{OS_DISK}.{source}"));
        let paths = disks.chain([MACHINE.to_owned()]);
        paths
            .filter_map(|path| json::text(body, &path).map(|id| Link::read(path.clone(), id)))
            .collect()
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        image::check_unused(state, resource)
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        if let Some(before) = &write.before {
            let kept = serde_json::json!({"properties": before.body["properties"]});
            json::fill(&mut write.after.body, &kept);
            return Ok(());
        }
        match json::text(&write.after.body, MACHINE).map(str::to_owned) {
            Some(machine) => take_from_machine(write, &machine)?,
            None => check_disk(&write.after.body)?,
        }
        let body = &mut write.after.body;
        json::default(body, "properties.hyperVGeneration", "V1");
        json::default(body, "properties.storageProfile.zoneResilient", false);
        json::default(body, &format!("{OS_DISK}.caching"), "ReadWrite");
        json::default(
            body,
            &format!("{OS_DISK}.storageAccountType"),
            "Premium_LRS",
        );
        Ok(())
    }
}

/// An image of a machine has the machine's disk.
fn take_from_machine(write: &mut Write<'_>, machine: &str) -> Result<(), ArmError> {
    let found =
        write.state.store.find(machine).ok_or_else(|| {
            ArmError::not_found("NotFound", format!("Resource {machine} not found."))
        })?;
    let source = "properties.storageProfile.osDisk";
    let kept: Vec<(&str, Value)> = ["osType", "diskSizeGB", "managedDisk"]
        .into_iter()
        .filter_map(|member| {
            let value = json::get(&found.body, &format!("{source}.{member}"))?;
            Some((member, value.clone()))
        })
        .collect();
    for (member, value) in kept {
        json::default(&mut write.after.body, &format!("{OS_DISK}.{member}"), value);
    }
    json::default(
        &mut write.after.body,
        &format!("{OS_DISK}.osState"),
        "Generalized",
    );
    Ok(())
}

fn check_disk(body: &Value) -> Result<(), ArmError> {
    for member in ["osType", "osState"] {
        if json::text(body, &format!("{OS_DISK}.{member}")).is_none() {
            let message = format!("Required parameter 'osDisk.{member}' is missing (null).");
            return Err(ArmError::invalid_parameter(
                &format!("osDisk.{member}"),
                message,
            ));
        }
    }
    let given = SOURCES
        .iter()
        .any(|source| json::text(body, &format!("{OS_DISK}.{source}")).is_some());
    if given {
        return Ok(());
    }
    Err(ArmError::invalid_parameter(
        "osDisk",
        "One of the parameters 'blobUri', 'managedDisk' and 'snapshot' of 'osDisk' is required.",
    ))
}
