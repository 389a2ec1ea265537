//! Built-in roles by name. Their GUIDs are the same in every tenant.
//!
//! Source: learn.microsoft.com, "Azure built-in roles", of 9 April 2026. Any
//! other role, built in or of one's own, is looked up by its name.

use tenon_model::kind::Settled;
use tenon_model::spec::Entry;
use tenon_model::{ResourceId, SubscriptionId, id::is_guid, suggest};
use uuid::Uuid;

const BUILT_IN: &[(&str, &str)] = &[
    ("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    ("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c"),
    ("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7"),
    (
        "Compute Gallery Image Reader",
        "cf7c76d2-98a3-4358-a134-615aa78bf44d",
    ),
    (
        "Compute Gallery Sharing Admin",
        "1ef6a3be-d0ac-425d-8c01-acb62866290b",
    ),
    (
        "Compute Gallery Artifacts Publisher",
        "85a2d0d9-2eba-4c9c-b355-11c2cc0788ab",
    ),
    (
        "Virtual Machine Contributor",
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
    ),
    (
        "Virtual Machine Administrator Login",
        "1c0163c0-47e6-4577-8991-ea5c82e286e4",
    ),
    (
        "Virtual Machine User Login",
        "fb879df8-f326-4884-b1cf-06f3ad86be52",
    ),
    (
        "Network Contributor",
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
    ),
    (
        "Managed Identity Operator",
        "f1a07417-d97a-45cb-824c-7a7467783830",
    ),
    (
        "Managed Identity Contributor",
        "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
    ),
    (
        "User Access Administrator",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    ),
    (
        "Role Based Access Control Administrator",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    ),
    (
        "Key Vault Secrets User",
        "4633458b-17de-408a-b874-0445c86b69e6",
    ),
    (
        "Storage Blob Data Reader",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    ),
    (
        "Storage Blob Data Contributor",
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    ),
    (
        "Key Vault Administrator",
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    ),
    (
        "Key Vault Secrets Officer",
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    ),
    ("Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2"),
    (
        "Storage Blob Data Owner",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    ),
    (
        "Storage Queue Data Contributor",
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    ),
    (
        "Private DNS Zone Contributor",
        "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    ),
    (
        "DNS Zone Contributor",
        "befefa01-2a29-4197-83a8-272ff33ce314",
    ),
];

/// The GUID of a role: by its name, as it is, or out of a full id.
pub(super) fn guid(role: &str) -> Option<String> {
    let known = BUILT_IN
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(role));
    if let Some((_, guid)) = known {
        return Some((*guid).to_owned());
    }
    let last = role.rsplit('/').next().unwrap_or_default();
    is_guid(last).then(|| last.to_ascii_lowercase())
}

/// The GUID of a role whose name Azure was asked for in the subscription of
/// its scope, or in that of the deployment; roles belong to a tenant.
pub(super) fn looked_up(
    role: &str,
    subscription: &SubscriptionId,
    defaults: &Settled,
) -> Option<String> {
    let Some(known) = &defaults.roles else {
        return Some(stand_in(role));
    };
    let name = role.to_ascii_lowercase();
    [subscription, &defaults.subscription]
        .into_iter()
        .find_map(|one| known.get(&(one.clone(), name.clone())).cloned())
}

/// Stands for the GUID of a role where nobody is asked.
fn stand_in(role: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, role.to_ascii_lowercase().as_bytes()).to_string()
}

/// Names of roles that only Azure knows, and where to ask for them.
pub(super) fn to_ask(entry: &Entry, defaults: &Settled) -> Option<(SubscriptionId, String)> {
    let role = entry.item.text("role")?;
    let scope = entry.item.text("scope").map(ResourceId::parse);
    let subscription = match scope {
        Some(Ok(id)) => id.subscription(),
        _ => defaults.subscription.clone(),
    };
    guid(role)
        .is_none()
        .then(|| (subscription, role.to_ascii_lowercase()))
}

/// The id of a role as an assignment in `subscription` names it.
pub(super) fn id(subscription: &SubscriptionId, guid: &str) -> String {
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    )
}

/// The built-in role whose name is nearest to `role`.
pub(super) fn nearest(role: &str) -> Option<&'static str> {
    suggest::nearest(role, BUILT_IN.iter().map(|(name, _)| *name))
}
