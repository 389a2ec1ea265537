//! What entries have in common that lie in the directory of a tenant, where
//! Microsoft Graph answers.
//!
//! Such a thing has no subscription, group or region. It is known by the GUID
//! of its tenant and by a name of ours, so that making it twice makes it once.

use std::collections::BTreeSet;

use tenon_model::id::is_guid;
use tenon_model::kind::Surroundings;
use tenon_model::rules::Rules;
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::{Entry, Spec};
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, TenantId};

use crate::draft::Draft;
use crate::placement::placement;

/// The key that says in which directory an entry lies.
pub(crate) const TENANT: Field = Field::optional(
    "tenant",
    Shape::Text(Format::Tenant),
    "the deployment's",
    "The tenant in whose directory it lies: its GUID, or a name from `tenants`.",
);

/// The tenant in whose directory an entry lies.
pub(crate) fn tenant(entry: &Entry, around: &Surroundings<'_>) -> TenantId {
    let Some(text) = entry.item.text("tenant") else {
        return around.defaults.tenant.clone();
    };
    let named = around.spec.tenant(text);
    named.map_or_else(|| TenantId::new(text), |tenant| tenant.id.clone())
}

/// The tenants in whose directories something of a deployment may lie: all that
/// its spec names, if it has one of these collections, entries or not. A spec
/// without them reaches no directory.
#[must_use]
pub fn directories(spec: &Spec, own: &TenantId) -> BTreeSet<TenantId> {
    let collections = spec.collections.iter();
    let has = collections
        .map(|collection| collection.name.as_str())
        .any(|name| ["apps", "service_principals"].contains(&name));
    let named = spec.tenants.iter().map(|tenant| &tenant.id).chain([own]);
    named
        .filter(|tenant| has && is_guid(tenant.as_str()))
        .cloned()
        .collect()
}

/// The name of an application in its tenant: unique there, and the same every
/// time.
pub(crate) fn unique_name(entry: &Entry, around: &Surroundings<'_>) -> String {
    let whole = format!("tenon-{}-{}", around.spec.name, entry.key);
    let plain = |one: char| {
        if one.is_ascii_alphanumeric() || "-_.".contains(one) {
            one
        } else {
            '-'
        }
    };
    whole.chars().map(plain).collect()
}

/// The problem that a tenant is known by a domain only, which may change and
/// is no part of an id.
pub(crate) fn problem(entry: &Entry, around: &Surroundings<'_>) -> Option<Diagnostic> {
    let tenant = tenant(entry, around);
    // Before Azure was asked there may be none.
    let known = tenant.as_str().contains('.');
    (known && !is_guid(tenant.as_str())).then(|| {
        Diagnostic::error(
            Code::InvalidValue,
            format!("`{tenant}` is no GUID, and a directory is known by one"),
        )
        .at(entry.item.place_of("tenant"), "")
        .help(Help::command(
            "write the GUID of the tenant; this says it",
            format!("az account list --all --query \"[].{{tenant:tenantId, name:tenantDefaultDomain}}\" --output table # {tenant}"),
        ))
        .about(&entry.address)
    })
}

/// Begins an object of `entry` in the directory of `id`.
pub(crate) fn draft(
    rules: &'static Rules,
    address: Address,
    id: ResourceId,
    entry: &Entry,
    around: &Surroundings<'_>,
) -> Draft {
    let mut place = placement(entry, around);
    place.tenant = tenant(entry, around);
    let mut draft = Draft::new(rules, address, id, entry, &place);
    // It lies in no group.
    draft.desired().needs.clear();
    draft
}
