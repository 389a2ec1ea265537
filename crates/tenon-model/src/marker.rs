//! The sign on a live resource that it is ours.
//!
//! Four tags, written in the request that creates the resource, so that no
//! crash can separate the two. Besides deployment and address they carry a
//! fingerprint of the resource's own id, because tags are copied with
//! templates and clones and a copied tag is no ownership, and a fingerprint of
//! every property as it was last applied, which tells "you changed the spec"
//! from "somebody changed Azure" and notices a property that left the spec.

use crate::canonical::fingerprint;
use crate::{Address, Map, ResourceId, Value};

mod base;
mod children;
mod described;

pub use base::{Base, Recorded};
pub use children::{Children, list_of};
pub use described::{DESCRIPTION, undescribed};

/// The tag that names the deployment.
pub const DEPLOYMENT_TAG: &str = "tenon-deployment";
/// The tag that names the address within the deployment.
pub const ADDRESS_TAG: &str = "tenon-address";
/// The tag that ties the marker to the resource it is on.
pub const MARK_TAG: &str = "tenon-mark";
/// The tag with the fingerprints of what was last applied.
pub const BASE_TAG: &str = "tenon-base";

/// All tags of a marker.
pub const TAGS: [&str; 4] = [DEPLOYMENT_TAG, ADDRESS_TAG, MARK_TAG, BASE_TAG];

const FORMAT: &str = "1";
const MARK_LETTERS: usize = 12;
const OCCASION_LETTERS: usize = 6;

/// What stands before the time in the tag of the base of a [`Keepsake`]; no
/// base begins with it.
const UNTIL: char = 'k';

/// Whether a resource may be deleted when the spec lets go of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// It may.
    #[default]
    Open,
    /// It is kept.
    Protected,
}

/// Whether a machine stands still only because a run of ours has stopped it.
/// Without a sign of that nobody could tell it, after a run that was killed,
/// from a machine that somebody wants to be off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Nothing of ours has stopped it.
    #[default]
    NotOwed,
    /// A run has stopped it, or is about to, and is to start it again.
    Owed,
}

/// The sign that a resource is only kept for a while, to go back to: the OS
/// disk of a machine that was replaced. It counts while nothing uses the
/// resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keepsake {
    /// Tells this time that it was kept from every other one.
    pub occasion: String,
    /// When it may go, in seconds since 1970, UTC. One that cannot be read is
    /// none: then it is kept until its entry goes.
    pub until: Option<u64>,
}

/// The sign on a live resource that it is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The deployment it belongs to.
    pub deployment: String,
    /// Its address there.
    pub address: Address,
    /// Whether it outlives its entry in the spec.
    pub protection: Protection,
    /// Whether a run still has to start it.
    pub start: Start,
    /// Whether it is only kept for a while. Then nothing was applied to it, and
    /// the tag of the base holds the end of that while.
    pub keepsake: Option<Keepsake>,
    /// The api-version of its requests, for types without a table: without it
    /// nobody could delete what the spec no longer names.
    pub api_version: Option<String>,
    /// Children without tags and without a table that it speaks for.
    pub children: Children,
    /// What was last applied.
    pub base: Base,
}

/// What the tags of a live resource say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// Nothing of tenon.
    Foreign,
    /// A marker that was written for another resource.
    Copied,
    /// A marker of its own.
    Marked(Marker),
}

impl Marker {
    /// Returns the tags that carry this marker on the resource `id`.
    #[must_use]
    pub fn tags(&self, id: &ResourceId) -> Map {
        Map::from([
            (DEPLOYMENT_TAG, Value::text(self.deployment.as_str())),
            (ADDRESS_TAG, Value::text(self.address.as_str())),
            (MARK_TAG, Value::Text(self.mark(id))),
            (BASE_TAG, Value::Text(self.base_text())),
        ])
    }

    fn base_text(&self) -> String {
        let until = self.keepsake.as_ref().and_then(|keepsake| keepsake.until);
        until.map_or_else(|| self.base.to_text(), |until| format!("{UNTIL}{until}"))
    }

