//! Whatever no kind has written, as an entry of `resources`: with its body, or
//! as something that exists where a body would not be safe.

use tenon_model::found::{Drawing, Found};
use tenon_model::outline::Outline;
use tenon_model::rules::drop_at;
use tenon_model::snapshot::Live;
use tenon_model::{ResourceId, Value};

use super::{ANY, SECTION};
use crate::inverse;

/// Members at any depth that Azure sets by itself.
const AZURES_OWN: &[&str] = &[
    "provisioningState",
    "etag",
    "resourceGuid",
    "uniqueId",
    "systemData",
    "timeCreated",
    "creationTime",
    "createdDate",
    "modifiedDate",
];

/// Writes what is left.
pub(super) fn draw(found: &Found, drawing: &mut Drawing) {
    let left: Vec<&Live> = found.snapshot.iter().collect();
    for live in left {
        // What lies in something that nothing is written for stays with it.
        let inside = live.id.parent().is_some_and(|parent| {
            drawing.settled.contains(&parent) && !drawing.keys.contains_key(&parent)
                || drawing.left_out.iter().any(|left| left.id == parent)
        });
        if drawing.settled.contains(&live.id) || is_group(&live.id) || inside {
            continue;
        }
        let refused = drawing.refused.get(&live.id).or(found.unsure.get(&live.id));
        let cannot = || attached(live).or_else(|| built_from(live));
        if let Some(reason) = refused.cloned().or_else(cannot) {
            exists(live, reason, drawing);
            continue;
        }
        match version(&live.id, found) {
            Some(version) => verbatim(live, version, found, drawing),
            None => drawing.leave_out(&live.id, "nothing says which api-versions its type has"),
        }
    }
}

fn is_group(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Resources/resourceGroups")
}

/// What holds a resource that nobody has written as its part.
fn attached(live: &Live) -> Option<String> {
    let held_by = [
        &["managedBy"][..],
        &["properties", "virtualMachine", "id"],
        &["properties", "ipConfiguration", "id"],
    ];
    let holder = held_by.iter().find_map(|names| {
        let id = live.body.at(names)?.as_text()?;
        (!id.is_empty()).then(|| id.rsplit('/').next().unwrap_or(id).to_owned())
    })?;
    Some(format!("`{holder}` holds it"))
}

/// A set of machines is written with the token of its image's tenant, which a
/// body by itself does not name.
fn built_from(live: &Live) -> Option<String> {
    let image = [
        "properties",
        "virtualMachineProfile",
        "storageProfile",
        "imageReference",
        "id",
    ];
    live.body.at(&image)?.as_text()?;
    Some("it is built from an image: write it under `scale_sets`, and adopt that".to_owned())
}

fn exists(live: &Live, reason: String, drawing: &mut Drawing) {
    let mut entry = Outline::default();
    entry.set("existing", live.id.as_str());
    let key = drawing.free_key(SECTION.name, live.id.name());
    let section = drawing.sections.map(SECTION.name);
    section.set(&key, entry);
    section.remark(&key, format!("only referred to: {reason}"));
    let address = (SECTION.name.to_owned(), key);
    drawing.keys.insert(live.id.clone(), address);
    drawing.leave_out(&live.id, reason);
}

fn version<'f>(id: &ResourceId, found: &'f Found) -> Option<&'f str> {
    let kind = id.resource_type();
    let known = crate::rules_of(&kind).map(|rules| rules.api_version);
    known.or_else(|| {
        found
            .versions
            .get(&kind.to_ascii_lowercase())
            .map(String::as_str)
    })
}

fn verbatim(live: &Live, version: &str, found: &Found, drawing: &mut Drawing) {
    let kind = live.id.resource_type();
    let mut entry = Outline::default();
    entry.set("type", format!("{kind}@{version}").as_str());
    if let Some(parent) = live.id.parent() {
        let named = drawing.keys.get(&parent);
        let named = named.map(|(section, key)| format!("{section}.{key}"));
        entry.set(
            "parent",
            named.unwrap_or_else(|| parent.to_string()).as_str(),
        );
    }
    let body = body(live);
    if body.as_map().is_some_and(|map| !map.is_empty()) {
        entry.set("body", &body);
    }
    if live.id.parent().is_none() {
        inverse::place(found, &[live], &mut entry);
    }
    drawing.enter(SECTION.name, &live.id, entry);
}

/// The body without what Azure sets by itself, and without what other keys of
/// the entry say.
fn body(live: &Live) -> Value {
    let mut body = live.body.clone();
    let rules = crate::rules_of(&live.id.resource_type()).unwrap_or(&ANY);
    for path in rules.read_only.iter().chain(ANY.read_only) {
        drop_at(&mut body, path);
    }
    let elsewhere: &[&str] = match live.id.parent() {
        None => &["location", "tags"],
        Some(_) => &[],
    };
    for name in elsewhere {
        drop_at(&mut body, name);
    }
    tidy(&mut body);
    body
}

fn tidy(value: &mut Value) {
    match value {
        Value::Map(map) => {
            map.retain(|name, value| !value.is_null() && !AZURES_OWN.contains(&name));
            map.iter_mut().for_each(|(_, value)| tidy(value));
        }
        Value::List(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}
