//! The extensions of a machine: programs that Azure's agent runs inside of it.
//!
//! api-version 2024-11-01, `VirtualMachineExtensions` of Microsoft.Compute.
//! Azure writes them only while the machine runs, and has one of each handler
//! (publisher and type) on a machine. They lie inside of the machine: its body
//! shows them, and they go with it.

use std::collections::BTreeSet;

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::{Entry, Item, Member};
use tenon_model::suggest::nearest;
use tenon_model::{Address, Code, Diagnostic, Help, Path, ResourceId, Value};

use crate::draft::Draft;
use crate::networks::attributes;
use crate::placement::{self, Placement};
use crate::versions;

/// The extensions of a machine, by name.
pub(super) const SHAPE: Shape = Shape::Keyed(&Shape::Struct(&[
    placement::NAME,
    Field::required(
        "publisher",
        Shape::Text(Format::Name),
        "Who publishes it, e.g. `Microsoft.Azure.Extensions`.",
    ),
    Field::required(
        "type",
        Shape::Text(Format::Name),
        "What it is, e.g. `CustomScript`. A machine has one of each publisher and type.",
    ),
    Field::required(
        "version",
        Shape::Text(Format::Free),
        "Its version, major and minor: `2.1`.",
    ),
    Field::optional(
        "auto_upgrade_minor",
        Shape::Boolean,
        "true",
        "Whether a newer minor version is taken when the extension is written.",
    ),
    Field::optional(
        "automatic_upgrade",
        Shape::Boolean,
        "Azure's choice, which is false",
        "Whether Azure brings newer versions by itself, for extensions that allow it. Then `version` is where it begins.",
    ),
    Field::optional(
        "settings",
        Shape::Keyed(&Shape::Any),
        "none",
        "Its settings, as its publisher describes them. Everybody who may read the machine can read them.",
    ),
    Field::optional(
        "protected_settings",
        Shape::Keyed(&Shape::Any),
        "none",
        "Settings that only the machine can read, such as `${secrets.x}`. Azure never shows them: what was last applied is known by its fingerprint, a secret by its name.",
    ),
    Field::optional(
        "force_update_tag",
        Shape::Text(Format::Free),
        "none",
        "Any text; another one makes it run again with the same settings.",
    ),
    Field::optional(
        "suppress_failures",
        Shape::Boolean,
        "false",
        "Whether Azure hides its failures to reach the machine.",
    ),
    Field::optional(
        "depends_on",
        Shape::List(&Shape::Text(Format::Name)),
        "none",
        "Extensions of the same machine that come first.",
    ),
    placement::TAGS,
]));

/// What is known about extensions.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Compute/virtualMachines/extensions",
    api_version: versions::COMPUTE,
    noun: "extension",
    lost: &[],
    usual: Usual {
        write: 60,
        delete: 30,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("publisher", "properties.publisher", Same::Caseless).fixed(),
        Row::new("type", "properties.type", Same::Caseless).fixed(),
        Row::new("version", "properties.typeHandlerVersion", Same::Exact),
        Row::new(
            "auto_upgrade_minor",
            "properties.autoUpgradeMinorVersion",
            Same::Caseless,
        ),
        Row::new(
            "automatic_upgrade",
            "properties.enableAutomaticUpgrade",
            Same::Caseless,
        )
        .absent(Absent::Default("false")),
        Row::new("settings.*", "properties.settings.*", Same::Exact).absent(Absent::Removed),
        Row::new(
            "protected_settings",
            "properties.protectedSettings",
            Same::Exact,
        )
        .absent(Absent::Default("{}"))
        .write_only(),
        // To stop naming it is no reason to run anything again.
        Row::new("force_update_tag", "properties.forceUpdateTag", Same::Exact),
        Row::new(
            "suppress_failures",
            "properties.suppressFailures",
            Same::Caseless,
        )
        .absent(Absent::Default("false")),
    ],
    lists: &[],
    noise: &["etag", "properties.instanceView"],
    read_only: &[
        "id",
        "name",
        "type",
        "properties.provisioningState",
        "properties.instanceView",
    ],
};

/// The extensions that an entry names.
fn members(entry: &Entry) -> &[Member] {
    entry.item.get("extensions").map_or(&[], Item::members)
}

fn address(entry: &Entry, key: &str) -> Address {
    entry.address.join("extensions").join(key)
}

/// The ids of the extensions of an entry whose machine has this id.
pub(super) fn ids(entry: &Entry, machine: &ResourceId) -> Vec<(Address, ResourceId)> {
    let id = |member: &Member| {
        let name = member.item.text("name").unwrap_or(&member.name);
        machine.child("extensions", name)
    };
    members(entry)
        .iter()
        .map(|member| (address(entry, &member.name), id(member)))
        .collect()
}