    /// Returns what the tag [`MARK_TAG`] says on the resource `id`.
    #[must_use]
    pub fn mark(&self, id: &ResourceId) -> String {
        let protection = match self.protection {
            Protection::Open => "",
            Protection::Protected => "-p",
        };
        let start = match self.start {
            Start::NotOwed => "",
            Start::Owed => "-r",
        };
        let kept = self
            .keepsake
            .as_ref()
            .map_or(String::new(), |keepsake| format!("-k{}", keepsake.occasion));
        let version = self
            .api_version
            .as_ref()
            .map_or(String::new(), |version| format!("@{version}"));
        let children = self.children.fitting().text();
        format!(
            "{FORMAT}-{}{protection}{start}{kept}{version}{children}",
            own_fingerprint(id)
        )
    }
}

/// Returns what [`MARK_TAG`] and [`BASE_TAG`] say when the resource `id` is kept
/// for `seconds` from when the request is sent. `before` is what the first said
/// until then: another occasion has another sign, and one occasion always the
/// same, however often the request is sent.
#[must_use]
pub fn keepsake(id: &ResourceId, before: Option<&str>, seconds: u64) -> (String, Value) {
    let occasion = fingerprint(
        &format!("{}\n{}", id.key(), before.unwrap_or("")),
        OCCASION_LETTERS,
    );
    let occasion = occasion.replace('-', ".");
    let until = vec![
        Value::Text(UNTIL.to_string()),
        Value::later(crate::Later::Clock { after: seconds }),
    ];
    (
        format!("{FORMAT}-{}-k{occasion}", own_fingerprint(id)),
        Value::later(crate::Later::Joined(until)),
    )
}

/// Returns what the same tags say on the resource `id` from its making until it
/// is used: there is no time for which it would be kept otherwise.
#[must_use]
pub fn unused(id: &ResourceId) -> (String, String) {
    let (mark, _) = keepsake(id, None, 0);
    (mark, format!("{UNTIL}0"))
}

fn own_fingerprint(id: &ResourceId) -> String {
    // Hyphens separate the parts of the tag.
    fingerprint(&id.key(), MARK_LETTERS).replace('-', ".")
}

impl Ownership {
    /// Reads the tags of the live resource `id`.
    #[must_use]
    pub fn read(id: &ResourceId, body: &Value) -> Self {
        let described = described::tags(id, body);
        let tags = described.as_ref().or(body.member("tags"));
        let tag = |name: &str| {
            let (_, value) = tags?.as_map()?.get_caseless(name)?;
            value.as_text()
        };
        let (Some(deployment), Some(address)) = (tag(DEPLOYMENT_TAG), tag(ADDRESS_TAG)) else {
            return Self::Foreign;
        };
        let mark = tag(MARK_TAG).unwrap_or("");
        let (mark, children) = mark.split_once('+').unwrap_or((mark, ""));
        let (mark, api_version) = match mark.split_once('@') {
            Some((mark, version)) => (mark, Some(version.to_owned())),
            None => (mark, None),
        };
        let mut parts = mark.split('-');
        if parts.next() != Some(FORMAT) || parts.next() != Some(own_fingerprint(id).as_str()) {
            return Self::Copied;
        }
        let (mut protection, mut start) = (Protection::Open, Start::NotOwed);
        let base = tag(BASE_TAG).unwrap_or("");
        let mut keepsake = None;
        for part in parts {
            match part {
                "p" => protection = Protection::Protected,
                "r" => start = Start::Owed,
                part => {
                    if let Some(occasion) = part.strip_prefix('k') {
                        keepsake = Some(Keepsake {
                            occasion: occasion.to_owned(),
                            until: base.strip_prefix(UNTIL).and_then(|text| text.parse().ok()),
                        });
                    }
                }
            }
        }
        Self::Marked(Marker {
            deployment: deployment.to_owned(),
            address: Address::new(address),
            protection,
            start,
            keepsake,
            api_version,
            children: Children::read(children),
            base: Base::read(base),
        })
    }
}

/// Whether `name` is a tag of a marker.
#[must_use]
pub fn is_marker_tag(name: &str) -> bool {
    TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
