//! Where something stands in a file.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stretch of a file that somebody wrote.
///
/// It carries line and column besides the byte range, so that a message can
/// still name the place when the text is no longer at hand: a refusal by Azure
/// half an hour later, a plan that was saved.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Place {
    /// Returns the beginning of a file, for what concerns it as a whole.
    #[must_use]
    pub fn whole(file: &str) -> Self {
        Self {
            file: Arc::from(file),
            line: 1,
            column: 1,
            start: 0,
            end: 0,
        }
    }
}

/// The name of a file from the root of its repository, where it was named from
/// within `folder`: without `.`, `..` and empty parts, with `/` between them.
#[must_use]
pub fn from_root(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in file.split(['/', '\\']) {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let parts = parts.into_iter().filter(|part| !matches!(*part, "" | "."));
    parts.collect::<Vec<_>>().join("/")
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The texts that places point into, by file name.
#[derive(Clone, Debug, Default)]
pub struct Sources(std::collections::BTreeMap<Arc<str>, Arc<str>>);

impl Sources {
    /// Remembers the text of a file.
    pub fn insert(&mut self, file: &str, text: &str) {
        self.0.insert(Arc::from(file), Arc::from(text));
    }

    /// Remembers the texts of others as well.
    pub fn extend(&mut self, others: &Self) {
        let others = others.0.iter();
        let others = others.map(|(file, text)| (file.clone(), text.clone()));
        self.0.extend(others);
    }

    /// The text of a file, if it is at hand.
    #[must_use]
    pub fn text(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(|text| &**text)
    }

    /// The line and the column after the last character of a place, both from
    /// 1; none if the text is not at hand, or has changed since.
    #[must_use]
    pub fn end(&self, place: &Place) -> Option<(u32, u32)> {
        let before = self.text(&place.file)?.get(..place.end)?;
        let lines = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap_or(before);
        let columns = last.chars().count();
        Some((
            u32::try_from(lines + 1).ok()?,
            u32::try_from(columns + 1).ok()?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Sources};

    #[test]
    fn the_end_of_a_place_is_told_in_characters() {
        let mut sources = Sources::default();
        sources.insert("a.yaml", "ä: b\nö: ünd\n");
        let place = |start, end| Place {
            start,
            end,
            ..Place::whole("a.yaml")
        };
        assert_eq!(sources.end(&place(0, 2)), Some((1, 2)));
        assert_eq!(sources.end(&place(10, 14)), Some((2, 7)));
        assert_eq!(sources.end(&place(10, 11)), None);
        assert_eq!(sources.end(&place(0, 99)), None);
        assert_eq!(sources.end(&Place::whole("b.yaml")), None);
    }
}
