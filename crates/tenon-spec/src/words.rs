//! Words that several messages share.

use std::fmt::Write as _;

/// How much of a value a message repeats.
const LONGEST: usize = 60;

/// Returns `text` in backticks, shortened to what fits a line.
pub(crate) fn shown(text: &str) -> String {
    if text.is_empty() {
        return "an empty text".to_owned();
    }
    let line = text.lines().next().unwrap_or("");
    let short: String = line
        .chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST)
        .collect();
    let dots = if short.len() < text.trim_end().len() {
        "…"
    } else {
        ""
    };
    format!("`{short}{dots}`")
}

/// Returns `1 space`, `2 spaces`.
pub(crate) fn count(number: usize, one: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {one}{ending}")
}

/// Returns `a, b, c`, at most `most` of them, and how many more there are.
pub(crate) fn listing<'a>(names: impl Iterator<Item = &'a str>, most: usize) -> String {
    let mut out = String::new();
    let mut more = 0;
    for (index, name) in names.enumerate() {
        if index >= most {
            more += 1;
        } else {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(out, "{comma}{name}");
        }
    }
    if more > 0 {
        let _ = write!(out, ", and {more} more");
    }
    out
}

/// Returns `a, b or c`.
pub(crate) fn either<S: AsRef<str>>(choices: &[S]) -> String {
    match choices {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}
