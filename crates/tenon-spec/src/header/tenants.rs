//! Tenants by local name.

use tenon_model::spec::{Item, Tenant};
use tenon_model::{Help, TenantId};

use super::credential;
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
        let before = checker.findings.seen();
        let item = checker.check(&pair.value, shape, &at);
        let fine = checker.findings.seen() == before;
        let tenant = item.and_then(|item| {
            let mut tenant = tenant(checker, pair, &item, &at)?;
            // What was refused above is not there any more, and is not missed.
            let own = item.get("credential").filter(|_| fine);
            tenant.credential = own.and_then(|own| {
                let at = format!("{at}.credential");
                credential::read(checker, own, &at)
            });
            Some(tenant)
        });
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
        credential: None,
        place: checker.files.place(pair.span),
    })
}
