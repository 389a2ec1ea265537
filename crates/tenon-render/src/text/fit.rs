//! Fitting text into columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        UnicodeWidthStr::width(text)
    }
}

/// Returns the longest beginning of `text` that takes at most `columns`.
fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, sign) in text.char_indices() {
        used += sign.width().unwrap_or(0);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// Returns the longest end of `text` that takes at most `columns`.
fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, sign) in text.char_indices().rev() {
        used += sign.width().unwrap_or(0);
        if used > columns {
            return &text[at + sign.len_utf8()..];
        }
    }
    text
}

/// Returns `text` in at most `columns`, the middle left out.
pub(crate) fn cut_middle(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let end = room / 2;
    format!("{}…{}", head(text, room - end), tail(text, end))
}

/// Returns `text` in at most `columns`, the end left out.
pub(crate) fn cut_end(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    format!("{}…", head(text, columns.saturating_sub(1)))
}

/// Breaks `text` at spaces into lines of at most `columns`, never inside
/// backticks or quotes, and never inside a word.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words(text) {
        let wide = width(word);
        if used > 0 && used + 1 + wide > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += wide;
    }
    lines.push(line);
    lines
}

/// The words of `text`; what stands in backticks or double quotes is part of
/// one word, if the quote is closed again.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = word_end(rest);
        words.push(&rest[..end]);
        rest = rest[end..].strip_prefix(' ').unwrap_or("");
    }
    words
}

fn word_end(text: &str) -> usize {
    let mut at = 0;
    while let Some(sign) = text[at..].chars().next() {
        at += match sign {
            ' ' => return at,
            '`' | '"' => text[at + 1..].find(sign).map_or(1, |close| close + 2),
            _ => sign.len_utf8(),
        };
    }
    at
}
