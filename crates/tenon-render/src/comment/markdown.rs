//! Markdown that says what it means, whatever stands in it.
//!
//! GitHub Flavored Markdown, <https://github.github.com/gfm/>, sections 4.5
//! (fences), 4.10 (tables) and 6.3 (code spans).

use crate::Glyphs;
use crate::text::clean;

/// Returns text as a code span, also within a table: backticks are told apart
/// by a longer fence, and a pipe would end the cell.
pub(super) fn code(text: &str) -> String {
    let text = clean(text, Glyphs::Unicode).replace('|', "\\|");
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let ticks = "`".repeat(longest(&text, '`') + 1);
    // A span that begins or ends with a backtick, or is nothing but spaces,
    // needs a space at both sides, which Markdown takes away again.
    let apart = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let space = if apart && !text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// Returns a sentence of ours: as it is when nothing in it could be Markdown, a
/// link or a mention, else as a code span.
pub(super) fn words(text: &str) -> String {
    let harmless = |sign: char| sign.is_ascii_alphanumeric() || " ,.:;()'%-…→\"".contains(sign);
    if text.chars().all(harmless) && !text.contains("www.") {
        text.to_owned()
    } else {
        code(text)
    }
}

/// Returns names as code spans, one after the other.
pub(super) fn codes<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let spans: Vec<String> = names.into_iter().map(code).collect();
    spans.join(" ")
}

/// Returns lines in a fence that nothing in them can close.
pub(super) fn fence(language: &str, lines: &str) -> String {
    let ticks = "`".repeat(longest(lines, '`').max(2) + 1);
    let lines = lines.trim_end_matches('\n');
    format!("{ticks}{language}\n{lines}\n{ticks}")
}

/// Returns a part that opens by a click. The title is ours, never a user's.
pub(super) fn fold(title: &str, body: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{body}\n\n</details>")
}

/// Returns a link. The address is ours, its parts escaped.
pub(super) fn link(words: &str, address: &str) -> String {
    let address = address.replace(['(', ')', ' ', '<', '>'], "");
    format!("[{words}]({address})")
}

fn longest(text: &str, sign: char) -> usize {
    let runs = text.split(|other| other != sign);
    runs.map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_code_span() {
        assert_eq!(code("web-1"), "`web-1`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a\nb @you"), "`a\\nb @you`");
        assert_eq!(code("\u{202e}x"), "`\\u{202e}x`");
        assert_eq!(code(""), "(empty)");
    }

    #[test]
    fn words_are_plain_only_where_nothing_acts() {
        assert_eq!(words("about 14 min (3 waves)"), "about 14 min (3 waves)");
        assert_eq!(words("by @somebody"), "`by @somebody`");
        assert_eq!(words("see www.example.com"), "`see www.example.com`");
    }

    #[test]
    fn nothing_closes_a_fence() {
        assert_eq!(fence("diff", "+ a\n"), "```diff\n+ a\n```");
        assert_eq!(fence("", "````"), "`````\n````\n`````");
    }
}
