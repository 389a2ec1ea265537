//! The lines of a file, for looking around a mistake.

use tenon_model::{Code, Diagnostic};

use super::{Stop, edit};

/// The lines of a text.
pub(crate) struct Lines<'t>(&'t str);

/// One line without its break.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'t> {
    /// Its first byte.
    pub(crate) start: usize,
    /// Its text.
    pub(crate) text: &'t str,
}

impl<'t> Line<'t> {
    /// The number of bytes before the first letter.
    pub(crate) fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// What stands behind the indentation.
    pub(crate) fn content(self) -> &'t str {
        self.text.trim()
    }

    /// Whether there is neither a key nor a value on it.
    pub(crate) fn is_blank(self) -> bool {
        self.content().is_empty() || self.content().starts_with('#')
    }

    /// The key that it begins with, with its first byte.
    pub(crate) fn key(self) -> Option<(usize, &'t str)> {
        let content = self.content();
        let end = content
            .find(": ")
            .or_else(|| content.ends_with(':').then(|| content.len() - 1))?;
        let key = &content[..end];
        (!key.contains(['"', '\'', '{', '['])).then_some((self.start + self.indent(), key))
    }
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// All lines, first to last.
    pub(crate) fn all(&self) -> impl Iterator<Item = Line<'t>> {
        let mut start = 0;
        self.0.split_inclusive('\n').map(move |raw| {
            let line = Line {
                start,
                text: raw.trim_end_matches(['\n', '\r']),
            };
            start += raw.len();
            line
        })
    }

    /// The line that holds the byte `at`.
    pub(crate) fn at(&self, at: usize) -> Line<'t> {
        let before = self.0.get(..at).unwrap_or(self.0);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let rest = &self.0[start..];
        let text = rest.lines().next().unwrap_or("");
        Line { start, text }
    }

    /// The line above that holds something, if there is one.
    pub(crate) fn above(&self, line: Line<'_>) -> Option<Line<'t>> {
        let mut start = line.start;
        while start > 0 {
            let above = self.at(start - 1);
            if !above.is_blank() {
                return Some(above);
            }
            start = above.start;
        }
        None
    }

    /// The line below.
    pub(crate) fn below(&self, line: Line<'_>) -> Option<Line<'t>> {
        let rest = self.0.get(line.start..)?;
        let start = line.start + rest.find('\n')? + 1;
        (start < self.0.len()).then(|| self.at(start))
    }

    /// The length of the letter at the byte `at`.
    pub(crate) fn letter(&self, at: usize) -> usize {
        let rest = self.0.get(at..).unwrap_or("");
        rest.chars()
            .next()
            .filter(|letter| !letter.is_control())
            .map_or(0, char::len_utf8)
    }
}

/// Returns the message for a tab that indents.
pub(super) fn tab(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let here = stop.lines.at(stop.at);
    let near = [Some(here), stop.lines.below(here), stop.lines.above(here)];
    let (line, tab) = near.into_iter().flatten().find_map(|line| {
        let indent = &line.text[..line.indent()];
        Some((line, indent.find('\t')?))
    })?;
    let tabs = line.text[tab..line.indent()].len();
    let start = line.start + tab;
    let place = stop.place(start, start + tabs);
    let problem = Diagnostic::error(
        Code::InvalidYaml,
        "this line is indented with a tab, and YAML indents with spaces only",
    )
    .at(&place, "this is a tab")
    .help(edit(
        "replace it by spaces, as many as its neighbours have",
        &place,
        " ".repeat(spaces(stop, line, tab)),
    ));
    Some(problem)
}

/// How many spaces would stand in place of the tabs: up to where the line above
/// begins, two more if that line opens a map.
fn spaces(stop: &Stop<'_, '_>, line: Line<'_>, tab: usize) -> usize {
    let above = stop.lines.above(line).map_or(0, |above| {
        let opens = above.content().ends_with(':');
        above.indent() + if opens { 2 } else { 0 }
    });
    above.saturating_sub(tab).max(1)
}
