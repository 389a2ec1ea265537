//! Diagnostics in the form that compilers have taught everybody.
//!
//! ```text
//! error[TN1004]: unknown key `zoen` in vms.web
//!   --> specs/web.yaml:17:5
//!    |
//! 17 |     zoen: "1"
//!    |     ^^^^ did you mean `zone`?
//!    |
//!    = known keys here: image, location, size, zone
//! help: tenon schema spec --at vms.*
//! ```
//!
//! The renderer is our own: it is fed with places instead of texts, and must
//! still say something useful when the text is not at hand, half an hour into
//! an apply or from a saved plan.

use tenon_model::diagnostic::{LabelRole, Severity};
use tenon_model::place::Sources;
use tenon_model::{Diagnostic, Place};

use crate::layout::Layout;
use crate::text::{width, wrap};
use crate::words::thousands;
use crate::{Options, Role, Text};

mod excerpt;
mod helps;
mod marks;

/// The diagnostics that are shown.
const SHOWN: usize = 20;
/// The columns before the second line of a heading.
const HANGING: usize = 2;
/// The columns of line numbers when there is none to show.
const GUTTER: usize = 2;

/// Returns the diagnostics, at most twenty, and how many more there are.
#[must_use]
pub fn diagnostics(list: &[Diagnostic], sources: &Sources, options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut order: Vec<&Diagnostic> = list.iter().collect();
    if order.len() > SHOWN {
        order.sort_by_key(|diagnostic| diagnostic.severity);
    }
    let mut text = Text::new();
    for diagnostic in order.iter().take(SHOWN) {
        text.space();
        text.append(one(diagnostic, None, sources, &layout));
    }
    if order.len() > SHOWN {
        text.space();
        let more = format!("and {} more", thousands(order.len() - SHOWN));
        text.push(layout.line().with(Role::Dim, more));
    }
    text
}

/// Returns one diagnostic; `aside` stands beside its place.
pub(crate) fn one(
    diagnostic: &Diagnostic,
    aside: Option<&str>,
    sources: &Sources,
    layout: &Layout,
) -> Text {
    let mut text = Text::new();
    head(diagnostic, layout, &mut text);
    let excerpts = excerpt::excerpts(diagnostic, sources);
    let last = excerpts
        .iter()
        .filter_map(excerpt::Excerpt::last_line)
        .max();
    let gutter = last.map_or(GUTTER, |line| line.to_string().len().max(GUTTER));
    for (index, excerpt) in excerpts.iter().enumerate() {
        arrow(excerpt, index, aside, gutter, layout, &mut text);
        if excerpt.last_line().is_some() {
            bar(gutter, layout, &mut text);
            excerpt.render(diagnostic.severity, gutter, layout, &mut text);
            bar(gutter, layout, &mut text);
        }
    }
    notes(diagnostic, gutter, layout, &mut text);
    helps::helps(&diagnostic.helps, layout, &mut text);
    text
}

/// The role of a severity.
pub(crate) fn loud(severity: Severity) -> Role {
    match severity {
        Severity::Error => Role::Error,
        Severity::Warning => Role::Warning,
    }
}

fn head(diagnostic: &Diagnostic, layout: &Layout, text: &mut Text) {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let tag = format!("{word}[{}]", diagnostic.code);
    let whole = format!("{tag}: {}", diagnostic.message);
    let mut rows = wrap(&whole, layout.width).into_iter();
    let first = rows.next().unwrap_or_default();
    let mut line = layout.line();
    match first.strip_prefix(&tag) {
        Some(rest) => {
            line.push(loud(diagnostic.severity), &tag)
                .push(Role::Heading, rest);
        }
        None => {
            line.push(Role::Heading, &first);
        }
    }
    text.push(line);
    let rest: Vec<String> = rows.collect();
    for row in wrap(&rest.join(" "), layout.width.saturating_sub(HANGING)) {
        if !row.is_empty() {
            let mut line = layout.line();
            line.pad_to(HANGING, 0).push(Role::Heading, row);
            text.push(line);
        }
    }
}

/// The line that names file, line and column.
fn arrow(
    excerpt: &excerpt::Excerpt<'_>,
    index: usize,
    aside: Option<&str>,
    gutter: usize,
    layout: &Layout,
    text: &mut Text,
) {
    let sign = if index == 0 { "-->" } else { ":::" };
    let mut line = layout.line();
    line.pad_to(gutter, 0).push(Role::Gutter, sign);
    line.push(Role::Plain, " ")
        .push(Role::Plain, name_of(&excerpt.place));
    let beside = [aside.filter(|_| index == 0), excerpt.beside()];
    for said in beside.into_iter().flatten().filter(|said| !said.is_empty()) {
        if line.width() + 3 + width(said) > layout.width {
            text.push(std::mem::replace(&mut line, layout.line()));
            let indent = gutter + 4;
            for row in wrap(said, layout.width.saturating_sub(indent)) {
                let mut below = layout.line();
                below.pad_to(indent, 0).push(Role::Plain, row);
                text.push(below);
            }
            continue;
        }
        line.pad_to(0, 3).push(Role::Plain, said);
    }
    if line.width() > 0 {
        text.push(line);
    }
}

/// A place for people; a file as a whole has no line.
fn name_of(place: &Place) -> String {
    if excerpt::is_whole(place) {
        place.file.to_string()
    } else {
        place.to_string()
    }
}

fn bar(gutter: usize, layout: &Layout, text: &mut Text) {
    let mut line = layout.line();
    line.pad_to(gutter + 1, 0).push(Role::Gutter, "|");
    text.push(line);
}

fn notes(diagnostic: &Diagnostic, gutter: usize, layout: &Layout, text: &mut Text) {
    let indent = gutter + 3;
    for note in &diagnostic.notes {
        let mut is_first = true;
        for written in note.lines() {
            let spaces = written.len() - written.trim_start_matches(' ').len();
            let room = layout.width.saturating_sub(indent + spaces);
            for row in wrap(written.trim_start_matches(' '), room) {
                let mut line = layout.line();
                if is_first {
                    line.pad_to(gutter + 1, 0).push(Role::Gutter, "=");
                }
                line.pad_to(indent + spaces, 1).push(Role::Plain, row);
                text.push(line);
                is_first = false;
            }
        }
    }
}

/// The label role that is drawn with `^`.
fn is_primary(role: LabelRole) -> bool {
    role == LabelRole::Primary
}
