//! Role assignments.

use super::{Row, Version};
use crate::versions;

const ASSIGNMENTS: &str = "authorization/resource-manager/Microsoft.Authorization/stable/2022-04-01/authorization-RoleAssignmentsCalls.json";
const DEFINITIONS: &str = "authorization/resource-manager/Microsoft.Authorization/stable/2022-04-01/authorization-RoleDefinitionsCalls.json";
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
];
