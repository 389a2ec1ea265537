//! `galleries`: compute galleries, their image definitions, the versions of
//! those, and whom all of it is shared with.
//!
//! api-version 2024-03-03. One entry stands for a tree: what lies in it is
//! made after it and deleted before it. A definition cannot be changed in what
//! it is, a version not in what it is made from; regions and replicas of a
//! version change where it stands.

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::Section;
use tenon_model::spec::{Entry, Item, Made};
use tenon_model::{Address, ResourceId};

use crate::draft::Draft;
use crate::placement::{Placement, placement};
use crate::single;

mod definition;
mod from_live;
mod names;
mod planned;
mod rules;
mod shape;
mod sharing;
mod source;
mod version;

use definition::all;
pub(crate) use planned::{note_images, rights_first};
pub(crate) use rules::{DEFINITION, VERSION};
use rules::{GALLERY, SHARE};
use shape::SECTION;
use version::Version;

static TYPES: &[&Rules] = &[&GALLERY, &SHARE, &DEFINITION, &VERSION];

/// The kind `galleries`.
pub(crate) struct Galleries;

/// Where the parts of an entry lie.
struct Gallery<'a> {
    id: ResourceId,
    place: &'a Placement,
}

fn gallery_id(entry: &Entry, place: &Placement) -> ResourceId {
    let name = entry.item.text("name").unwrap_or(&entry.key);
    place.id(GALLERY.resource_type, &[name])
}

impl Kind for Galleries {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let gallery = gallery_id(entry, &placement(entry, around));
        let mut ids = vec![(entry.address.clone(), gallery.clone())];
        for definition in all(entry) {
            ids.push((definition.address(), definition.id(&gallery)));
            for member in definition.versions() {
                let version = Version { definition, member };
                ids.push((version.address(), version.id(&gallery)));
            }
        }
        ids
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(entry, around);
        let gallery = Gallery {
            id: gallery_id(entry, &place),
            place: &place,
        };
        declare_gallery(entry, around, out);
        if !is_existing(&entry.item) {
            sharing::declare(entry, &gallery.id, &place, around, out);
        }
        for definition in all(entry) {
            definition.declare(&gallery, out);
            for member in definition.versions() {
                Version { definition, member }.declare(&gallery, around, out);
            }
        }
        out.diagnostics.extend(definition::same_identifier(entry));
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        from_live::draw(found, drawing);
    }
}

/// Whether a gallery or a definition is somebody else's.
fn is_existing(item: &Item) -> bool {
    item.bool("existing") == Some(true)
}

fn declare_gallery(entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
    let item = &entry.item;
    let name = item.text("name").unwrap_or(&entry.key);
    let place = item.get("name").map_or(&entry.place, |item| &item.place);
    let problem = names::gallery(name, place);
    out.diagnostics
        .extend(problem.map(|problem| problem.about(&entry.address)));
    if is_existing(item) {
        let place = placement(entry, around);
        let id = gallery_id(entry, &place);
        let mut draft = Draft::new(&GALLERY, entry.address.clone(), id, entry, &place);
        draft.desired().made = Made::Elsewhere;
        single::add(draft, out);
        return;
    }
    let mut draft: Draft = single::draft(&GALLERY, entry, around);
    draft.put_key(item, "description", "description", "properties.description");
    let soft = "properties.softDeletePolicy.isSoftDeleteEnabled";
    draft.put_key(item, "soft_delete", "soft_delete", soft);
    if let Some(sharing) = item.get("sharing") {
        sharing::put(&mut draft, sharing, out, entry);
    }
    single::add(draft, out);
}
