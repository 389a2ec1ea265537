//! JSON of the wire as values.
//!
//! [`Value`] itself reads the member `$tenon` as a name for something that is
//! known later. That is right for our own documents and wrong for what Azure
//! answers: there it is somebody's tag, and a tag must neither name a secret
//! nor make a page unreadable. So bodies are read here, where nothing is ever
//! later.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use tenon_model::{Map, Value};

/// Reads a body; none at all is null.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    Ok(serde_json::from_slice::<Plain>(bytes)?.0)
}

/// One page of a list.
#[derive(serde::Deserialize)]
pub(crate) struct Page {
    value: Vec<Plain>,
    #[serde(default, rename = "nextLink")]
    pub(crate) next: Option<String>,
}

impl Page {
    /// The elements.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.value.into_iter().map(|plain| plain.0).collect()
    }
}

/// A value in which nothing is later.
struct Plain(Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor).map(Plain)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Plain(item)) = seq.next_element()? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = access.next_key::<Cow<'de, str>>()? {
            map.insert(&name, access.next_value::<Plain>()?.0);
        }
        map.shrink();
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, parse};

    #[test]
    fn a_tag_with_our_own_mark_stays_a_tag() {
        let live = parse(br#"{"tags":{"$tenon":"x"}}"#).unwrap();
        assert!(!live.has_later());
        assert_eq!(live.at(&["tags", "$tenon"]).unwrap().as_text(), Some("x"));
    }

    #[test]
    fn an_empty_body_is_null() {
        assert!(parse(b" \r\n").unwrap().is_null());
    }

    #[test]
    fn a_page_without_elements_is_no_page() {
        assert!(serde_json::from_slice::<Page>(br#"{"id":"/x"}"#).is_err());
        let page: Page = serde_json::from_slice(br#"{"value":[1],"nextLink":null}"#).unwrap();
        assert!(page.next.is_none());
        assert_eq!(page.into_values().len(), 1);
    }
}
