//! The part of OData's `$filter` that clients of applications use:
//! `member eq 'text'`, `list/any(x:x eq 'text')`, `startswith(member,'text')`,
//! `member in ('a','b')`, joined by `and` and `or`, without brackets.

use serde_json::Value;

use super::error::GraphError;
use crate::json;

/// Sets of conditions: one of them has to hold as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<Vec<Condition>>);

#[derive(Debug, PartialEq, Eq)]
struct Condition {
    member: String,
    test: Test,
}

#[derive(Debug, PartialEq, Eq)]
enum Test {
    /// The member, or an element of it, is one of these; case is ignored.
    Is(Vec<String>),
    StartsWith(String),
}

impl Filter {
    /// Reads a filter; an empty text takes everything.
    pub(super) fn read(text: &str) -> Result<Self, GraphError> {
        if text.trim().is_empty() {
            return Ok(Self(vec![Vec::new()]));
        }
        let all_of = |part| -> Option<Vec<_>> {
            let parts = split(part, " and ").into_iter();
            parts.map(Condition::read).collect()
        };
        let any_of: Option<Vec<_>> = split(text, " or ").into_iter().map(all_of).collect();
        any_of.map(Self).ok_or_else(|| {
            let message = format!("Invalid filter clause: '{text}' is not supported.");
            GraphError::new(400, "BadRequest", message)
        })
    }

    pub(super) fn takes(&self, object: &Value) -> bool {
        let whole = |all: &Vec<Condition>| all.iter().all(|one| one.holds(object));
        self.0.iter().any(whole)
    }
}

/// Splits at a word outside of quotes.
fn split<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, character) in text.char_indices() {
        if character == '\'' {
            quoted = !quoted;
        }
        let here = text.get(at..at + word.len());
        if !quoted && here.is_some_and(|here| here.eq_ignore_ascii_case(word)) {
            parts.push(text[start..at].trim());
            start = at + word.len();
        }
    }
    parts.push(text[start..].trim());
    parts
}

impl Condition {
    fn read(text: &str) -> Option<Self> {
        if let Some(inside) = strip_call(text, "startswith(") {
            let (member, value) = inside.split_once(',')?;
            return Some(Self {
                member: member.trim().to_owned(),
                test: Test::StartsWith(literal(value)?.to_ascii_lowercase()),
            });
        }
        if let Some((member, inside)) = text.split_once("/any(") {
            let (name, body) = inside.strip_suffix(')')?.split_once(':')?;
            let element = Self::read(body.trim())?;
            return (element.member == name.trim()).then(|| Self {
                member: member.trim().to_owned(),
                test: element.test,
            });
        }
        let (member, rest) = text.split_once(' ')?;
        let (operator, value) = rest.trim_start().split_once(' ')?;
        let values = match operator {
            "eq" => vec![literal(value)?],
            "in" => value
                .trim()
                .strip_prefix('(')?
                .strip_suffix(')')?
                .split(',')
                .map(literal)
                .collect::<Option<_>>()?,
            _ => return None,
        };
        Some(Self {
            member: member.to_owned(),
            test: Test::Is(values),
        })
    }

    fn holds(&self, object: &Value) -> bool {
        match json::get(object, &self.member.replace('/', ".")) {
            Some(Value::Array(elements)) => elements.iter().any(|one| self.test.holds(one)),
            Some(one) => self.test.holds(one),
            None => {
                matches!(&self.test, Test::Is(values) if values.iter().any(|one| one == "null"))
            }
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        match self {
            Self::Is(values) => values.iter().any(|one| json::same(one, &text)),
            Self::StartsWith(start) => text.to_ascii_lowercase().starts_with(start),
        }
    }
}

fn strip_call<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let head = text.get(..name.len())?;
    let inside = text.get(name.len()..)?.strip_suffix(')')?;
    head.eq_ignore_ascii_case(name).then_some(inside)
}

/// A text in quotes, in which two of them stand for one; or a bare word.
fn literal(text: &str) -> Option<String> {
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) => {
            let inside = rest.strip_suffix('\'')?;
            let whole = !inside.replace("''", "").contains('\'');
            whole.then(|| inside.replace("''", "'"))
        }
        None => (!text.is_empty() && !text.contains(' ')).then(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests;
