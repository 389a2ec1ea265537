//! What an image reference comes to: the version a machine is really made of.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json;
use crate::providers::gallery::open::{self, Way};
use crate::providers::gallery::{replicas, version};
use crate::state::State;
use crate::store::Resource;

mod platform;

/// An image, ready to be compared with what a machine asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    pub(crate) os_type: String,
    pub(crate) specialized: bool,
    pub(crate) generation: String,
    pub(crate) architecture: String,
    /// The value of the `SecurityType` feature, in lower case.
    pub(crate) security: String,
    pub(crate) plan: Option<Value>,
    pub(crate) disallowed_disks: Vec<String>,
    pub(crate) os_disk_gb: i64,
    /// Unit number and size of each data disk.
    pub(crate) data_disks: Vec<(i64, i64)>,
    /// The version that was chosen.
    pub(crate) exact_version: String,
    /// The id of that version, for images out of a gallery.
    pub(crate) version_id: Option<String>,
}

/// Finds the image of a storage profile's reference.
/// `consumer` is the subscription of the machine.
pub(crate) fn resolve(
    state: &State,
    reference: &Value,
    location: &str,
    consumer: &str,
) -> Result<Image, ArmError> {
    if let Some(id) = json::text(reference, "id") {
        return if id
            .to_ascii_lowercase()
            .contains("/providers/microsoft.compute/images/")
        {
            managed(state, id, location)
        } else {
            of_gallery(state, id, location)
        };
    }
    if let Some(id) = json::text(reference, "sharedGalleryImageId") {
        return open(state, id, location, (Way::Direct, consumer));
    }
    if let Some(id) = json::text(reference, "communityGalleryImageId") {
        return open(state, id, location, (Way::Community, consumer));
    }
    platform::find(state, reference)
}

fn managed(state: &State, id: &str, location: &str) -> Result<Image, ArmError> {
    let found = state
        .store
        .find(id)
        .filter(|found| json::plain_location(found.location()) == json::plain_location(location));
    let found = found.ok_or_else(|| {
        let message = format!("The Image '{id}' cannot be found in '{location}' region.");
        ArmError::not_found("ImageNotFound", message)
    })?;
    let disk = "properties.storageProfile.osDisk";
    let text = |member: &str| json::text(&found.body, &format!("{disk}.{member}"));
    Ok(Image {
        os_type: text("osType").unwrap_or("Linux").to_owned(),
        specialized: text("osState").is_some_and(|state| json::same(state, "Specialized")),
        generation: json::text(&found.body, "properties.hyperVGeneration")
            .unwrap_or("V1")
            .to_owned(),
        architecture: "x64".to_owned(),
        os_disk_gb: json::number(&found.body, &format!("{disk}.diskSizeGB")).unwrap_or(30),
        ..Image::default()
    })
}

/// Finds an image by the id of a gallery's version or definition.
pub(crate) fn of_gallery(state: &State, id: &str, location: &str) -> Result<Image, ArmError> {
    let parsed = ResourceId::parse(id).unwrap_or_default();
    let kind = parsed.type_name().to_ascii_lowercase();
    match kind.as_str() {
        "microsoft.compute/galleries/images/versions" => exact(state, &parsed, location),
        "microsoft.compute/galleries/images" => latest(state, &parsed, location),
        _ => {
            let message = format!("The value '{id}' of parameter 'imageReference.id' is invalid.");
            Err(ArmError::invalid_parameter("imageReference.id", message))
        }
    }
}

/// Refuses to let go of an image while machines are being made of it.
pub(crate) fn check_unused(state: &State, image: &Resource) -> Result<(), ArmError> {
    let id = image.parsed();
    let key = id.key();
    let definition = id.parent().map(|parent| parent.key()).unwrap_or_default();
    let of_this = |machine: &&Resource| {
        let exact = json::text(
            &machine.body,
            "properties.storageProfile.imageReference.exactVersion",
        );
        let reference = json::text(&machine.body, "properties.storageProfile.imageReference.id");
        let named = reference.is_some_and(|id| json::same(id, &key));
        machine.is("Microsoft.Compute/virtualMachines")
            && machine.state() == "Creating"
            && (named || exact == Some(image.name()))
    };
    let users = state.store.referrers(&key);
    let users = users.chain(state.store.referrers(&definition));
    let count = users.filter(of_this).count();
    if count == 0 {
        return Ok(());
    }
    let message = format!(
        "The image '{}' cannot be deleted since {count} VM(s) are being provisioned using it. Please retry when they are done.",
        image.id
    );
    Err(ArmError::conflict(
        "OperationNotAllowedOnVMImageAsVMsBeingProvisioned",
        message,
    ))
}

