//! Values that cannot be read as they stand.

use tenon_model::{Code, Diagnostic, Help};

use super::{Stop, edit, quote};

/// A value that begins with a character that YAML keeps for itself.
pub(super) fn bad_start(stop: &Stop<'_, '_>, character: char) -> Diagnostic {
    if character.is_control() {
        let here = stop.place(stop.at, stop.at + 1);
        return Diagnostic::error(
            Code::InvalidYaml,
            format!(
                "the character U+{:04X} cannot stand in a spec",
                character as u32
            ),
        )
        .at(&here, "it is invisible")
        .help(edit("remove it", &here, String::new()));
    }
    let (start, end) = (stop.at, stop.at + rest_of_value(stop, stop.at));
    let place = stop.place(start, end);
    Diagnostic::error(
        Code::InvalidYaml,
        format!("a value cannot begin with `{character}` unless it is in quotes"),
    )
    .at(&place, format!("YAML keeps `{character}` for itself"))
    .help(edit(
        "put it in quotes",
        &place,
        quote::quoted(&stop.files.text(stop.file)[start..end]),
    ))
}

/// `a: b: c` on one line.
pub(super) fn second_colon(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let line = stop.lines.at(stop.at);
    let before = stop.files.text(stop.file).get(line.start..stop.at)?;
    let begins: &[&str] = if stop.in_brackets() {
        &[": ", "- ", "{", "[", ", "]
    } else {
        &[": ", "- "]
    };
    let ends = begins
        .iter()
        .filter_map(|mark| Some(before.rfind(mark)? + mark.len()));
    let start = line.start + ends.max()?;
    let start = start + stop.spaces_from(start);
    if start >= stop.at {
        return None;
    }
    let end = start + rest_of_value(stop, start);
    let value = &stop.files.text(stop.file)[start..end];
    if value.starts_with(['"', '\'']) {
        return Some(after_quote(stop));
    }
    let place = stop.place(start, end);
    Some(
        Diagnostic::error(Code::InvalidYaml, "a value with `: ` in it needs quotes")
            .at(&place, "this looks like a key inside of a value")
            .help(edit("put it in quotes", &place, quote::quoted(value)))
            .help(Help::text(
                "if it is a key, put it on a line of its own, indented more than the line above",
            )),
    )
}

/// A key that the parser took for a part of the text above.
pub(super) fn inside_text(stop: &Stop<'_, '_>) -> Diagnostic {
    let line = stop.lines.at(stop.at);
    let start = line.start + line.indent();
    Diagnostic::error(
        Code::InvalidYaml,
        "this key stands inside of a text that begins further up",
    )
    .at(&stop.place(start, stop.at), "no key can begin here")
    .help(Help::text(
        "indent it like the keys around it, or put the text in quotes",
    ))
}

/// `- ` where no list can begin.
pub(super) fn misplaced_dash(stop: &Stop<'_, '_>) -> Diagnostic {
    let here = stop.place(stop.at, stop.at + 1);
    let help = if stop.in_brackets() {
        "inside of `[ ]` write the elements with `,` between them"
    } else {
        "begin the list on the next line, or write it as `[…, …]`"
    };
    Diagnostic::error(Code::InvalidYaml, "a list with `- ` cannot begin here")
        .at(&here, "")
        .help(Help::text(help))
}

/// A line in a map that is no key.
pub(super) fn no_key(stop: &Stop<'_, '_>) -> Diagnostic {
    let line = stop.lines.at(stop.at);
    let start = line.start + line.indent();
    let here = stop.place(start, start + line.content().len());
    if line.key().is_some() {
        return Diagnostic::error(Code::InvalidYaml, "the value on this line ends too early")
            .at(&here, "something stands behind the end of the value")
            .help(Help::text(
                "put the whole value in quotes, or remove what stands behind its last bracket or quote",
            ));
    }
    let problem = Diagnostic::error(Code::InvalidYaml, "expected a key here, such as `size: …`");
    if line.content().starts_with("- ") {
        return problem
            .at(&here, "this is an element of a list, but a map stands here")
            .help(Help::text(
                "indent the list more than the key it belongs to",
            ));
    }
    if let Some(colon) = line.content().find(':') {
        let after = stop.place(start + colon + 1, start + colon + 1);
        return problem
            .at(&here, "there is no space behind the `:`")
            .help(edit("add a space", &after, " ".to_owned()));
    }
    problem
        .at(&here, "there is no `: ` on this line")
        .help(Help::text(
            "write `key: value`, with a space after the colon",
        ))
}

/// A quote that is never closed.
pub(super) fn unclosed_quote(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let text = stop.files.text(stop.file);
    let here = text
        .get(stop.at..)?
        .starts_with(['"', '\''])
        .then_some(stop.at);
    let opening = |pattern: &str| {
        text.get(..stop.at)?
            .rfind(pattern)
            .map(|at| at + pattern.len() - 1)
    };
    let marks = [": \"", ": '", "- \"", "- '", "[\"", "['", ", \"", ", '"];
    let start = here.or_else(|| marks.into_iter().filter_map(opening).max())?;
    let line = stop.lines.at(start);
    let end = line.start + line.text.len();
    Some(
        Diagnostic::error(Code::InvalidYaml, "this quote is never closed")
            .at(&stop.place(start, end), "it opens here")
            .help(Help::text("close it at the end of the value")),
    )
}

/// A backslash in double quotes that means nothing.
pub(super) fn bad_escape(stop: &Stop<'_, '_>) -> Diagnostic {
    let text = stop.files.text(stop.file);
    let end = stop.at + rest_of_value(stop, stop.at);
    let raw = &text[stop.at..end];
    let problem = Diagnostic::error(
        Code::InvalidYaml,
        "a backslash in double quotes begins an escape, and this one is unknown",
    )
    .at(&stop.place(stop.at, end), "in this value");
    let inner = raw
        .strip_prefix('"')
        .and_then(|raw| raw.strip_suffix('"'))
        .filter(|inner| !inner.contains(['\'', '"']));
    problem.help(match inner {
        Some(inner) => edit(
            "use single quotes, where a backslash is a backslash",
            &stop.place(stop.at, end),
            format!("'{inner}'"),
        ),
        None => Help::text("write `\\\\` for a backslash"),
    })
}

/// Text behind a closing quote.
pub(super) fn after_quote(stop: &Stop<'_, '_>) -> Diagnostic {
    let end = stop.at + rest_of_value(stop, stop.at);
    Diagnostic::error(
        Code::InvalidYaml,
        "the value goes on after its closing quote",
    )
    .at(&stop.place(stop.at, end), "this is outside of the quotes")
    .help(Help::text(
        "put the whole value in quotes; inside of them write `\\\"` or double the `'`",
    ))
}

/// The bytes from `start` to the end of the value: the line without a comment.
fn rest_of_value(stop: &Stop<'_, '_>, start: usize) -> usize {
    let line = stop.lines.at(start);
    let rest = line.text.get(start - line.start..).unwrap_or("");
    let rest = rest.split(" #").next().unwrap_or(rest).trim_end();
    if stop.in_brackets() {
        return rest.find([',', '}', ']']).unwrap_or(rest.len());
    }
    rest.len()
}

impl Stop<'_, '_> {
    /// Whether a `{` or `[` is open.
    fn in_brackets(&self) -> bool {
        self.unfinished.iter().any(|one| one.flow)
    }

    /// How many spaces stand at the byte `start`.
    fn spaces_from(&self, start: usize) -> usize {
        let rest = self.files.text(self.file).get(start..).unwrap_or("");
        rest.len() - rest.trim_start_matches(' ').len()
    }
}
