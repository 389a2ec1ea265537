//! The marker of a type that takes no tags, at the end of its description.
//!
//! A role assignment has nothing else that can be written freely: its name is
//! a GUID, and everything but the description is fixed when it is made. What
//! the author wrote stands first, so that a portal shows it first.

use super::{Marker, TAGS};
use crate::{Map, ResourceId, Value};

/// Where the description is in a body.
pub const DESCRIPTION: [&str; 2] = ["properties", "description"];

/// Types whose description carries the marker.
const TYPES: [&str; 1] = ["Microsoft.Authorization/roleAssignments"];

impl Marker {
    /// Returns the description that carries this marker on the resource `id`:
    /// `text` of the author, and the four tags in brackets.
    #[must_use]
    pub fn description(&self, id: &ResourceId, text: Option<&str>) -> String {
        let tags = self.tags(id);
        let pairs: Vec<String> = TAGS
            .iter()
            .filter_map(|name| Some(format!("{name}={}", tags.get(name)?.as_text()?)))
            .collect();
        let marker = format!("[{}]", pairs.join(" "));
        match text {
            Some(text) if !text.is_empty() => format!("{text} {marker}"),
            _ => marker,
        }
    }
}

/// What the description of the live resource `id` says in place of tags; none
/// where it has no marker, or where the type has tags.
pub(super) fn tags(id: &ResourceId, body: &Value) -> Option<Value> {
    let kind = id.resource_type();
    if !TYPES.iter().any(|one| one.eq_ignore_ascii_case(&kind)) {
        return None;
    }
    let (_, marker) = split(body.at(&DESCRIPTION)?.as_text()?)?;
    let mut tags = Map::new();
    let mut rest = marker;
    // From the last to the first: addresses may hold spaces.
    for name in TAGS.iter().rev() {
        let (before, value) = rest.rsplit_once(&format!("{name}="))?;
        tags.insert(name, Value::text(value));
        rest = before.trim_end();
    }
    Some(Value::Map(tags))
}

/// The text before the marker, and what stands inside of its brackets.
fn split(description: &str) -> Option<(&str, &str)> {
    let begin = description.rfind(&format!("[{}=", TAGS[0]))?;
    let marker = description[begin + 1..].strip_suffix(']')?;
    Some((description[..begin].trim_end(), marker))
}

/// The body of a live resource with the description that its author wrote.
#[must_use]
pub fn undescribed(body: &Value) -> Value {
    let mut body = body.clone();
    let text = body.at(&DESCRIPTION).and_then(Value::as_text);
    let Some(own) = text.and_then(split).map(|(own, _)| own.to_owned()) else {
        return body;
    };
    let properties = body.as_map_mut().map(|map| map.entry_map(DESCRIPTION[0]));
    if let Some(map) = properties.and_then(Value::as_map_mut) {
        if own.is_empty() {
            map.remove(DESCRIPTION[1]);
        } else {
            map.insert(DESCRIPTION[1], Value::Text(own));
        }
    }
    body
}