/// Adds the extensions of an entry.
pub(super) fn declare(
    entry: &Entry,
    place: &Placement,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let members = members(entry);
    one_of_each_handler(members, &entry.address, out);
    for member in members {
        let address = address(entry, &member.name);
        check(member, &address, out);
        let id = around.ids[&address].clone();
        let mut draft = Draft::new(&RULES, address.clone(), id.clone(), entry, place);
        draft = draft.tracked_part(place, &member.item);
        draft.desired().place = member.place.clone();
        draft.need(&entry.address, Relation::Inside, &member.place);
        write(&mut draft, &member.item);
        after(&mut draft, entry, member, out);
        out.resources.push(draft.finish());
        out.attributes
            .insert(address.clone(), attributes(&id, &address));
    }
}

fn write(draft: &mut Draft, item: &Item) {
    draft.put_key(item, "publisher", "publisher", "properties.publisher");
    draft.put_key(item, "type", "type", "properties.type");
    draft.put_key(item, "version", "version", "properties.typeHandlerVersion");
    // What `az vm extension set` does (azure-cli 2.91.0).
    draft.set("properties.autoUpgradeMinorVersion", Value::Bool(true));
    for (key, path) in [
        ("auto_upgrade_minor", "properties.autoUpgradeMinorVersion"),
        ("automatic_upgrade", "properties.enableAutomaticUpgrade"),
        ("force_update_tag", "properties.forceUpdateTag"),
        ("suppress_failures", "properties.suppressFailures"),
    ] {
        draft.put_key(item, key, key, path);
    }
    for (key, path) in [
        ("settings", "properties.settings"),
        ("protected_settings", "properties.protectedSettings"),
    ] {
        let Some(written) = item.get(key).filter(|map| !map.members().is_empty()) else {
            continue;
        };
        for member in written.members() {
            draft.at(&format!("{key}.{}", member.name), &member.item.place);
        }
        draft.put(key, path, written);
    }
    if item.bool("automatic_upgrade") == Some(true) {
        // Azure writes the version that it brought into the model.
        let version = Path::root().member("properties");
        let version = version.member("typeHandlerVersion");
        draft.desired().moved_by_azure.push(version);
    }
    let text = |key: &str| item.text(key).unwrap_or_default();
    draft.fact(format!(
        "{}.{} {}",
        text("publisher"),
        text("type"),
        text("version")
    ));
}

/// Takes `depends_on` in: names of extensions of the same machine.
fn after(draft: &mut Draft, entry: &Entry, member: &Member, out: &mut Declaration) {
    let depends_on = member.item.get("depends_on");
    for item in depends_on.map_or(&[][..], Item::elements) {
        let Some(name) = item.scalar().and_then(Value::as_text) else {
            continue;
        };
        let others = members(entry).iter().map(|other| other.name.as_str());
        if others.clone().any(|other| other == name) {
            draft.need(&address(entry, name), Relation::After, &item.place);
            continue;
        }
        let help = match nearest(name, others) {
            Some(near) => Help::meant(&item.place, name, near),
            None => Help::text("an extension waits for others of its own machine, by their names"),
        };
        out.diagnostics.push(
            Diagnostic::error(
                Code::UnknownReference,
                format!("`{}` has no extension `{name}`", entry.address),
            )
            .at(&item.place, "")
            .help(help)
            .about(&address(entry, &member.name)),
        );
    }
}

fn check(member: &Member, address: &Address, out: &mut Declaration) {
    let item = &member.item;
    let tags = item.get("tags").map_or(&[][..], Item::members);
    let reserved = tags.iter().filter_map(crate::known::reserved);
    out.diagnostics
        .extend(reserved.map(|problem| problem.about(address)));
    let is_version = |text: &str| {
        let is_number = |part: &str| {
            !part.is_empty() && part.len() < 10 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        text.split_once('.')
            .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
    };
    if let Some(version) = item.text("version").filter(|text| !is_version(text)) {
        out.diagnostics.push(
            Diagnostic::error(
                Code::InvalidValue,
                format!("`{version}` is no version of an extension"),
            )
            .at(item.place_of("version"), "major and minor are wanted")
            .help(Help::text("write two numbers:  version: '2.1'"))
            .about(address),
        );
    }
    let settings = item.get("settings").map(|item| (item, item.to_value()));
    let mut has_secret = false;
    if let Some((_, value)) = &settings {
        value.each_later(&mut |later| has_secret |= later.is_secret());
    }
    if let Some((settings, _)) = settings.filter(|_| has_secret) {
        out.diagnostics.push(
            Diagnostic::error(
                Code::SecretInPlainSight,
                "a secret in `settings` could be read by everybody who may read the machine",
            )
            .at(&settings.place, "Azure shows these")
            .help(Help::text("move it to `protected_settings`"))
            .about(address),
        );
    }
}

/// Azure answers `BadRequest` to a second one.
fn one_of_each_handler(members: &[Member], machine: &Address, out: &mut Declaration) {
    let mut seen = BTreeSet::new();
    for member in members {
        let part = |key: &str| {
            let text = member.item.text(key).unwrap_or_default();
            text.to_ascii_lowercase()
        };
        let handler = (part("publisher"), part("type"));
        if seen.insert(handler) {
            continue;
        }
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                format!("`{machine}` has two extensions of one publisher and type"),
            )
            .at(&member.place, "Azure takes one of each on a machine")
            .help(Help::text("put the settings of both into one"))
            .about(machine),
        );
    }
}
