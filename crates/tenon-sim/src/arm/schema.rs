//! What a body may contain, and how it is spelled in the echo.
//!
//! The tables come from Microsoft's published descriptions: which members
//! exist and since when, which the server sets, which values an enumeration
//! has. A body is read the way the providers read theirs: names and values
//! in any case, explicit nulls as absent, read-only members ignored.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::error::ArmError;

/// What is known of one place in a body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    #[serde(rename = "t")]
    form: String,
    #[serde(rename = "r")]
    read_only: u8,
    #[serde(rename = "e")]
    values_known: Vec<String>,
    closed: u8,
    /// Set where the table stops: anything goes below.
    any: u8,
    since: String,
    members: BTreeMap<String, Node>,
    item: Option<Box<Node>>,
    values: Option<Box<Node>>,
}

static SCHEMAS: LazyLock<BTreeMap<String, Node>> = LazyLock::new(|| {
    let text = include_str!("../../data/schemas.json");
    let schemas: BTreeMap<String, Node> =
        serde_json::from_str(text).expect("the embedded tables are JSON");
    schemas
        .into_iter()
        .map(|(name, node)| (name.to_ascii_lowercase(), node))
        .collect()
});

/// A place where a body does not fit.
struct Misfit {
    path: String,
    what: What,
}

enum What {
    Unknown { member: String },
    Form { wanted: &'static str },
    Value { value: String, known: Vec<String> },
}

/// Members that answers show although no published description has them.
///
/// A client that reads, changes and writes back sends them along; they are ignored.
const ECHOED: [&str; 4] = [
    "kind",
    "allowPort25Out",
    "defaultOutboundConnectivityEnabled",
    "migrationPhase",
];

/// Brings a body into canonical form, or says why it cannot be read.
pub(crate) fn normalise(type_name: &str, version: &str, body: &Value) -> Result<Value, ArmError> {
    match SCHEMAS.get(&type_name.to_ascii_lowercase()) {
        Some(node) => {
            let reader = Reader { version };
            let read = reader
                .read(node, body, "")
                .map_err(|misfit| misfit.refusal(type_name))?;
            Ok(read.unwrap_or_else(|| Value::Object(Map::new())))
        }
        None => Ok(without_nulls(body)),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                kept.map(|(name, value)| (name.clone(), without_nulls(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

struct Reader<'v> {
    version: &'v str,
}

impl Reader<'_> {
    fn read(&self, node: &Node, value: &Value, path: &str) -> Result<Option<Value>, Misfit> {
        if node.read_only == 1 || value.is_null() {
            return Ok(None);
        }
        if node.any == 1 || (node.form.is_empty() && node.members.is_empty()) {
            return Ok(Some(without_nulls(value)));
        }
        let misfit = |wanted| Misfit {
            path: path.to_owned(),
            what: What::Form { wanted },
        };
        let read = match node.form.as_str() {
            "o" | "" => self.object(
                node,
                value.as_object().ok_or_else(|| misfit("object"))?,
                path,
            )?,
            "a" => self.array(node, value.as_array().ok_or_else(|| misfit("array"))?, path)?,
            "s" => self.text(node, value, path)?,
            "i" | "n" => number(value).ok_or_else(|| misfit("number"))?,
            "b" => truth(value).ok_or_else(|| misfit("boolean"))?,
            _ => without_nulls(value),
        };
        Ok(Some(read))
    }

    fn object(&self, node: &Node, sent: &Map<String, Value>, path: &str) -> Result<Value, Misfit> {
        let mut read = Map::new();
        for (name, value) in sent {
            let below = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let known = node.members.get_key_value(name).or_else(|| {
                node.members
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(name))
            });
            let (name, node) = match (known, &node.values) {
                (Some((known, node)), _) if self.exists(node) => (known.clone(), node),
                (None, Some(values)) => (name.clone(), values.as_ref()),
                _ if value.is_null() || ECHOED.contains(&name.as_str()) => continue,
                _ => {
                    let what = What::Unknown {
                        member: name.clone(),
                    };
                    return Err(Misfit { path: below, what });
                }
            };
            if let Some(value) = self.read(node, value, &below)? {
                read.insert(name, value);
            }
        }
        Ok(Value::Object(read))
    }

    /// True when a member is part of the version that was asked for.
    fn exists(&self, node: &Node) -> bool {
        // Previews are ahead of their date, so they see everything.
        self.version.len() > 10 || node.since.as_str() <= self.version
    }

    fn array(&self, node: &Node, sent: &[Value], path: &str) -> Result<Value, Misfit> {
        let Some(item) = &node.item else {
            return Ok(Value::Array(sent.to_vec()));
        };
        let mut read = Vec::new();
        for (place, value) in sent.iter().enumerate() {
            read.extend(self.read(item, value, &format!("{path}[{place}]"))?);
        }
        Ok(Value::Array(read))
    }

    fn text(&self, node: &Node, value: &Value, path: &str) -> Result<Value, Misfit> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => {
                let what = What::Form { wanted: "string" };
                return Err(Misfit {
                    path: path.to_owned(),
                    what,
                });
            }
        };
        let known = node
            .values_known
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&text));
        if let Some(known) = known {
            return Ok(Value::String(known.clone()));
        }
        if node.closed == 1 && !text.is_empty() {
            let what = What::Value {
                value: text,
                known: node.values_known.clone(),
            };
            return Err(Misfit {
                path: path.to_owned(),
                what,
            });
        }
        Ok(Value::String(text))
    }
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole
                .or_else(|| Number::from_f64(text.parse().ok()?))
                .map(Value::Number)
        }
        _ => None,
    }
}

fn truth(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        _ => None,
    }
}

impl Misfit {
    fn refusal(self, type_name: &str) -> ArmError {
        let message = self.message();
        if type_name.starts_with("Microsoft.Network/") {
            return ArmError::bad_request("InvalidRequestFormat", "Cannot parse the request.")
                .detail("InvalidJson", message);
        }
        match self.what {
            What::Value { .. } => ArmError::invalid_parameter(&self.path, message),
            _ => {
                let message = format!(
                    "The request content was invalid and could not be deserialized: '{message}'."
                );
                ArmError::bad_request("InvalidRequestContent", message)
            }
        }
    }

    fn message(&self) -> String {
        let path = &self.path;
        match &self.what {
            What::Unknown { member } => {
                let object = path.rsplit_once('.').map_or("the resource", |(parent, _)| {
                    parent.rsplit('.').next().unwrap_or(parent)
                });
                format!(
                    "Could not find member '{member}' on object of type '{object}'. Path '{path}', line 1, position 1."
                )
            }
            What::Form { wanted } => {
                format!(
                    "Error converting value to type '{wanted}'. Path '{path}', line 1, position 1."
                )
            }
            What::Value { value, known } => format!(
                "The value '{value}' of parameter '{}' is not allowed. Allowed values are {}.",
                path.rsplit('.').next().unwrap_or(path),
                known.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests;
