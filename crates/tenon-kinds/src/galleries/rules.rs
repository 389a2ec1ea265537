//! What is known about galleries, definitions, versions and sharing.
//!
//! api-version 2024-03-03. What is fixed: the troubleshooting page of Azure
//! Compute Gallery ("Changing property … is not allowed"); updates are `PUT`s,
//! as the Azure CLI sends them.

use tenon_model::rules::{
    Absent, Child, Extra, Fate, KeyedList, Keys, Loss, Row, Rules, Same, Tags, Update, Usual,
};

use crate::versions;

/// What is known about galleries.
pub(crate) static GALLERY: Rules = Rules {
    resource_type: "Microsoft.Compute/galleries",
    api_version: versions::GALLERIES,
    noun: "gallery",
    lost: &[],
    usual: Usual {
        write: 10,
        delete: 10,
    },
    children: &[Child {
        path: "share/current",
        rules: &SHARE,
        fate: Fate::Own,
    }],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("description", "properties.description", Same::Exact).absent(Absent::Removed),
        Row::new(
            "soft_delete",
            "properties.softDeletePolicy.isSoftDeleteEnabled",
            Same::Exact,
        )
        .absent(Absent::Default("false")),
        Row::new(
            "sharing",
            "properties.sharingProfile.permissions",
            Same::Caseless,
        )
        // Azure makes a gallery private when its sharing is reset, and never
        // anything else of one that is private.
        .fixed(),
        Row::new(
            "sharing.community.prefix",
            "properties.sharingProfile.communityGalleryInfo.publicNamePrefix",
            Same::Exact,
        )
        .fixed(),
        Row::new(
            "sharing.community.publisher_uri",
            "properties.sharingProfile.communityGalleryInfo.publisherUri",
            Same::Exact,
        ),
        Row::new(
            "sharing.community.contact",
            "properties.sharingProfile.communityGalleryInfo.publisherContact",
            Same::Exact,
        ),
        Row::new(
            "sharing.community.eula",
            "properties.sharingProfile.communityGalleryInfo.eula",
            Same::Exact,
        ),
    ],
    lists: &[],
    noise: &["systemData", "properties.sharingStatus"],
    read_only: &[
        "id",
        "name",
        "type",
        "systemData",
        "properties.identifier",
        "properties.provisioningState",
        "properties.sharingStatus",
        "properties.sharingProfile.groups",
        "properties.sharingProfile.communityGalleryInfo.communityGalleryEnabled",
        "properties.sharingProfile.communityGalleryInfo.publicNames",
    ],
};

