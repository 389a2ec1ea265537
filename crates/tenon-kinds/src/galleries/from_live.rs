//! Galleries back into the words of the spec.

use tenon_model::found::{Drawing, Found};
use tenon_model::outline::Outline;
use tenon_model::rules::{Rules, region};
use tenon_model::shape::Shape;
use tenon_model::snapshot::Live;
use tenon_model::{ResourceId, Value};

use super::rules::{DEFINITION, GALLERY, VERSION};
use super::shape::{IMAGE, SECTION, VERSION as VERSION_SHAPE};
use crate::inverse;

pub(super) fn draw(found: &Found, drawing: &mut Drawing) {
    for live in found.open(GALLERY.resource_type, drawing) {
        let permissions = text(live, &["properties", "sharingProfile", "permissions"]);
        if permissions.is_some_and(|word| !word.eq_ignore_ascii_case("Private")) {
            let why = "it is shared without roles, and with whom is not read here: write `sharing` by hand";
            drawing.leave_out(&live.id, why.to_owned());
            continue;
        }
        let mut entry = inverse::properties(&GALLERY, &SECTION.shape, live, &["sharing", "images"]);
        let mut written = Vec::new();
        for definition in children(found, &DEFINITION, &live.id) {
            let mut image = one(&DEFINITION, &IMAGE, definition, &["features", "security"]);
            features(definition, &mut image);
            written.push(definition.id.clone());
            for version in children(found, &VERSION, &definition.id) {
                let outline = from_version(version);
                image.map("versions").set(version.id.name(), outline);
                written.push(version.id.clone());
            }
            entry.map("images").set(definition.id.name(), image);
        }
        inverse::place(found, &[live], &mut entry);
        drawing.enter(SECTION.name, &live.id, entry);
        drawing.settled.extend(written);
    }
}

fn one(rules: &Rules, shape: &Shape, live: &Live, skip: &[&str]) -> Outline {
    inverse::properties(rules, shape, live, skip)
}

fn children<'a>(
    found: &'a Found,
    rules: &'a Rules,
    outer: &'a ResourceId,
) -> impl Iterator<Item = &'a Live> {
    found.snapshot.iter().filter(move |live| {
        let kind = live.id.resource_type();
        kind.eq_ignore_ascii_case(rules.resource_type) && live.id.is_inside(outer)
    })
}

fn text<'l>(live: &'l Live, path: &[&str]) -> Option<&'l str> {
    live.body.at(path).and_then(Value::as_text)
}

fn features(live: &Live, image: &mut Outline) {
    let list = live.body.at(&["properties", "features"]);
    for feature in list.and_then(Value::as_list).unwrap_or_default() {
        let member = |name: &str| feature.member(name).map(Value::to_plain_text);
        if let (Some(name), Some(value)) = (member("name"), member("value")) {
            image.map("features").set(&name, value.as_str());
        }
    }
}

/// What a version is made from stands in one of several members; whichever has
/// a value is the source.
fn from_version(live: &Live) -> Outline {
    let skip = ["source", "os_disk", "data_disks", "replicate_to"];
    let mut outline = one(&VERSION, &VERSION_SHAPE, live, &skip);
    let profile = |path: &[&str]| {
        let whole: Vec<&str> = ["properties", "storageProfile"]
            .iter()
            .chain(path)
            .copied()
            .collect();
        text(live, &whole).map(str::to_owned)
    };
    let source = ["id", "virtualMachineId", "communityGalleryImageId"]
        .iter()
        .find_map(|member| profile(&["source", member]))
        .or_else(|| profile(&["osDiskImage", "source", "id"]));
    if let Some(source) = source {
        outline.set("source", source.as_str());
    }
    let targets = live
        .body
        .at(&["properties", "publishingProfile", "targetRegions"]);
    for target in targets.and_then(Value::as_list).unwrap_or_default() {
        let name = target.member("name").and_then(Value::as_text);
        let count = target
            .member("regionalReplicaCount")
            .and_then(Value::as_int);
        if let (Some(name), Some(count)) = (name, count) {
            outline.map("replicate_to").set(&region(name), count);
        }
    }
    outline
}
