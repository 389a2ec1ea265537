//! Ids of gallery images, in each of the forms in which Azure has them.
//!
//! A machine names its image in one of three members, by how the gallery is
//! shared: `id` for a gallery that is read with a role, `sharedGalleryImageId`
//! for one that is shared directly with a subscription or a tenant, and
//! `communityGalleryImageId` for one that is open to everybody
//! (`ImageReference`, Compute 2024-11-01). An id in the wrong member is
//! answered with `GalleryImageNotFound`, or is taken for a platform image.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::ImageVersion;
use crate::id::IdError;
use crate::{ResourceId, Value};

const DEFINITION: &str = "Microsoft.Compute/galleries/images";
const VERSION: &str = "Microsoft.Compute/galleries/images/versions";

/// An image definition. Equality and order have no regard to case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageDefinition {
    /// In a gallery of a subscription, read with a role there.
    Gallery(ResourceId),
    /// In a gallery that is open to others without a role.
    Open(OpenImage),
}

/// An image definition of a gallery that is open to others without a role: no
/// token of the publisher's tenant is needed.
#[derive(Clone, Debug)]
pub struct OpenImage {
    /// To whom.
    pub sharing: Sharing,
    /// The gallery's unique name, `{subscription}-{GALLERY}`, or its public
    /// name, `{prefix}-{guid}`.
    pub gallery: Arc<str>,
    /// The definition's name.
    pub image: Arc<str>,
}

/// To whom a gallery is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharing {
    /// To subscriptions and tenants that the publisher names.
    Direct,
    /// To everybody.
    Community,
}

impl Sharing {
    /// The segment of ids and of the lists that a consumer reads.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Direct => "sharedGalleries",
            Self::Community => "communityGalleries",
        }
    }
}

impl OpenImage {
    fn key(&self) -> (Sharing, String, String) {
        let lower = |text: &str| text.to_ascii_lowercase();
        (self.sharing, lower(&self.gallery), lower(&self.image))
    }
}

impl PartialEq for OpenImage {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for OpenImage {}

impl PartialOrd for OpenImage {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OpenImage {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl std::hash::Hash for OpenImage {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for OpenImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segment = self.sharing.segment();
        write!(f, "/{segment}/{}/images/{}", self.gallery, self.image)
    }
}

impl ImageDefinition {
    /// Its own name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Gallery(id) => id.name(),
            Self::Open(open) => &open.image,
        }
    }

    /// The name of its gallery.
    #[must_use]
    pub fn gallery(&self) -> &str {
        match self {
            Self::Gallery(id) => id.name_of("galleries").unwrap_or_default(),
            Self::Open(open) => &open.gallery,
        }
    }

    /// The resource, if it is read as one.
    #[must_use]
    pub fn resource(&self) -> Option<&ResourceId> {
        match self {
            Self::Gallery(id) => Some(id),
            Self::Open(_) => None,
        }
    }

    /// The id of one of its versions.
    #[must_use]
    pub fn version(&self, version: ImageVersion) -> ImageId {
        ImageId {
            definition: self.clone(),
            version: Some(version),
        }
    }

    /// The member of an image reference that takes it.
    #[must_use]
    pub fn member(&self) -> &'static str {
        match self {
            Self::Gallery(_) => ImageId::MEMBERS[0],
            Self::Open(open) => match open.sharing {
                Sharing::Direct => ImageId::MEMBERS[1],
                Sharing::Community => ImageId::MEMBERS[2],
            },
        }
    }
}

impl fmt::Display for ImageDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gallery(id) => fmt::Display::fmt(id, f),
            Self::Open(open) => fmt::Display::fmt(open, f),
        }
    }
}

/// The id of an image definition, or of one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageId {
    /// The definition.
    pub definition: ImageDefinition,
    /// The version; none means the latest.
    pub version: Option<ImageVersion>,
}

/// The text is no id of a gallery image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageIdError {
    /// It is no id at all.
    #[error("{0}")]
    Id(#[from] IdError),
    /// It is the id of something else.
    #[error("it is the id of a {0}")]
    OtherType(String),
    /// A gallery that is open to others is named otherwise.
    #[error(
        "it has the form /{0}/<gallery>/images/<image>, with /versions/<version> behind it or not"
    )]
    OpenForm(&'static str),
    /// The version is none.
    #[error("its version `{0}` is neither three numbers nor `latest`")]
    Version(String),
}

