//! What machines refer to: identities, SSH keys, availability sets, placement
//! groups.

use super::{Row, Version, group};
use crate::versions;

const IDENTITY: &str =
    "msi/resource-manager/Microsoft.ManagedIdentity/stable/2023-01-31/ManagedIdentity.json";
const KEY: &str =
    "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/sshPublicKey.json";
const SET: &str =
    "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/availabilitySet.json";
const NEAR: &str = "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/proximityPlacementGroup.json";

/// A row of the table without parameters of its own.
const fn row(
    (method, path): (&'static str, &'static str),
    version: &'static str,
    purpose: &'static str,
    (document, operation): (&'static str, &'static str),
) -> Row {
    Row {
        method,
        path,
        version: Version::Pinned(version),
        query: &[],
        purpose,
        document,
        operation,
    }
}

const IDENTITIES: &str = group!("/providers/Microsoft.ManagedIdentity/userAssignedIdentities");
const ONE_IDENTITY: &str =
    group!("/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}");
const KEYS: &str = group!("/providers/Microsoft.Compute/sshPublicKeys");
const ONE_KEY: &str = group!("/providers/Microsoft.Compute/sshPublicKeys/{sshPublicKeyName}");
const SETS: &str = group!("/providers/Microsoft.Compute/availabilitySets");
const ONE_SET: &str = group!("/providers/Microsoft.Compute/availabilitySets/{availabilitySetName}");
const GROUPS: &str = group!("/providers/Microsoft.Compute/proximityPlacementGroups");
const ONE_GROUP: &str =
    group!("/providers/Microsoft.Compute/proximityPlacementGroups/{proximityPlacementGroupName}");

pub(super) const ROWS: &[Row] = &[
    row(
        ("GET", IDENTITIES),
        versions::IDENTITIES,
        "reads the identities of a group",
        (IDENTITY, "UserAssignedIdentities_ListByResourceGroup"),
    ),
    row(
        ("GET", ONE_IDENTITY),
        versions::IDENTITIES,
        "looks at an identity right before it is written",
        (IDENTITY, "UserAssignedIdentities_Get"),
    ),
    row(
        ("PUT", ONE_IDENTITY),
        versions::IDENTITIES,
        "makes an identity",
        (IDENTITY, "UserAssignedIdentities_CreateOrUpdate"),
    ),
    row(
        ("PATCH", ONE_IDENTITY),
        versions::IDENTITIES,
        "changes the tags of an identity",
        (IDENTITY, "UserAssignedIdentities_Update"),
    ),
    row(
        ("DELETE", ONE_IDENTITY),
        versions::IDENTITIES,
        "deletes an identity",
        (IDENTITY, "UserAssignedIdentities_Delete"),
    ),
    row(
        ("GET", KEYS),
        versions::COMPUTE,
        "reads the SSH keys of a group",
        (KEY, "SshPublicKeys_ListByResourceGroup"),
    ),
    row(
        ("GET", ONE_KEY),
        versions::COMPUTE,
        "looks at an SSH key right before it is written",
        (KEY, "SshPublicKeys_Get"),
    ),
    row(
        ("PUT", ONE_KEY),
        versions::COMPUTE,
        "makes an SSH key",
        (KEY, "SshPublicKeys_Create"),
    ),
    row(
        ("PATCH", ONE_KEY),
        versions::COMPUTE,
        "changes an SSH key",
        (KEY, "SshPublicKeys_Update"),
    ),
    row(
        ("DELETE", ONE_KEY),
        versions::COMPUTE,
        "deletes an SSH key",
        (KEY, "SshPublicKeys_Delete"),
    ),
    row(
        ("GET", SETS),
        versions::COMPUTE,
        "reads the availability sets of a group",
        (SET, "AvailabilitySets_List"),
    ),
    row(
        ("GET", ONE_SET),
        versions::COMPUTE,
        "looks at an availability set right before it is written",
        (SET, "AvailabilitySets_Get"),
    ),
    row(
        ("PUT", ONE_SET),
        versions::COMPUTE,
        "makes an availability set",
        (SET, "AvailabilitySets_CreateOrUpdate"),
    ),
    row(
        ("PATCH", ONE_SET),
        versions::COMPUTE,
        "changes an availability set",
        (SET, "AvailabilitySets_Update"),
    ),
    row(
        ("DELETE", ONE_SET),
        versions::COMPUTE,
        "deletes an availability set",
        (SET, "AvailabilitySets_Delete"),
    ),
    row(
        ("GET", GROUPS),
        versions::COMPUTE,
        "reads the placement groups of a group",
        (NEAR, "ProximityPlacementGroups_ListByResourceGroup"),
    ),
    row(
        ("GET", ONE_GROUP),
        versions::COMPUTE,
        "looks at a placement group right before it is written",
        (NEAR, "ProximityPlacementGroups_Get"),
    ),
    row(
        ("PUT", ONE_GROUP),
        versions::COMPUTE,
        "makes a placement group",
        (NEAR, "ProximityPlacementGroups_CreateOrUpdate"),
    ),
    row(
        ("PATCH", ONE_GROUP),
        versions::COMPUTE,
        "changes the tags of a placement group",
        (NEAR, "ProximityPlacementGroups_Update"),
    ),
    row(
        ("DELETE", ONE_GROUP),
        versions::COMPUTE,
        "deletes a placement group",
        (NEAR, "ProximityPlacementGroups_Delete"),
    ),
];
