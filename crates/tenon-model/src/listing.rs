//! Images of a spec, and what their galleries have besides.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::image::{Follow, ImageId, ImageVersion, Rejected};
use crate::{Address, TenantId};

mod who;

pub use who::{Grant, Refused, Shared, Unread, Who, With};

/// The name and version of the form that [`Listing`] has as JSON.
pub const FORMAT: &str = "tenon.images/1";

/// The images of a spec.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listing {
    /// [`FORMAT`].
    pub format: &'static str,
    /// In the order of the spec.
    pub images: Vec<Listed>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// Its name: `images.web`.
    pub address: Address,
    /// The local name of the publisher's tenant, or its id.
    pub tenant_name: String,
    /// The publisher's tenant.
    pub tenant: TenantId,
    /// What the lock file calls it, and `tenon update` with it.
    pub lock_key: String,
    /// The version that machines are built from.
    pub id: ImageId,
    /// Its number.
    pub version: ImageVersion,
    /// What the spec asks for.
    pub channel: String,
    /// Whether the lock file decided.
    pub locked: bool,
    /// What a newer version means for machines that are there.
    pub follow: Follow,
    /// When it was published, RFC 3339.
    pub published: Option<String>,
    /// When its life ends, RFC 3339.
    pub end_of_life: Option<String>,
    /// State of its replica by region; `Completed` is there.
    pub regions: BTreeMap<String, String>,
    /// Newer versions, the newest first.
    pub newer: Vec<Newer>,
    /// Who can use it, if somebody wants to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
}

/// A version that is newer than the one that is taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Newer {
    /// Its number.
    pub version: ImageVersion,
    /// When it was published, RFC 3339.
    pub published: Option<String>,
    /// When its life ends, RFC 3339.
    pub end_of_life: Option<String>,
    /// Why it is not taken.
    pub because: NotTaken,
}

/// Why a newer version is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotTaken {
    /// It would not do, or something else was pinned.
    PassedOver(Rejected),
    /// The spec names one version.
    PinnedInSpec,
    /// It is none of the channel.
    OutsideChannel,
}
