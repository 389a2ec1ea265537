//! Lines whose indentation fits none of their neighbours.

use tenon_model::{Code, Diagnostic};

use super::refusal::{Line, Stop, edit};
use crate::words;

/// Returns the message for a line between two levels of indentation, if that
/// is what stopped the reading.
pub(super) fn explain(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let line = stop.lines.at(stop.at);
    let above = stop.lines.above(line)?;
    let own = line.indent();
    if own > above.indent() {
        return more(stop);
    }
    let levels = levels(stop, above);
    if levels.iter().any(|level| level.indent() == own) {
        return None;
    }
    less(stop, &levels)
}

/// The line stands on none of the levels above it.
fn less(stop: &Stop<'_, '_>, levels: &[Line<'_>]) -> Option<Diagnostic> {
    let line = stop.lines.at(stop.at);
    let own = line.indent();
    // The nearest level; the deeper one where two are equally near.
    let nearest = levels
        .iter()
        .min_by_key(|level| level.indent().abs_diff(own))?;
    let (start, name) = name_of(line);
    let (first, key) = name_of(*nearest);
    let whose = owner(stop, *nearest).map_or_else(String::new, |owner| format!(" of `{owner}`"));
    let problem = if nearest.indent() > own {
        "this line is indented less than its neighbours, so YAML cannot tell what it belongs to"
    } else {
        "this line is indented more than its neighbours, so YAML cannot tell what it belongs to"
    };
    let problem = Diagnostic::error(Code::InvalidYaml, problem)
        .at(
            &stop.place(start, start + name.len()),
            format!("this one starts in column {}", own + 1),
        )
        .context(
            &stop.place(first, first + key.len()),
            format!("keys{whose} start in column {}", nearest.indent() + 1),
        );
    Some(problem.help(shift(stop, line, nearest.indent())))
}

/// The line stands further right than a finished `key: value` above it.
fn more(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let line = stop.lines.at(stop.at);
    let above = stop.lines.above(line)?;
    let (start, name) = line.key()?;
    let (first, key) = above.key()?;
    let value = above.content()[key.len()..].trim_start_matches(':').trim();
    if value.is_empty() || value.starts_with('#') {
        return None;
    }
    let (own, neighbour) = (line.indent(), above.indent());
    let problem = Diagnostic::error(
        Code::InvalidYaml,
        "this line is indented more than its neighbours, so YAML reads it as part of the value above",
    )
    .at(
        &stop.place(start, start + name.len()),
        format!("this one starts in column {}", own + 1),
    )
    .context(
        &stop.place(first, first + key.len()),
        format!("this key starts in column {} and has a value", neighbour + 1),
    );
    Some(problem.help(shift(stop, line, neighbour)))
}

/// Help that moves a line to another level.
fn shift(stop: &Stop<'_, '_>, line: Line<'_>, level: usize) -> tenon_model::Help {
    let own = line.indent();
    let (start, name) = name_of(line);
    if level > own {
        let number = level - own;
        let text = format!("add {} before `{name}`", spaces(number));
        edit(&text, &stop.place(start, start), " ".repeat(number))
    } else {
        let number = own - level;
        let text = format!("remove {} before `{name}`", spaces(number));
        edit(&text, &stop.place(start - number, start), String::new())
    }
}

fn spaces(number: usize) -> String {
    if number == 1 {
        "one space".to_owned()
    } else {
        words::count(number, "space")
    }
}

/// The key of a line, or its whole content.
fn name_of<'t>(line: Line<'t>) -> (usize, &'t str) {
    line.key()
        .unwrap_or((line.start + line.indent(), line.content()))
}

/// One line of every level that is open at `line`, deepest first.
fn levels<'t>(stop: &Stop<'_, 't>, line: Line<'t>) -> Vec<Line<'t>> {
    let mut levels = vec![line];
    let mut current = line;
    while let Some(above) = stop.lines.above(current) {
        if levels
            .last()
            .is_some_and(|level| above.indent() < level.indent())
        {
            levels.push(above);
        }
        current = above;
    }
    levels
}

/// The key that the map of `line` belongs to.
fn owner<'t>(stop: &Stop<'_, 't>, line: Line<'t>) -> Option<&'t str> {
    let level = *levels(stop, line).get(1)?;
    level.key().map(|(_, key)| key)
}
