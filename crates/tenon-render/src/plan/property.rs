//! Properties: `path   before → after   why`.
//!
//! Columns are shared by the properties of a block. What finds no room beside
//! its value goes below it; a value is never broken, and cut only where the
//! depth allows it.

use crate::cards::Block;
use crate::layout::Layout;
use crate::text::{cut_end, cut_middle, width, wrap};
use crate::value::Seen;
use crate::{Depth, Line, Role, Text};

mod told;

pub(crate) use told::{Became, Told, told};

/// The widest path that others are moved right for.
const PATH: usize = 32;
/// The columns of paths on a page with room.
const SHORT_PATH: usize = 18;
/// The widest value that a reason stands beside.
const BESIDE: usize = 44;
/// The lines of a text that are shown.
const LINES: usize = 12;

/// One row.
struct Row {
    path: String,
    shown: Shown,
    why: Option<(Role, String)>,
}

enum Shown {
    /// On one line.
    Line(Line),
    /// Old and new, where there is no room beside each other.
    Below(Vec<(char, String)>),
}

/// Adds the properties of a block: those of its first card, which stand for
/// all.
pub(crate) fn properties(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let rows = told(block.first(), layout.ids())
        .into_iter()
        .map(|told| Row {
            path: told.path,
            shown: match told.value {
                Became::Hidden(said) => Shown::Line(layout.line().with(Role::Value, said)),
                Became::Seen(seen) => shown(seen, layout),
            },
            why: told.why,
        });
    let rows: Vec<Row> = rows.collect();
    let paths = rows
        .iter()
        .map(|row| width(&row.path))
        .filter(|w| *w <= PATH);
    let least = if layout.is_narrow() { 0 } else { SHORT_PATH };
    let value = layout.indent + paths.max().unwrap_or(0).max(least) + 3;
    let beside = rows.iter().filter(|row| row.why.is_some());
    let values = beside.filter_map(|row| match &row.shown {
        Shown::Line(line) if line.width() <= BESIDE => Some(line.width()),
        _ => None,
    });
    let why = value + values.max().unwrap_or(0) + 3;
    for row in rows {
        render(row, value, why, layout, text);
    }
}

fn shown(seen: Seen, layout: &Layout) -> Shown {
    match seen {
        Seen::Pair(old, new) => pair(old.as_ref(), new.as_ref(), layout),
        Seen::Elements(elements) => {
            let mut line = layout.line();
            for (index, (sign, element)) in elements.iter().enumerate() {
                let gap = if index == 0 { "" } else { "  " };
                line.push(Role::Plain, gap)
                    .push(signed(*sign), format!("{sign} {element}"));
            }
            if line.width() + layout.indent + 12 > layout.width {
                return Shown::Below(elements);
            }
            Shown::Line(line)
        }
        Seen::Lines(lines) => Shown::Below(lines),
    }
}

fn pair(old: Option<&String>, new: Option<&String>, layout: &Layout) -> Shown {
    let side = |text: Option<&String>| match text {
        Some(text) => (Role::Value, text.clone()),
        None => (Role::Dim, "(not set)".to_owned()),
    };
    let ((old_role, before), (new_role, after)) = (side(old), side(new));
    let line = layout
        .line()
        .with(old_role, &before)
        .with(Role::Dim, " → ")
        .with(new_role, &after);
    if line.width() + layout.indent + 12 <= layout.width {
        return Shown::Line(line);
    }
    Shown::Below(vec![('-', before), ('+', after)])
}

fn signed(sign: char) -> Role {
    match sign {
        '-' => Role::Delete,
        '+' => Role::Create,
        _ => Role::Dim,
    }
}

fn render(row: Row, value: usize, why: usize, layout: &Layout, text: &mut Text) {
    let mut line = layout.line();
    line.pad_to(layout.indent, 0).push(Role::Plain, &row.path);
    let mut below = Text::new();
    match row.shown {
        Shown::Line(shown) => {
            let start = value.max(line.width() + 3);
            if start + shown.width() > layout.width {
                text.push(std::mem::replace(&mut line, layout.line()));
                line.pad_to(layout.indent + 4, 0);
            } else {
                line.pad_to(start, 0);
            }
            line.append(&shown);
        }
        Shown::Below(rows) => signs(&rows, layout, &mut below),
    }
    if let Some((role, said)) = row.why {
        let start = why.max(line.width() + 3);
        if start + width(&said) <= layout.width {
            line.pad_to(start, 0).push(role, said);
            text.push(line);
        } else {
            text.push(line);
            explain(role, &said, value, layout, text);
        }
    } else {
        text.push(line);
    }
    text.append(below);
}

/// Puts a reason below its value.
fn explain(role: Role, said: &str, value: usize, layout: &Layout, text: &mut Text) {
    let start = if value + width(said) <= layout.width {
        value
    } else {
        layout.indent + 4
    };
    for row in wrap(said, layout.width.saturating_sub(start)) {
        let mut line = layout.line();
        line.pad_to(start, 0).push(role, row);
        text.push(line);
    }
}

/// Puts old and new below the path, each on lines of its own.
fn signs(rows: &[(char, String)], layout: &Layout, text: &mut Text) {
    let full = layout.depth == Depth::Full;
    let room = layout.width.saturating_sub(layout.indent + 6);
    let shown = if full { rows.len() } else { LINES };
    let cut = cut_alike(rows, room, full);
    for (sign, row) in cut.iter().take(shown) {
        let mut line = layout.line();
        line.pad_to(layout.indent + 4, 0);
        line.push(signed(*sign), format!("{sign} {row}"));
        text.push(line);
    }
    if rows.len() > shown {
        let mut line = layout.line();
        line.pad_to(layout.indent + 4, 0);
        line.push(Role::Dim, format!("… {} more", rows.len() - shown));
        text.push(line);
    }
}

/// Cuts rows that are too long; if cutting hides what differs, what is the
/// same in front goes instead.
fn cut_alike(rows: &[(char, String)], room: usize, full: bool) -> Vec<(char, String)> {
    if full {
        return rows.to_vec();
    }
    let cut: Vec<(char, String)> = rows
        .iter()
        .map(|(sign, row)| (*sign, cut_middle(row, room)))
        .collect();
    let ([(_, old), (_, new)], [old_cut, new_cut]) = (rows, &cut[..]) else {
        return cut;
    };
    if old_cut.1 != new_cut.1 || old == new {
        return cut;
    }
    let same = old
        .char_indices()
        .zip(new.chars())
        .take_while(|((_, a), b)| a == b)
        .map(|((at, sign), _)| at + sign.len_utf8())
        .last()
        .unwrap_or(0);
    rows.iter()
        .map(|(sign, row)| (*sign, cut_end(&format!("…{}", &row[same..]), room)))
        .collect()
}
