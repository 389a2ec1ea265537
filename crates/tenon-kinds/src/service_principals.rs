//! `service_principals`: a tenant lets an application in.
//!
//! Microsoft Graph v1.0. What an administrator does at the consent page, or
//! with `az ad sp create --id`: the application gets a service principal in the
//! tenant, which can sign in there and be given roles.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::id::is_guid;
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::suggest::nearest;
use tenon_model::{Address, Code, Diagnostic, Help, Later, ResourceId, Value};

use crate::apps::{self, PRINCIPAL};
use crate::{directory, placement, single};

static SECTION: Section = Section {
    name: "service_principals",
    noun: "service principal",
    doc: "Applications that a tenant lets in. `${service_principals.name.principal_id}` is what roles are given to.",
    shape: Shape::Struct(&[
        Field::required(
            "app",
            Shape::Text(Format::Reference),
            "The application: a name from `apps`, or the client id of somebody else's.",
        ),
        directory::TENANT,
        Field::optional("enabled", Shape::Boolean, "true", "Whether it may sign in."),
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

static TYPES: &[&Rules] = &[&PRINCIPAL];

/// The kind `service_principals`.
pub(crate) struct ServicePrincipals;

/// The application of an entry.
enum App<'a> {
    ClientId(String),
    Here(&'a Entry),
}

impl<'a> App<'a> {
    fn of(entry: &Entry, around: &Surroundings<'a>) -> Option<Self> {
        let value = entry.item.get("app").and_then(Item::scalar)?;
        let key = match value.as_later() {
            Some(Later::Attribute { of, .. }) => of.as_str().to_owned(),
            _ => value.as_text()?.to_owned(),
        };
        if is_guid(&key) {
            return Some(Self::ClientId(key.to_ascii_lowercase()));
        }
        let key = key.strip_prefix("apps.").unwrap_or(&key).to_owned();
        let mut apps = around.spec.entries("apps").iter();
        apps.find(|app| app.key == key).map(Self::Here)
    }

    fn id(&self, entry: &Entry, around: &Surroundings<'_>) -> ResourceId {
        let tenant = directory::tenant(entry, around);
        match self {
            Self::ClientId(id) => ResourceId::in_directory(&tenant, "servicePrincipals", id),
            Self::Here(app) => apps::principal_in(&tenant, app, around),
        }
    }
}

impl Kind for ServicePrincipals {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let app = App::of(entry, around);
        app.map(|app| (entry.address.clone(), app.id(entry, around)))
            .into_iter()
            .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let Some(app) = App::of(entry, around) else {
            out.diagnostics.push(unknown(entry, around));
            return;
        };
        out.diagnostics.extend(directory::problem(entry, around));
        let tenant = directory::tenant(entry, around);
        if let App::Here(of) = &app {
            if directory::tenant(of, around) == tenant {
                out.diagnostics.push(at_home(entry, of));
                return;
            }
            if !apps::is_open(of) {
                out.diagnostics.push(apps::closed(entry, of));
            }
        }
        let id = app.id(entry, around);
        let mut draft = directory::draft(&PRINCIPAL, entry.address.clone(), id, entry, around);
        draft.set("properties.accountEnabled", Value::Bool(true));
        draft.put_key(
            &entry.item,
            "enabled",
            "enabled",
            "properties.accountEnabled",
        );
        let name = around.spec.tenant(tenant.as_str());
        let name = name.map_or_else(|| tenant.short(), |tenant| tenant.name.clone());
        draft.fact(match &app {
            App::ClientId(id) => format!("lets {id} into {name}"),
            App::Here(of) => format!("lets {} into {name}", of.address),
        });
        if let App::Here(of) = &app {
            draft.need(&of.address, Relation::Uses, entry.item.place_of("app"));
        }
        draft.depends_on(entry);
        crate::vms::protect(&entry.item, draft.desired());
        let attributes = single::add(draft, out);
        let client = match &app {
            App::ClientId(id) => Value::text(id),
            App::Here(of) => single::live(&of.address, "properties.appId"),
        };
        attributes.named.insert("client_id", client);
        let principal = single::live(&entry.address, "properties.id");
        attributes.named.insert("principal_id", principal);
        let tenant = Value::text(tenant.as_str());
        attributes.named.insert("tenant_id", tenant);
    }
}

/// `app` names nothing.
fn unknown(entry: &Entry, around: &Surroundings<'_>) -> Diagnostic {
    let item = &entry.item;
    let text = item.text("app").unwrap_or_default();
    let known = around.spec.entries("apps").iter();
    let near = nearest(text, known.map(|app| app.key.as_str()));
    let problem = Diagnostic::error(
        Code::UnknownReference,
        format!("`{text}` is no application of this spec, and no client id"),
    )
    .at(item.place_of("app"), "");
    let problem = match near {
        Some(near) => problem.help(Help::text(format!("did you mean `{near}`?"))),
        None => problem.help(Help::text(
            "write a name from `apps`, or the GUID that its owner calls the application (client) id",
        )),
    };
    problem.about(&entry.address)
}

/// An application's own tenant needs no entry.
fn at_home(entry: &Entry, app: &Entry) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateResource,
        format!(
            "`{}` lies in this tenant and has its service principal here",
            app.address
        ),
    )
    .at(entry.item.place_of("app"), "")
    .help(Help::text(format!(
        "leave this entry out, and name `{}` where a principal is wanted; or write another `tenant`",
        app.address
    )))
    .about(&entry.address)
}
