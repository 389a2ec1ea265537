//! What a plain scalar stands for, by the core schema of YAML 1.2.
//!
//! Stricter in two places: `010` is text, because half of the world reads it
//! as eight, and numbers that no 64 bits hold are not rounded.

/// Whether `text` is one of the words for nothing.
pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The truth value, if `text` is one.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A number without a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    /// Within 64 bits.
    Fits(i64),
    /// Beyond.
    TooLarge,
}

/// The whole number, if `text` is one: decimal, `0x1F` or `0o17`.
pub(crate) fn whole(text: &str) -> Option<Whole> {
    let (sign, digits) = match text.as_bytes() {
        [b'-' | b'+', ..] => text.split_at(1),
        _ => ("", text),
    };
    let (radix, digits) = match (sign, digits.get(..2)) {
        ("", Some("0x")) => (16, &digits[2..]),
        ("", Some("0o")) => (8, &digits[2..]),
        _ => (10, digits),
    };
    let valid = !digits.is_empty() && digits.chars().all(|letter| letter.is_digit(radix));
    let leading_zero = radix == 10 && digits.len() > 1 && digits.starts_with('0');
    if !valid || leading_zero {
        return None;
    }
    let signed = if sign == "-" {
        i64::from_str_radix(&format!("-{digits}"), radix)
    } else {
        i64::from_str_radix(digits, radix)
    };
    Some(signed.map_or(Whole::TooLarge, Whole::Fits))
}

/// The number with a fraction or an exponent, if `text` is one.
pub(crate) fn fraction(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let begins = digits
        .strip_prefix('.')
        .unwrap_or(digits)
        .starts_with(|letter: char| letter.is_ascii_digit());
    let letters = digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
    let marked = digits.contains(['.', 'e', 'E']);
    let zeros = digits.len() > 1
        && digits.starts_with('0')
        && digits[1..].starts_with(|letter: char| letter.is_ascii_digit());
    if !begins || !letters || !marked || zeros {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
