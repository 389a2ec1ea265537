//! The files of a reading, and stretches of their text.
//!
//! A tree of a million nodes carries a [`Span`] in each of them, so a span is
//! five small numbers; the file's name joins it only when a [`Place`] leaves
//! this crate.

use std::sync::Arc;

use tenon_model::Place;

/// A stretch of one of the files of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub(crate) file: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Span {
    /// Returns the beginning of the file with the number `file`.
    pub(crate) fn beginning(file: u32) -> Self {
        Self {
            file,
            start: 0,
            end: 0,
            line: 1,
            column: 1,
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The files of a reading by number.
#[derive(Debug, Default)]
pub(crate) struct Files<'t>(Vec<File<'t>>);

#[derive(Debug)]
struct File<'t> {
    name: Arc<str>,
    text: &'t str,
}

impl<'t> Files<'t> {
    /// Adds a file; returns its number.
    pub(crate) fn add(&mut self, name: &str, text: &'t str) -> u32 {
        self.0.push(File {
            name: Arc::from(name),
            text,
        });
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    fn file(&self, number: u32) -> &File<'t> {
        &self.0[number as usize]
    }

    /// The whole text of a file.
    pub(crate) fn text(&self, number: u32) -> &'t str {
        self.file(number).text
    }

    /// The name of a file.
    pub(crate) fn name(&self, number: u32) -> &str {
        &self.file(number).name
    }

    /// What stands in `span`.
    pub(crate) fn slice(&self, span: Span) -> &'t str {
        self.text(span.file).get(span.bytes()).unwrap_or("")
    }

    /// The place of `span`, for what leaves this crate.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place {
            file: self.file(span.file).name.clone(),
            line: span.line,
            column: span.column,
            start: span.start as usize,
            end: span.end as usize,
        }
    }

    /// The part of `span` that begins `offset` bytes after its start and is
    /// `length` bytes long.
    pub(crate) fn part(&self, span: Span, offset: usize, length: usize) -> Span {
        let Some(before) = self.slice(span).get(..offset) else {
            return span;
        };
        let (mut line, mut column) = (span.line, span.column);
        for letter in before.chars() {
            if letter == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        let start = span.start + u32::try_from(offset).unwrap_or(0);
        Span {
            line,
            column,
            start,
            end: start + u32::try_from(length).unwrap_or(0),
            ..span
        }
    }

    /// The number of a file by name; files nobody knows come last.
    pub(crate) fn number(&self, name: &str) -> usize {
        self.0
            .iter()
            .position(|file| &*file.name == name)
            .unwrap_or(usize::MAX)
    }
}