/// What is known about whom a gallery is shared with: what Azure offers as the
/// action `share` is a resource here, which the client reads and writes.
pub(crate) static SHARE: Rules = Rules {
    resource_type: "Microsoft.Compute/galleries/share",
    api_version: versions::GALLERIES,
    noun: "sharing",
    lost: &[],
    usual: Usual {
        write: 20,
        delete: 20,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Parent,
    rows: &[
        Row::new("subscriptions", "properties.subscriptions", Same::Set)
            .absent(Absent::Default("[]")),
        Row::new("tenants", "properties.tenants", Same::Set).absent(Absent::Default("[]")),
        Row::new("community", "properties.community", Same::Exact).absent(Absent::Default("false")),
    ],
    lists: &[],
    noise: &[],
    read_only: &["id", "name", "type"],
};

/// What is known about image definitions.
pub(crate) static DEFINITION: Rules = Rules {
    resource_type: "Microsoft.Compute/galleries/images",
    api_version: versions::GALLERIES,
    noun: "image",
    lost: &[],
    usual: Usual {
        write: 10,
        delete: 10,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("os_type", "properties.osType", Same::Caseless).fixed(),
        Row::new("os_state", "properties.osState", Same::Caseless).fixed(),
        Row::new(
            "hyper_v_generation",
            "properties.hyperVGeneration",
            Same::Caseless,
        )
        .fixed(),
        Row::new("architecture", "properties.architecture", Same::Caseless).fixed(),
        Row::new(
            "features.*",
            "properties.features[name].value",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "identifier.publisher",
            "properties.identifier.publisher",
            Same::Exact,
        )
        .fixed(),
        Row::new(
            "identifier.offer",
            "properties.identifier.offer",
            Same::Exact,
        )
        .fixed(),
        Row::new("identifier.sku", "properties.identifier.sku", Same::Exact).fixed(),
        Row::new(
            "purchase_plan.name",
            "properties.purchasePlan.name",
            Same::Exact,
        )
        .fixed(),
        Row::new(
            "purchase_plan.publisher",
            "properties.purchasePlan.publisher",
            Same::Exact,
        )
        .fixed(),
        Row::new(
            "purchase_plan.product",
            "properties.purchasePlan.product",
            Same::Exact,
        )
        .fixed(),
        Row::new("description", "properties.description", Same::Exact).absent(Absent::Removed),
        Row::new("eula", "properties.eula", Same::Exact).absent(Absent::Removed),
        Row::new("privacy_uri", "properties.privacyStatementUri", Same::Exact)
            .absent(Absent::Removed),
        Row::new(
            "release_notes_uri",
            "properties.releaseNoteUri",
            Same::Exact,
        )
        .absent(Absent::Removed),
        Row::new("end_of_life", "properties.endOfLifeDate", Same::Instant).absent(Absent::Removed),
        Row::new(
            "recommended.cpus.min",
            "properties.recommended.vCPUs.min",
            Same::Exact,
        )
        .absent(Absent::Removed),
        Row::new(
            "recommended.cpus.max",
            "properties.recommended.vCPUs.max",
            Same::Exact,
        )
        .absent(Absent::Removed),
        Row::new(
            "recommended.memory_gb.min",
            "properties.recommended.memory.min",
            Same::Exact,
        )
        .absent(Absent::Removed),
        Row::new(
            "recommended.memory_gb.max",
            "properties.recommended.memory.max",
            Same::Exact,
        )
        .absent(Absent::Removed),
        Row::new(
            "disallowed_disks",
            "properties.disallowed.diskTypes",
            Same::Set,
        )
        .absent(Absent::Removed),
    ],
    lists: &[KeyedList {
        path: "properties.features",
        key: "name",
        property: "features.*",
        extra: Extra::Keep,
        keys: Keys::Names,
    }],
    noise: &["systemData"],
    read_only: &[
        "id",
        "name",
        "type",
        "systemData",
        "properties.provisioningState",
    ],
};

/// What is known about image versions.
pub(crate) static VERSION: Rules = Rules {
    resource_type: "Microsoft.Compute/galleries/images/versions",
    api_version: versions::GALLERIES,
    noun: "image version",
    lost: &[Loss::Words("replicas")],
    // Azure copies it to every region; replication of large disks takes hours.
    usual: Usual {
        write: 900,
        delete: 120,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("source", "properties.storageProfile.source.id", Same::Id).fixed(),
        Row::new(
            "source_vm",
            "properties.storageProfile.source.virtualMachineId",
            Same::Id,
        )
        .fixed(),
        Row::new(
            "source_community",
            "properties.storageProfile.source.communityGalleryImageId",
            Same::Id,
        )
        .fixed(),
        Row::new(
            "os_disk.source",
            "properties.storageProfile.osDiskImage.source.id",
            Same::Id,
        )
        .fixed(),
        Row::new(
            "os_disk.caching",
            "properties.storageProfile.osDiskImage.hostCaching",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "data_disks.*.source",
            "properties.storageProfile.dataDiskImages[lun].source.id",
            Same::Id,
        )
        .fixed(),
        Row::new(
            "data_disks.*.caching",
            "properties.storageProfile.dataDiskImages[lun].hostCaching",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "replicate_to.*.replicas",
            "properties.publishingProfile.targetRegions[name].regionalReplicaCount",
            Same::Exact,
        ),
        Row::new(
            "replicate_to.*.storage",
            "properties.publishingProfile.targetRegions[name].storageAccountType",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "replicate_to.*.exclude_from_latest",
            "properties.publishingProfile.targetRegions[name].excludeFromLatest",
            Same::Exact,
        )
        .absent(Absent::Default("false")),
        Row::new(
            "replicate_to.*.disk_encryption_set",
            "properties.publishingProfile.targetRegions[name].encryption.osDiskImage.diskEncryptionSetId",
            Same::Id,
        )
        .fixed(),
        Row::new(
            "replicate_to.*.data_disk_encryption_sets",
            "properties.publishingProfile.targetRegions[name].encryption.dataDiskImages",
            Same::Id,
        )
        .fixed(),
        Row::new(
            "storage",
            "properties.publishingProfile.storageAccountType",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "mode",
            "properties.publishingProfile.replicationMode",
            Same::Caseless,
        )
        .absent(Absent::Default("\"Full\""))
        .fixed(),
        Row::new(
            "exclude_from_latest",
            "properties.publishingProfile.excludeFromLatest",
            Same::Exact,
        )
        .absent(Absent::Default("false")),
        Row::new(
            "end_of_life",
            "properties.publishingProfile.endOfLifeDate",
            Same::Instant,
        )
        .absent(Absent::Removed),
        Row::new(
            "block_deletion_before_end_of_life",
            "properties.safetyProfile.blockDeletionBeforeEndOfLife",
            Same::Exact,
        )
        .absent(Absent::Default("false")),
        Row::new(
            "allow_deletion_of_replicated_locations",
            "properties.safetyProfile.allowDeletionOfReplicatedLocations",
            Same::Exact,
        ),
    ],
    lists: &[
        KeyedList {
            path: "properties.publishingProfile.targetRegions",
            key: "name",
            property: "replicate_to.*",
            extra: Extra::Remove,
            keys: Keys::Regions,
        },
        KeyedList {
            path: "properties.storageProfile.dataDiskImages",
            key: "lun",
            property: "data_disks.*",
            // Those that come with the source.
            extra: Extra::Keep,
            keys: Keys::Names,
        },
    ],
    noise: &[
        "systemData",
        "properties.replicationStatus",
        "properties.validationsProfile",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "systemData",
        "properties.provisioningState",
        "properties.replicationStatus",
        "properties.validationsProfile",
        "properties.publishingProfile.publishedDate",
        "properties.safetyProfile.reportedForPolicyViolation",
        "properties.safetyProfile.policyViolations",
        "properties.storageProfile.osDiskImage.sizeInGB",
        "properties.storageProfile.dataDiskImages[].sizeInGB",
    ],
};
