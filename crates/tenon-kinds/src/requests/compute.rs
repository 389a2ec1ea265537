//! Images, machines and their disks.

use super::{Row, Version, group};
use crate::versions;

const MACHINE: &str =
    "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/virtualMachine.json";
const SCALE_SET: &str = "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/virtualMachineScaleSet.json";
const DISK: &str = "compute/resource-manager/Microsoft.Compute/DiskRP/stable/2024-03-02/disk.json";
const GALLERY: &str =
    "compute/resource-manager/Microsoft.Compute/GalleryRP/stable/2023-07-03/gallery.json";
const SHARED: &str =
    "compute/resource-manager/Microsoft.Compute/GalleryRP/stable/2023-07-03/sharedGallery.json";
const COMMUNITY: &str =
    "compute/resource-manager/Microsoft.Compute/GalleryRP/stable/2023-07-03/communityGallery.json";

const COMMON: &str =
    "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/computeRPCommon.json";
const SKUS: &str = "compute/resource-manager/Microsoft.Compute/Skus/stable/2021-07-01/skus.json";

/// A request below a region of the consumer's subscription.
macro_rules! region {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}",
            $rest
        )
    };
}

pub(super) const ROWS: &[Row] = &[
    Row {
        method: "GET",
        path: region!("/usages"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "tells what of a quota is used, where a plan makes machines or changes their size",
        document: COMMON,
        operation: "Usage_List",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/providers/Microsoft.Compute/skus",
        version: Version::Pinned(versions::SKUS),
        query: &["$filter"],
        purpose: "tells what a size counts against, in the same plans",
        document: SKUS,
        operation: "ResourceSkus_List",
    },
    Row {
        method: "GET",
        path: region!("/sharedGalleries/{galleryUniqueName}/images/{galleryImageName}"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "reads an image definition that is shared directly, with the consumer's token",
        document: SHARED,
        operation: "SharedGalleryImages_Get",
    },
    Row {
        method: "GET",
        path: region!("/sharedGalleries/{galleryUniqueName}/images/{galleryImageName}/versions"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "finds the versions that are shared with the subscription and can be used in a region",
        document: SHARED,
        operation: "SharedGalleryImageVersions_List",
    },
    Row {
        method: "GET",
        path: region!("/sharedGalleries/{galleryUniqueName}/images/{galleryImageName}/versions"),
        version: Version::Pinned(versions::GALLERIES),
        query: &["sharedTo"],
        purpose: "finds those that are shared with the whole tenant, where the subscription sees none",
        document: SHARED,
        operation: "SharedGalleryImageVersions_List",
    },
    Row {
        method: "GET",
        path: region!("/communityGalleries/{publicGalleryName}/images/{galleryImageName}"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "reads an image definition of a community gallery, with the consumer's token",
        document: COMMUNITY,
        operation: "CommunityGalleryImages_Get",
    },
    Row {
        method: "GET",
        path: region!("/communityGalleries/{publicGalleryName}/images/{galleryImageName}/versions"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "finds the versions of a community gallery that can be used in a region",
        document: COMMUNITY,
        operation: "CommunityGalleryImageVersions_List",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "reads an image definition with the publisher's token",
        document: GALLERY,
        operation: "GalleryImages_Get",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}/versions"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "finds the versions that a channel means",
        document: GALLERY,
        operation: "GalleryImageVersions_ListByGalleryImage",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}/versions/{galleryImageVersionName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &["$expand"],
        purpose: "reads where a version has its replicas",
        document: GALLERY,
        operation: "GalleryImageVersions_Get",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/disks"),
        version: Version::Pinned(versions::DISKS),
        query: &[],
        purpose: "reads the data disks of a group",
        document: DISK,
        operation: "Disks_ListByResourceGroup",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/disks/{diskName}"),
        version: Version::Pinned(versions::DISKS),
        query: &[],
        purpose: "looks at a data disk right before it is written",
        document: DISK,
        operation: "Disks_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Compute/disks/{diskName}"),
        version: Version::Pinned(versions::DISKS),
        query: &[],
        purpose: "makes a data disk",
        document: DISK,
        operation: "Disks_CreateOrUpdate",
    },
    Row {
        method: "PATCH",
        path: group!("/providers/Microsoft.Compute/disks/{diskName}"),
        version: Version::Pinned(versions::DISKS),
        query: &[],
        purpose: "changes a data disk",
        document: DISK,
        operation: "Disks_Update",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Compute/disks/{diskName}"),
        version: Version::Pinned(versions::DISKS),
        query: &[],
        purpose: "deletes a data disk",
        document: DISK,
        operation: "Disks_Delete",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/virtualMachines"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "reads the machines of a group, with their extensions",
        document: MACHINE,
        operation: "VirtualMachines_List",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "looks at a machine right before it is written",
        document: MACHINE,
        operation: "VirtualMachines_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "makes a machine",
        document: MACHINE,
        operation: "VirtualMachines_CreateOrUpdate",
    },
    Row {
        method: "PATCH",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "changes a machine",
        document: MACHINE,
        operation: "VirtualMachines_Update",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "deletes a machine",
        document: MACHINE,
        operation: "VirtualMachines_Delete",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &["$expand"],
        purpose: "tells whether a machine runs that the plan stops or that counts in its fleet, and whether it is well; tells whether one that an image version is made from was generalized",
        document: MACHINE,
        operation: "VirtualMachines_Get",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/providers/Microsoft.Compute/virtualMachines",
        version: Version::Pinned(versions::COMPUTE),
        query: &["statusOnly"],
        purpose: "tells the same of many machines at once",
        document: MACHINE,
        operation: "VirtualMachines_ListAll",
    },
    Row {
        method: "POST",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}/deallocate"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "stops a machine for a change that needs it",
        document: MACHINE,
        operation: "VirtualMachines_Deallocate",
    },
    Row {
        method: "POST",
        path: group!("/providers/Microsoft.Compute/virtualMachines/{vmName}/start"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "starts it again",
        document: MACHINE,
        operation: "VirtualMachines_Start",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "looks at an extension right before it is written",
        document: MACHINE,
        operation: "VirtualMachineExtensions_Get",
    },
    Row {
        method: "PUT",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "makes an extension of a machine",
        document: MACHINE,
        operation: "VirtualMachineExtensions_CreateOrUpdate",
    },
    Row {
        method: "PATCH",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "changes an extension",
        document: MACHINE,
        operation: "VirtualMachineExtensions_Update",
    },
    Row {
        method: "DELETE",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "deletes an extension whose machine stays",
        document: MACHINE,
        operation: "VirtualMachineExtensions_Delete",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/virtualMachineScaleSets"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "reads the scale sets of a group",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_List",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "looks at a scale set right before it is written",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "makes a scale set",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_CreateOrUpdate",
    },
    Row {
        method: "PATCH",
        path: group!("/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "changes a scale set",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_Update",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}"),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "deletes a scale set",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_Delete",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachineScaleSets/{virtualMachineScaleSetName}/virtualMachines"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "finds the instances of a scale set that have another model",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSetVMs_List",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachineScaleSets/{virtualMachineScaleSetName}/virtualMachines"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &["$expand"],
        purpose: "finds them where the run upgrades them, and whether they are well",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSetVMs_List",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/rollingUpgrades/latest"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "tells whether a rolling upgrade is under way, and follows it",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSetRollingUpgrades_GetLatest",
    },
    Row {
        method: "POST",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/manualupgrade"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "gives some instances of a scale set its model",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_UpdateInstances",
    },
    Row {
        method: "POST",
        path: group!(
            "/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}/reimage"
        ),
        version: Version::Pinned(versions::COMPUTE),
        query: &[],
        purpose: "lays the OS disks of some instances of a scale set anew, with `--replace`",
        document: SCALE_SET,
        operation: "VirtualMachineScaleSets_Reimage",
    },
];
