//! Fingerprints of the properties as they were last applied.
//!
//! A tag holds 256 characters. Each property takes three letters for its name
//! and four for its value; what does not fit is told apart less finely, first
//! by two segments of the name, then by one. Secrets never get a fingerprint:
//! 24 bits would help to guess them.

use std::collections::BTreeMap;

use crate::Value;
use crate::canonical::{fingerprint, to_string};

const NAME: usize = 3;
const VALUE: usize = 4;
const MOST: usize = 255 / (NAME + VALUE);

/// How finely properties are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Depth {
    /// Each by itself.
    #[default]
    Full,
    /// By this many segments of the name.
    Segments(usize),
}

impl Depth {
    const ALL: [Depth; 3] = [Depth::Full, Depth::Segments(2), Depth::Segments(1)];

    fn letter(self) -> char {
        match self {
            Self::Full => '1',
            Self::Segments(2) => '2',
            Self::Segments(_) => '3',
        }
    }

    fn cut(self, property: &str) -> &str {
        let Self::Segments(count) = self else {
            return property;
        };
        property
            .match_indices('.')
            .nth(count - 1)
            .map_or(property, |(index, _)| &property[..index])
    }
}

/// Fingerprints of the properties as they were last applied.
///
/// Kept as the text of the tag, pairs of name and value in the order of names:
/// a plan holds one for every live resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    depth: Depth,
    pairs: Box<str>,
}

/// What the fingerprints say about one property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Last applied with this value.
    Same,
    /// Last applied with another value.
    Other,
    /// Not among what was last applied.
    Absent,
}

impl Base {
    /// Returns the fingerprints of `properties`: names in the words of the
    /// spec, values in normal form.
    #[must_use]
    pub fn of(properties: &BTreeMap<String, Value>) -> Self {
        Depth::ALL
            .into_iter()
            .map(|depth| Self::at_depth(depth, properties))
            .find(|base| base.pairs.len() <= MOST * (NAME + VALUE))
            .unwrap_or_default()
    }

    fn at_depth(depth: Depth, properties: &BTreeMap<String, Value>) -> Self {
        let pairs: BTreeMap<String, String> = groups(depth, properties)
            .into_iter()
            .map(|(name, text)| (fingerprint(name, NAME), fingerprint(&text, VALUE)))
            .collect();
        let text: String = pairs
            .into_iter()
            .map(|(name, value)| name + &value)
            .collect();
        Self {
            depth,
            pairs: text.into(),
        }
    }

    /// The fingerprint of the value that was recorded for a group.
    fn recorded(&self, group: &str) -> Option<&str> {
        let name = fingerprint(group, NAME);
        (0..self.pairs.len())
            .step_by(NAME + VALUE)
            .map(|start| &self.pairs[start..start + NAME + VALUE])
            .find(|pair| pair.starts_with(&name))
            .map(|pair| &pair[NAME..])
    }

    /// What was recorded for the property `name`, compared with what
    /// `properties` has for it now.
    #[must_use]
    pub fn compare(&self, name: &str, properties: &BTreeMap<String, Value>) -> Recorded {
        let group = self.depth.cut(name);
        let Some(recorded) = self.recorded(group) else {
            return Recorded::Absent;
        };
        let now = groups(self.depth, properties).remove(group);
        match now {
            Some(text) if fingerprint(&text, VALUE) == recorded => Recorded::Same,
            _ => Recorded::Other,
        }
    }

    /// Whether the property `name` was among what was last applied.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.recorded(self.depth.cut(name)).is_some()
    }

    /// The same without these properties; where properties are told apart by
    /// the beginning of their names, without all of that beginning.
    #[must_use]
    pub fn without(&self, properties: &[String]) -> Self {
        let gone: Vec<String> = properties
            .iter()
            .map(|name| fingerprint(self.depth.cut(name), NAME))
            .collect();
        let pairs: String = (0..self.pairs.len())
            .step_by(NAME + VALUE)
            .map(|start| &self.pairs[start..start + NAME + VALUE])
            .filter(|pair| !gone.iter().any(|name| pair.starts_with(name)))
            .collect();
        Self {
            depth: self.depth,
            pairs: pairs.into(),
        }
    }

    /// Whether nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The fingerprints as the text of a tag.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}{}", self.depth.letter(), self.pairs)
    }

    /// Reads the text of a tag; what it cannot read it takes for nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let depth = Depth::ALL
            .into_iter()
            .find(|depth| text.starts_with(depth.letter()));
        let Some(depth) = depth.filter(|_| text.is_ascii()) else {
            return Self::default();
        };
        let pairs = &text[1..];
        let whole = pairs.len() - pairs.len() % (NAME + VALUE);
        Self {
            depth,
            pairs: pairs[..whole].into(),
        }
    }
}

/// Group name to the text that is fingerprinted for it.
fn groups(depth: Depth, properties: &BTreeMap<String, Value>) -> BTreeMap<&str, String> {
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in properties {
        let text = groups.entry(depth.cut(name)).or_default();
        if depth != Depth::Full {
            text.push_str(name);
            text.push('=');
        }
        text.push_str(&to_string(value));
        text.push('\n');
    }
    groups
}
