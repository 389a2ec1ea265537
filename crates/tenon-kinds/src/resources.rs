//! `resources`: any Azure type, its body verbatim.
//!
//! Nothing is known about the type, so nothing is guessed: what the author
//! wrote is compared as written, ids and regions by what they mean, and a
//! change is an update unless `replace_on` says otherwise.

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::{Entry, Item, Made};
use tenon_model::{Address, Code, Diagnostic, Help, Path, ResourceId};

use crate::draft::Draft;
use crate::networks::attributes;
use crate::placement::{self, Placement, placement};
use crate::scope;

mod carries;

mod from_live;

static SECTION: Section = Section {
    name: "resources",
    noun: "resource",
    doc: "Any Azure resource type, its body as Azure's reference describes it; or, with `existing`, a resource of somebody else that others here refer to.",
    shape: Shape::Struct(&[
        placement::NAME,
        Field::optional(
            "type",
            Shape::Text(Format::TypeAtVersion),
            "required unless `existing` is there",
            "The type and api-version, e.g. `Microsoft.KeyVault/vaults@2023-07-01`.",
        ),
        Field::optional(
            "existing",
            Shape::Text(Format::ResourceId),
            "none",
            "The id of a resource that is only referred to, never changed.",
        ),
        Field::optional(
            "parent",
            Shape::Text(Format::Reference),
            "none",
            "What a child type lies in, or what an extension such as a lock is on: an address such as `resources.kv`, `resource_group`, or an id.",
        ),
        Field::optional(
            "body",
            Shape::Any,
            "empty",
            "The body, without name, region and tags.",
        ),
        Field::optional(
            "ignore",
            Shape::List(&Shape::Text(Format::Free)),
            "none",
            "Paths in the body that are nobody's business, e.g. `properties.sku.capacity`.",
        ),
        Field::optional(
            "replace_on",
            Shape::List(&Shape::Text(Format::Free)),
            "none",
            "Paths in the body that take a replace when they change.",
        ),
        placement::SUBSCRIPTION,
        placement::RESOURCE_GROUP,
        Field::optional(
            "location",
            Shape::Either(&[Shape::Text(Format::Region), Shape::Nothing]),
            "the deployment's, where the type has one",
            "The region of this entry. `null` leaves it out.",
        ),
        Field::optional(
            "tags",
            Shape::Either(&[Shape::Keyed(&Shape::Text(Format::Free)), Shape::Nothing]),
            "the deployment's, where the type has tags",
            "Tags, laid over the deployment's. `null` leaves them out: what it lies in must then be of this spec, because its marker has to speak for both.",
        ),
        placement::PROTECT,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Allowed,
};

/// What is known about any type.
pub(crate) static ANY: Rules = Rules {
    resource_type: "",
    api_version: "",
    noun: "resource",
    lost: &[],
    usual: Usual {
        write: 30,
        delete: 30,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
    ],
    lists: &[],
    noise: &["etag", "systemData"],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "systemData",
        "properties.provisioningState",
    ],
};

/// The same for types that take no tags.
pub(crate) static ANY_UNTAGGED: Rules = Rules {
    tags: Tags::Parent,
    ..ANY
};

/// The same for role assignments.
pub(crate) static ANY_ASSIGNMENT: Rules = Rules {
    tags: Tags::Described,
    read_only: crate::access::READ_ONLY,
    ..ANY
};

/// The kind `resources`.
pub(crate) struct Resources;

impl Kind for Resources {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        &[]
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = id(entry, &placement(entry, around), around);
        id.into_iter()
            .map(|id| (entry.address.clone(), id))
            .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let Some(id) = around.ids.get(&entry.address).cloned() else {
            out.diagnostics.push(no_id(entry, around));
            return;
        };
        let place = placement(entry, around);
        let parent = entry.item.get("parent");
        let carries = carries::of(entry, &id.resource_type());
        let address = entry.address.clone();
        let mut draft = Draft::new(carries.rules(), address.clone(), id.clone(), entry, &place);
        if entry.item.get("existing").is_some() {
            existing(&mut draft, entry, &id);
        } else {
            wanted(&mut draft, entry, &place);
            draft = carries.write(draft, &place);
            out.diagnostics.extend(carries.problems(entry));
        }
        if let Some(outer) = parent.and_then(|item| scope::named(item, around)) {
            scope::inside(&mut draft, &outer, entry.item.place_of("parent"));
        }
        draft.depends_on(entry);
        crate::vms::protect(&entry.item, draft.desired());
        paths(&mut draft, entry, out);
        out.resources.push(draft.finish());
        out.attributes
            .insert(address.clone(), attributes(&id, &address));
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        from_live::draw(found, drawing);
    }
}

