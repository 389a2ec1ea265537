//! Images: which version of an image definition a machine is built from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::{Address, Place, SubscriptionId, TenantId};

mod id;

pub use id::{ImageDefinition, ImageId, ImageIdError, OpenImage, Sharing};

/// A gallery image version: three numbers, compared as numbers.
///
/// Azure accepts `Major.Minor.Patch`, each up to 2³¹−1, and takes the highest
/// for `latest` (Azure Compute Gallery docs, "Image versions").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageVersion(pub u32, pub u32, pub u32);

/// The text is no version or channel.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VersionError {
    /// Not three numbers within bounds.
    #[error("expected `latest`, three numbers such as `1.4.2`, or a channel such as `1.4.x`")]
    Form,
}

impl ImageVersion {
    /// Reads `1.4.2`.
    ///
    /// # Errors
    ///
    /// When the text is not three whole numbers up to 2³¹−1.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let mut numbers = text.split('.').map(number);
        let mut next = || numbers.next().flatten().ok_or(VersionError::Form);
        let version = Self(next()?, next()?, next()?);
        if numbers.next().is_some() {
            Err(VersionError::Form)
        } else {
            Ok(version)
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.then(|| text.parse::<u32>().ok())??;
    (value <= i32::MAX as u32).then_some(value)
}

impl fmt::Display for ImageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}.{}", self.0, self.1, self.2))
    }
}

impl Serialize for ImageVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Which versions an author accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Exactly this one.
    Exact(ImageVersion),
    /// The newest of `1.4.x`.
    Minor(u32, u32),
    /// The newest of `1.x`.
    Major(u32),
    /// The newest of all.
    Latest,
}

impl Channel {
    /// Reads `1.4.2`, `1.4.x`, `1.x` or `latest`.
    ///
    /// # Errors
    ///
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        if text.eq_ignore_ascii_case("latest") {
            return Ok(Self::Latest);
        }
        let Some(open) = text.strip_suffix(".x") else {
            return ImageVersion::parse(text).map(Self::Exact);
        };
        let numbers: Option<Vec<u32>> = open.split('.').map(number).collect();
        match numbers.as_deref() {
            Some([major]) => Ok(Self::Major(*major)),
            Some([major, minor]) => Ok(Self::Minor(*major, *minor)),
            _ => Err(VersionError::Form),
        }
    }

    /// Whether `version` is one of these.
    #[must_use]
    pub fn accepts(self, version: ImageVersion) -> bool {
        match self {
            Self::Exact(exact) => version == exact,
            Self::Minor(major, minor) => (version.0, version.1) == (major, minor),
            Self::Major(major) => version.0 == major,
            Self::Latest => true,
        }
    }

    /// Whether time can change what this means.
    #[must_use]
    pub fn moves(self) -> bool {
        !matches!(self, Self::Exact(_))
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(version) => version.fmt(f),
            Self::Minor(major, minor) => f.pad(&format!("{major}.{minor}.x")),
            Self::Major(major) => f.pad(&format!("{major}.x")),
            Self::Latest => f.pad("latest"),
        }
    }
}

/// What a newer version means for machines that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// They get the version that the lock file pins, as soon as it pins
    /// another one.
    #[default]
    Lock,
    /// They keep theirs as long as it is one of the channel; a newer version is
    /// reported, and new machines get it.
    Notify,
}

impl Follow {
    /// The words, as specs have them.
    pub const WORDS: [&'static str; 2] = ["lock", "notify"];

    /// Reads a word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "lock" => Some(Self::Lock),
            "notify" => Some(Self::Notify),
            _ => None,
        }
    }

    /// Whether this is what holds where the spec says nothing.
    #[must_use]
    pub fn is_lock(&self) -> bool {
        *self == Self::Lock
    }
}

/// An image that the spec asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageRequest {
    /// Its name: `images.web`.
    pub address: Address,
    /// The publisher's tenant, if the spec says.
    pub tenant: Option<TenantId>,
    /// The subscription of the first machine that is built from it; what a
    /// gallery without roles shows is asked there.
    pub subscription: Option<SubscriptionId>,
    /// The image definition in the publisher's gallery.
    pub definition: ImageDefinition,
    /// Which versions will do.
    pub channel: Channel,
    /// What a newer version means for machines that run.
    pub follow: Follow,
    /// The regions in which machines are built from it.
    pub regions: Vec<String>,
    /// What this spec makes of it, where its gallery is one of the spec.
    pub made: Option<Box<MadeHere>>,
    /// Where it stands.
    pub place: Place,
}

/// An image definition that the same spec makes, with the versions that it
/// makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeHere {
    /// The tenant of its gallery.
    pub tenant: TenantId,
    /// What it will be.
    pub definition: DefinitionFacts,
    /// Its versions.
    pub versions: Vec<MadeVersion>,
}

/// A version that the same spec makes.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeVersion {
    /// Its address: `galleries.acme.images.web.versions.1.4.2`.
    pub address: Address,
    /// What it will be when it is there.
    pub facts: VersionFacts,
}

impl ImageRequest {
    /// What the lock file calls it: its name in `images`, else its whole
    /// address.
    #[must_use]
    pub fn lock_key(&self) -> &str {
        lock_key(&self.address)
    }
}

fn lock_key(address: &Address) -> &str {
    let text = address.as_str();
    text.strip_prefix("images.").unwrap_or(text)
}

