//! What a marker remembers of children without tags whose type has no table.
//!
//! The base knows them by three letters of their names: enough to tell among
//! a handful of subnets, and too little among a thousand secrets. And nobody
//! could list or delete them without their type and its api-version.

use std::collections::{BTreeMap, BTreeSet};

use crate::ResourceId;
use crate::canonical::fingerprint;

/// Letters of an id's fingerprint: 36 bits.
const LETTERS: usize = 6;
/// What a tag holds beside the rest of the mark.
const MOST: usize = 180;

const BETWEEN_TYPES: char = '+';
const BETWEEN_NAMES: char = ':';

/// Children of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfType {
    api_version: String,
    /// Fingerprints of their ids; none where they did not fit.
    ids: BTreeSet<String>,
}

/// Children without tags whose type has no table, by what follows the id of
/// what they lie in: `secrets`, `Microsoft.Authorization/locks`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Children(BTreeMap<String, OfType>);

impl Children {
    /// Adds the child `id` of `outer`, written with `api_version`.
    pub fn add(&mut self, outer: &ResourceId, id: &ResourceId, api_version: &str) {
        let of_type = self.0.entry(collection(outer, id)).or_default();
        api_version.clone_into(&mut of_type.api_version);
        of_type.ids.insert(own(id));
    }

    /// Adds what `other` remembers of `id`, if it does.
    pub fn keep(&mut self, outer: &ResourceId, id: &ResourceId, other: &Self) {
        if let Some(version) = other.api_version(outer, id) {
            self.add(outer, id, version);
        }
    }

    /// Adds all that `other` remembers.
    pub fn keep_all(&mut self, other: &Self) {
        for (kind, theirs) in &other.0 {
            let ours = self.0.entry(kind.clone()).or_default();
            if ours.api_version.is_empty() {
                ours.api_version.clone_from(&theirs.api_version);
            }
            ours.ids.extend(theirs.ids.iter().cloned());
        }
    }

    /// Takes the child `id` of `outer` out.
    pub fn remove(&mut self, outer: &ResourceId, id: &ResourceId) {
        let kind = collection(outer, id);
        if let Some(of_type) = self.0.get_mut(&kind)
            && of_type.ids.remove(&own(id))
            && of_type.ids.is_empty()
        {
            self.0.remove(&kind);
        }
    }

    /// The api-version of the child `id` of `outer`, if it is among these.
    #[must_use]
    pub fn api_version(&self, outer: &ResourceId, id: &ResourceId) -> Option<&str> {
        let of_type = self.0.get(&collection(outer, id))?;
        let known = of_type.ids.is_empty() || of_type.ids.contains(&own(id));
        known.then_some(of_type.api_version.as_str())
    }

    /// Whether everything in `other` is remembered here, with its api-version.
    #[must_use]
    pub fn cover(&self, other: &Self) -> bool {
        let other = other.fitting();
        other.0.iter().all(|(kind, theirs)| {
            self.0.get(kind).is_some_and(|ours| {
                ours.api_version == theirs.api_version
                    && (ours.ids.is_empty() || theirs.ids.is_subset(&ours.ids))
            })
        })
    }

    /// Collections with members that are none of `named`, and the api-version
    /// that lists them.
    pub fn beside<'c>(&'c self, named: &'c Self) -> impl Iterator<Item = (&'c str, &'c str)> {
        self.0.iter().filter_map(|(kind, ours)| {
            let known = named.0.get(kind);
            let all_named =
                known.is_some_and(|known| !ours.ids.is_empty() && ours.ids.is_subset(&known.ids));
            (!all_named).then_some((kind.as_str(), ours.api_version.as_str()))
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a tag holds them: without fingerprints where those do not fit, and
    /// then the base alone tells the names apart.
    pub(super) fn fitting(&self) -> Self {
        if self.text().len() <= MOST {
            return self.clone();
        }
        let without = self.0.iter().map(|(kind, of_type)| {
            let bare = OfType {
                ids: BTreeSet::new(),
                ..of_type.clone()
            };
            (kind.clone(), bare)
        });
        Self(without.collect())
    }

    /// The end of a mark.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (kind, of_type) in &self.0 {
            text.push(BETWEEN_TYPES);
            text.push_str(kind);
            text.push('@');
            text.push_str(&of_type.api_version);
            for id in &of_type.ids {
                text.push(BETWEEN_NAMES);
                text.push_str(id);
            }
        }
        text
    }

    /// Reads the end of a mark.
    pub(super) fn read(text: &str) -> Self {
        let types = text.split(BETWEEN_TYPES).filter_map(|one| {
            let (kind, rest) = one.split_once('@')?;
            let mut parts = rest.split(BETWEEN_NAMES);
            let of_type = OfType {
                api_version: parts.next()?.to_owned(),
                ids: parts.map(str::to_owned).collect(),
            };
            Some((kind.to_owned(), of_type))
        });
        Self(types.collect())
    }
}

/// What lies between the id of `outer` and the name: the last segment of the
/// type of a child, the whole type of an extension.
fn collection(outer: &ResourceId, id: &ResourceId) -> String {
    let kind = id.resource_type().to_ascii_lowercase();
    let outer = outer.resource_type().to_ascii_lowercase();
    match kind
        .strip_prefix(&outer)
        .and_then(|rest| rest.strip_prefix('/'))
    {
        Some(rest) => rest.to_owned(),
        None => kind,
    }
}

/// The path that lists the members of `collection` in `outer`.
#[must_use]
pub fn list_of(outer: &ResourceId, collection: &str) -> String {
    if collection.contains('/') {
        format!("{outer}/providers/{collection}")
    } else {
        format!("{outer}/{collection}")
    }
}

fn own(id: &ResourceId) -> String {
    // Hyphens separate the parts of the mark.
    fingerprint(&id.key(), LETTERS).replace('-', ".")
}
