//! What `tenon update` moves, for people and for bots.

use serde::Serialize;

use crate::image::{Follow, ImageVersion, Rejected};

/// The name and version of the form that [`Update`] has as JSON.
pub const FORMAT: &str = "tenon.update/1";

/// What a lock file says now, and what it would say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Update {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The lock file.
    pub lock: String,
    /// Whether a line of it moves, appears or goes.
    pub changes: bool,
    /// Whether that was written.
    pub written: bool,
    /// What was changed in the spec, if a version stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<SpecChange>,
    /// The images that follow a channel, by name.
    pub images: Vec<Moved>,
    /// Entries of images that are no more.
    pub removed: Vec<String>,
}

/// A version in a spec that became another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpecChange {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What stood there.
    pub from: String,
    /// What stands there.
    pub to: String,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// What the lock file calls it.
    pub name: String,
    /// What the spec asks for.
    pub channel: String,
    /// What a newer version means for machines that are there.
    pub follow: Follow,
    /// The version that is pinned; none if nothing is.
    pub from: Option<ImageVersion>,
    /// The version that will be pinned.
    pub to: ImageVersion,
    /// When that was published, RFC 3339.
    pub published: Option<String>,
    /// Newer versions of the channel and why they are not taken, newest first.
    pub passed_over: Vec<(ImageVersion, Rejected)>,
}

impl Moved {
    /// Whether its line changes.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.from != Some(self.to)
    }
}
