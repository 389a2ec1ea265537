//! Groups, lists of everything, and types without a table.

use super::{ANY, Row, Version, group};
use crate::versions;

const RESOURCES: &str =
    "resources/resource-manager/Microsoft.Resources/stable/2024-07-01/resources.json";

const SUBSCRIPTIONS: &str =
    "resources/resource-manager/Microsoft.Resources/stable/2022-12-01/subscriptions.json";

pub(super) const ROWS: &[Row] = &[
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}",
        version: Version::Pinned(versions::SUBSCRIPTIONS),
        query: &[],
        purpose: "tells whether a subscription that a plan writes to takes writes",
        document: SUBSCRIPTIONS,
        operation: "Subscriptions_Get",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/resources",
        version: Version::Pinned(versions::RESOURCES),
        query: &["$filter"],
        purpose: "finds what carries the marker of the deployment; finds what it left of a type without a table",
        document: RESOURCES,
        operation: "Resources_List",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}",
        version: Version::Pinned(versions::RESOURCES),
        query: &[],
        purpose: "tells whether a provider is registered that a plan needs; finds the api-version of a type without a table, to write a spec of a group (`adopt --group`)",
        document: RESOURCES,
        operation: "Providers_Get",
    },
    Row {
        method: "POST",
        path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}/providers/Microsoft.Resources/deployments/{deploymentName}/validate",
        version: Version::Pinned(versions::RESOURCES),
        query: &[],
        purpose: "lets Azure look at the bodies of what a plan makes, and changes nothing (`plan --validate`)",
        document: RESOURCES,
        operation: "Deployments_Validate",
    },
    Row {
        method: "GET",
        path: group!("/resources"),
        version: Version::Pinned(versions::RESOURCES),
        query: &[],
        purpose: "finds what else lies in a group that would be deleted; finds what lies in a group (`adopt --group`)",
        document: RESOURCES,
        operation: "Resources_ListByResourceGroup",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}",
        version: Version::Pinned(versions::RESOURCES),
        query: &[],
        purpose: "tells whether the group is there, and its region",
        document: RESOURCES,
        operation: "ResourceGroups_Get",
    },
    Row {
        method: "PUT",
        path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}",
        version: Version::Pinned(versions::RESOURCES),
        query: &[],
        purpose: "makes or changes a group (`create: true`)",
        document: RESOURCES,
        operation: "ResourceGroups_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}",
        version: Version::Pinned(versions::RESOURCES),
        query: &[],
        purpose: "deletes an empty group that the deployment made",
        document: RESOURCES,
        operation: "ResourceGroups_Delete",
    },
    Row {
        method: "GET",
        path: ANY,
        version: Version::Written,
        query: &[],
        purpose: "reads an entry of `resources`, or what an image version is made from",
        document: RESOURCES,
        operation: "Resources_GetById",
    },
    Row {
        method: "PUT",
        path: ANY,
        version: Version::Written,
        query: &[],
        purpose: "makes or changes an entry of `resources`",
        document: RESOURCES,
        operation: "Resources_CreateOrUpdateById",
    },
    Row {
        method: "DELETE",
        path: ANY,
        version: Version::Written,
        query: &[],
        purpose: "deletes an entry of `resources`",
        document: RESOURCES,
        operation: "Resources_DeleteById",
    },
];
