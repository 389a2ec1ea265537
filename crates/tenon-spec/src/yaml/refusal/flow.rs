//! Mistakes inside of `{ }` and `[ ]`.

use tenon_model::{Code, Diagnostic, Help};

use super::{Stop, edit, quote};

/// `${` without quotes where `{` would open a map.
pub(super) fn unquoted_expression(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let text = stop.files.text(stop.file);
    let line = stop.lines.at(stop.at);
    let dollar = (text.get(stop.at..)?.starts_with('{') && text.get(..stop.at)?.ends_with('$'))
        .then(|| stop.at - 1)
        .or_else(|| {
            let before = text.get(line.start..stop.at)?;
            before.rfind("${").map(|found| line.start + found)
        })?;
    let start = text[..dollar]
        .rfind(['{', '[', ',', ' ', '\n', '\t'])
        .map_or(0, |before| before + 1);
    if text[..start].ends_with('"') || text[start..dollar].contains(['"', '\'']) {
        return None;
    }
    let close = dollar + text[dollar..].find(['}', '\n'])?;
    let end = close
        + text[close + 1..]
            .find([',', '}', ']', ' ', '\n', '\r'])
            .map_or(1, |more| more + 1);
    let end = if text[close..].starts_with('}') {
        end
    } else {
        close
    };
    let place = stop.place(start, end);
    Some(
        Diagnostic::error(
            Code::UnquotedExpression,
            "`${...}` needs quotes inside of `{ }` and `[ ]`",
        )
        .at(&place, "without quotes, `{` begins a map here")
        .help(edit(
            "put it in quotes",
            &place,
            quote::quoted(&text[start..end]),
        )),
    )
}

/// A bracket that is still open where something else begins.
pub(super) fn unclosed(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let open = stop.unfinished.iter().rev().find(|one| one.flow)?;
    let bracket = stop.files.slice(open.span).chars().next().unwrap_or('{');
    let close = if bracket == '[' { ']' } else { '}' };
    if stop.at <= open.span.start as usize {
        let problem = Diagnostic::error(
            Code::InvalidYaml,
            format!("this `{bracket}` is never closed"),
        );
        let here = stop.files.place(open.span);
        return Some(problem.at(&here, "it opens here").help(Help::text(format!(
            "close it with `{close}` where the last of its parts ends"
        ))));
    }
    let line = stop.lines.at(stop.at);
    let start = line.start + line.indent();
    let here = if line.start > open.span.start as usize {
        stop.place(start, start + line.content().len())
    } else {
        stop.place(stop.at, stop.at + stop.lines.letter(stop.at))
    };
    Some(
        Diagnostic::error(
            Code::InvalidYaml,
            format!("expected `,` or `{close}` here, because a `{bracket}` is still open"),
        )
        .at(&here, "this does not continue it")
        .context(&stop.files.place(open.span), format!("`{bracket}` opened here"))
        .help(Help::text(format!(
            "close it with `{close}`, put a `,` between its parts, or put text with special characters in quotes"
        ))),
    )
}

/// A bracket that closes nothing, or the wrong thing.
pub(super) fn misplaced(stop: &Stop<'_, '_>) -> Diagnostic {
    let here = stop.place(stop.at, stop.at + stop.lines.letter(stop.at));
    let problem = Diagnostic::error(
        Code::InvalidYaml,
        "this bracket closes nothing that is open",
    );
    let problem = problem.at(&here, "");
    let problem = match stop.unfinished.iter().rev().find(|one| one.flow) {
        Some(open) => problem.context(&stop.files.place(open.span), "this one is open"),
        None => problem,
    };
    problem.help(Help::text(
        "remove it, or put the text in quotes if the bracket is part of it",
    ))
}
