//! Columns of a page.

use crate::text::{width, wrap};
use crate::value::Ids;
use crate::{Depth, Glyphs, Line, Options, Role, Text};

/// Below this many columns everything moves to the left.
const NARROW: usize = 80;

/// Columns of a page, and how much it tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Columns of the page.
    pub(crate) width: usize,
    /// How much is told.
    pub(crate) depth: Depth,
    /// The end of the column of symbols.
    pub(crate) symbol: usize,
    /// Where details begin.
    pub(crate) indent: usize,
    /// The columns of a label before a detail.
    pub(crate) label: usize,
    glyphs: Glyphs,
}

impl Layout {
    /// Returns the columns that fit the options.
    pub(crate) fn of(options: &Options) -> Self {
        let narrow = options.width < NARROW;
        Self {
            width: options.width.max(40),
            depth: options.depth,
            symbol: if narrow { 3 } else { 4 },
            indent: if narrow { 4 } else { 8 },
            label: if narrow { 7 } else { 10 },
            glyphs: options.glyphs,
        }
    }

    /// Returns the columns of a fence in a comment, in which the first column
    /// is the sign's and details begin at `indent`.
    pub(crate) fn for_diff(options: &Options, indent: usize) -> Self {
        Self {
            symbol: 3,
            indent,
            label: 8,
            ..Self::of(options)
        }
    }

    /// Returns an empty line.
    pub(crate) fn line(&self) -> Line {
        Line::new(self.glyphs)
    }

    /// Whether there is little room.
    pub(crate) fn is_narrow(&self) -> bool {
        self.width < NARROW
    }

    /// How ids are shown.
    pub(crate) fn ids(&self) -> Ids {
        if self.depth == Depth::Full {
            Ids::Whole
        } else {
            Ids::Short
        }
    }

    /// Adds words, broken at spaces.
    pub(crate) fn paragraph(&self, role: Role, words: &str, text: &mut Text) {
        for row in wrap(words, self.width) {
            text.push(self.line().with(role, row));
        }
    }

    /// Adds a label and items after it, broken only between items.
    pub(crate) fn labelled(&self, label: &str, role: Role, items: &[String], text: &mut Text) {
        self.listed(self.indent, label, self.label, role, items, text);
    }

    /// Adds items, separated by commas, with an optional label before them.
    pub(crate) fn listed(
        &self,
        indent: usize,
        label: &str,
        label_width: usize,
        role: Role,
        items: &[String],
        text: &mut Text,
    ) {
        let start = if label.is_empty() {
            indent
        } else {
            indent + label_width.max(width(label) + 1)
        };
        let mut line = self.line();
        line.pad_to(indent, 0)
            .push(Role::Dim, label)
            .pad_to(start, 0);
        let mut is_first = true;
        for (index, item) in items.iter().enumerate() {
            let end = if index + 1 == items.len() { "" } else { "," };
            let wide = width(item) + end.len();
            if !is_first && line.width() + 1 + wide > self.width {
                text.push(std::mem::replace(&mut line, self.line()));
                line.pad_to(start, 0);
                is_first = true;
            }
            if !is_first {
                line.push(Role::Plain, " ");
            }
            // An item wider than the page is broken between its words.
            for (at, row) in wrap(item, self.width.saturating_sub(start))
                .iter()
                .enumerate()
            {
                if at > 0 {
                    text.push(std::mem::replace(&mut line, self.line()));
                    line.pad_to(start, 0);
                }
                line.push(role, row);
            }
            line.push(Role::Plain, end);
            is_first = false;
        }
        text.push(line);
    }
}
