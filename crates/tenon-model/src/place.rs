//! Where something stands in a file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A stretch of a file that somebody wrote.
///
/// It carries line and column besides the byte range, so that a message can
/// still name the place when the text is no longer at hand: a refusal by Azure
/// half an hour later, a plan that was saved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

    /// The text of a file, if it is at hand.
    #[must_use]
    pub fn text(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(|text| &**text)
    }
}
