//! Tenants that a credential cannot sign in to, seen before anything is sent.
//!
//! Every way to sign in reaches every tenant that lets it in, except a managed
//! identity: it is known in its own tenant only.

use std::collections::BTreeMap;

use tenon_model::id::is_guid;
use tenon_model::spec::{CredentialSource, Spec};
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Place, TenantId, Value};

use super::Variables;
use super::choice::{Choice, Endpoint, Way};

/// The tenant that the environment names.
pub(super) fn home(variables: &Variables) -> Option<TenantId> {
    let names = ["AZURE_TENANT_ID", "ARM_TENANT_ID"];
    let (_, id) = variables.first(&names)?;
    is_guid(id).then(|| TenantId::new(id))
}

/// The tenants that the spec surely signs in to: the one at the top, and those
/// of its images. Those under `tenants` may be names only.
pub(super) fn needed(spec: &Spec) -> BTreeMap<TenantId, Place> {
    let mut needed = BTreeMap::new();
    if let Some(tenant) = &spec.defaults.tenant {
        needed.insert(tenant.value.clone(), tenant.place.clone());
    }
    for entry in spec.entries("images") {
        let item = entry.item.get("tenant");
        if let Some(item) = item
            && let Some(Value::Text(name)) = item.scalar()
        {
            let named = spec.tenant(name).map(|tenant| tenant.id.clone());
            needed
                .entry(named.unwrap_or_else(|| TenantId::new(name)))
                .or_insert_with(|| item.place.clone());
        }
    }
    needed
}

/// The tenants that are out of reach for the credentials of a spec; `default`
/// is what signs in where a tenant has none of its own.
pub(super) fn beyond(spec: &Spec, default: Option<&Choice>, variables: &Variables) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if let Some(Way::Managed(managed)) = default.map(|choice| &choice.way)
        && !matches!(managed.endpoint, Endpoint::Guess)
    {
        refusals.extend(beyond_environment(spec, variables));
    }
    refusals.extend(beyond_own(spec));
    refusals
}

fn beyond_environment(spec: &Spec, variables: &Variables) -> Vec<Refusal> {
    // Where nobody says it, the identity lives where the machines will.
    let at_top = spec.defaults.tenant.as_ref();
    let Some(home) = home(variables).or_else(|| at_top.map(|tenant| tenant.value.clone())) else {
        return Vec::new();
    };
    needed(spec)
        .into_keys()
        .filter(|tenant| comparable(tenant, &home) && *tenant != home)
        .filter(|tenant| {
            let own = |named: &tenon_model::spec::Tenant| {
                named.id == *tenant && named.credential.is_some()
            };
            !spec.tenants.iter().any(own)
        })
        .map(|tenant| {
            let message = format!(
                "it signs in to its own tenant only, which is {home} as far as this run knows"
            );
            refusal(tenant, message)
        })
        .collect()
}

/// The same identity written for two tenants: one of them is not its own.
fn beyond_own(spec: &Spec) -> Vec<Refusal> {
    let mut seen: Vec<(_, &tenon_model::spec::Tenant)> = Vec::new();
    let mut refusals = Vec::new();
    for tenant in &spec.tenants {
        let source = tenant.credential.as_ref().map(|own| &own.source);
        let Some(CredentialSource::ManagedIdentity(which)) = source else {
            continue;
        };
        let before = seen.iter().find(|(other, first)| {
            *other == which && comparable(&first.id, &tenant.id) && first.id != tenant.id
        });
        match before {
            None => seen.push((which, tenant)),
            Some((_, first)) => {
                let message = format!(
                    "it signs in to its own tenant only, and the spec has the same one sign in to {}",
                    first.name
                );
                refusals.push(refusal(tenant.id.clone(), message));
            }
        }
    }
    refusals
}

/// A domain and a GUID may be the same tenant.
fn comparable(one: &TenantId, other: &TenantId) -> bool {
    is_guid(one.as_str()) && is_guid(other.as_str())
}

fn refusal(tenant: TenantId, message: String) -> Refusal {
    Refusal {
        stage: Stage::Credential,
        status: 0,
        code: "OwnTenantOnly".to_owned(),
        message,
        target: None,
        details: Vec::new(),
        request: String::new(),
        tenant: Some(tenant),
        auxiliary: Vec::new(),
        application: None,
        credential_source: None,
        request_id: None,
        correlation_id: None,
        time: None,
    }
}
