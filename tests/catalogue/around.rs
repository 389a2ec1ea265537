//! The spec that the refusals are about.

use std::collections::BTreeMap;
use std::path::Path;

use tenon_kinds::catalogue::{self, Around};
use tenon_model::place::Sources;
use tenon_model::transport::Refusal;
use tenon_model::{Address, Diagnostic, Place, TenantId};

use crate::azure::ACME;
use crate::row::Row;
use crate::support::{self, Asked};
use crate::thing::Thing;

/// What is known of the spec.
pub(crate) struct Spec {
    pub(crate) sources: Sources,
    asked: Asked,
}

impl Spec {
    /// Reads `spec.yaml`.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("spec.yaml")).expect("a spec");
        let asked = support::ask(&text, None, &support::files()).unwrap_or_else(|stopped| {
            let options = tenon_render::Options::default();
            let shown = tenon_render::diagnostics(&stopped.diagnostics, &stopped.sources, &options);
            panic!("{}", shown.plain())
        });
        Self {
            sources: asked.sources.clone(),
            asked,
        }
    }

    /// What we say about a refusal.
    pub(crate) fn explain(&self, refusal: &Refusal, row: &Row, asked: &Thing) -> Diagnostic {
        let address = asked.address.map(Address::new);
        let tenants = &self.asked.spec.tenants;
        let tenant_names: BTreeMap<TenantId, String> = tenants
            .iter()
            .map(|tenant| (tenant.id.clone(), tenant.name.clone()))
            .collect();
        let tenant_places: BTreeMap<TenantId, Place> = tenants
            .iter()
            .map(|tenant| (tenant.id.clone(), tenant.place.clone()))
            .collect();
        let image_places: BTreeMap<Address, Place> = self
            .asked
            .spec
            .entries("images")
            .iter()
            .map(|entry| (entry.address.clone(), entry.place.clone()))
            .collect();
        let signed_in: Vec<TenantId> = row
            .has("elsewhere")
            .then(|| TenantId::new(ACME))
            .into_iter()
            .collect();
        let place = address.as_ref().map(|address| self.place(address));
        catalogue::explain(
            refusal,
            &Around {
                address: address.as_ref(),
                place: place.as_ref(),
                tenant_names: &tenant_names,
                tenant_places: &tenant_places,
                signed_in: &signed_in,
                images: &self.asked.images,
                image_places: &image_places,
                login: "https://login.microsoftonline.com",
            },
        )
    }

    /// Where the entry of an address stands.
    fn place(&self, address: &Address) -> Place {
        let mut entries = self.asked.spec.all_entries().map(|(_, entry)| entry);
        let of = |entry: &&tenon_model::spec::Entry| {
            let name = entry.address.as_str();
            let rest = address.as_str().strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let found = entries.find(of).map(|entry| entry.place.clone());
        let group = || {
            let group = self.asked.spec.defaults.resource_group.as_ref();
            group.map(|group| group.place.clone())
        };
        found.or_else(group).expect("it stands in the spec")
    }
}