fn existing(draft: &mut Draft, entry: &Entry, id: &ResourceId) {
    let desired = draft.desired();
    desired.made = Made::Elsewhere;
    desired.resource_type = id.resource_type();
    let known = crate::rules_of(&desired.resource_type).map(|rules| rules.api_version);
    let written = entry
        .item
        .text("type")
        .and_then(|text| text.split_once('@'));
    if let Some(version) = written.map(|(_, version)| version).or(known) {
        version.clone_into(&mut desired.api_version);
    }
}

fn wanted(draft: &mut Draft, entry: &Entry, _place: &Placement) {
    let (kind, version) = entry
        .item
        .text("type")
        .and_then(|text| text.split_once('@'))
        .unwrap_or(("", ""));
    let desired = draft.desired();
    kind.clone_into(&mut desired.resource_type);
    version.clone_into(&mut desired.api_version);
    draft.fact(kind);
    let Some(body) = entry.item.get("body") else {
        return;
    };
    draft.reads(body);
    if let Some(own) = draft.desired().body.as_map_mut() {
        for member in body.members() {
            own.insert(&member.name, member.item.to_value());
        }
    }
    note_places(draft, &Path::root(), body);
}

/// Keeps where each member of the body stands, by its path.
fn note_places(draft: &mut Draft, at: &Path, item: &Item) {
    for member in item.members() {
        let path = at.member(&member.name);
        draft.at(&path.to_string(), &member.item.place);
        note_places(draft, &path, &member.item);
    }
}

fn paths(draft: &mut Draft, entry: &Entry, out: &mut Declaration) {
    for key in ["ignore", "replace_on"] {
        for item in entry.item.get(key).map_or(&[][..], Item::elements) {
            let text = item.to_value().to_plain_text();
            match Path::parse(&text) {
                Ok(path) if key == "ignore" => draft.desired().ignore.push(path),
                Ok(path) => draft.desired().replace_on.push(path),
                Err(error) => out.diagnostics.push(
                    Diagnostic::error(Code::InvalidValue, error.to_string())
                        .at(&item.place, "")
                        .help(Help::text("a path reads properties.sku.capacity"))
                        .about(&entry.address),
                ),
            }
        }
    }
}

fn id(entry: &Entry, place: &Placement, around: &Surroundings<'_>) -> Option<ResourceId> {
    if let Some(existing) = entry.item.text("existing") {
        return ResourceId::parse(existing).ok();
    }
    let (kind, _) = entry.item.text("type")?.split_once('@')?;
    let name = entry.item.text("name").unwrap_or(&entry.key);
    match entry.item.get("parent") {
        Some(parent) => scope::below(&scope::named(parent, around)?.id, kind, name),
        None if kind.matches('/').count() == 1 => Some(place.id(kind, &[name])),
        None => None,
    }
}

fn no_id(entry: &Entry, around: &Surroundings<'_>) -> Diagnostic {
    let child = entry
        .item
        .text("type")
        .is_some_and(|kind| kind.matches('/').count() > 1);
    let parent = entry.item.get("parent");
    let named = parent.and_then(|parent| scope::named(parent, around));
    let problem = if let (Some(parent), Some(outer)) = (parent, named) {
        let kind = outer.id.resource_type();
        Diagnostic::error(
            Code::InvalidValue,
            format!("this type lies in another one than {kind}"),
        )
        .at(&parent.place, format!("is a {kind}"))
        .help(Help::text(format!(
            "a child has the type {kind}/<child>, an extension one of two parts: Microsoft.Authorization/locks"
        )))
    } else if let Some(parent) = parent {
        Diagnostic::error(
            Code::UnknownReference,
            "`parent` names nothing of this spec, and is no resource id",
        )
        .at(&parent.place, "")
        .help(Help::text(
            "write an address such as resources.kv, of an entry that stands before this one",
        ))
    } else if child {
        Diagnostic::error(Code::MissingKey, "a child type needs `parent`")
            .at(entry.item.place_of("type"), "lies in another resource")
            .help(Help::text("parent: resources.<name>, or a resource id"))
    } else {
        Diagnostic::error(Code::MissingKey, "`type` is missing")
            .at(&entry.place, "which Azure type?")
            .help(Help::text(
                "type: Microsoft.KeyVault/vaults@2023-07-01, or existing: <resource id>",
            ))
    };
    problem.about(&entry.address)
}
