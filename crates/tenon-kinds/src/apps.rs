//! `apps`: app registrations, whom they trust, and their service principals.
//!
//! Microsoft Graph v1.0. An application is known by `uniqueName`, which is ours
//! to choose and never changes; Entra chooses its client id. Secrets are left
//! out on purpose: a secret in a plan is one too many, and federated credentials
//! need none. The service principal of the application's own tenant comes along;
//! those of other tenants are `service_principals`.

use tenon_model::desired::{Attributes, Declaration, Relation};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Child, Fate, Loss, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Code, Diagnostic, Help, Later, ResourceId, Value};

use crate::{directory, networks, placement, single, versions};

mod trust;

static SECTION: Section = Section {
    name: "apps",
    noun: "application",
    doc: "App registrations in Microsoft Entra, with their own service principal and without secrets. `${apps.name.client_id}`, `.object_id`, `.principal_id`, `.consent_url` and `.consent_command` read what Entra gave them.",
    shape: Shape::Struct(&[
        Field::optional(
            "name",
            Shape::Text(Format::Free),
            "the key",
            "What people see: the display name. Entra does not make it unique.",
        ),
        directory::TENANT,
        Field::optional(
            "audience",
            Shape::OneOf(&["single_tenant", "multi_tenant", "multi_tenant_and_personal"]),
            "single_tenant",
            "Who may sign in with it: its own tenant, every tenant that lets it in, or those and personal accounts.",
        ),
        Field::optional(
            "redirect_uri",
            Shape::OneOrMany(&Shape::Text(Format::Free)),
            "none",
            "Where browsers are sent after signing in, and after consent.",
        ),
        Field::optional(
            "federated",
            Shape::Keyed(&trust::SHAPE),
            "none",
            "Whose tokens stand in for a secret, by name: at most 20.",
        ),
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

/// What is known about applications. All of it can be changed.
pub(crate) static APPLICATION: Rules = Rules {
    resource_type: "Microsoft.Graph/applications",
    api_version: versions::GRAPH,
    noun: "application",
    lost: &[
        Loss::Value("client_id", "properties.appId"),
        Loss::Words("consents of other tenants; it can be restored for 30 days"),
    ],
    usual: Usual {
        write: 5,
        delete: 5,
    },
    children: &[Child {
        path: "properties.federatedIdentityCredentials",
        rules: &trust::CREDENTIAL,
        fate: Fate::Own,
    }],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("name", "properties.displayName", Same::Exact),
        Row::new("audience", "properties.signInAudience", Same::Caseless),
        Row::new("redirect_uri", "properties.web.redirectUris", Same::Set),
        Row::new(
            "token_version",
            "properties.api.requestedAccessTokenVersion",
            Same::Exact,
        )
        .absent(Absent::Unmanaged),
    ],
    lists: &[],
    noise: &["properties.federatedIdentityCredentials"],
    read_only: &["id", "name", "properties"],
};

/// What is known about service principals.
pub(crate) static PRINCIPAL: Rules = Rules {
    resource_type: "Microsoft.Graph/servicePrincipals",
    api_version: versions::GRAPH,
    noun: "service principal",
    lost: &[Loss::Value("principal", "properties.id")],
    usual: Usual {
        write: 5,
        delete: 5,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[Row::new(
        "enabled",
        "properties.accountEnabled",
        Same::Exact,
    )],
    lists: &[],
    noise: &[],
    read_only: &["id", "name", "properties"],
};

static TYPES: &[&Rules] = &[&APPLICATION, &trust::CREDENTIAL, &PRINCIPAL];

/// The kind `apps`.
pub(crate) struct Apps;

/// The id of the application of an entry.
pub(crate) fn application(entry: &Entry, around: &Surroundings<'_>) -> ResourceId {
    let tenant = directory::tenant(entry, around);
    ResourceId::in_directory(
        &tenant,
        "applications",
        &directory::unique_name(entry, around),
    )
}

/// The id of a service principal of an entry's application: its client id is
/// known only when it was made, so the application's own names stand for it.
pub(crate) fn principal_in(
    tenant: &tenon_model::TenantId,
    entry: &Entry,
    around: &Surroundings<'_>,
) -> ResourceId {
    let home = directory::tenant(entry, around);
    let name = format!("{home}.{}", directory::unique_name(entry, around));
    ResourceId::in_directory(tenant, "servicePrincipals", &name)
}

/// The address of the service principal that comes along.
pub(crate) fn principal(entry: &Address) -> Address {
    entry.join("principal")
}

/// Whether tenants besides its own may let an application in.
pub(crate) fn is_open(entry: &Entry) -> bool {
    audience(&entry.item) != AUDIENCES[0].1
}

/// What the spec says, and what Graph calls it.
const AUDIENCES: [(&str, &str); 3] = [
    ("single_tenant", "AzureADMyOrg"),
    ("multi_tenant", "AzureADMultipleOrgs"),
    (
        "multi_tenant_and_personal",
        "AzureADandPersonalMicrosoftAccount",
    ),
];

fn audience(item: &Item) -> &'static str {
    let written = item.text("audience").unwrap_or(AUDIENCES[0].0);
    let found = AUDIENCES.iter().find(|(word, _)| *word == written);
    found.map_or(AUDIENCES[0].1, |(_, audience)| audience)
}

impl Kind for Apps {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = application(entry, around);
        let own = principal_in(&directory::tenant(entry, around), entry, around);
        let credentials = trust::all(&entry.item).map(|(name, _)| {
            let id = id.child("federatedIdentityCredentials", name);
            (trust::address(&entry.address, name), id)
        });
        [
            (entry.address.clone(), id.clone()),
            (principal(&entry.address), own),
        ]
        .into_iter()
        .chain(credentials)
        .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        out.diagnostics.extend(directory::problem(entry, around));
        let id = application(entry, around);
        declare_application(entry, &id, around, out);
        trust::declare(entry, &id, around, out);
        declare_principal(entry, around, out);
        out.attributes
            .insert(entry.address.clone(), attributes(entry, &id, around));
    }
}

fn declare_application(
    entry: &Entry,
    id: &ResourceId,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let item = &entry.item;
    let mut draft = directory::draft(
        &APPLICATION,
        entry.address.clone(),
        id.clone(),
        entry,
        around,
    );
    draft.set("properties.displayName", Value::text(&entry.key));
    draft.put_key(item, "name", "name", "properties.displayName");
    let audience = audience(item);
    draft.at("audience", item.place_of("audience"));
    draft.set("properties.signInAudience", Value::text(audience));
    if audience == AUDIENCES[2].1 {
        // Personal accounts know no other version.
        draft.set("properties.api.requestedAccessTokenVersion", Value::Int(2));
    }
    let mut uris = Vec::new();
    if let Some(written) = item.get("redirect_uri") {
        draft.put("redirect_uri", "properties.web.redirectUris", written);
        uris.extend(written.elements().iter().map(Item::to_value));
    }
    draft.set("properties.web.redirectUris", uris);
    let words = item.text("audience").unwrap_or(AUDIENCES[0].0);
    draft.fact(words.replace('_', " "));
    draft.depends_on(entry);
    crate::vms::protect(item, draft.desired());
    out.resources.push(draft.finish());
}

fn declare_principal(entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
    let address = principal(&entry.address);
    let id = principal_in(&directory::tenant(entry, around), entry, around);
    let mut draft = directory::draft(&PRINCIPAL, address.clone(), id.clone(), entry, around);
    draft.set("properties", Value::Map(tenon_model::Map::new()));
    draft.need(&entry.address, Relation::Uses, &entry.place);
    crate::vms::protect(&entry.item, draft.desired());
    out.resources.push(draft.finish());
    let mut attributes = networks::attributes(&id, &address);
    attributes
        .named
        .insert("principal_id", single::live(&address, "properties.id"));
    out.attributes.insert(address, attributes);
}

fn attributes(entry: &Entry, id: &ResourceId, around: &Surroundings<'_>) -> Attributes {
    let own = &entry.address;
    let client = single::live(own, "properties.appId");
    let login = around.defaults.login.as_deref();
    let login = login.unwrap_or("https://login.microsoftonline.com");
    let url = format!("{login}/organizations/adminconsent?client_id=");
    let joined =
        |words: String| Value::later(Later::Joined(vec![Value::Text(words), client.clone()]));
    let mut attributes = networks::attributes(id, own);
    let named = &mut attributes.named;
    named.insert("object_id", single::live(own, "properties.id"));
    named.insert(
        "principal_id",
        single::live(&principal(own), "properties.id"),
    );
    named.insert(
        "tenant_id",
        Value::text(directory::tenant(entry, around).as_str()),
    );
    named.insert("consent_url", joined(url));
    named.insert(
        "consent_command",
        joined("az ad sp create --id ".to_owned()),
    );
    named.insert("client_id", client);
    attributes
}

/// The problem of an application that no other tenant may let in.
pub(crate) fn closed(entry: &Entry, app: &Entry) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidValue,
        format!("`{}` is for its own tenant alone", app.address),
    )
    .at(entry.item.place_of("app"), "")
    .help(Help::text(format!(
        "write  audience: multi_tenant  in {}",
        app.address
    )))
    .about(&entry.address)
}
