//! The image of a live machine as an entry of `images`.

use tenon_model::ResourceId;
use tenon_model::found::{Drawing, Found};
use tenon_model::outline::{Outline, Written};

use crate::images::DEFINITION_TYPE;

/// The definition of an image that may be one of its versions.
pub(super) fn definition(image: &ResourceId) -> ResourceId {
    if image.resource_type().eq_ignore_ascii_case(DEFINITION_TYPE) {
        return image.clone();
    }
    image.parent().unwrap_or_else(|| image.clone())
}

/// The key of the entry for an image, which is written when it is new.
pub(super) fn key(image: &ResourceId, found: &Found, drawing: &mut Drawing) -> Written {
    if let Some((_, key)) = drawing.keys.get(image) {
        return key.as_str().into();
    }
    let name = definition(image).name().to_owned();
    // A second version of it is called after its number.
    let key = match drawing.sections.map("images").get(&name) {
        None => drawing.free_key("images", &name),
        Some(_) => drawing.free_key("images", &format!("{name}-{}", image.name())),
    };
    drawing
        .sections
        .map("images")
        .set(&key, entry(image, found));
    let address = ("images".to_owned(), key.clone());
    drawing.keys.insert(image.clone(), address);
    key.as_str().into()
}

fn entry(image: &ResourceId, found: &Found) -> Outline {
    let definition = definition(image);
    let mut entry = Outline::default();
    entry.set("id", definition.as_str());
    if definition != *image {
        entry.set("version", image.name());
    }
    if let Some(tenant) = found.tenants.get(&image.subscription()) {
        entry.set("tenant", tenant.as_str());
    }
    entry
}
