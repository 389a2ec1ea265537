//! One row of the files.

use std::path::Path;

use serde_json::{Value, json};
use tenon_model::Code;

use crate::thing::{self, Thing};

/// A refusal, and what is expected of it.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) ours: Code,
    pub(crate) page: Option<String>,
    pub(crate) why: Option<String>,
    keys: Value,
}

impl Row {
    /// The rows of a file.
    pub(crate) fn read(path: &Path) -> Vec<Self> {
        let text = std::fs::read_to_string(path).expect("a file of rows");
        let rows: Vec<Value> = serde_yaml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        rows.into_iter().map(Self::of).collect()
    }

    fn of(keys: Value) -> Self {
        let text = |key: &str| keys[key].as_str().map(str::to_owned);
        let name = text("row").expect("a row has a name");
        let ours = text("ours").and_then(|code| Code::parse(&code));
        Self {
            ours: ours.unwrap_or_else(|| panic!("{name}: no code of ours")),
            page: text("page"),
            why: text("why"),
            name,
            keys,
        }
    }

    /// What was asked for; none if nothing is answered so.
    pub(crate) fn asked(&self) -> Option<Thing> {
        let name = self.keys["of"].as_str()?;
        Some(thing::named(name).unwrap_or_else(|| panic!("{}: no thing {name}", self.name)))
    }

    /// Whether a key is set.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys[key].as_bool() == Some(true)
    }

    /// The secret that signs in.
    pub(crate) fn secret(&self) -> &str {
        self.keys["secret"].as_str().unwrap_or("a-secret")
    }

    pub(crate) fn status(&self) -> u16 {
        let status = self.keys["status"].as_u64().unwrap_or(200);
        u16::try_from(status).expect("a status")
    }

    /// Azure's code, as the message has to have it.
    pub(crate) fn azure_s_code(&self) -> String {
        let body = &self.keys["body"]["error"]["code"];
        match (&self.keys["code"], body.as_str()) {
            (Value::Number(number), _) => format!("AADSTS{number}"),
            (Value::String(code), _) => code.clone(),
            (_, Some(code)) => code.to_owned(),
            _ => self.keys["error"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let keys = &self.keys;
        if keys["body"].is_object() {
            return keys["body"].clone();
        }
        let says = keys["says"].as_str().unwrap_or_default();
        if let Some(error) = keys["error"].as_str() {
            return denial(error, &keys["code"], says);
        }
        let mut error = json!({"code": keys["code"], "message": says});
        if !keys["details"].is_null() {
            error["details"] = keys["details"].clone();
        }
        json!({ "error": error })
    }
}

/// The form in which the sign-in host refuses.
fn denial(error: &str, code: &Value, says: &str) -> Value {
    let mut body = json!({
        "error": error,
        "error_description": says,
        "trace_id": "6b3c0000-0000-4000-8000-000000000001",
        "correlation_id": "0b7e0000-0000-4000-8000-000000000001",
        "timestamp": "2026-07-01 12:00:00Z",
    });
    if let Some(code) = code.as_u64() {
        let ids = "Trace ID: 6b3c0000 Correlation ID: 0b7e0000 Timestamp: 2026-07-01 12:00:00Z";
        body["error_description"] = json!(format!("AADSTS{code}: {says} {ids}"));
        body["error_codes"] = json!([code]);
    }
    body
}
