//! What machines refer to: identities and SSH keys.

use super::{Row, Version, group};
use crate::versions;

const IDENTITY: &str =
    "msi/resource-manager/Microsoft.ManagedIdentity/stable/2023-01-31/ManagedIdentity.json";
const KEY: &str =
    "compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01/sshPublicKey.json";

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
];