fn exact(state: &State, id: &ResourceId, location: &str) -> Result<Image, ArmError> {
    let found = state.store.get(&id.key());
    let usable = found.filter(|found| replicas::is_usable(state, found, location));
    usable.map_or_else(
        || Err(not_available(id, location)),
        |found| Ok(read(state, found)),
    )
}

fn latest(state: &State, id: &ResourceId, location: &str) -> Result<Image, ArmError> {
    if state.store.get(&id.key()).is_none() {
        return Err(not_available(id, location));
    }
    let key = id.key();
    let all: Vec<&Resource> = state.store.children(&key, "versions").collect();
    let included = all
        .iter()
        .filter(|one| replicas::is_in_latest(one, location));
    let newest = included
        .filter(|one| replicas::is_usable(state, one, location))
        .max_by_key(|one| version::number(one.name()));
    match newest {
        Some(newest) => Ok(read(state, newest)),
        None if all.iter().any(|one| replicas::is_in_latest(one, location)) => {
            Err(not_available(id, location))
        }
        None => {
            let message = format!("There is no latest image version exists for \"{id}\".");
            Err(ArmError::not_found("GalleryImageNotFound", message))
        }
    }
}

fn not_available(id: &(impl std::fmt::Display + ?Sized), location: &str) -> ArmError {
    let message = format!(
        "The gallery image {id} is not available in {location} region. Please contact image owner to replicate to this region, or change your requested region."
    );
    ArmError::not_found("GalleryImageNotFound", message).at("imageReference")
}

fn read(state: &State, version: &Resource) -> Image {
    let parent = version.parsed().parent().unwrap_or_default();
    let definition = state.store.get(&parent.key());
    let nothing = Value::Null;
    let definition = definition.map_or(&nothing, |definition| &definition.body);
    let text = |path: &str, other: &str| json::text(definition, path).unwrap_or(other).to_owned();
    let security = json::items(definition, "properties.features")
        .iter()
        .find_map(|feature| {
            let name = json::text(feature, "name")?;
            json::same(name, "SecurityType")
                .then(|| json::text(feature, "value").unwrap_or_default())
        });
    let disallowed = json::items(definition, "properties.disallowed.diskTypes").iter();
    let profile = "properties.storageProfile";
    let data_disks = json::items(&version.body, &format!("{profile}.dataDiskImages")).iter();
    Image {
        os_type: text("properties.osType", "Linux"),
        specialized: text("properties.osState", "Generalized") == "Specialized",
        generation: text("properties.hyperVGeneration", "V1"),
        architecture: text("properties.architecture", "x64"),
        security: security.unwrap_or_default().to_ascii_lowercase(),
        plan: json::get(definition, "properties.purchasePlan").cloned(),
        disallowed_disks: disallowed
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        os_disk_gb: json::number(&version.body, &format!("{profile}.osDiskImage.sizeInGB"))
            .unwrap_or(30),
        data_disks: data_disks
            .map(|disk| {
                let number = |member| json::number(disk, member).unwrap_or_default();
                (number("lun"), number("sizeInGB"))
            })
            .collect(),
        exact_version: version.name().to_owned(),
        version_id: Some(version.id.clone()),
    }
}

/// `/sharedGalleries/{unique}/images/{image}[/versions/{version}]` and its community twin.
fn open(
    state: &State,
    id: &str,
    location: &str,
    (way, consumer): (Way, &str),
) -> Result<Image, ArmError> {
    let segments: Vec<&str> = id
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let [_, unique, _, image, rest @ ..] = segments.as_slice() else {
        return Err(not_available(id, location));
    };
    let gallery = open::gallery(state, way, unique, consumer);
    let gallery = gallery.ok_or_else(|| not_available(id, location))?;
    let definition = gallery.parsed().child("images", image);
    let found = match rest {
        [_, version] if !json::same(version, "latest") => {
            exact(state, &definition.child("versions", version), location)
        }
        _ => latest(state, &definition, location),
    };
    // The publisher's own ids are nobody else's business.
    found.map_err(|_| not_available(id, location))
}
