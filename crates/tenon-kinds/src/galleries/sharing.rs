//! Whom a gallery is shared with, without a role.
//!
//! Which way is a property of the gallery, fixed when it is made; who they are
//! is told by the action `share`, which is a resource of its own here:
//! `galleries.acme.sharing`. Source: Galleries 2024-03-03, "Gallery sharing
//! profile"; learn.microsoft.com, "Share a gallery directly", "Share a gallery
//! with the community".

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, ResourceId, TenantId, Value, id::is_guid};

use super::rules::SHARE;
use crate::draft::Draft;
use crate::placement::Placement;

/// The ways in which a gallery can be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Groups,
    Community,
}

fn way(sharing: &Item) -> Option<Way> {
    if sharing.get("community").is_some() {
        return Some(Way::Community);
    }
    let named = ["subscriptions", "tenants"];
    let groups = named.iter().any(|key| sharing.get(key).is_some());
    groups.then_some(Way::Groups)
}

/// The id under which the sharing of a gallery is read and written.
pub(super) fn id(gallery: &ResourceId) -> ResourceId {
    gallery.child("share", "current")
}

/// Writes into the gallery in which way it is shared.
pub(super) fn put(draft: &mut Draft, sharing: &Item, out: &mut Declaration, entry: &Entry) {
    let path = "properties.sharingProfile.permissions";
    match way(sharing) {
        Some(Way::Groups) => {
            draft.set(path, "Groups");
        }
        Some(Way::Community) => {
            draft.set(path, "Community");
            community(draft, sharing, out, entry);
        }
        None => {}
    }
    draft.at("sharing", &sharing.place);
    let groups = ["subscriptions", "tenants"];
    let both = groups.iter().find_map(|key| sharing.get(key));
    if let (Some(groups), Some(community)) = (both, sharing.get("community")) {
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                "a gallery is shared with some or with everybody, not both",
            )
            .at(&community.place, "with everybody")
            .context(&groups.place, "with some")
            .help(Help::text("make two galleries, or leave one of them out"))
            .about(&entry.address),
        );
    }
}

fn community(draft: &mut Draft, sharing: &Item, out: &mut Declaration, entry: &Entry) {
    let Some(item) = sharing.get("community") else {
        return;
    };
    let keys = [
        ("prefix", "publicNamePrefix"),
        ("publisher_uri", "publisherUri"),
        ("contact", "publisherContact"),
        ("eula", "eula"),
    ];
    for (key, member) in keys {
        let path = format!("properties.sharingProfile.communityGalleryInfo.{member}");
        draft.put_key(item, key, &format!("sharing.community.{key}"), &path);
    }
    let prefix = item.text("prefix").unwrap_or_default();
    let fits =
        (5..=16).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !fits {
        out.diagnostics.push(
            Diagnostic::error(
                Code::InvalidValue,
                format!("`{prefix}` cannot begin a public name"),
            )
            .at(item.place_of("prefix"), "")
            .help(Help::text("five to sixteen letters and digits"))
            .about(&entry.address),
        );
    }
}

/// Adds whom the gallery is shared with.
pub(super) fn declare(
    entry: &Entry,
    gallery: &ResourceId,
    place: &Placement,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let Some(sharing) = entry.item.get("sharing") else {
        return;
    };
    let Some(way) = way(sharing) else {
        return;
    };
    let address = entry.address.join("sharing");
    let mut draft = Draft::new(&SHARE, address, id(gallery), entry, place);
    draft.desired().place = sharing.place.clone();
    draft.need(&entry.address, Relation::Inside, &sharing.place);
    match way {
        Way::Community => {
            draft.set("properties.community", true);
            draft.at("community", sharing.place_of("community"));
            draft.fact("with everybody");
        }
        Way::Groups => groups(&mut draft, sharing, around, out, entry),
    }
    out.resources.push(draft.finish());
}

fn groups(
    draft: &mut Draft,
    sharing: &Item,
    around: &Surroundings<'_>,
    out: &mut Declaration,
    entry: &Entry,
) {
    let mut words = Vec::new();
    for (key, noun, most) in [
        ("subscriptions", "subscription", 30),
        ("tenants", "tenant", 5),
    ] {
        let elements = sharing.get(key).map_or(&[][..], Item::elements);
        let ids: Vec<Value> = elements
            .iter()
            .filter_map(|item| {
                let text = item.to_value().to_plain_text();
                let id = match around.spec.tenant(&text) {
                    Some(tenant) if key == "tenants" => tenant.id.clone(),
                    _ => TenantId::new(&text),
                };
                if !is_guid(id.as_str()) {
                    out.diagnostics
                        .push(no_guid(item, &text).about(&entry.address));
                    return None;
                }
                Some(Value::text(id.as_str()))
            })
            .collect();
        if !ids.is_empty() {
            let many = if ids.len() == 1 { "" } else { "s" };
            words.push(format!("{} {noun}{many}", ids.len()));
        }
        if let Some(item) = elements.get(most) {
            let problem = too_many(item, noun, most).about(&entry.address);
            out.diagnostics.push(problem);
        }
        draft.at(key, sharing.place_of(key));
        draft.set(&format!("properties.{key}"), ids);
    }
    draft.fact(format!("with {}", words.join(" and ")));
}

/// Limits of direct sharing (learn.microsoft.com, "Share a gallery with all
/// users in a subscription or tenant").
fn too_many(item: &Item, noun: &str, most: usize) -> Diagnostic {
    let words = format!("a gallery is shared with {most} {noun}s at most");
    Diagnostic::error(Code::InvalidValue, words)
        .at(&item.place, "one too many")
        .help(Help::text(
            "leave some out, make another gallery, or give a role to a group: access: …",
        ))
}

fn no_guid(item: &Item, text: &str) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidValue,
        format!("a gallery is shared with the GUID of a tenant, not with `{text}`"),
    )
    .at(&item.place, "")
    .help(Help::text(
        "write its GUID, or a name from `tenants` whose id is one",
    ))
}
