//! What a publisher's spec takes for granted: its subscription, and what its
//! image versions are made from.

use serde_json::{Value as Json, json};
use tenon_model::image::ImageId;
use tenon_model::spec::{Entry, Item, Spec};
use tenon_model::{Later, ResourceId, Value};

use super::{Making, PUBLISHER};

impl Making {
    /// `own` is subscription and tenant of the deployment.
    pub(super) fn published(
        &mut self,
        entry: &Entry,
        spec: &Spec,
        own: (&str, &str),
        location: &str,
    ) {
        let (subscription, tenant) = match entry.item.text("subscription") {
            Some(other) if other != own.0 => (other, publisher(spec, own.1)),
            _ => own,
        };
        self.subscription(subscription, tenant);
        self.publishing.insert(subscription.to_ascii_lowercase());
        if entry.item.get("sharing").is_some() {
            self.sharing.insert(subscription.to_ascii_lowercase());
        }
        let location = super::existing(entry.item.text("location").unwrap_or(location));
        let images = entry.item.get("images").map_or(&[][..], Item::members);
        for image in images {
            let versions = image.item.get("versions").map_or(&[][..], Item::members);
            for source in versions.iter().flat_map(|one| sources(&one.item)) {
                if let Some(id) = id_of(source, spec) {
                    self.source(&id, &image.item, location, tenant);
                }
            }
        }
    }

    fn source(&mut self, id: &ResourceId, image: &Item, location: &str, tenant: &str) {
        let word = |key: &str, otherwise: &str| image.text(key).unwrap_or(otherwise).to_owned();
        let (system, generation) = (word("os_type", "Linux"), word("hyper_v_generation", "V2"));
        let generalized = word("os_state", "Generalized").eq_ignore_ascii_case("Generalized");
        let kind = id.resource_type().to_ascii_lowercase();
        let properties = match kind.as_str() {
            "microsoft.compute/snapshots" | "microsoft.compute/disks" => disk(&system, &generation),
            "microsoft.compute/virtualmachines" => {
                let disk_id = id.as_str().replace("/virtualMachines/", "/disks/") + "-os";
                let disk = json!({"location": location, "properties": disk(&system, &generation)});
                self.sources.insert(disk_id.clone(), disk);
                machine(&system, &disk_id, generalized)
            }
            "microsoft.compute/images" => json!({
                "storageProfile": {"osDisk": {
                    "osType": system,
                    "osState": word("os_state", "Generalized"),
                    "diskSizeGB": 30,
                }},
                "hyperVGeneration": generation,
                "provisioningState": "Succeeded",
            }),
            "microsoft.compute/galleries/images/versions" => {
                if let Ok(image) = ImageId::parse(id.as_str()) {
                    let known = self.subscriptions.get(id.subscription().as_str()).cloned();
                    let tenant = known.unwrap_or_else(|| other_than(tenant).to_owned());
                    self.gallery_image(&image, &tenant, None);
                }
                return;
            }
            _ => return,
        };
        self.subscription(id.subscription().as_str(), tenant);
        let body = json!({"location": location, "properties": properties});
        self.sources.insert(id.to_string(), body);
    }
}

/// Everything that a version is made from.
fn sources(version: &Item) -> impl Iterator<Item = &Item> {
    let disks = version.get("data_disks").map_or(&[][..], Item::members);
    let disks = disks.iter().map(|disk| &disk.item);
    let single = version.get("os_disk").into_iter().chain(disks);
    let whole = version.get("source").into_iter();
    whole.chain(single.filter_map(|disk| disk.get("source")))
}

fn disk(system: &str, generation: &str) -> Json {
    json!({
        "osType": system,
        "hyperVGeneration": generation,
        "diskSizeGB": 30,
        "creationData": {"createOption": "Empty"},
        "provisioningState": "Succeeded",
    })
}

/// A machine that nobody uses any more, so that it can be copied.
fn machine(system: &str, disk: &str, generalized: bool) -> Json {
    let mut statuses = vec![json!({"code": "PowerState/deallocated"})];
    if generalized {
        statuses.push(json!({"code": "OSState/generalized"}));
    }
    json!({
        "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
        "storageProfile": {"osDisk": {
            "osType": system,
            "createOption": "FromImage",
            "managedDisk": {"id": disk},
        }},
        "instanceView": {"statuses": statuses},
        "provisioningState": "Succeeded",
    })
}

/// The tenant of a gallery in another subscription than the deployment's: the
/// first other one that the spec names.
fn publisher<'s>(spec: &'s Spec, own: &'s str) -> &'s str {
    let mut tenants = spec.tenants.iter().map(|tenant| tenant.id.as_str());
    let other = tenants.find(|id| !id.eq_ignore_ascii_case(own));
    other.unwrap_or_else(|| other_than(own))
}

fn other_than(own: &str) -> &str {
    if own.eq_ignore_ascii_case(PUBLISHER) {
        own
    } else {
        PUBLISHER
    }
}

/// The id that a version's source names: as it is, or of an entry that exists
/// elsewhere.
fn id_of(source: &Item, spec: &Spec) -> Option<ResourceId> {
    match source.scalar()? {
        Value::Text(text) => ResourceId::parse(text).ok(),
        Value::Later(later) => match &**later {
            Later::Attribute { of, name } if name == "id" => {
                let mut entries = spec.all_entries().map(|(_, entry)| entry);
                let entry = entries.find(|entry| entry.address == *of)?;
                ResourceId::parse(entry.item.text("existing")?).ok()
            }
            _ => None,
        },
        _ => None,
    }
}
