//! The lines of a file that labels point at.

use std::collections::BTreeMap;

use tenon_model::diagnostic::Severity;
use tenon_model::place::Sources;
use tenon_model::{Diagnostic, Label, Place};

use super::marks::{Mark, Window};
use super::{is_primary, marks};
use crate::layout::Layout;
use crate::{Role, Text};

/// One file and the labels in it; or one label whose text is not at hand.
pub(crate) struct Excerpt<'a> {
    /// Where it points first.
    pub(crate) place: Place,
    /// Lines by number, with the labels that begin there.
    lines: BTreeMap<u32, (&'a str, Vec<Pointed<'a>>)>,
    /// What to say when there is no line to show.
    message: &'a str,
}

/// A label with its bytes within the line.
struct Pointed<'a> {
    label: &'a Label,
    from: usize,
    to: usize,
}

/// Whether a place means a file as a whole.
pub(crate) fn is_whole(place: &Place) -> bool {
    place.line <= 1 && place.start == 0 && place.end == 0
}

/// Returns what there is to show, the file of the problem first.
pub(crate) fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Excerpt<'a>> {
    let mut out: Vec<Excerpt<'a>> = Vec::new();
    let (first, rest): (Vec<&Label>, Vec<&Label>) = diagnostic
        .labels
        .iter()
        .partition(|label| is_primary(label.role));
    for label in first.into_iter().chain(rest) {
        let found = sources
            .text(&label.place.file)
            .filter(|_| !is_whole(&label.place))
            .and_then(|text| find(text, &label.place));
        let Some((line, from, to)) = found else {
            out.push(Excerpt {
                place: label.place.clone(),
                lines: BTreeMap::new(),
                message: &label.message,
            });
            continue;
        };
        let same = |excerpt: &&mut Excerpt<'_>| {
            excerpt.place.file == label.place.file && !excerpt.lines.is_empty()
        };
        let pointed = Pointed { label, from, to };
        if let Some(excerpt) = out.iter_mut().find(same) {
            let (_, labels) = excerpt
                .lines
                .entry(label.place.line)
                .or_insert((line, Vec::new()));
            labels.push(pointed);
            continue;
        }
        out.push(Excerpt {
            place: label.place.clone(),
            lines: BTreeMap::from([(label.place.line, (line, vec![pointed]))]),
            message: "",
        });
    }
    out
}

/// Finds the line of a place, and the bytes of the place within it. The text
/// may have changed since: then the column counts, as far as it goes.
fn find<'a>(text: &'a str, place: &Place) -> Option<(&'a str, usize, usize)> {
    let number = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let line = text.split('\n').nth(number)?;
    let begin = line.as_ptr() as usize - text.as_ptr() as usize;
    let line = line.strip_suffix('\r').unwrap_or(line);
    let inside = place
        .start
        .checked_sub(begin)
        .filter(|from| *from <= line.len());
    if let Some(from) = inside.filter(|from| line.is_char_boundary(*from)) {
        let to = place.end.saturating_sub(begin).min(line.len());
        let to = if line.is_char_boundary(to) {
            to.max(from)
        } else {
            from
        };
        return Some((line, from, to));
    }
    let skip = usize::try_from(place.column).ok()?.saturating_sub(1);
    let from = line
        .char_indices()
        .nth(skip)
        .map_or(line.len(), |(at, _)| at);
    Some((line, from, from))
}

impl<'a> Excerpt<'a> {
    /// The last line that is shown.
    pub(crate) fn last_line(&self) -> Option<u32> {
        self.lines.keys().next_back().copied()
    }

    /// What stands beside the place when there is no line to show.
    pub(crate) fn beside(&self) -> Option<&'a str> {
        self.lines.is_empty().then_some(self.message)
    }

    /// Adds the lines and their marks.
    pub(crate) fn render(
        &self,
        severity: Severity,
        gutter: usize,
        layout: &Layout,
        text: &mut Text,
    ) {
        for (number, (line, labels)) in &self.lines {
            let marked: Vec<(usize, usize)> = labels.iter().map(|l| (l.from, l.to)).collect();
            let room = layout.width.saturating_sub(gutter + 3);
            let window = Window::of(line, &marked, room);
            let mut shown = layout.line();
            let digits = number.to_string();
            shown.pad_to(gutter - digits.len().min(gutter), 0);
            shown.push(Role::Gutter, format!("{digits} | "));
            shown.push(Role::Plain, &window.text);
            text.push(shown);
            // A place without extent and words only shows its line.
            let speaking = labels
                .iter()
                .filter(|l| l.from < l.to || !l.label.message.is_empty());
            let marks: Vec<Mark<'_>> = speaking
                .map(|pointed| {
                    let (from, to) = window.columns(pointed.from, pointed.to);
                    let is_primary = is_primary(pointed.label.role);
                    Mark {
                        from,
                        to,
                        message: &pointed.label.message,
                        sign: if is_primary { '^' } else { '-' },
                        role: if is_primary {
                            super::loud(severity)
                        } else {
                            Role::Help
                        },
                    }
                })
                .collect();
            marks::render(marks, gutter, layout, text);
        }
    }
}
