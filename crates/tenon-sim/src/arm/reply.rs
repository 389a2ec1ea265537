//! An answer before it is bytes.

use serde_json::Value;

use super::error::ArmError;

/// Status, headers and body of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    /// A body that is no JSON: what storage says in XML.
    pub(crate) xml: Option<String>,
    /// The code of the error, when the answer is one; for the request log.
    pub(crate) code: Option<String>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Some(body),
            xml: None,
            code: None,
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
            xml: None,
            code: None,
        }
    }

    pub(crate) fn xml(status: u16, text: String) -> Self {
        Self {
            xml: Some(text),
            ..Self::empty(status)
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn headers(self, all: Vec<(&str, String)>) -> Self {
        all.into_iter()
            .fold(self, |reply, (name, value)| reply.header(name, value))
    }

    pub(crate) fn coded(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }
}

impl From<ArmError> for Reply {
    fn from(error: ArmError) -> Self {
        let mut reply = Self::json(error.status, error.body()).coded(&error.code);
        reply.headers = error.headers;
        reply
    }
}
