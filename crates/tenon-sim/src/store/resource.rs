//! One stored resource.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::arm::id::ResourceId;
use crate::json;

/// What the simulator keeps of a resource.
///
/// `body` is everything a GET returns except `id`, `name`, `type` and what is
/// computed from other resources; `hidden` is what a GET never returns:
/// fingerprints of secrets, power state, replica schedules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Resource {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    pub(crate) body: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(crate) hidden: Value,
    #[serde(default)]
    pub(crate) revision: u64,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
    /// The operation that is at work on the resource right now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
}

impl Resource {
    pub(crate) fn new(id: &ResourceId, body: Value, now: Timestamp) -> Self {
        Self {
            id: id.to_string(),
            type_name: id.type_name(),
            body,
            hidden: Value::Null,
            revision: 0,
            created: now,
            changed: now,
            operation: None,
        }
    }

    pub(crate) fn key(&self) -> String {
        self.id.to_ascii_lowercase()
    }

    /// The parsed id. Stored ids were parsed before, so the fallback never shows.
    pub(crate) fn parsed(&self) -> ResourceId {
        ResourceId::parse(&self.id).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    pub(crate) fn is(&self, type_name: &str) -> bool {
        json::same(&self.type_name, type_name)
    }

    pub(crate) fn location(&self) -> &str {
        json::text(&self.body, "location").unwrap_or_default()
    }

    pub(crate) fn state(&self) -> &str {
        json::text(&self.body, "properties.provisioningState").unwrap_or("Succeeded")
    }

    pub(crate) fn set_state(&mut self, state: &str) {
        json::set(&mut self.body, "properties.provisioningState", state);
    }

    pub(crate) fn is_deleting(&self) -> bool {
        self.state() == "Deleting"
    }

    /// The body with its identity in front, as every provider returns it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(self.id));
        shown.insert("name".to_owned(), json!(self.name()));
        shown.insert("type".to_owned(), json!(self.type_name));
        if let Value::Object(body) = &self.body {
            shown.extend(
                body.iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        Value::Object(shown)
    }
}
