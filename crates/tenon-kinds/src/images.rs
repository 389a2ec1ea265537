//! `images`: which gallery image a machine is built from.
//!
//! api-version 2024-03-03 of the publisher's gallery, and of what a consumer is
//! shown of galleries that are open to it. An entry makes nothing in Azure; it
//! names an image definition, the tenant it lives in, and the versions that
//! will do. [`choose`] applies Azure's rules to what the gallery lists.

use std::collections::BTreeSet;

use tenon_model::desired::{Attributes, Declaration};
use tenon_model::image::{
    Channel, Follow, ImageDefinition, ImageId, ImageIdError, ImageRequest, OpenImage, Sharing,
};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::snapshot::Snapshot;
use tenon_model::spec::Entry;
use tenon_model::{Address, Code, Diagnostic, Help, Place, ResourceId, TenantId, Value};

use crate::scope;

mod choose;
pub(crate) mod copy;
mod facts;
mod who;

pub use choose::{Choice, Lacking, Wanted, choose};
pub use facts::{definition_facts, merge_open, open_version_facts, version_facts};
pub use who::{grants, role_of, shared};

static SECTION: Section = Section {
    name: "images",
    noun: "image",
    doc: "Images in a compute gallery, of this tenant or of another one.",
    shape: Shape::Struct(&[
        Field::required(
            "id",
            Shape::Text(Format::ResourceId),
            "The id of an image definition, or of one of its versions: of a gallery (`/subscriptions/…`), of one that is shared directly (`/sharedGalleries/…`), or of a community gallery (`/communityGalleries/…`). Of a gallery of the same spec: `${galleries.acme.images.web.id}`.",
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
            "The tenant in which the gallery lives; requests that need the image carry its token. None for a gallery that is shared directly or with the community.",
        ),
        Field::optional(
            "follow",
            Shape::OneOf(&Follow::WORDS),
            "`lock`",
            "What a newer version means for machines that are there. `lock`: they get what `tenon.lock` pins. `notify`: they keep theirs as long as it is one of the channel; a plan reports newer ones, and only new machines get them.",
        ),
        Field::optional(
            "copy_to",
            Shape::Text(Format::Name),
            "machines are built from the publisher's",
            "A gallery of this spec, by its key in `galleries`, that gets a copy of the version. Machines are built from the copy, so that they do not need the publisher when they are made again or a scale set grows.",
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

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = entry.item.get("id").and_then(|id| scope::named(id, around));
        let id = id.map(|named| named.id);
        id.into_iter()
            .map(|id| (entry.address.clone(), id))
            .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let Some(id) = entry.item.get("id") else {
            return;
        };
        let text = match scope::named(id, around) {
            Some(named) => named.id.to_string(),
            None => id.to_value().to_plain_text(),
        };
        match read_id(&text, &id.place) {
            Ok(id) => {
                let request = request(entry, around, id, out);
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
    id: ImageId,
    out: &mut Declaration,
) -> ImageRequest {
    let item = &entry.item;
    let written = item.get("version");
    let asked = written.and_then(|item| Channel::parse(&item.to_value().to_plain_text()).ok());
    let fixed = id.version.map(Channel::Exact);
    if let (Some(item), Some(asked), Some(fixed)) = (written, asked, fixed)
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
    if let (Some(tenant), ImageDefinition::Open(open)) = (item.get("tenant"), &id.definition) {
        let problem = without_tenant(open, &tenant.place);
        out.diagnostics.push(problem.about(&entry.address));
    }
    ImageRequest {
        address: entry.address.clone(),
        tenant: item.text("tenant").map(|name| tenant(name, around)),
        subscription: None,
        definition: id.definition,
        channel: asked.or(fixed).unwrap_or(Channel::Latest),
        follow: item
            .text("follow")
            .and_then(Follow::parse)
            .unwrap_or_default(),
        regions: Vec::new(),
        made: None,
        place: entry.place.clone(),
    }
}

fn without_tenant(open: &OpenImage, place: &Place) -> Diagnostic {
    let how = match open.sharing {
        Sharing::Direct => "a directly shared gallery",
        Sharing::Community => "a community gallery",
    };
    Diagnostic::error(
        Code::ConflictingKeys,
        format!("an image of {how} has no `tenant`"),
    )
    .at(place, "no token of the publisher's tenant is needed")
    .help(Help::text(
        "leave `tenant` out, or write the gallery's own id, /subscriptions/…, if you have a role there",
    ))
}

/// The id of the tenant that is called `name` in the spec, or is spelled so.
fn tenant(name: &str, around: &Surroundings<'_>) -> TenantId {
    around
        .spec
        .tenant(name)
        .map_or_else(|| TenantId::new(name), |tenant| tenant.id.clone())
}

/// Reads the id of an image definition, or of one of its versions.
pub(crate) fn read_id(text: &str, place: &Place) -> Result<ImageId, Box<Diagnostic>> {
    ImageId::parse(text).map_err(|why| {
        let form = match &why {
            ImageIdError::OpenForm("communityGalleries") => {
                "/communityGalleries/<public name>/images/<image>"
            }
            ImageIdError::OpenForm(_) => "/sharedGalleries/<unique name>/images/<image>",
            _ => "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Compute/galleries/<gallery>/images/<image>",
        };
        let words = format!("`{text}` is no image definition: {why}");
        let problem = Diagnostic::error(Code::InvalidValue, words);
        Box::new(problem.at(place, "").help(Help::text(form)))
    })
}

/// The image definitions that live machines are built from, as far as they are
/// resources.
#[must_use]
pub fn built_from(snapshot: &Snapshot) -> BTreeSet<ResourceId> {
    let images = snapshot.iter().filter_map(|live| {
        let reference = live
            .body
            .at(&["properties", "storageProfile", "imageReference"])?;
        ImageId::of_reference(reference)?
            .definition
            .resource()
            .cloned()
    });
    images.collect()
}

fn attributes(request: &ImageRequest, around: &Surroundings<'_>) -> Attributes {
    let mut named =
        tenon_model::Map::from([("definition", Value::Text(request.definition.to_string()))]);
    if let Some(image) = around.images.get(&request.address) {
        named.insert("id", Value::Text(image.id.to_string()));
        named.insert("version", Value::Text(image.version.to_string()));
    } else {
        // Not resolved yet, as in `tenon validate` and `tenon graph`.
        named.insert("id", Value::Text(request.definition.to_string()));
        named.insert("version", Value::Text(request.channel.to_string()));
    }
    Attributes {
        named,
        body_of: None,
    }
}
