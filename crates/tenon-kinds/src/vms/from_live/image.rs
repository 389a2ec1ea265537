//! The image of a live machine as an entry of `images`.

use tenon_model::ResourceId;
use tenon_model::found::{Drawing, Found};
use tenon_model::image::{ImageDefinition, ImageId};
use tenon_model::outline::{Outline, Written};

/// The key of the entry for an image, which is written when it is new. One of
/// a gallery that is open to others stands where it is used.
pub(super) fn key(image: &ImageId, found: &Found, drawing: &mut Drawing) -> Written {
    let ImageDefinition::Gallery(definition) = &image.definition else {
        return image.to_string().as_str().into();
    };
    let version = image.version.map(|version| version.to_string());
    let id = match &version {
        Some(version) => definition.child("versions", version),
        None => definition.clone(),
    };
    if let Some((_, key)) = drawing.keys.get(&id) {
        return key.as_str().into();
    }
    let name = definition.name().to_owned();
    // A second version of it is called after its number.
    let key = match drawing.sections.map("images").get(&name) {
        None => drawing.free_key("images", &name),
        Some(_) => {
            let number = version.as_deref().unwrap_or("latest");
            drawing.free_key("images", &format!("{name}-{number}"))
        }
    };
    let entry = entry(definition, version.as_deref(), found);
    drawing.sections.map("images").set(&key, entry);
    let address = ("images".to_owned(), key.clone());
    drawing.keys.insert(id, address);
    key.as_str().into()
}

fn entry(definition: &ResourceId, version: Option<&str>, found: &Found) -> Outline {
    let mut entry = Outline::default();
    entry.set("id", definition.as_str());
    if let Some(version) = version {
        entry.set("version", version);
    }
    if let Some(tenant) = found.tenants.get(&definition.subscription()) {
        entry.set("tenant", tenant.as_str());
    }
    entry
}
