//! Role assignments, rights and locks.

use super::{Row, Version, group};
use crate::versions;

const ASSIGNMENTS: &str = "authorization/resource-manager/Microsoft.Authorization/stable/2022-04-01/authorization-RoleAssignmentsCalls.json";
const DEFINITIONS: &str = "authorization/resource-manager/Microsoft.Authorization/stable/2022-04-01/authorization-RoleDefinitionsCalls.json";
const LOCKS: &str =
    "resources/resource-manager/Microsoft.Authorization/locks/stable/2020-05-01/locks.json";
const ONE: &str = "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}";

pub(super) const ROWS: &[Row] = &[
    Row {
        method: "GET",
        path: "/{scope}/providers/Microsoft.Authorization/roleDefinitions",
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &["$filter"],
        purpose: "looks a role up by its name",
        document: DEFINITIONS,
        operation: "RoleDefinitions_List",
    },
    Row {
        method: "GET",
        path: "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "tells whether a role lets an image be used, for `tenon images --who`",
        document: DEFINITIONS,
        operation: "RoleDefinitions_Get",
    },
    Row {
        method: "GET",
        path: "/{scope}/providers/Microsoft.Authorization/roleAssignments",
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &["$filter"],
        purpose: "finds who has a role at an image version or above it, for `tenon images --who`",
        document: ASSIGNMENTS,
        operation: "RoleAssignments_ListForScope",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleAssignments",
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "finds the role assignments that carry the marker of the deployment",
        document: ASSIGNMENTS,
        operation: "RoleAssignments_ListForSubscription",
    },
    Row {
        method: "GET",
        path: ONE,
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "reads a role assignment",
        document: ASSIGNMENTS,
        operation: "RoleAssignments_Get",
    },
    Row {
        method: "PUT",
        path: ONE,
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "gives a role, or changes its description",
        document: ASSIGNMENTS,
        operation: "RoleAssignments_Create",
    },
    Row {
        method: "DELETE",
        path: ONE,
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "takes a role away",
        document: ASSIGNMENTS,
        operation: "RoleAssignments_Delete",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}/providers/Microsoft.Authorization/permissions",
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "tells what the application may do in a group that a plan writes to",
        document: DEFINITIONS,
        operation: "Permissions_ListForResourceGroup",
    },
    Row {
        method: "GET",
        path: "/{scope}/providers/Microsoft.Authorization/permissions",
        version: Version::Pinned(versions::AUTHORIZATION),
        query: &[],
        purpose: "tells the same of the subscription where a group is yet to be made, and of single resources where the group does not do",
        document: DEFINITIONS,
        operation: "Permissions_ListForResource",
    },
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/locks",
        version: Version::Pinned(versions::LOCKS),
        query: &[],
        purpose: "finds the locks that a plan would run into",
        document: LOCKS,
        operation: "ManagementLocks_ListAtSubscriptionLevel",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Authorization/locks"),
        version: Version::Pinned(versions::LOCKS),
        query: &[],
        purpose: "finds those of a group, where those of the subscription may not be read",
        document: LOCKS,
        operation: "ManagementLocks_ListAtResourceGroupLevel",
    },
];
