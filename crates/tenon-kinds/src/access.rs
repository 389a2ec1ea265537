//! `access`: a role for somebody on something.
//!
//! `Microsoft.Authorization/roleAssignments`, api-version 2022-04-01. An
//! assignment has no tags: its marker stands at the end of its description,
//! the one member that can be changed. Its name is a GUID made from what it
//! says, so that making it twice makes it once.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tenon_model::desired::Declaration;
use tenon_model::kind::{Kind, Settled, Surroundings};
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::{Entry, Item, Node, Spec};
use tenon_model::{
    Address, Code, Diagnostic, Help, Later, ResourceId, SubscriptionId, Value, id::is_guid,
};

use crate::draft::Draft;
use crate::networks::attributes;
use crate::placement::{self, placement};
use crate::scope::{self, Scope};
use crate::versions;

mod name;
mod roles;

/// Members of an answer that Azure does not take back.
pub(crate) const READ_ONLY: &[&str] = &[
    "id",
    "name",
    "type",
    "systemData",
    "properties.scope",
    "properties.createdOn",
    "properties.createdBy",
    "properties.updatedOn",
    "properties.updatedBy",
];

static SECTION: Section = Section {
    name: "access",
    noun: "role assignment",
    doc: "A role for somebody on a resource, a group or a subscription.",
    shape: Shape::Struct(&[
        Field::required(
            "scope",
            Shape::Text(Format::Reference),
            "What the role is on: an address such as `vms.web`, `resource_group`, or the id of anything, a subscription too.",
        ),
        Field::required(
            "principal",
            Shape::Text(Format::Reference),
            "The object id of a service principal, user or group; an address such as `apps.robot` or `service_principals.robot`; or where to read it: `${resources.robot.body.properties.principalId}`.",
        ),
        Field::required(
            "role",
            Shape::Text(Format::Free),
            "A role by its name, e.g. `Reader`, by its GUID, or by its full id. A name that tenon does not know is looked up.",
        ),
        Field::optional(
            "principal_type",
            Shape::OneOf(&[
                "ServicePrincipal",
                "User",
                "Group",
                "ForeignGroup",
                "Device",
            ]),
            "`ServicePrincipal` where `principal` is read from a resource; else Azure asks its directory",
            "What the principal is. One that was made a moment ago is found only when this is there.",
        ),
        Field::optional(
            "description",
            Shape::Text(Format::Free),
            "none",
            "For people; tenon writes its marker behind it.",
        ),
        Field::optional(
            "condition",
            Shape::Text(Format::Free),
            "none",
            "When the role counts, in the language of Azure's conditions, version 2.0.",
        ),
        Field::optional(
            "name",
            Shape::Text(Format::Guid),
            "made from deployment, scope, role and principal",
            "The GUID of an assignment that is there already, to take it over.",
        ),
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

/// What is known about role assignments. All but the description and the
/// condition is fixed when one is made; `RoleAssignmentUpdateNotPermitted`
/// says so.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Authorization/roleAssignments",
    api_version: versions::AUTHORIZATION,
    noun: "role",
    lost: &[],
    usual: Usual {
        write: 3,
        delete: 3,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Described,
    rows: &[
        Row::new("role", "properties.roleDefinitionId", Same::Id).fixed(),
        Row::new("principal", "properties.principalId", Same::Caseless).fixed(),
        Row::new("principal_type", "properties.principalType", Same::Caseless).fixed(),
        Row::new("description", "properties.description", Same::Exact).absent(Absent::Removed),
        Row::new("condition", "properties.condition", Same::Exact).absent(Absent::Removed),
        Row::new(
            "condition_version",
            "properties.conditionVersion",
            Same::Exact,
        )
        .absent(Absent::Removed),
    ],
    lists: &[],
    noise: &["systemData"],
    read_only: READ_ONLY,
};

/// The kind `access`.
pub(crate) struct AccessKind;

impl Kind for AccessKind {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        const TYPES: &[&Rules] = &[&RULES];
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = Assignment::of(entry, around).map(|one| one.id(around));
        id.into_iter()
            .map(|id| (entry.address.clone(), id))
            .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let Some(assignment) = Assignment::of(entry, around) else {
            out.diagnostics.push(problem(entry, around));
            return;
        };
        let id = assignment.id(around);
        let desired = assignment.draft(entry, &id, around).finish();
        out.resources.push(desired);
        out.attributes
            .insert(entry.address.clone(), attributes(&id, &entry.address));
    }
}

/// Names of roles in `spec` that only Azure knows, in lower case, each with a
/// subscription to ask in.
#[must_use]
pub fn roles_to_ask(spec: &Spec, defaults: &Settled) -> BTreeSet<(SubscriptionId, String)> {
    let entries = spec.all_entries();
    let access = entries.filter(|(section, _)| *section == SECTION.name);
    access
        .filter_map(|(_, entry)| roles::to_ask(entry, defaults))
        .collect()
}

/// What an entry says, with its names looked up.
struct Assignment<'a> {
    scope: Scope,
    /// The GUID of the assignment, where the author names one.
    name: Option<&'a str>,
    /// The GUID of the role.
    role: String,
    /// The role as the author calls it.
    role_name: &'a str,
    principal: Item,
}

impl<'a> Assignment<'a> {
    fn of(entry: &'a Entry, around: &Surroundings<'_>) -> Option<Self> {
        let role_name = entry.item.text("role")?;
        let scope = scope::named(entry.item.get("scope")?, around)?;
        let role = roles::guid(role_name)
            .or_else(|| roles::looked_up(role_name, &scope.id.subscription(), &around.defaults))?;
        Some(Self {
            scope,
            name: entry.item.text("name"),
            role,
            role_name: role_name.rsplit('/').next().unwrap_or(role_name),
            principal: principal(entry.item.get("principal")?)?,
        })
    }

    fn id(&self, around: &Surroundings<'_>) -> ResourceId {
        let name = match self.name {
            Some(name) => name.to_ascii_lowercase(),
            None => name::of(
                &around.spec.name,
                &self.scope.id,
                &self.principal.to_value(),
                &self.role,
            ),
        };
        self.scope.id.extension(RULES.resource_type, &[&name])
    }

    fn draft(&self, entry: &Entry, id: &ResourceId, around: &Surroundings<'_>) -> Draft {
        let item = &entry.item;
        let mut place = placement(entry, around);
        let subscription = self.scope.id.subscription();
        if let Some(tenant) = around.defaults.tenants.get(&subscription) {
            place.tenant = tenant.clone();
        }
        let mut draft = Draft::new(&RULES, entry.address.clone(), id.clone(), entry, &place);
        // What it is on may lie in any group, or in none.
        draft.desired().needs.clear();
        scope::inside(&mut draft, &self.scope, item.place_of("scope"));
        draft.set(
            "properties.roleDefinitionId",
            Value::Text(roles::id(&subscription, &self.role)),
        );
        draft.at("role", item.place_of("role"));
        draft.put("principal", "properties.principalId", &self.principal);
        if item.get("principal_type").is_some() {
            draft.put_key(
                item,
                "principal_type",
                "principal_type",
                "properties.principalType",
            );
        } else if self.principal.to_value().has_later() {
            draft.set("properties.principalType", Value::text("ServicePrincipal"));
        }
        draft.put_key(item, "description", "description", "properties.description");
        draft.put_key(item, "condition", "condition", "properties.condition");
        if item.get("condition").is_some() {
            draft.set("properties.conditionVersion", Value::text("2.0"));
        }
        draft.fact(self.words());
        draft.depends_on(entry);
        crate::vms::protect(item, draft.desired());
        draft
    }

    /// `Reader on resource group images for b2c3d4e5…`.
    fn words(&self) -> String {
        let mut words = format!("{} on ", self.role_name);
        let id = &self.scope.id;
        let kind = id.resource_type();
        let _ = match kind.rsplit('/').next() {
            Some("resourceGroups") => write!(words, "resource group {}", id.name()),
            Some("subscriptions") => write!(words, "subscription {}", id.name()),
            _ => match &self.scope.address {
                Some(address) => write!(words, "{address}"),
                None => write!(words, "{}", id.name()),
            },
        };
        match self.principal.scalar() {
            Some(Value::Text(guid)) if is_guid(guid) => words + " for " + &guid[..8] + "…",
            Some(other) => match other.as_later() {
                Some(Later::Attribute { of, .. }) => format!("{words} for {of}"),
                _ => words,
            },
            None => words,
        }
    }
}

/// Collections whose entries are, or have, a service principal.
const PRINCIPALS: [&str; 2] = ["apps", "service_principals"];

/// Whom a role is given to: an object id, or where it is read. An entry of the
/// spec stands for its service principal.
fn principal(item: &Item) -> Option<Item> {
    let value = item.scalar()?;
    let of = match value.as_later() {
        Some(Later::Attribute { of, name }) if name.is_empty() => of.clone(),
        Some(_) => return Some(item.clone()),
        None if is_guid(value.as_text()?) => return Some(item.clone()),
        None => Address::new(value.as_text()?),
    };
    let known = PRINCIPALS.contains(&of.collection()) && of.segments().count() == 2;
    known.then(|| Item {
        node: Node::Scalar(Value::later(Later::Attribute {
            of,
            name: "principal_id".to_owned(),
        })),
        place: item.place.clone(),
    })
}

/// Why an entry stands for nothing.
fn problem(entry: &Entry, around: &Surroundings<'_>) -> Diagnostic {
    let item = &entry.item;
    let scope = item
        .get("scope")
        .and_then(|item| scope::named(item, around));
    let problem = if scope.is_none() {
        Diagnostic::error(
            Code::UnknownReference,
            "`scope` names nothing of this spec, and is no id",
        )
        .at(item.place_of("scope"), "")
        .help(Help::text(
            "write an address such as vms.web or resource_group, or a full id",
        ))
    } else if item.get("principal").and_then(principal).is_none() {
        Diagnostic::error(Code::InvalidValue, "`principal` is no GUID, and no entry with a service principal")
            .at(item.place_of("principal"), "")
            .help(Help::text(
                "write the object id of a service principal, user or group, or an address such as apps.robot",
            ))
    } else {
        let role = item.text("role").unwrap_or_default();
        let problem = Diagnostic::error(
            Code::InvalidValue,
            format!("Azure knows no role `{role}` here"),
        )
        .at(item.place_of("role"), "");
        let problem = match roles::nearest(role) {
            Some(known) => problem.help(Help::meant(item.place_of("role"), role, known)),
            None => problem,
        };
        problem.help(Help::command(
            "or write a GUID out of this list",
            "az role definition list --query \"[].{name:roleName, guid:name}\" --output table",
        ))
    };
    problem.about(&entry.address)
}
