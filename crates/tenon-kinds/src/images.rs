//! `images`: which gallery image a machine is built from.
//!
//! api-version 2024-03-03 of the publisher's gallery. An entry makes nothing in
//! Azure; it names an image definition, the tenant it lives in, and the
//! versions that will do. [`choose`] applies Azure's rules to what the gallery
//! lists.

use std::collections::BTreeSet;

use tenon_model::desired::{Attributes, Declaration};
use tenon_model::image::{Channel, ImageRequest};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::snapshot::Snapshot;
use tenon_model::spec::Entry;
use tenon_model::{Address, Code, Diagnostic, Help, Place, ResourceId, TenantId, Value};

mod choose;
mod facts;

pub use choose::{Choice, Lacking, choose};
pub use facts::{definition_facts, version_facts};

/// The type of an image definition.
pub const DEFINITION_TYPE: &str = "Microsoft.Compute/galleries/images";

static SECTION: Section = Section {
    name: "images",
    noun: "image",
    doc: "Images in a compute gallery, of this tenant or of another one.",
    shape: Shape::Struct(&[
        Field::required(
            "id",
            Shape::Text(Format::ResourceId),
            "The id of an image definition, or of one of its versions.",
        ),
        Field::optional(
            "version",
            Shape::Text(Format::ImageVersion),
            "the id's version, else `latest`",
            "An exact version, a channel such as `1.4.x` or `1.x`, or `latest`. `tenon.lock` pins what a channel means.",
        ),
        Field::optional(
            "tenant",
            Shape::Text(Format::Tenant),
            "found from the subscription in the id",
            "The tenant in which the gallery lives; requests that need the image carry its token.",
        ),
    ]),
    fleet: Fleet::Single,
};

/// The kind `images`.
pub(crate) struct Images;

impl Kind for Images {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        &[]
    }

    fn ids(&self, entry: &Entry, _: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = entry
            .item
            .text("id")
            .and_then(|text| ResourceId::parse(text).ok());
        id.into_iter()
            .map(|id| (entry.address.clone(), id))
            .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let Some(id) = entry.item.get("id") else {
            return;
        };
        let text = id.to_value().to_plain_text();
        match split_id(&text, &id.place) {
            Ok((definition, version)) => {
                let request = request(entry, around, definition, version, out);
                out.attributes
                    .insert(entry.address.clone(), attributes(&request, around));
                out.images.push(request);
            }
            Err(problem) => out.diagnostics.push(problem.about(&entry.address)),
        }
    }
}

fn request(
    entry: &Entry,
    around: &Surroundings<'_>,
    definition: ResourceId,
    version: Option<Channel>,
    out: &mut Declaration,
) -> ImageRequest {
    let written = entry
        .item
        .get("version")
        .map(|item| (item, item.to_value().to_plain_text()));
    let asked = written
        .as_ref()
        .and_then(|(_, text)| Channel::parse(text).ok());
    if let (Some((item, _)), Some(asked), Some(fixed)) = (&written, asked, version)
        && asked != fixed
    {
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                format!("`id` names version {fixed}, `version` says {asked}"),
            )
            .at(&item.place, "another version than in `id`")
            .help(Help::text(
                "leave /versions/… out of `id`, or leave `version` out",
            ))
            .about(&entry.address),
        );
    }
    ImageRequest {
        address: entry.address.clone(),
        tenant: entry.item.text("tenant").map(|name| tenant(name, around)),
        definition,
        channel: asked.or(version).unwrap_or(Channel::Latest),
        regions: Vec::new(),
        place: entry.place.clone(),
    }
}

/// The id of the tenant that is called `name` in the spec, or is spelled so.
fn tenant(name: &str, around: &Surroundings<'_>) -> TenantId {
    around
        .spec
        .tenant(name)
        .map_or_else(|| TenantId::new(name), |tenant| tenant.id.clone())
}

/// Tells definition and version of a gallery image id apart.
pub(crate) fn split_id(
    text: &str,
    place: &Place,
) -> Result<(ResourceId, Option<Channel>), Box<Diagnostic>> {
    let wrong = |why: &str| {
        Diagnostic::error(Code::InvalidValue, format!("`{text}` is no image definition: {why}"))
            .at(place, "")
            .help(Help::text(
                "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Compute/galleries/<gallery>/images/<image>",
            ))
    };
    if text.to_ascii_lowercase().contains("communitygalleries/")
        || text.to_ascii_lowercase().contains("sharedgalleries/")
    {
        return Err(Box::new(wrong(
            "community and direct-shared galleries are not read yet",
        )));
    }
    let id = ResourceId::parse(text).map_err(|error| Box::new(wrong(&error.to_string())))?;
    let kind = id.resource_type();
    if kind.eq_ignore_ascii_case(DEFINITION_TYPE) {
        return Ok((id, None));
    }
    if !kind.eq_ignore_ascii_case("Microsoft.Compute/galleries/images/versions") {
        return Err(Box::new(wrong(&format!("it is the id of a {kind}"))));
    }
    let channel = Channel::parse(id.name())
        .map_err(|error| Box::new(wrong(&format!("its version is wrong, {error}"))))?;
    let definition = id.parent().expect("a version has a definition above it");
    Ok((definition, Some(channel)))
}

/// The image definitions that live machines are built from.
#[must_use]
pub fn built_from(snapshot: &Snapshot) -> BTreeSet<ResourceId> {
    let reference = ["properties", "storageProfile", "imageReference", "id"];
    let images = snapshot.iter().filter_map(|live| {
        let text = live.body.at(&reference)?.as_text()?;
        Some(split_id(text, &Place::whole("")).ok()?.0)
    });
    images.collect()
}

fn attributes(request: &ImageRequest, around: &Surroundings<'_>) -> Attributes {
    let mut named =
        tenon_model::Map::from([("definition", Value::text(request.definition.as_str()))]);
    if let Some(image) = around.images.get(&request.address) {
        named.insert("id", Value::text(image.id.as_str()));
        named.insert("version", Value::Text(image.version.to_string()));
    } else {
        // Not resolved yet, as in `tenon validate` and `tenon graph`.
        named.insert("id", Value::text(request.definition.as_str()));
        named.insert("version", Value::Text(request.channel.to_string()));
    }
    Attributes {
        named,
        body_of: None,
    }
}
