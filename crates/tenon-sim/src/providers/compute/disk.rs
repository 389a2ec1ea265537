//! Managed disks.

use serde_json::{Value, json};

use super::image::{self, Image};
use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::call::Call;
use crate::clock::stamp;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/disks",
    place: Place::Tracked,
    flow: Flow::Disk,
    durations: Durations {
        create: 5,
        update: 4,
        delete: 5,
        action: 2,
    },
    page: 1000,
    hooks: &Disk,
};

const MACHINE: &str = "Microsoft.Compute/virtualMachines";

struct Disk;

impl Hooks for Disk {
    fn links(&self, body: &Value) -> Vec<Link> {
        [
            "properties.creationData.galleryImageReference.id",
            "properties.creationData.imageReference.id",
            "properties.creationData.sourceResourceId",
            "properties.encryption.diskEncryptionSetId",
        ]
        .into_iter()
        .filter_map(|path| json::text(body, path).map(|id| Link::read(path, id)))
        .collect()
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        if write.before.is_some() {
            check_change(write)?;
        } else {
            check_create(write)?;
        }
        let (key, now) = (write.after.key(), write.state.now());
        let unique = write.state.derived_id(&format!("disk/{key}/{now}"));
        fill_defaults(&mut write.after.body, &unique, &stamp(now));
        Ok(())
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let Some(machine) = owner(state, resource) else {
            return Ok(());
        };
        let message = format!("Disk {} is attached to VM {}.", resource.name(), machine.id);
        Err(ArmError::conflict("OperationNotAllowed", message))
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = resource.shown();
        let state_word = match owner(state, resource) {
            Some(machine) => {
                body["managedBy"] = json!(machine.id);
                let off = json::text(&machine.hidden, "power") == Some("deallocated");
                if off { "Reserved" } else { "Attached" }
            }
            None => "Unattached",
        };
        json::set(&mut body, "properties.diskState", state_word);
        body
    }
}

/// The machine a disk is attached to.
pub(crate) fn owner<'s>(state: &'s State, disk: &Resource) -> Option<&'s Resource> {
    let key = disk.key();
    state.store.referrers(&key).find(|user| user.is(MACHINE))
}

fn check_create(write: &mut Write<'_>) -> Result<(), ArmError> {
    let body = &write.after.body;
    let Some(option) = json::text(body, "properties.creationData.createOption") else {
        let message = "Required parameter 'disk.creationData' is missing (null).";
        return Err(ArmError::invalid_parameter("disk.creationData", message));
    };
    let size = json::number(body, "properties.diskSizeGB");
    let reference = json::get(body, "properties.creationData.galleryImageReference");
    let least = match (option, reference) {
        ("FromImage", Some(reference)) => Some(of_image(write, reference)?),
        ("Copy", _) => {
            let source = json::text(body, "properties.creationData.sourceResourceId");
            let source = source
                .and_then(|id| write.state.store.find(id))
                .ok_or_else(|| {
                    ArmError::not_found("ResourceNotFound", "The source of the copy was not found.")
                })?;
            json::number(&source.body, "properties.diskSizeGB").map(|size| (size, None))
        }
        _ => None,
    };
    if let Some((least, image)) = least {
        if size.is_some_and(|size| size < least) {
            let message = format!(
                "The specified disk size {} GB is smaller than the size of the corresponding disk in the source: {least} GB.",
                size.unwrap_or_default()
            );
            return Err(ArmError::bad_request("BadRequest", message));
        }
        json::default(&mut write.after.body, "properties.diskSizeGB", least);
        if let Some(image) = image {
            json::default(&mut write.after.body, "properties.osType", image.os_type);
            json::default(
                &mut write.after.body,
                "properties.hyperVGeneration",
                image.generation,
            );
        }
    } else if size.is_none() && option == "Empty" {
        let message = "Required parameter 'disk.diskSizeGB' is missing (null).";
        return Err(ArmError::invalid_parameter("disk.diskSizeGB", message));
    }
    check_size(json::number(&write.after.body, "properties.diskSizeGB"))
}

/// The size of an image's disk, and the image when it is the OS disk.
fn of_image(write: &Write<'_>, reference: &Value) -> Result<(i64, Option<Image>), ArmError> {
    let consumer = write.id.subscription.as_deref().unwrap_or_default();
    let image = image::resolve(write.state, reference, write.after.location(), consumer)?;
    let Some(lun) = json::number(reference, "lun") else {
        return Ok((image.os_disk_gb, Some(image)));
    };
    let mut data = image.data_disks.iter();
    let found = data.find(|(own, _)| *own == lun);
    found.map(|(_, size)| (*size, None)).ok_or_else(|| {
        let message = "The value of parameter imageReference is invalid.";
        ArmError::invalid_parameter("imageReference", message)
    })
}

fn check_size(size: Option<i64>) -> Result<(), ArmError> {
    match size {
        Some(size) if !(1..=65536).contains(&size) => {
            let message = format!(
                "The value '{size}' of parameter 'disk.diskSizeGB' is out of range. The value must be between '1' and '65536', inclusive."
            );
            Err(ArmError::invalid_parameter("disk.diskSizeGB", message))
        }
        _ => Ok(()),
    }
}

