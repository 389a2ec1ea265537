//! Refusals in the shape Resource Manager gives them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One refusal: status, code, message and what hangs below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ArmError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) details: Vec<Value>,
    /// What stands in `additionalInfo`: an object with `type` and `info`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) additional: Option<Box<Value>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
}

impl ArmError {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into().into_boxed_str(),
            target: None,
            details: Vec::new(),
            additional: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    pub(crate) fn conflict(code: &str, message: impl Into<String>) -> Self {
        Self::new(409, code, message)
    }

    pub(crate) fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(404, code, message)
    }

    /// The compute and gallery providers' answer to a value they cannot take.
    pub(crate) fn invalid_parameter(target: &str, message: impl Into<String>) -> Self {
        Self::bad_request("InvalidParameter", message).at(target)
    }

    pub(crate) fn property_change(target: &str) -> Self {
        let message = format!("Changing property '{target}' is not allowed.");
        Self::conflict("PropertyChangeNotAllowed", message).at(target)
    }

    pub(crate) fn at(mut self, target: &str) -> Self {
        self.target = Some(target.into());
        self
    }

    pub(crate) fn detail(mut self, code: &str, message: impl Into<String>) -> Self {
        self.details
            .push(json!({"code": code, "message": message.into()}));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn headers(self, all: Vec<(&str, String)>) -> Self {
        all.into_iter()
            .fold(self, |error, (name, value)| error.header(name, value))
    }

    /// The `{code, message, …}` object, as it stands in answers and failed operations.
    pub(crate) fn object(&self) -> Value {
        let mut object = json!({"code": self.code, "message": self.message});
        if let Some(target) = &self.target {
            object["target"] = json!(target);
        }
        if !self.details.is_empty() {
            object["details"] = json!(self.details);
        }
        if let Some(additional) = &self.additional {
            object["additionalInfo"] = json!([additional]);
        }
        object
    }

    /// The whole body of a refused request.
    pub(crate) fn body(&self) -> Value {
        json!({"error": self.object()})
    }
}
