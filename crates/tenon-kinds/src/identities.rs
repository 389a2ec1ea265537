//! `identities`: user-assigned managed identities.
//!
//! api-version 2023-01-31. Azure gives an identity its principal and its
//! application when it makes it; others read them from the live body. A new
//! identity of the same name is another principal, so a replace loses the
//! roles that the old one had.

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Loss, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Fleet, Section, Shape};
use tenon_model::spec::Entry;
use tenon_model::{Address, ResourceId};

use crate::{placement, single, versions};

static SECTION: Section = Section {
    name: "identities",
    noun: "identity",
    doc: "User-assigned managed identities. `${identities.name.principal_id}`, `.client_id` and `.tenant_id` read what Azure gave them.",
    shape: Shape::Struct(&[
        placement::NAME,
        placement::SUBSCRIPTION,
        placement::RESOURCE_GROUP,
        placement::LOCATION,
        placement::TAGS,
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

/// What is known about user-assigned identities.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.ManagedIdentity/userAssignedIdentities",
    api_version: versions::IDENTITIES,
    noun: "identity",
    lost: &[Loss::Value("principal", "properties.principalId")],
    usual: Usual {
        write: 2,
        delete: 2,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
    ],
    lists: &[],
    noise: &["systemData"],
    read_only: &["id", "name", "type", "systemData", "properties"],
};

static TYPES: &[&Rules] = &[&RULES];

/// The kind `identities`.
pub(crate) struct Identities;

impl Kind for Identities {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        single::ids(&RULES, entry, around)
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        single::draw(&SECTION, &RULES, found, drawing);
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let attributes = single::add(single::draft(&RULES, entry, around), out);
        for (name, member) in [
            ("principal_id", "properties.principalId"),
            ("client_id", "properties.clientId"),
            ("tenant_id", "properties.tenantId"),
        ] {
            let value = single::live(&entry.address, member);
            attributes.named.insert(name, value);
        }
    }
}
