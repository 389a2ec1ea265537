//! What a consumer is shown of a gallery, an image and a version: less than
//! their owner, and without their ids.

use serde_json::{Value, json};

use super::{Asked, Way, replicas};
use crate::json;
use crate::store::Resource;

impl Asked {
    pub(super) fn shown_gallery(&self, name: &str, gallery: &Resource) -> Value {
        let properties = match self.way {
            Way::Direct => json!({}),
            Way::Community => {
                let info = "properties.sharingProfile.communityGalleryInfo";
                let member = |member: &str| json::get(&gallery.body, &format!("{info}.{member}"));
                json!({"communityMetadata": {
                    "publisherUri": member("publisherUri"),
                    "publisherContact": member("publisherContact"),
                    "eula": member("eula"),
                    "publicNames": member("publicNames"),
                }})
            }
        };
        self.shown(
            name,
            &format!("/{}/{name}", self.way.segment()),
            "Gallery",
            &properties,
        )
    }

    pub(super) fn shown_image(&self, gallery: &str, image: &Resource) -> Value {
        let kept = [
            "osType",
            "osState",
            "endOfLifeDate",
            "identifier",
            "recommended",
            "disallowed",
            "hyperVGeneration",
            "features",
            "purchasePlan",
            "architecture",
            "privacyStatementUri",
            "eula",
        ];
        let mut properties = json!({});
        for member in kept {
            if let Some(value) = json::get(&image.body, &format!("properties.{member}")) {
                properties[member] = value.clone();
            }
        }
        let unique = format!("/{}/{gallery}/Images/{}", self.way.segment(), image.name());
        self.shown(image.name(), &unique, "GalleryImage", &properties)
    }

    pub(super) fn shown_version(
        &self,
        gallery: &str,
        image: &Resource,
        version: &Resource,
    ) -> Value {
        let profile = "properties.publishingProfile";
        let body = &version.body;
        let disk = |disk: &Value| json!({"diskSizeGB": disk["sizeInGB"], "hostCaching": disk["hostCaching"]});
        let os = json::get(body, "properties.storageProfile.osDiskImage");
        let data = json::items(body, "properties.storageProfile.dataDiskImages").iter();
        let data = data.map(|one| {
            let mut shown = disk(one);
            shown["lun"] = one["lun"].clone();
            shown
        });
        let mut properties = json!({
            "publishedDate": json::get(body, &format!("{profile}.publishedDate")),
            "excludeFromLatest": !replicas::is_in_latest(version, &self.location),
            "storageProfile": {
                "osDiskImage": os.map(disk),
                "dataDiskImages": data.collect::<Vec<_>>(),
            },
        });
        if let Some(ends) = json::get(body, &format!("{profile}.endOfLifeDate")) {
            properties["endOfLifeDate"] = ends.clone();
        }
        let (way, name) = (self.way.segment(), version.name());
        let unique = format!("/{way}/{gallery}/Images/{}/Versions/{name}", image.name());
        self.shown(name, &unique, "GalleryImageVersion", &properties)
    }

    fn shown(&self, name: &str, unique: &str, kind: &str, properties: &Value) -> Value {
        let mut body = json!({
            "name": name,
            "location": self.location,
            "identifier": {"uniqueId": unique},
            "properties": properties,
        });
        if self.way == Way::Community {
            body["type"] = json!(format!("Microsoft.Compute/locations/community{kind}"));
        }
        body
    }
}
