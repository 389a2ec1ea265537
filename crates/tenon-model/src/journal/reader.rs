//! From lines to what can be believed of them.

use serde_json::Value as Json;

use super::{Began, Ended, Entry, Note, link};

/// Whether a journal is as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// From the first line to the last.
    Whole,
    /// The run was killed, or the end was cut off.
    Unfinished,
    /// From this line on, counted from 1, it is not what was written.
    Broken(usize),
}

/// A journal, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// Its lines, as far as they can be believed.
    pub entries: Vec<Entry>,
    /// Whether that is all.
    pub integrity: Integrity,
}

impl Journal {
    /// Reads a journal as far as it can be believed.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut chain = String::new();
        // Behind the last line's end is what was being written when the run was
        // killed.
        let written = text.rfind('\n').map_or("", |end| &text[..end]);
        for (index, line) in written.lines().enumerate() {
            let Some(entry) = believed(line, &mut chain, entries.len()) else {
                let integrity = Integrity::Broken(index + 1);
                return Self { entries, integrity };
            };
            entries.push(entry);
        }
        let ended = entries
            .last()
            .is_some_and(|entry| matches!(entry.note, Note::Ended(_)));
        let integrity = if ended {
            Integrity::Whole
        } else {
            Integrity::Unfinished
        };
        Self { entries, integrity }
    }

    /// Which run it is of.
    #[must_use]
    pub fn began(&self) -> Option<&Began> {
        match &self.entries.first()?.note {
            Note::Began(began) => Some(began),
            _ => None,
        }
    }

    /// How the run ended, if it came to its end.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        match self.entries.last()?.note {
            Note::Ended(ended) => Some(ended),
            _ => None,
        }
    }
}

fn believed(line: &str, chain: &mut String, position: usize) -> Option<Entry> {
    let mut json: Json = serde_json::from_str(line).ok()?;
    let written = json.as_object_mut()?.remove("chain")?;
    let linked = link(chain, &json);
    if written.as_str() != Some(linked.as_str()) {
        return None;
    }
    *chain = linked;
    let entry: Entry = serde_json::from_value(json).ok()?;
    (entry.n == position as u64).then_some(entry)
}
