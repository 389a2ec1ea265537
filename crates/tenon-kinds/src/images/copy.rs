//! `copy_to`: the consumer's own gallery holds the version that machines are
//! built from.
//!
//! A gallery of the spec gets a definition like the publisher's and the one
//! version that the image means today, made from the publisher's with its
//! token. Machines name the copy, so nothing of the publisher has to be there
//! when one is made again, or a scale set grows. Another version is another
//! copy; the one before goes.
//! Source: learn.microsoft.com, "Create an image version from an image in
//! another gallery"; azure-cli issue 30976 for the other tenant.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::{Declaration, Relation};
use tenon_model::image::{DefinitionFacts, ImageDefinition, ImageId, ResolvedImage, Sharing};
use tenon_model::kind::Surroundings;
use tenon_model::rules::region;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Code, Diagnostic, Help, Map, ResourceId, Value};

use super::SECTION;
use crate::draft::Draft;
use crate::galleries::{DEFINITION, VERSION};
use crate::nsgs::unknown;
use crate::placement::placement;

/// An image with a copy in a gallery of this spec.
struct Copied<'a> {
    entry: &'a Entry,
    item: &'a Item,
    gallery: &'a Entry,
    /// The definition of the copy.
    id: ResourceId,
}

fn all<'a>(around: &Surroundings<'a>) -> Vec<Copied<'a>> {
    let spec = around.spec;
    let images = spec.entries(SECTION.name).iter();
    let found = images.filter_map(|entry| {
        let item = entry.item.get("copy_to")?;
        let name = item.scalar().and_then(Value::as_text)?;
        let mut galleries = spec.entries("galleries").iter();
        let gallery = galleries.find(|gallery| gallery.key == name)?;
        let id = around.ids.get(&gallery.address)?;
        Some(Copied {
            entry,
            item,
            gallery,
            id: id.child("images", &entry.key),
        })
    });
    found.collect()
}

/// Lets machines name the copies; returns what those are made from.
pub(crate) fn redirect(around: &mut Surroundings<'_>) -> BTreeMap<Address, ResolvedImage> {
    let mut originals = BTreeMap::new();
    for copied in all(around) {
        let address = &copied.entry.address;
        let tenant = placement(copied.gallery, around).tenant;
        let Some(image) = around.images.get_mut(address) else {
            continue;
        };
        let mut original = image.clone();
        original.made = None;
        image.id = ImageId {
            definition: ImageDefinition::Gallery(copied.id.clone()),
            version: Some(image.version),
        };
        image.tenant = tenant;
        image.made = Some(version_address(address, image));
        originals.insert(address.clone(), original);
    }
    originals
}

fn version_address(image: &Address, resolved: &ResolvedImage) -> Address {
    image.join("copy").join(&resolved.version.to_string())
}

/// Adds the copies, in every region in which machines are built from them.
pub(crate) fn declare(
    around: &Surroundings<'_>,
    originals: &BTreeMap<Address, ResolvedImage>,
    out: &mut Declaration,
) {
    unknown_galleries(around, out);
    for copied in all(around) {
        let Some(original) = originals.get(&copied.entry.address) else {
            continue;
        };
        copied.definition(original, around, out);
        copied.version(original, around, out);
    }
}

fn unknown_galleries(around: &Surroundings<'_>, out: &mut Declaration) {
    let known: BTreeSet<&str> = around
        .spec
        .entries("galleries")
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    for entry in around.spec.entries(SECTION.name) {
        let Some(item) = entry.item.get("copy_to") else {
            continue;
        };
        let name = item.to_value().to_plain_text();
        if !known.contains(name.as_str()) {
            let problem = unknown(item, "galleries", "gallery", around);
            out.diagnostics.push(problem.about(&entry.address));
        }
        if let Some(id) = entry.item.text("id").filter(|id| is_direct(id)) {
            out.diagnostics
                .push(not_copied(item, id).about(&entry.address));
        }
    }
}

fn is_direct(id: &str) -> bool {
    let open = ImageId::parse(id).map(|id| id.definition);
    matches!(open, Ok(ImageDefinition::Open(open)) if open.sharing == Sharing::Direct)
}