impl ImageId {
    /// The members of an image reference that name a gallery image.
    pub const MEMBERS: [&str; 3] = ["id", "sharedGalleryImageId", "communityGalleryImageId"];

    /// Reads an id in any of its forms; `/versions/latest` is the definition.
    ///
    /// # Errors
    ///
    /// When the text is not the id of a gallery image.
    pub fn parse(text: &str) -> Result<Self, ImageIdError> {
        for sharing in [Sharing::Direct, Sharing::Community] {
            if let Some(open) = open(text, sharing) {
                return open;
            }
        }
        let id = ResourceId::parse(text.trim_end_matches('/'))?;
        let kind = id.resource_type();
        if kind.eq_ignore_ascii_case(DEFINITION) {
            return Ok(Self::from(ImageDefinition::Gallery(id)));
        }
        match id.parent() {
            Some(definition) if kind.eq_ignore_ascii_case(VERSION) => Ok(Self {
                version: version(id.name())?,
                definition: ImageDefinition::Gallery(definition),
            }),
            _ => Err(ImageIdError::OtherType(kind)),
        }
    }

    /// What an image reference of a machine names. Azure shows the version that
    /// `latest` came to in `exactVersion`, and echoes ids in another case. Where
    /// a member of an open gallery is filled, it was the author's.
    #[must_use]
    pub fn of_reference(reference: &Value) -> Option<Self> {
        let text = |member: &str| reference.member(member).and_then(Value::as_text);
        let mut id = Self::MEMBERS
            .iter()
            .rev()
            .find_map(|member| Self::parse(text(member)?).ok())?;
        let exact = text("exactVersion").and_then(|text| ImageVersion::parse(text).ok());
        id.version = id.version.or(exact);
        Some(id)
    }

    /// The member of an image reference that takes it.
    #[must_use]
    pub fn member(&self) -> &'static str {
        self.definition.member()
    }
}

/// An id of a gallery that is open to others; none for another form.
fn open(text: &str, sharing: Sharing) -> Option<Result<ImageId, ImageIdError>> {
    let segments: Vec<&str> = text.trim_matches('/').split('/').collect();
    let is = |at: usize, word: &str| {
        segments
            .get(at)
            .is_some_and(|segment| segment.eq_ignore_ascii_case(word))
    };
    if !text.starts_with('/') || !is(0, sharing.segment()) {
        return None;
    }
    let named = match segments.as_slice() {
        [_, gallery, _, image] if is(2, "images") => Some((*gallery, *image, None)),
        [_, gallery, _, image, _, version] if is(2, "images") && is(4, "versions") => {
            Some((*gallery, *image, Some(*version)))
        }
        _ => None,
    };
    let Some((gallery, image, numbers)) =
        named.filter(|(gallery, image, _)| !gallery.is_empty() && !image.is_empty())
    else {
        return Some(Err(ImageIdError::OpenForm(sharing.segment())));
    };
    let definition = ImageDefinition::Open(OpenImage {
        sharing,
        gallery: gallery.into(),
        image: image.into(),
    });
    let numbers = numbers.map_or(Ok(None), version);
    Some(numbers.map(|version| ImageId {
        definition,
        version,
    }))
}

fn version(text: &str) -> Result<Option<ImageVersion>, ImageIdError> {
    if text.eq_ignore_ascii_case("latest") {
        return Ok(None);
    }
    let wrong = |_| ImageIdError::Version(text.to_owned());
    ImageVersion::parse(text).map(Some).map_err(wrong)
}

impl From<ImageDefinition> for ImageId {
    fn from(definition: ImageDefinition) -> Self {
        Self {
            definition,
            version: None,
        }
    }
}

impl fmt::Display for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some(version) => write!(f, "{}/versions/{version}", self.definition),
            None => fmt::Display::fmt(&self.definition, f),
        }
    }
}

impl Serialize for ImageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
