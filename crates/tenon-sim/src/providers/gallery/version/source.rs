//! What a version is made of.
//!
//! One source of one sort: a managed image, a machine or another version as a
//! whole, or disks and snapshots (or blobs) one by one.
//! The messages are those of "Troubleshoot images in an Azure Compute Gallery".

use serde_json::{Value, json};

use super::likeness;
use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::json;
use crate::providers::Write;
use crate::providers::gallery::replicas;

mod disks;
mod whole;

const PROFILE: &str = "properties.storageProfile";
const STORAGE: &str = "Microsoft.Storage/storageAccounts/listKeys/action";

/// What is known of a source.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    /// The id it was named by.
    pub(super) id: String,
    /// Unknown of blobs and of disks that do not say.
    pub(super) os_type: Option<String>,
    pub(super) generation: Option<String>,
    /// Unknown of disks: those are what their definition says.
    pub(super) specialized: Option<bool>,
    pub(super) plan: Option<Value>,
    pub(super) encrypted: bool,
    pub(super) os_gb: i64,
    /// Unit number and size of each data disk.
    pub(super) data: Vec<(i64, i64)>,
}

/// Rights that a source takes: reading suffices for images and versions, of
/// machines, disks and snapshots somebody else's content comes out, so that
/// they have to be writable.
pub(super) fn links(body: &Value) -> Vec<Link> {
    let mut links = Vec::new();
    for member in ["id", "virtualMachineId"] {
        let path = format!("{PROFILE}.source.{member}");
        if let Some(id) = json::text(body, &path) {
            links.push(link(path, id));
        }
    }
    let os = format!("{PROFILE}.osDiskImage");
    links.extend(of_disk(json::get(body, &os), &os));
    let data = format!("{PROFILE}.dataDiskImages");
    for (place, disk) in json::items(body, &data).iter().enumerate() {
        links.extend(of_disk(Some(disk), &format!("{data}[{place}]")));
    }
    links
}

fn of_disk(disk: Option<&Value>, path: &str) -> Vec<Link> {
    let text = |member: &str| disk.and_then(|disk| json::text(disk, &format!("source.{member}")));
    let disk = text("id").map(|id| link(format!("{path}.source.id"), id));
    let account = text("storageAccountId");
    let account =
        account.map(|id| Link::join(format!("{path}.source.storageAccountId"), id, STORAGE));
    disk.into_iter().chain(account).collect()
}

fn link(path: String, id: &str) -> Link {
    const WRITTEN: [(&str, &str); 3] = [
        (
            "/virtualmachines/",
            "Microsoft.Compute/virtualMachines/write",
        ),
        ("/disks/", "Microsoft.Compute/disks/write"),
        ("/snapshots/", "Microsoft.Compute/snapshots/write"),
    ];
    let low = id.to_ascii_lowercase();
    let written = WRITTEN.iter().find(|(word, _)| low.contains(word));
    match written {
        Some((_, action)) => Link::join(path, id, action),
        None => Link::read(path, id),
    }
}

/// The source has to be there, near, and of the definition's kind.
pub(super) fn check(write: &mut Write<'_>) -> Result<Origin, ArmError> {
    let origin = match given(&write.after.body)? {
        Given::Whole(id) => whole::read(write, &id)?,
        Given::Community(id) => whole::of_community(write, &id)?,
        Given::Disks => disks::read(write)?,
    };
    likeness::check(write, &origin)?;
    fill(&mut write.after.body, &origin);
    Ok(origin)
}

/// The way in which a body names its source.
enum Given {
    Whole(String),
    Community(String),
    Disks,
}

fn given(body: &Value) -> Result<Given, ArmError> {
    let text = |path: &str| json::text(body, &format!("{PROFILE}.{path}")).map(str::to_owned);
    let whole = [text("source.id"), text("source.virtualMachineId")];
    let whole = whole.into_iter().flatten().map(Given::Whole);
    let community = text("source.communityGalleryImageId").map(Given::Community);
    let os = ["id", "uri"].map(|member| text(&format!("osDiskImage.source.{member}")));
    let disks = os.iter().any(Option::is_some).then_some(Given::Disks);
    let mut all: Vec<Given> = whole.chain(community).chain(disks).collect();
    match (all.pop(), all.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => {
            let message = "The gallery artifact version source can only be specified either directly under storageProfile or within individual OS or data disks. One and only one source type (user image, snapshot, disk, virtual machine) can be provided.";
            Err(ArmError::invalid_parameter(
                "galleryArtifactVersion.properties.storageProfile",
                message,
            ))
        }
    }
}

fn not_found(id: &str) -> ArmError {
    let message = format!(
        "Source {id} is not found. Please check source exists, and is in the same region as gallery image version being created."
    );
    ArmError::not_found("NotFound", message).at("galleryArtifactVersion.properties.storageProfile")
}

/// Sizes, which only the server knows; a caching that was sent for a unit stays.
fn fill(body: &mut Value, origin: &Origin) {
    let size = format!("{PROFILE}.osDiskImage.sizeInGB");
    json::set(body, &size, origin.os_gb);
    if origin.data.is_empty() {
        return;
    }
    let path = format!("{PROFILE}.dataDiskImages");
    let mut disks = json::items(body, &path).to_vec();
    for (lun, gb) in &origin.data {
        let place = disks
            .iter()
            .position(|disk| json::number(disk, "lun") == Some(*lun));
        let place = place.unwrap_or_else(|| {
            disks.push(json!({"lun": lun}));
            disks.len() - 1
        });
        json::set(&mut disks[place], "sizeInGB", *gb);
        json::default(&mut disks[place], "hostCaching", "None");
    }
    json::set(body, &path, disks);
}

/// A full replication takes disks of at most 2 TiB; it fails after it has begun.
pub(super) fn check_size(write: &mut Write<'_>, origin: &Origin) {
    const MOST: i64 = 2048;
    let mode = "properties.publishingProfile.replicationMode";
    let sizes = origin.data.iter().map(|(_, gb)| *gb);
    let largest = sizes.chain([origin.os_gb]).max().unwrap_or_default();
    if largest <= MOST || json::text(&write.after.body, mode) == Some("Shallow") {
        return;
    }
    let message = format!(
        "Replication failed in this region due to 'The GalleryImageVersion source resource size {largest} exceeds the max size {MOST} supported.'"
    );
    replicas::fail(&mut write.after, &message);
    let failure = ArmError::conflict("ReplicationJobsNotCompleted", message);
    write.state.verdict.operation_failure.get_or_insert(failure);
}