/// A version is made from a community gallery's version by its public id, and
/// from one of a gallery that is read with a role; of one that is shared
/// directly machines and disks are made, no versions.
fn not_copied(item: &Item, id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ConflictingKeys,
        "a directly shared image cannot be copied into another gallery",
    )
    .at(&item.place, "")
    .note(id)
    .help(Help::text(
        "let the publisher give a role on the gallery, and write its own id: /subscriptions/…",
    ))
}

impl Copied<'_> {
    fn address(&self) -> Address {
        self.entry.address.join("copy")
    }

    fn definition(
        &self,
        original: &ResolvedImage,
        around: &Surroundings<'_>,
        out: &mut Declaration,
    ) {
        let place = placement(self.gallery, around);
        let draft = Draft::new(
            &DEFINITION,
            self.address(),
            self.id.clone(),
            self.entry,
            &place,
        );
        let mut draft = draft.tracked(&place);
        draft.desired().place = self.item.place.clone();
        draft.need(&self.gallery.address, Relation::Inside, &self.item.place);
        like(&mut draft, &original.definition);
        let words = [
            ("publisher", original.id.definition.gallery().to_owned()),
            ("offer", original.id.definition.name().to_owned()),
            ("sku", self.entry.key.clone()),
        ];
        for (key, word) in words {
            draft.set(&format!("properties.identifier.{key}"), word);
        }
        draft.fact(format!("as in {}", original.id.definition.gallery()));
        out.resources.push(draft.finish());
    }

    fn version(&self, original: &ResolvedImage, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(self.gallery, around);
        let address = version_address(&self.entry.address, original);
        let id = self.id.child("versions", &original.version.to_string());
        let draft = Draft::new(&VERSION, address.clone(), id, self.entry, &place);
        let mut draft = draft.tracked(&place);
        draft.desired().place = self.item.place.clone();
        draft.need(&self.address(), Relation::Inside, &self.item.place);
        let requests = out.images.iter();
        let mut regions: BTreeSet<String> = requests
            .filter(|request| request.address == self.entry.address)
            .flat_map(|request| request.regions.iter().cloned())
            .collect();
        regions.insert(region(&place.location));
        let targets: Vec<Value> = regions.iter().map(|name| target(name)).collect();
        draft.set("properties.publishingProfile.targetRegions", targets);
        if let Some(end) = &original.end_of_life {
            draft.set("properties.publishingProfile.endOfLifeDate", end.as_str());
        }
        let member = match &original.id.definition {
            ImageDefinition::Gallery(_) => "id",
            ImageDefinition::Open(_) => "communityGalleryImageId",
        };
        let source = original.id.to_string();
        draft.set(
            &format!("properties.storageProfile.source.{member}"),
            source.as_str(),
        );
        let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
        draft.fact(format!("a copy in {}", regions.join(", ")));
        out.sources.extend(ResourceId::parse(&source));
        out.resources.push(draft.finish());
    }
}

fn target(name: &str) -> Value {
    Value::Map(Map::from([
        ("name", Value::text(name)),
        ("regionalReplicaCount", Value::Int(1)),
    ]))
}

fn like(draft: &mut Draft, facts: &DefinitionFacts) {
    let pairs = [
        ("osType", &facts.os_type),
        ("osState", &facts.os_state),
        ("hyperVGeneration", &facts.generation),
        ("architecture", &facts.architecture),
    ];
    for (member, value) in pairs {
        draft.set(&format!("properties.{member}"), value.as_str());
    }
    let mut features = Vec::new();
    let mut feature = |name: &str, value: String| {
        features.push(Value::Map(Map::from([
            ("name", Value::text(name)),
            ("value", Value::Text(value)),
        ])));
    };
    if let Some(kind) = &facts.security_type {
        feature("SecurityType", kind.clone());
    }
    if let Some(fast) = facts.accelerated_networking {
        let word = if fast { "True" } else { "False" };
        feature("IsAcceleratedNetworkSupported", word.to_owned());
    }
    if !features.is_empty() {
        draft.set("properties.features", features);
    }
    if let Some(plan) = &facts.purchase_plan {
        draft.set("properties.purchasePlan.name", plan.name.as_str());
        draft.set("properties.purchasePlan.publisher", plan.publisher.as_str());
        draft.set("properties.purchasePlan.product", plan.product.as_str());
    }
}
