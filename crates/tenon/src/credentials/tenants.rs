//! Lists of foreign tenants that other tools want to have.
//!
//! A spec names its tenants one by one, so these lists grant nothing here and
//! forbid nothing. Who keeps one and forgot a tenant is told.

use tenon_model::TenantId;
use tenon_model::spec::Spec;

use super::{Variables, reach};

const LISTS: [&str; 2] = [
    "AZURE_ADDITIONALLY_ALLOWED_TENANTS",
    "ARM_AUXILIARY_TENANT_IDS",
];

/// A line for every tenant of the spec that a list lacks.
pub(super) fn unlisted(spec: &Spec, variables: &Variables) -> Vec<String> {
    let mut lines = Vec::new();
    let home = reach::home(variables);
    let home = home.or_else(|| Some(spec.defaults.tenant.as_ref()?.value.clone()));
    for name in LISTS {
        let Some(text) = variables.get(name) else {
            continue;
        };
        let listed = listed(text);
        if listed.iter().any(|entry| entry == "*") {
            continue;
        }
        for tenant in reach::needed(spec).into_keys() {
            let is_listed = listed.iter().any(|entry| TenantId::new(entry) == tenant);
            if !is_listed && home.as_ref() != Some(&tenant) {
                let shown = spec
                    .tenant(tenant.as_str())
                    .map_or_else(|| tenant.to_string(), |named| named.name.clone());
                lines.push(format!(
                    "{name} does not list {shown}; it is signed in to because the spec names it"
                ));
            }
        }
    }
    lines
}

/// The tenants that the environment names: its own, then those of the lists.
pub(super) fn of_environment(variables: &Variables) -> Vec<TenantId> {
    let own = ["AZURE_TENANT_ID", "ARM_TENANT_ID"];
    let own = own.into_iter().filter_map(|name| variables.get(name));
    let mut tenants: Vec<TenantId> = own.map(TenantId::new).collect();
    for name in LISTS {
        let listed = listed(variables.get(name).unwrap_or_default());
        let listed = listed.iter().filter(|entry| *entry != "*");
        tenants.extend(listed.map(|entry| TenantId::new(entry)));
    }
    tenants
}

/// The entries of a list: between semicolons as the Azure SDKs and azurerm
/// write it, or JSON as Pulumi does.
fn listed(text: &str) -> Vec<String> {
    if let Ok(list) = serde_json::from_str::<Vec<String>>(text) {
        return list;
    }
    text.split([';', ','])
        .map(|entry| entry.trim().to_owned())
        .filter(|entry| !entry.is_empty())
        .collect()
}
