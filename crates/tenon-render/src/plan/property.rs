//! Properties: `path   before → after   why`.
//!
//! Columns are shared by the properties of a block. What finds no room beside
//! its value goes below it; a value is never broken, and cut only where the
//! depth allows it.

use tenon_model::plan::{Cause, Change, Op, PropertyChange};
use tenon_model::rules::Disruption;
use tenon_model::value::Later;

use crate::alike::suffix;
use crate::cards::{Block, Card};
use crate::layout::Layout;
use crate::text::{cut_end, cut_middle, width, wrap};
use crate::value::{Ids, Seen, diff};
use crate::words::{effect, noun};
use crate::{Depth, Line, Role, Text};

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

/// What is told of a property, or of a member of it that differs.
pub(crate) struct Told<'a> {
    /// Where, in the words of the spec.
    pub(crate) path: String,
    /// What it was and what it will be.
    pub(crate) value: Became,
    /// Why, on the first row of a property.
    pub(crate) why: Option<(Role, String)>,
    /// The property.
    pub(crate) property: &'a PropertyChange,
}

/// What became of a value.
pub(crate) enum Became {
    /// A value that must not be shown.
    Hidden(String),
    /// What differs.
    Seen(Seen),
}

/// Returns what is told of the properties of a card.
pub(crate) fn told<'a>(card: &Card<'a>, ids: Ids) -> Vec<Told<'a>> {
    let mut all = card.changes().flat_map(|change| &change.properties);
    // Which property restarts a machine is clear when all others are tags.
    let several = all.any(|p| p.disruption < Disruption::Restart && !p.path.starts_with("tags"));
    let mut rows = Vec::new();
    for change in card.changes() {
        let of_part = change.address != card.lead.address;
        let prefix = if of_part { suffix(change) } else { "" };
        for property in &change.properties {
            tell(change, prefix, property, several, ids, &mut rows);
        }
    }
    rows
}

fn tell<'a>(
    change: &Change,
    prefix: &str,
    property: &'a PropertyChange,
    several: bool,
    ids: Ids,
    rows: &mut Vec<Told<'a>>,
) {
    let path = if prefix.is_empty() || property.path.starts_with(prefix) {
        property.path.clone()
    } else {
        format!("{prefix}.{}", property.path)
    };
    let why = why(change, property, several);
    if property.sensitive || secret(property).is_some() {
        rows.push(Told {
            path,
            value: Became::Hidden(sensitive(property)),
            why,
            property,
        });
        return;
    }
    let mut seen = Vec::new();
    let (before, after) = (property.before.as_ref(), property.after.as_ref());
    diff(&path, before, after, ids, &mut seen);
    for (index, (path, seen)) in seen.into_iter().enumerate() {
        rows.push(Told {
            path,
            value: Became::Seen(seen),
            why: if index == 0 { why.clone() } else { None },
            property,
        });
    }
}

/// A value that must not be shown: only that something happens to it, and the
/// name of the secret if the spec names one.
fn sensitive(property: &PropertyChange) -> String {
    let said = match property.op {
        Op::Add => "(sensitive) set",
        Op::Remove => "(sensitive) removed",
        Op::Change => "(sensitive) changed",
    };
    match secret(property) {
        Some(name) if property.op != Op::Remove => format!("{said}, now (secret {name})"),
        _ => said.to_owned(),
    }
}

/// The secret that a value is made of. What stood there before was one, too.
fn secret(property: &PropertyChange) -> Option<String> {
    let mut name = None;
    for value in [&property.before, &property.after].into_iter().flatten() {
        value.each_later(&mut |later| {
            if let Later::Secret { name: secret, .. } = later {
                name = Some(secret.clone());
            }
        });
    }
    name
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

/// Why a property differs, or what its change costs.
fn why(change: &Change, property: &PropertyChange, several: bool) -> Option<(Role, String)> {
    let mut said = Vec::new();
    let mut role = Role::Dim;
    if property.forces_replace() {
        role = Role::Replace;
        said.push(format!("forces replace: {}", fixed(change, property)));
    } else if property.disruption >= Disruption::Restart && several {
        role = Role::Update;
        said.push(effect(property.disruption, &noun(change), false));
    }
    match property.cause {
        Cause::Drift => {
            role = role_of_drift(role);
            said.push("drift: the spec did not change, Azure did".to_owned());
        }
        Cause::Default => said.push("default again: the spec no longer sets it".to_owned()),
        Cause::Lock if said.is_empty() => said.push("from the lock file".to_owned()),
        Cause::Reference => said.push("follows another resource".to_owned()),
        Cause::Spec | Cause::Lock | Cause::Asked => {}
    }
    let later = property
        .after
        .as_ref()
        .is_some_and(tenon_model::Value::has_later);
    if later && secret(property).is_none() {
        said.push("known during apply".to_owned());
    }
    (!said.is_empty()).then(|| (role, said.join("; ")))
}

fn role_of_drift(role: Role) -> Role {
    if role == Role::Dim {
        Role::Warning
    } else {
        role
    }
}

fn fixed(change: &Change, property: &PropertyChange) -> String {
    let noun = noun(change);
    if property.path == "image" || property.path.starts_with("image.") {
        format!("Azure cannot change the image of an existing {noun}")
    } else {
        format!("Azure cannot change it on an existing {noun}")
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