fn check_change(write: &mut Write<'_>) -> Result<(), ArmError> {
    let Some(before) = write.before.clone() else {
        return Ok(());
    };
    let after = &mut write.after.body;
    // Whatever a later PUT leaves out of these stays as it is.
    for path in [
        "sku",
        "zones",
        "properties.creationData",
        "properties.diskSizeGB",
    ] {
        if let Some(kept) = json::get(&before.body, path) {
            json::default(after, path, kept.clone());
        }
    }
    for (path, name) in [
        (
            "properties.creationData.createOption",
            "creationData.createOption",
        ),
        (
            "properties.creationData.galleryImageReference.id",
            "creationData.galleryImageReference",
        ),
        (
            "properties.creationData.sourceResourceId",
            "creationData.sourceResourceId",
        ),
        ("properties.hyperVGeneration", "hyperVGeneration"),
        (
            "properties.securityProfile.securityType",
            "securityProfile.securityType",
        ),
        ("zones", "zones"),
    ] {
        let (now, then) = (json::get(after, path), json::get(&before.body, path));
        if now.is_some() && now != then {
            return Err(ArmError::property_change(name));
        }
    }
    let size = json::number(after, "properties.diskSizeGB");
    let was = json::number(&before.body, "properties.diskSizeGB");
    check_size(size)?;
    check_growth(write.state, &before, was, size)?;
    check_off(write.state, &before, &write.after.body)?;
    json::fill(
        &mut write.after.body,
        &json!({"properties": before.body["properties"]}),
    );
    if size != was {
        let bytes = size.unwrap_or_default() * 1_073_741_824;
        json::set(&mut write.after.body, "properties.diskSizeBytes", bytes);
        for derived in ["diskIOPSReadWrite", "diskMBpsReadWrite", "tier"] {
            if json::get(&write.sent, &format!("properties.{derived}")).is_none() {
                json::take(&mut write.after.body, &format!("properties.{derived}"));
            }
        }
    }
    Ok(())
}

fn check_growth(
    state: &State,
    disk: &Resource,
    was: Option<i64>,
    size: Option<i64>,
) -> Result<(), ArmError> {
    if size < was {
        let message = format!(
            "New disk size {} GB is smaller than the existing size {} GB. A disk cannot shrink.",
            size.unwrap_or_default(),
            was.unwrap_or_default()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message).at("disk.diskSizeGB"));
    }
    let os_disk = json::text(&disk.body, "properties.osType").is_some();
    if size > was && os_disk && runs(state, disk) {
        let message =
            "Disk resizing is allowed only when creating a VM or when the VM is deallocated.";
        return Err(ArmError::conflict("OperationNotAllowed", message).at("disk.diskSizeGB"));
    }
    Ok(())
}

/// The storage type and the encryption set change only while the machine is off.
fn check_off(state: &State, before: &Resource, after: &Value) -> Result<(), ArmError> {
    for path in ["sku.name", "properties.encryption.diskEncryptionSetId"] {
        let now = json::get(after, path);
        if now.is_some() && now != json::get(&before.body, path) && runs(state, before) {
            let message = format!(
                "Cannot change '{path}' of disk {} while it is attached to a running VM.",
                before.name()
            );
            return Err(ArmError::conflict("OperationNotAllowed", message).at(path));
        }
    }
    Ok(())
}

fn runs(state: &State, disk: &Resource) -> bool {
    owner(state, disk)
        .is_some_and(|machine| json::text(&machine.hidden, "power") != Some("deallocated"))
}

/// What the server adds to every disk.
pub(crate) fn fill_defaults(body: &mut Value, unique: &str, created: &str) {
    json::default(body, "sku.name", "Standard_LRS");
    let sku = json::text(body, "sku.name").unwrap_or_default().to_owned();
    let tier = if sku.starts_with("Premium") {
        "Premium"
    } else if sku.starts_with("Ultra") {
        "Ultra"
    } else {
        "Standard"
    };
    json::set(body, "sku.tier", tier);
    let size = json::number(body, "properties.diskSizeGB").unwrap_or(4);
    let (iops, mbps, performance) = performance(&sku, size);
    json::default(body, "properties.diskIOPSReadWrite", iops);
    json::default(body, "properties.diskMBpsReadWrite", mbps);
    if let Some(performance) = performance {
        json::default(body, "properties.tier", performance);
    }
    json::default(body, "properties.diskSizeBytes", size * 1_073_741_824);
    json::default(
        body,
        "properties.encryption.type",
        "EncryptionAtRestWithPlatformKey",
    );
    json::default(body, "properties.networkAccessPolicy", "AllowAll");
    json::default(body, "properties.publicNetworkAccess", "Enabled");
    json::default(body, "properties.dataAccessAuthMode", "None");
    json::default(body, "properties.timeCreated", created);
    json::default(body, "properties.uniqueId", unique);
}

/// IOPS, throughput and performance tier of a size of premium or standard SSD.
fn performance(sku: &str, size: i64) -> (i64, i64, Option<String>) {
    const STEPS: [(i64, i64, i64, i64); 14] = [
        (4, 1, 120, 25),
        (8, 2, 120, 25),
        (16, 3, 120, 25),
        (32, 4, 120, 25),
        (64, 6, 240, 50),
        (128, 10, 500, 100),
        (256, 15, 1100, 125),
        (512, 20, 2300, 150),
        (1024, 30, 5000, 200),
        (2048, 40, 7500, 250),
        (4096, 50, 7500, 250),
        (8192, 60, 16000, 500),
        (16384, 70, 18000, 750),
        (65536, 80, 20000, 900),
    ];
    let step = STEPS
        .iter()
        .find(|(most, ..)| size <= *most)
        .unwrap_or(&STEPS[13]);
    match sku {
        "Premium_LRS" | "Premium_ZRS" => (step.2, step.3, Some(format!("P{}", step.1))),
        "StandardSSD_LRS" | "StandardSSD_ZRS" => (500, 100, Some(format!("E{}", step.1))),
        "Standard_LRS" => (500, 60, Some(format!("S{}", step.1.max(4)))),
        _ => (3000, 125, None),
    }
}
