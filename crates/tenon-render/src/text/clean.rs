//! Letters that show instead of acting.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::Glyphs;

/// Returns `text` with every character that a terminal obeys or a reader
/// cannot see written out: `\n`, `\u{1b}`, `\u{202e}`. With ASCII glyphs our
/// own signs are spelled in ASCII as well.
///
/// Cleaning twice changes nothing.
pub(crate) fn clean(text: &str, glyphs: Glyphs) -> Cow<'_, str> {
    let fine = |sign: char| !acts(sign) && (glyphs == Glyphs::Unicode || sign.is_ascii());
    if text.chars().all(fine) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if acts(sign) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(sign));
            }
            _ => match Glyphs::ascii(sign) {
                Some(spelled) if glyphs == Glyphs::Ascii => out.push_str(spelled),
                _ => out.push(sign),
            },
        }
    }
    Cow::Owned(out)
}

/// Whether a character moves, hides or reorders others. Joiners stay: words
/// of several scripts need them.
fn acts(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}
