//! Functions on text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Given;
use crate::template::Problem;

/// The value of a function on text; `None` for another function.
pub(super) fn call(name: &str, given: Given<'_>) -> Option<Result<Value, Problem>> {
    Some(match name {
        "tolower" => given.text(0).map(|text| text.to_lowercase().into()),
        "toupper" => given.text(0).map(|text| text.to_uppercase().into()),
        "trim" => given.text(0).map(|text| text.trim().into()),
        "string" => given.get(0).map(|value| shown(value).into()),
        "format" => format(given),
        "replace" => replace(given),
        "split" => split(given),
        "substring" => substring(given),
        "startswith" => starts(given).map(Value::from),
        "endswith" => ends(given).map(Value::from),
        "indexof" => index_of(given),
        "padleft" => pad_left(given),
        "base64" => given.text(0).map(|text| STANDARD.encode(text).into()),
        "base64tostring" => decoded(given),
        "uniquestring" => texts(given).map(|texts| unique(&texts).into()),
        "guid" => texts(given).map(|texts| {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, texts.as_bytes())
                .to_string()
                .into()
        }),
        "json" => json(given),
        _ => return None,
    })
}

/// A value as text; what is no text becomes JSON.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => if *truth { "True" } else { "False" }.to_owned(),
        other => other.to_string(),
    }
}

fn texts(given: Given<'_>) -> Result<String, Problem> {
    given.text(0)?;
    let texts: Vec<String> = given.values.iter().map(shown).collect();
    Ok(texts.join("-"))
}

/// Thirteen characters that follow from the arguments. The real algorithm is
/// not published; what templates count on is that equal arguments give equal text.
fn unique(text: &str) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(13)
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

/// `{0}`, and `{{` for a brace. Format specifiers such as `{0:D2}` pad numbers.
fn format(given: Given<'_>) -> Result<Value, Problem> {
    let text = given.text(0)?;
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        made.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            made.push_str(&tail[..1]);
            rest = &tail[2..];
            continue;
        }
        let end = tail
            .find('}')
            .filter(|_| tail.starts_with('{'))
            .ok_or_else(|| given.wrong("has a format string that is not valid"))?;
        made.push_str(&placed(given, &tail[1..end])?);
        rest = &tail[end + 1..];
    }
    made.push_str(rest);
    Ok(made.into())
}

fn placed(given: Given<'_>, place: &str) -> Result<String, Problem> {
    let (place, form) = place.split_once(':').unwrap_or((place, ""));
    let place: usize = place
        .trim()
        .parse()
        .map_err(|_| given.wrong("has a format string that is not valid"))?;
    let value = given.get(place + 1)?;
    let digits = form
        .strip_prefix(['D', 'd', '0'])
        .and_then(|digits| digits.parse::<usize>().ok());
    let width = digits.unwrap_or(if form.chars().all(|c| c == '0') {
        form.len()
    } else {
        0
    });
    Ok(match value.as_i64() {
        Some(number) => format!("{number:0width$}"),
        None => shown(value),
    })
}

fn replace(given: Given<'_>) -> Result<Value, Problem> {
    let (text, old, new) = (given.text(0)?, given.text(1)?, given.text(2)?);
    Ok(text.replace(old, new).into())
}

fn split(given: Given<'_>) -> Result<Value, Problem> {
    let text = given.text(0)?;
    let separators: Vec<&str> = match given.get(1)? {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![given.text(1)?],
    };
    let mut pieces = vec![text];
    for separator in separators.into_iter().filter(|one| !one.is_empty()) {
        pieces = pieces
            .into_iter()
            .flat_map(|piece| piece.split(separator))
            .collect();
    }
    Ok(pieces.into())
}

fn substring(given: Given<'_>) -> Result<Value, Problem> {
    let text: Vec<char> = given.text(0)?.chars().collect();
    let start = usize::try_from(given.number(1)?).unwrap_or(usize::MAX);
    let length = match given.optional(2) {
        Some(_) => usize::try_from(given.number(2)?).unwrap_or(usize::MAX),
        None => text.len().saturating_sub(start),
    };
    let found = start
        .checked_add(length)
        .and_then(|end| text.get(start..end));
    found
        .map(|found| found.iter().collect::<String>().into())
        .ok_or_else(|| given.wrong("selects what lies outside of the text"))
}

fn starts(given: Given<'_>) -> Result<bool, Problem> {
    let (text, start) = (given.text(0)?, given.text(1)?);
    Ok(text.to_lowercase().starts_with(&start.to_lowercase()))
}

fn ends(given: Given<'_>) -> Result<bool, Problem> {
    let (text, end) = (given.text(0)?, given.text(1)?);
    Ok(text.to_lowercase().ends_with(&end.to_lowercase()))
}

fn index_of(given: Given<'_>) -> Result<Value, Problem> {
    let text = given.text(0)?.to_lowercase();
    let found = text.find(&given.text(1)?.to_lowercase());
    let place = found.map(|at| text[..at].chars().count());
    Ok(place.map_or(Value::from(-1), Value::from))
}

fn pad_left(given: Given<'_>) -> Result<Value, Problem> {
    let text = shown(given.get(0)?);
    let width = usize::try_from(given.number(1)?).unwrap_or_default();
    let with = match given.optional(2) {
        Some(_) => given.text(2)?.chars().next().unwrap_or(' '),
        None => ' ',
    };
    let missing = width.saturating_sub(text.chars().count());
    let pad: String = std::iter::repeat_n(with, missing).collect();
    Ok(format!("{pad}{text}").into())
}

fn decoded(given: Given<'_>) -> Result<Value, Problem> {
    let bytes = STANDARD
        .decode(given.text(0)?)
        .map_err(|_| given.wrong("expects a base64 representation"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

fn json(given: Given<'_>) -> Result<Value, Problem> {
    serde_json::from_str(given.text(0)?)
        .map_err(|error| given.wrong(&format!("cannot read its argument as JSON: {error}")))
}
