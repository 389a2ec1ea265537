//! Galleries as a world file describes them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A compute gallery.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Gallery {
    /// The subscription's name or id.
    pub subscription: String,
    /// The resource group's name.
    pub resource_group: String,
    /// The gallery's name.
    pub name: String,
    /// Its region.
    pub location: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// `Private`, `Groups` or `Community`; empty means `Private`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sharing: String,
    /// With `Groups`: whom it is shared with, without a role.
    #[serde(skip_serializing_if = "SharedWith::is_nobody")]
    pub shared_with: SharedWith,
    /// With `Community`: the name under which everybody finds it; made of its
    /// own name when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub public_name: String,
    /// True when deleted versions can be had back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub soft_delete: bool,
    /// Its image definitions.
    pub images: Vec<GalleryImage>,
}

/// Whom a gallery is shared with directly.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SharedWith {
    /// Subscriptions, by name or id.
    pub subscriptions: Vec<String>,
    /// Tenants, by name or id.
    pub tenants: Vec<String>,
}

impl SharedWith {
    fn is_nobody(&self) -> bool {
        self.subscriptions.is_empty() && self.tenants.is_empty()
    }
}

/// An image definition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct GalleryImage {
    /// The definition's name.
    pub name: String,
    /// `Linux` or `Windows`; empty means `Linux`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub os_type: String,
    /// `Generalized` or `Specialized`; empty means `Generalized`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub os_state: String,
    /// `V1` or `V2`; empty means `V2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub generation: String,
    /// `x64` or `Arm64`; empty means `x64`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub architecture: String,
    /// Features by name, such as `SecurityType: TrustedLaunchSupported`.
    pub features: BTreeMap<String, String>,
    /// Publisher, offer and sku; derived from the names when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<ImageIdentifier>,
    /// The marketplace plan a machine must name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_plan: Option<PurchasePlan>,
    /// OS disk types a machine may not use.
    pub disallowed_disk_types: Vec<String>,
    /// When the image stops being maintained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<Timestamp>,
    /// Its versions.
    pub versions: Vec<ImageVersion>,
}

/// What a definition is known by inside its gallery.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ImageIdentifier {
    /// The publisher.
    pub publisher: String,
    /// The offer.
    pub offer: String,
    /// The sku.
    pub sku: String,
}

/// A marketplace plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct PurchasePlan {
    /// The plan's name.
    pub name: String,
    /// The publisher.
    pub publisher: String,
    /// The product.
    pub product: String,
}

/// An image version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ImageVersion {
    /// `Major.Minor.Patch`.
    pub name: String,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The id of the managed image, machine or version that it was made of;
    /// unknown when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Where it is replicated to; the gallery's own region when empty.
    pub regions: Vec<TargetRegion>,
    /// True when `latest` never means it.
    pub exclude_from_latest: bool,
    /// When it was published; the epoch when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When it stops being maintained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<Timestamp>,
    /// Empty means `Succeeded`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub provisioning_state: String,
    /// The size of its OS disk; 30 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_disk_size_gb: Option<u32>,
    /// Its data disks.
    pub data_disks: Vec<ImageDataDisk>,
    /// True when it is marked for deletion, and can be restored for a while.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub soft_deleted: bool,
    /// True when regions may be taken away from it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub allow_deletion_of_replicated_locations: bool,
    /// True when it cannot be deleted before its end of life.
    pub block_deletion_before_end_of_life: bool,
}

/// A region an image version is replicated to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TargetRegion {
    /// The region.
    pub name: String,
    /// How many replicas; 1 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// `Completed`, `Replicating`, `Failed` or `Unknown`; empty means `Completed`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// True when `latest` never means this version in this region.
    pub exclude_from_latest: bool,
    /// The storage type; `Standard_LRS` when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub storage_account_type: String,
}

/// A data disk inside an image version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ImageDataDisk {
    /// The logical unit number.
    pub lun: u32,
    /// The size.
    pub size_gb: u32,
}
