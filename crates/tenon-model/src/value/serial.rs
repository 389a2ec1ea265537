//! Values as JSON.
//!
//! A later value is written as a map with the single member `$tenon`, a name
//! that no Azure body has and that the spec reader refuses.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::name::name;
use super::{Later, Map, SecretSource, Value};
use crate::{Address, Path};

/// The member that marks a later value in JSON.
pub const LATER_MEMBER: &str = "$tenon";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wire {
    Attribute { of: Address, name: String },
    Live { of: Address, path: Path },
    Secret { name: String, source: SecretSource },
    SshPublicKey { private_key: String },
    Clock { after: u64 },
    Joined { parts: Vec<Value> },
}

impl From<&Later> for Wire {
    fn from(later: &Later) -> Self {
        match later.clone() {
            Later::Attribute { of, name } => Self::Attribute { of, name },
            Later::Live { of, path } => Self::Live { of, path },
            Later::Secret { name, source } => Self::Secret { name, source },
            Later::SshPublicKey { private_key } => Self::SshPublicKey { private_key },
            Later::Clock { after } => Self::Clock { after },
            Later::Joined(parts) => Self::Joined { parts },
        }
    }
}

impl From<Wire> for Later {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Attribute { of, name } => Self::Attribute { of, name },
            Wire::Live { of, path } => Self::Live { of, path },
            Wire::Secret { name, source } => Self::Secret { name, source },
            Wire::SshPublicKey { private_key } => Self::SshPublicKey { private_key },
            Wire::Clock { after } => Self::Clock { after },
            Wire::Joined { parts } => Self::Joined(parts),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                for item in list {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            Self::Map(map) => map.serialize(serializer),
            Self::Later(later) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(LATER_MEMBER, &Wire::from(&**later))?;
                map.end()
            }
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Map(map) => Ok(map),
            _ => Err(D::Error::custom("expected a map")),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reading::Ours.deserialize(deserializer)
    }
}

/// A value of somebody else's JSON, in which nothing is later: there
/// [`LATER_MEMBER`] is a name like all others.
#[derive(Debug)]
pub struct Plain(pub Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reading::Theirs.deserialize(deserializer).map(Self)
    }
}

/// Whose JSON it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Ours,
    Theirs,
}

impl<'de> DeserializeSeed<'de> for Reading {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
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
        let mut list = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = seq.next_element_seed(self)? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::with_capacity(4);
        while let Some(name) = access.next_key_seed(Name)? {
            if self == Self::Ours && *name == *LATER_MEMBER && map.is_empty() {
                let wire: Wire = access.next_value()?;
                return Ok(Value::later(wire.into()));
            }
            map.insert_kept(name, access.next_value_seed(self)?);
        }
        map.shrink();
        Ok(Value::Map(map))
    }
}

/// The name of a member, taken from the text without a copy in between.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(name(text))
    }
}
