//! Limits, patterns and formats of single values.

use regex::bytes::Regex;
use serde_json::Value as Json;

/// What is wrong with a text.
pub(crate) fn text(schema: &Json, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let length = text.chars().count() as u64;
    if schema["minLength"]
        .as_u64()
        .is_some_and(|least| length < least)
    {
        problems.push(format!(
            "{length} letters, less than {}",
            schema["minLength"]
        ));
    }
    if schema["maxLength"]
        .as_u64()
        .is_some_and(|most| length > most)
    {
        problems.push(format!(
            "{length} letters, more than {}",
            schema["maxLength"]
        ));
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !pattern_of(pattern).is_match(text.as_bytes())
    {
        problems.push(format!("{text:?} does not fit {pattern}"));
    }
    if let Some(format) = schema["format"].as_str()
        && !is_format(format, text)
    {
        problems.push(format!("{text:?} is no {format}"));
    }
    problems
}

/// The patterns are ECMAScript's, where `\w` means ASCII.
fn pattern_of(pattern: &str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

fn is_format(format: &str, text: &str) -> bool {
    match format {
        "uuid" => is_guid(text),
        "uri" => text.split_once("://").is_some_and(|(scheme, rest)| {
            !rest.is_empty() && scheme.chars().all(|one| one.is_ascii_alphanumeric())
        }),
        "arm-id" => tenon_model::ResourceId::parse(text).is_ok(),
        "date-time" => is_time(text),
        other => panic!("the format {other} is new; say what it means"),
    }
}

fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str| part.chars().all(|one| one.is_ascii_hexdigit());
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && hex(part))
}

/// RFC 3339, as far as its form goes.
fn is_time(text: &str) -> bool {
    let form = r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$";
    pattern_of(form).is_match(text.as_bytes())
}

/// What is wrong with a number.
pub(crate) fn number(schema: &Json, value: &Json) -> Vec<String> {
    let mut problems = Vec::new();
    let number = value.as_f64().unwrap_or(f64::NAN);
    if schema["type"] == "integer" && !(value.is_i64() || value.is_u64()) {
        problems.push(format!("{value} is no whole number"));
    }
    let limits = match schema["format"].as_str() {
        Some("int32") => (f64::from(i32::MIN), f64::from(i32::MAX)),
        _ => (f64::MIN, f64::MAX),
    };
    let least = schema["minimum"].as_f64().unwrap_or(limits.0);
    let most = schema["maximum"].as_f64().unwrap_or(limits.1);
    if !(least..=most).contains(&number) {
        problems.push(format!("{value} is not within {least} and {most}"));
    }
    problems
}

/// What is wrong with the length of a list.
pub(crate) fn list(schema: &Json, items: &[Json]) -> Vec<String> {
    let count = items.len() as u64;
    let few = schema["minItems"]
        .as_u64()
        .is_some_and(|least| count < least);
    let many = schema["maxItems"].as_u64().is_some_and(|most| count > most);
    if few || many {
        vec![format!("{count} elements")]
    } else {
        Vec::new()
    }
}
