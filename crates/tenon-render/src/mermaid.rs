//! What all Mermaid texts share: labels that cannot be taken for syntax.

use std::fmt::Write as _;

use crate::Glyphs;
use crate::text::clean;

/// Writes everything that could be syntax, in Mermaid, in the Markdown that it
/// reads in labels, or in the HTML around it, as one of Mermaid's entities. The
/// word `end` closes blocks wherever it stands. A colon is one of those signs:
/// Mermaid takes the semicolon from an entity that follows `style` and a colon.
pub(crate) fn escape(text: &str) -> String {
    let clean = clean(text, Glyphs::Unicode);
    let mut out = String::new();
    for (at, sign) in clean.char_indices() {
        let next = clean[at + sign.len_utf8()..].chars().next();
        let is_plain = match sign {
            // A dash at the beginning makes a list, an underscore around a
            // word makes it slanted.
            '-' => at > 0,
            '_' => out.ends_with(is_word) && next.is_some_and(is_word),
            _ => is_word(sign) || " .,/".contains(sign),
        };
        if is_plain {
            out.push(sign);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "#{};", u32::from(sign));
        }
    }
    without_end(&out)
}

fn is_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric()
}

fn without_end(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find("end") {
        let opens = !rest[..at].ends_with(is_word) && (at > 0 || !out.ends_with(is_word));
        let closes = !rest[at + 3..].starts_with(is_word);
        out.push_str(&rest[..at]);
        if opens && closes {
            let first = u32::from(rest.as_bytes()[at]);
            // Writing to a string cannot fail.
            let _ = write!(out, "#{first};{}", &rest[at + 1..at + 3]);
        } else {
            out.push_str(&rest[at..at + 3]);
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}
