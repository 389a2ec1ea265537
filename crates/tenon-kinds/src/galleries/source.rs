//! What an image version is made from, and in which member of the body Azure
//! wants it.
//!
//! A managed image, another version and a machine are a source as a whole; a
//! disk and a snapshot are the OS disk of the version. Source: Galleries
//! 2024-03-03, `GalleryImageVersionStorageProfile`.

use tenon_model::desired::Relation;
use tenon_model::image::{ImageDefinition, ImageId, OpenImage, Sharing};
use tenon_model::kind::Surroundings;
use tenon_model::spec::Item;
use tenon_model::{Code, Diagnostic, Help, ResourceId, Value};

use crate::draft::Draft;
use crate::scope::{self, Scope};

/// Types that are a disk.
const DISKS: [&str; 2] = ["microsoft.compute/disks", "microsoft.compute/snapshots"];

/// Types that are an image.
const IMAGES: [&str; 2] = [
    "microsoft.compute/images",
    "microsoft.compute/galleries/images/versions",
];

const MACHINE: &str = "microsoft.compute/virtualmachines";

/// Writes `source`; returns what there is to look at.
pub(super) fn put(
    draft: &mut Draft,
    item: &Item,
    around: &Surroundings<'_>,
) -> Result<Option<ResourceId>, Box<Diagnostic>> {
    let text = item.scalar().and_then(Value::as_text).unwrap_or_default();
    if community(text).is_some() {
        draft.put(
            "source_community",
            "properties.storageProfile.source.communityGalleryImageId",
            item,
        );
        return Ok(None);
    }
    let from = scope::named(item, around).ok_or_else(|| Box::new(unknown(item)))?;
    let kind = from.id.resource_type().to_ascii_lowercase();
    let (property, path) = match kind.as_str() {
        kind if IMAGES.contains(&kind) => ("source", "properties.storageProfile.source.id"),
        MACHINE => (
            "source_vm",
            "properties.storageProfile.source.virtualMachineId",
        ),
        kind if DISKS.contains(&kind) => (
            "os_disk.source",
            "properties.storageProfile.osDiskImage.source.id",
        ),
        _ => return Err(Box::new(no_source(item, &from.id))),
    };
    draft.set(path, Value::text(from.id.as_str()));
    Ok(take(draft, item, property, from))
}

/// The disk or snapshot that one disk is made from.
pub(super) fn disk(item: &Item, around: &Surroundings<'_>) -> Result<Scope, Box<Diagnostic>> {
    let from = scope::named(item, around).ok_or_else(|| Box::new(unknown(item)))?;
    let kind = from.id.resource_type().to_ascii_lowercase();
    if DISKS.contains(&kind.as_str()) {
        return Ok(from);
    }
    let words = "a disk of an image is made from a disk or a snapshot";
    let problem = Diagnostic::error(Code::InvalidValue, words);
    let problem = problem.at(&item.place, format!("is a {}", from.id.resource_type()));
    Err(Box::new(problem.help(Help::text(
        "a managed image, a machine or another version is the `source` of the whole version",
    ))))
}

/// Notes that `draft` is made from something; returns it where nothing else in
/// the spec speaks for it.
pub(super) fn take(
    draft: &mut Draft,
    item: &Item,
    property: &str,
    from: Scope,
) -> Option<ResourceId> {
    draft.at(property, &item.place);
    if let Some(address) = from.address {
        draft.need(&address, Relation::Reads, &item.place);
        return None;
    }
    Some(from.id)
}

fn community(text: &str) -> Option<OpenImage> {
    match ImageId::parse(text).ok()?.definition {
        ImageDefinition::Open(open) if open.sharing == Sharing::Community => Some(open),
        _ => None,
    }
}

fn unknown(item: &Item) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownReference,
        "`source` names nothing of this spec, and is no resource id",
    )
    .at(&item.place, "")
    .help(Help::text(
        "write the full id, /subscriptions/…, or ${resources.name.id}",
    ))
}

fn no_source(item: &Item, id: &ResourceId) -> Diagnostic {
    Diagnostic::error(Code::InvalidValue, "no image version is made from this")
        .at(&item.place, format!("is a {}", id.resource_type()))
        .help(Help::text(
            "a managed image, a machine, a disk, a snapshot, or a version /…/galleries/…/images/…/versions/1.4.2",
        ))
}
