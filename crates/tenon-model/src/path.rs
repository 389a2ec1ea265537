//! Places inside a body.
//!
//! `properties.securityRules[name=allow-ssh].properties.priority`: members by
//! dot, list elements by a member that identifies them or by position. A name
//! that holds one of `.[]="` is quoted: `tags."app.kubernetes.io/name"`.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::Value;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A member of a map.
    Member(Arc<str>),
    /// The list element whose member `key` is `value`, compared without
    /// regard to case, numbers by their text.
    Keyed {
        /// The identifying member.
        key: Arc<str>,
        /// Its value.
        value: Arc<str>,
    },
    /// The list element at a position, from 0.
    Index(usize),
}

/// A place inside a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Segment>);

/// The text is no path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no path into a body")]
pub struct PathError(pub String);

impl Path {
    /// Returns the empty path, the body itself.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads a path.
    ///
    /// # Errors
    ///
    /// When a bracket or quote is not closed, or a name is empty.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        parse(text).ok_or_else(|| PathError(text.to_owned()))
    }

    /// The steps.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether this is the body itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes one step further.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    /// Goes one step back; returns that step.
    pub fn pop(&mut self) -> Option<Segment> {
        self.0.pop()
    }

    /// Returns this path and one more step.
    #[must_use]
    pub fn then(&self, segment: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment);
        Self(segments)
    }

    /// Returns the path of the member `name` of this.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        self.then(Segment::Member(Arc::from(name)))
    }

    /// Returns the first `count` steps of this path.
    ///
    /// # Panics
    ///
    /// When it has fewer.
    #[must_use]
    pub fn start(&self, count: usize) -> Self {
        Self(self.0[..count].to_vec())
    }

    /// Whether this path leads to `other` or to something inside it.
    #[must_use]
    pub fn is_within(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The value at this path in `body`.
    #[must_use]
    pub fn get<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        self.0
            .iter()
            .try_fold(body, |value, segment| match segment {
                Segment::Member(name) => value.member(name),
                Segment::Index(index) => value.as_list()?.get(*index),
                Segment::Keyed { key, value: wanted } => value
                    .as_list()?
                    .iter()
                    .find(|item| is_keyed(item, key, wanted)),
            })
    }

    /// Takes what stands at this path out of `body`.
    pub fn remove(&self, body: &mut Value) -> Option<Value> {
        let (last, parents) = self.0.split_last()?;
        let parent = Path(parents.to_vec()).get_mut(body)?;
        match (last, parent) {
            (Segment::Member(name), Value::Map(map)) => map.remove(name),
            (Segment::Index(index), Value::List(list)) if *index < list.len() => {
                Some(list.remove(*index))
            }
            (Segment::Keyed { key, value }, Value::List(list)) => {
                let index = list.iter().position(|item| is_keyed(item, key, value))?;
                Some(list.remove(index))
            }
            _ => None,
        }
    }

    /// The value at this path in `body`, for changing.
    pub fn get_mut<'a>(&self, body: &'a mut Value) -> Option<&'a mut Value> {
        self.0
            .iter()
            .try_fold(body, |value, segment| match (segment, value) {
                (Segment::Member(name), Value::Map(map)) => map.get_mut(name),
                (Segment::Index(index), Value::List(list)) => list.get_mut(*index),
                (Segment::Keyed { key, value: wanted }, Value::List(list)) => {
                    list.iter_mut().find(|item| is_keyed(item, key, wanted))
                }
                _ => None,
            })
    }
}

/// Whether the list element `item` is the one that `key` = `wanted` names.
#[must_use]
pub fn is_keyed(item: &Value, key: &str, wanted: &str) -> bool {
    key_of(item, key).is_some_and(|found| same_key(key, &found, wanted))
}

/// Whether two values of the member `key` identify the same element of a list.
/// Names in such lists have no spaces, but for regions, which Azure answers by
/// the names that people see: `West Europe`.
#[must_use]
pub fn same_key(key: &str, one: &str, two: &str) -> bool {
    if one.eq_ignore_ascii_case(two) {
        return true;
    }
    let spaced = |text: &str| text.contains(' ');
    key == "name"
        && (spaced(one) || spaced(two))
        && crate::rules::region(one) == crate::rules::region(two)
}

/// The identifying text of a list element: its member `key`, which may be a
/// dotted path such as `managedDisk.id`.
#[must_use]
pub fn key_of(item: &Value, key: &str) -> Option<String> {
    let names: Vec<&str> = key.split('.').collect();
    match item.at(&names)? {
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        // Some services answer with 1.0 to 1.
        Value::Float(number) if number.fract() == 0.0 => Some(format!("{number:.0}")),
        _ => None,
    }
}

fn parse(text: &str) -> Option<Path> {
    let mut segments = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (segment, after) = parse_bracket(inside)?;
            segments.push(segment);
            rest = after;
        } else {
            let dotless = if segments.is_empty() {
                rest
            } else {
                rest.strip_prefix('.')?
            };
            let (name, after) = parse_name(dotless)?;
            segments.push(Segment::Member(Arc::from(name)));
            rest = after;
        }
    }
    Some(Path(segments))
}

fn parse_name(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (name, after) = quoted.split_once('"')?;
        return Some((name.to_owned(), after));
    }
    let end = text.find(['.', '[', ']', '=', '"']).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

fn parse_bracket(text: &str) -> Option<(Segment, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0
        && let Some(after) = text[digits..].strip_prefix(']')
    {
        return Some((Segment::Index(text[..digits].parse().ok()?), after));
    }
    let (key, after) = text.split_once('=')?;
    let (value, after) = if after.starts_with('"') {
        parse_name(after)?
    } else {
        let end = after.find(']')?;
        (after[..end].to_owned(), &after[end..])
    };
    let after = after.strip_prefix(']')?;
    Some((
        Segment::Keyed {
            key: Arc::from(key),
            value: Arc::from(value),
        },
        after,
    ))
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Member(name) => {
                    if index > 0 {
                        f.write_str(".")?;
                    }
                    write_name(f, name)?;
                }
                Segment::Keyed { key, value } => {
                    write!(f, "[{key}=")?;
                    write_name(f, value)?;
                    f.write_str("]")?;
                }
                Segment::Index(position) => write!(f, "[{position}]")?,
            }
        }
        Ok(())
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if name.is_empty() || name.contains(['.', '[', ']', '=', '"']) {
        write!(f, "\"{}\"", name.replace('"', "'"))
    } else {
        f.write_str(name)
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
