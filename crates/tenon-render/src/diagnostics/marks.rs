//! A line of source in the columns of the page, and the marks below it.

use std::collections::BTreeMap;

use crate::layout::Layout;
use crate::text::{clean, width, wrap};
use crate::{Glyphs, Line, Role, Text};

/// The columns of a tab.
const TAB: usize = 4;
/// The columns in front of a mark when a long line is cut.
const BEFORE: usize = 16;
/// The least room that a message needs beside its mark.
const BESIDE: usize = 24;

/// The part of a line that is shown.
pub(crate) struct Window {
    /// The text, tabs widened, nothing in it that acts.
    pub(crate) text: String,
    /// The column at which each byte of the line stands.
    columns: Vec<usize>,
    /// Columns left out in front, and what stands for them.
    cut: usize,
    lead: usize,
}

impl Window {
    /// Returns the part of `line` around what is marked that fits into `room`.
    pub(crate) fn of(line: &str, marked: &[(usize, usize)], room: usize) -> Self {
        let mut columns = Vec::with_capacity(line.len() + 1);
        let mut pieces = Vec::with_capacity(line.len());
        let mut column = 0;
        for sign in line.chars() {
            let piece = piece(sign);
            columns.resize(columns.len() + sign.len_utf8(), column);
            column += width(&piece);
            pieces.push(piece);
        }
        columns.push(column);
        let mut window = Self {
            text: pieces.concat(),
            columns,
            cut: 0,
            lead: 0,
        };
        if column > room {
            window.narrow(&pieces, marked, room);
        }
        window
    }

    fn narrow(&mut self, pieces: &[String], marked: &[(usize, usize)], room: usize) {
        let from = marked.iter().map(|(from, _)| *from).min().unwrap_or(0);
        let begin = self.columns.get(from).copied().unwrap_or(0);
        let cut = if begin + BEFORE < room {
            0
        } else {
            begin.saturating_sub(BEFORE)
        };
        let mut shown = String::new();
        let mut column = 0;
        let mut start = None;
        let room = room.saturating_sub(4);
        for piece in pieces {
            if column >= cut {
                let start = *start.get_or_insert(column);
                if column + width(piece) - start > room {
                    shown.push('…');
                    break;
                }
                shown.push_str(piece);
            }
            column += width(piece);
        }
        if cut > 0 {
            self.lead = 1;
            shown.insert(0, '…');
        }
        self.cut = start.unwrap_or(0);
        self.text = shown;
    }

    /// The columns of a stretch of bytes, at least one wide.
    pub(crate) fn columns(&self, from: usize, to: usize) -> (usize, usize) {
        let at = |byte: usize| {
            let column = self.columns.get(byte).or(self.columns.last());
            (column.copied().unwrap_or(0) + self.lead).saturating_sub(self.cut)
        };
        let end = width(&self.text);
        let from = at(from).min(end);
        (from, at(to).min(end).max(from + 1))
    }
}

fn piece(sign: char) -> String {
    match sign {
        '\t' => " ".repeat(TAB),
        sign => clean(&sign.to_string(), Glyphs::Unicode).into_owned(),
    }
}

/// A stretch of a shown line and what there is to say about it.
#[derive(Clone, Copy)]
pub(crate) struct Mark<'a> {
    /// The first column.
    pub(crate) from: usize,
    /// The column after the last one.
    pub(crate) to: usize,
    /// What to say.
    pub(crate) message: &'a str,
    /// What draws it.
    pub(crate) sign: char,
    /// Its role.
    pub(crate) role: Role,
}

/// Adds the marks: all of them on one line, with the message of the last
/// beside it and the others hanging below.
pub(crate) fn render(mut marks: Vec<Mark<'_>>, gutter: usize, layout: &Layout, text: &mut Text) {
    marks.retain(|mark| mark.to > mark.from);
    if marks.is_empty() {
        return;
    }
    marks.sort_by_key(|mark| (mark.from, mark.to));
    let mut line = margin(gutter, layout);
    let margin_width = line.width();
    for (column, (sign, role)) in drawn(&marks) {
        line.pad_to(margin_width + column, 0)
            .push(role, sign.to_string());
    }
    let end = line.width();
    let beside = marks.last().filter(|mark| {
        let room = layout.width.saturating_sub(end + 1);
        let fits = width(mark.message) <= room;
        fits && margin_width + mark.to == end
    });
    let mut hanging: Vec<Mark<'_>> = marks.clone();
    if let Some(mark) = beside {
        line.push(Role::Plain, " ").push(mark.role, mark.message);
        hanging.pop();
    }
    text.push(line);
    hanging.retain(|mark| !mark.message.is_empty());
    while let Some(mark) = hanging.pop() {
        hang(&mark, &hanging, margin_width, gutter, layout, text);
    }
}

/// The signs by column; `^` over `-`.
fn drawn(marks: &[Mark<'_>]) -> BTreeMap<usize, (char, Role)> {
    let mut drawn = BTreeMap::new();
    for sign in ['-', '^'] {
        for mark in marks.iter().filter(|mark| mark.sign == sign) {
            for column in mark.from..mark.to {
                drawn.insert(column, (mark.sign, mark.role));
            }
        }
    }
    drawn
}

/// Puts a message below its mark, moved left if there is too little room.
fn hang(
    mark: &Mark<'_>,
    others: &[Mark<'_>],
    margin_width: usize,
    gutter: usize,
    layout: &Layout,
    text: &mut Text,
) {
    let room = layout.width.saturating_sub(margin_width);
    let wanted = width(mark.message).min(room.max(BESIDE));
    let column = mark.from.min(room.saturating_sub(wanted));
    for row in wrap(mark.message, room.saturating_sub(column).max(BESIDE)) {
        let mut line = margin(gutter, layout);
        for other in others.iter().filter(|other| other.from + 1 < column) {
            let at = margin_width + other.from;
            if line.width() <= at {
                line.pad_to(at, 0).push(other.role, "|");
            }
        }
        line.pad_to(margin_width + column, 0).push(mark.role, row);
        text.push(line);
    }
}

fn margin(gutter: usize, layout: &Layout) -> Line {
    let mut line = layout.line();
    line.pad_to(gutter + 1, 0).push(Role::Gutter, "| ");
    line
}
