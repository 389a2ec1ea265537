//! Text in the form in which YAML reads it back as the same text.

use super::core;

/// Returns `text` in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            control if control.is_control() => {
                out.push_str(&format!("\\u{:04x}", control as u32));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Returns `text` so that it can stand inside `{ }`, in quotes only where it
/// needs them.
pub(crate) fn flow_scalar(text: &str) -> String {
    if stands_alone(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn stands_alone(text: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:+".contains(&byte);
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let other_meaning = core::is_null(text)
        || core::boolean(text).is_some()
        || core::whole(text).is_some()
        || core::fraction(text).is_some()
        || matches!(
            text.to_ascii_lowercase().as_str(),
            "yes" | "no" | "on" | "off" | "y" | "n"
        );
    begins && text.bytes().all(safe) && !text.ends_with(':') && !other_meaning
}