/// What the publisher's gallery says about one version.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionFacts {
    /// Which.
    pub version: ImageVersion,
    /// Whether `latest` passes over it everywhere.
    pub excluded: bool,
    /// Regions, in the form of requests, in which `latest` passes over it.
    pub excluded_in: Vec<String>,
    /// Regions, in the form of requests, that it is to be in.
    pub targets: Vec<String>,
    /// State of the replica by region, `Completed` is there; none before it
    /// was asked, because lists do not tell.
    pub replicas: Option<BTreeMap<String, String>>,
    /// How far replicas are, in percent, where the gallery says it.
    pub progress: BTreeMap<String, i64>,
    /// `Succeeded` when it can be used.
    pub provisioning_state: String,
    /// When it was published, RFC 3339.
    pub published: Option<String>,
    /// When its life ends, RFC 3339.
    pub end_of_life: Option<String>,
    /// Whether it is marked for deletion.
    pub soft_deleted: bool,
    /// The disks that machines get from it.
    pub disks: ImageDisks,
}

/// The disks that machines get from a version of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageDisks {
    /// The size of the OS disk in GiB, where the gallery says it.
    pub os_gb: Option<i64>,
    /// The numbers of the data disks that come along.
    pub luns: BTreeSet<i64>,
}

/// What the publisher's gallery says about a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DefinitionFacts {
    /// `Linux` or `Windows`.
    pub os_type: String,
    /// `Generalized` or `Specialized`.
    pub os_state: String,
    /// `V1` or `V2`.
    pub generation: String,
    /// `x64` or `Arm64`.
    pub architecture: String,
    /// The value of the feature `SecurityType`, if it has one.
    pub security_type: Option<String>,
    /// Publisher, product and name of the purchase plan.
    pub purchase_plan: Option<PurchasePlan>,
    /// Whether interfaces may bypass the host, where the gallery says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerated_networking: Option<bool>,
    /// Kinds of storage that the publisher rules out for OS disks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub disallowed_disks: BTreeSet<String>,
}

/// The terms under which a marketplace image is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PurchasePlan {
    /// The plan's name.
    pub name: String,
    /// Its publisher.
    pub publisher: String,
    /// Its product.
    pub product: String,
}

/// Why a newer version was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rejected {
    /// Excluded from latest everywhere.
    Excluded,
    /// Excluded from latest in this region.
    ExcludedIn(String),
    /// No replica in this region, or none that is complete.
    NoReplica {
        /// The region.
        region: String,
        /// The state of the replica there, if there is one.
        state: Option<String>,
    },
    /// Not `Succeeded`.
    NotReady(String),
    /// Marked for deletion.
    SoftDeleted,
    /// Its life ended at this time, RFC 3339, and another version still lives.
    Ended(String),
    /// It would do; the lock file pins another one.
    Locked,
    /// It would do; the spec names another one.
    Pinned,
}

impl Rejected {
    /// Whether machines could be built from it, if somebody decided so.
    #[must_use]
    pub fn would_do(&self) -> bool {
        matches!(self, Self::Locked | Self::Pinned)
    }
}

/// An image after resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvedImage {
    /// Its name: `images.web`.
    pub address: Address,
    /// The publisher's tenant.
    pub tenant: TenantId,
    /// The version that machines are built from.
    pub id: ImageId,
    /// Its number.
    pub version: ImageVersion,
    /// What the author asked for.
    pub channel: String,
    /// Whether the lock file decided.
    pub locked: bool,
    /// What a newer version means for machines that are there.
    #[serde(default, skip_serializing_if = "Follow::is_lock")]
    pub follow: Follow,
    /// What the gallery says about the definition.
    pub definition: DefinitionFacts,
    /// When it was published, RFC 3339.
    pub published: Option<String>,
    /// When its life ends, RFC 3339.
    pub end_of_life: Option<String>,
    /// Newer versions and why they were passed over.
    pub passed_over: Vec<(ImageVersion, Rejected)>,
    /// How many machines keep an older version of the channel, by version.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stay: BTreeMap<ImageVersion, usize>,
    /// The disks that machines get from it; only who makes a plan asks.
    #[serde(skip)]
    pub disks: ImageDisks,
    /// The version's address, where this spec makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Address>,
}

impl ResolvedImage {
    /// What the lock file calls it, as [`ImageRequest::lock_key`].
    #[must_use]
    pub fn lock_key(&self) -> &str {
        lock_key(&self.address)
    }

    /// Whether time can change what the author asked for.
    #[must_use]
    pub fn moves(&self) -> bool {
        Channel::parse(&self.channel).is_ok_and(Channel::moves)
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, ImageVersion};

    #[test]
    fn versions_are_numbers() {
        let parse = |text| ImageVersion::parse(text).unwrap();
        assert!(parse("1.0.12") > parse("1.0.9"));
        for text in [
            "1.0",
            "1.0.0.0",
            "1.0.x",
            "v1.0.0",
            "1.0.2147483648",
            "1.0.-1",
            "",
            "1.0.+1",
        ] {
            assert!(ImageVersion::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn channels_accept_their_versions() {
        let accepts = |channel: &str, version: &str| {
            Channel::parse(channel)
                .unwrap()
                .accepts(ImageVersion::parse(version).unwrap())
        };
        assert!(accepts("1.4.x", "1.4.9"));
        assert!(!accepts("1.4.x", "1.5.0"));
        assert!(accepts("1.x", "1.5.0"));
        assert!(accepts("latest", "9.0.0"));
        assert!(accepts("1.4.2", "1.4.2"));
        assert!(Channel::parse("x").is_err());
        assert!(Channel::parse("1.2.3.x").is_err());
    }
}
