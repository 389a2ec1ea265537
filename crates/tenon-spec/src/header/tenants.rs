//! Tenants by local name.

use tenon_model::spec::{Credential, Item, Tenant};
use tenon_model::{Help, Later, TenantId, Value};

use crate::check::{Checker, Where};
use crate::yaml::Pair;

/// Reads the tenants. Those that were refused are left out, but their names are
/// known to the scope afterwards.
pub(crate) fn read<'t>(checker: &mut Checker<'_, 't>, section: &Pair<'t>) -> Vec<Tenant> {
    let mut tenants = Vec::new();
    let tenon_model::shape::Shape::Keyed(shape) = super::field("tenants").shape else {
        return tenants;
    };
    for pair in checker.map_of(section).unwrap_or_default() {
        checker.check_key(pair, "tenants");
        let top = Where::top("tenants");
        let at = top.name(&pair.key, pair.span);
        let item = checker.check(&pair.value, shape, &at);
        let tenant = item.and_then(|item| tenant(checker, pair, &item, &at));
        let id = tenant.as_ref().map(|tenant| tenant.id.to_string());
        checker.scope.tenants.insert(pair.key.to_string(), id);
        tenants.extend(tenant);
    }
    tenants
}

fn tenant<'t>(
    checker: &mut Checker<'_, 't>,
    pair: &Pair<'t>,
    item: &Item,
    at: &Where<'_>,
) -> Option<Tenant> {
    let id = item.text("id")?.trim();
    if !tenon_model::id::is_guid(id) && (!id.contains('.') || id.contains([' ', '/'])) {
        let written = pair.value.pair("id");
        let span = written.map_or(pair.span, |pair| pair.value.span);
        let key = at.key("id", span);
        let problem = checker
            .invalid(&key, span, id, "this is no GUID and no verified domain")
            .help(Help::text(
                "write the tenant's id, or a domain such as `contoso.onmicrosoft.com`",
            ));
        checker.findings.push(problem);
        return None;
    }
    Some(Tenant {
        name: pair.key.to_string(),
        id: TenantId::new(id),
        credential: item.get("credential").map(credential),
        place: checker.files.place(pair.span),
    })
}

fn credential(item: &Item) -> Credential {
    let secret = item.get("client_secret").and_then(Item::scalar);
    Credential {
        client_id: item.get("client_id").and_then(Item::scalar).cloned(),
        client_secret: match secret.and_then(Value::as_later) {
            Some(Later::Secret { source, .. }) => Some(source.clone()),
            _ => None,
        },
        place: item.place.clone(),
    }
}
