//! The scalar functions.

use serde_json::Value;

/// The names there are, with the fewest and the most arguments.
const KNOWN: &[(&str, usize, usize)] = &[
    ("tolower", 1, 1),
    ("toupper", 1, 1),
    ("tostring", 1, 1),
    ("toint", 1, 1),
    ("tolong", 1, 1),
    ("tobool", 1, 1),
    ("todynamic", 1, 1),
    ("isempty", 1, 1),
    ("isnotempty", 1, 1),
    ("isnull", 1, 1),
    ("isnotnull", 1, 1),
    ("strlen", 1, 1),
    ("strcat", 1, 64),
    ("split", 2, 3),
    ("substring", 2, 3),
    ("array_length", 1, 1),
    ("coalesce", 1, 64),
    ("iff", 3, 3),
    ("iif", 3, 3),
    ("replace_string", 3, 3),
];

/// True when there is a function of this name that takes so many arguments.
pub(super) fn known(name: &str, arguments: usize) -> bool {
    KNOWN
        .iter()
        .any(|(known, least, most)| *known == name && (*least..=*most).contains(&arguments))
}

/// The value of a function that is known.
pub(super) fn call(name: &str, values: &[Value]) -> Value {
    let first = values.first().unwrap_or(&Value::Null);
    let at = |place: usize| values.get(place).unwrap_or(&Value::Null);
    match name {
        "tolower" => text(first).to_lowercase().into(),
        "toupper" => text(first).to_uppercase().into(),
        "tostring" => text(first).into(),
        "toint" | "tolong" => whole(first).map_or(Value::Null, Value::from),
        "tobool" => truth(first).map_or(Value::Null, Value::from),
        "todynamic" => serde_json::from_str(&text(first)).unwrap_or_else(|_| first.clone()),
        "isempty" => is_empty(first).into(),
        "isnotempty" => (!is_empty(first)).into(),
        "isnull" => first.is_null().into(),
        "isnotnull" => (!first.is_null()).into(),
        "strlen" => text(first).chars().count().into(),
        "strcat" => values.iter().map(text).collect::<String>().into(),
        "split" => split(first, at(1), values.get(2)),
        "substring" => substring(first, at(1), values.get(2)),
        "array_length" => first
            .as_array()
            .map_or(Value::Null, |items| items.len().into()),
        "coalesce" => values
            .iter()
            .find(|value| !is_empty(value))
            .cloned()
            .unwrap_or_default(),
        "iff" | "iif" => at(if first == &Value::Bool(true) { 1 } else { 2 }).clone(),
        "replace_string" => text(first).replace(&text(at(1)), &text(at(2))).into(),
        _ => Value::Null,
    }
}

/// A value as text; nothing is the empty text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| text(value).trim().parse().ok())
}

fn truth(value: &Value) -> Option<bool> {
    match text(value).to_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn split(value: &Value, separator: &Value, place: Option<&Value>) -> Value {
    let (value, separator) = (text(value), text(separator));
    let pieces: Vec<&str> = value.split(separator.as_str()).collect();
    let picked = place
        .and_then(whole)
        .and_then(|place| usize::try_from(place).ok());
    match picked {
        Some(place) => pieces.get(place).copied().into_iter().collect(),
        None => pieces.into(),
    }
}

fn substring(value: &Value, start: &Value, length: Option<&Value>) -> Value {
    let count = |value: &Value| whole(value).and_then(|number| usize::try_from(number).ok());
    let letters = text(value);
    let rest = letters.chars().skip(count(start).unwrap_or_default());
    match length.and_then(count) {
        Some(length) => rest.take(length).collect::<String>().into(),
        None => rest.collect::<String>().into(),
    }
}
