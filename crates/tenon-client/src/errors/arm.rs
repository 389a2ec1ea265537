//! The error bodies of Resource Manager and of the services behind it.
//!
//! The documented form is `{"error": {code, message, target, details}}`. Also
//! seen: the same without `error` around it, members in capitals, a message
//! that is JSON itself (`DeploymentFailed`), `innererror` (OData), what a
//! policy objected to in `additionalInfo`, HTML of a gateway, nothing.
//!
//! Whatever is nested becomes one list, outermost first, so that the codes in
//! it are the way to what went wrong.

use tenon_model::Value;

use crate::body;
use crate::http::HttpResponse;

/// The longest text that is kept of a body that is no JSON.
const EXCERPT: usize = 200;
/// How deep details may hold details before it is enough.
const DEPTH: usize = 8;

/// What an error body says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArmError {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) target: Option<String>,
    pub(crate) details: Vec<(String, String)>,
}

impl ArmError {
    /// Reads the error of a response, whatever its body is.
    pub(crate) fn read(response: &HttpResponse) -> Self {
        let parsed = body::parse(&response.body).ok();
        let mut error = parsed.as_ref().and_then(Self::of).unwrap_or_else(|| Self {
            message: excerpt(&response.body),
            ..Self::default()
        });
        if error.code.is_empty() {
            // Compute names the code in a header where the body has none.
            let named = response.header("x-ms-error-code").map(str::to_owned);
            error.code = named.unwrap_or_else(|| reason(response));
        }
        error
    }

    /// Reads the error in a parsed body, or in an operation's status.
    pub(crate) fn of(body: &Value) -> Option<Self> {
        let inner = member(body, "error").filter(|error| error.as_map().is_some());
        let at = inner.unwrap_or(body);
        let mut error = Self {
            code: text(at, "code").unwrap_or_default(),
            message: text(at, "message").unwrap_or_default(),
            target: text(at, "target"),
            details: Vec::new(),
        };
        if error.code.is_empty() && error.message.is_empty() {
            return None;
        }
        if let Some(nested) = nested(&error.message) {
            error.message.clone_from(&nested.message);
            error.add(nested);
        }
        error.collect(at, DEPTH);
        Some(error)
    }

    fn collect(&mut self, at: &Value, depth: usize) {
        if depth == 0 {
            return;
        }
        self.details.extend(violations(at));
        if let Some(inner) = member(at, "innererror") {
            self.one(inner, depth - 1);
        }
        let list = member(at, "details").and_then(Value::as_list);
        for detail in list.unwrap_or_default() {
            self.one(detail, depth - 1);
        }
    }

    fn one(&mut self, at: &Value, depth: usize) {
        let code = text(at, "code").unwrap_or_default();
        let message = text(at, "message").or_else(|| text(at, "errordetail"));
        let message = message.unwrap_or_default();
        match nested(&message) {
            Some(nested) => {
                // The code around it is a step of the way, its text is not.
                if !code.is_empty() {
                    self.details.push((code, String::new()));
                }
                self.add(nested);
            }
            None if code.is_empty() && message.is_empty() => {}
            None => self.details.push((code, message)),
        }
        self.collect(at, depth);
    }

    fn add(&mut self, nested: Self) {
        self.details.push((nested.code, nested.message));
        self.details.extend(nested.details);
    }
}

/// What policies objected to, in their own names
/// (`additionalInfo[type=PolicyViolation]`).
fn violations(at: &Value) -> Vec<(String, String)> {
    let list = member(at, "additionalInfo").and_then(Value::as_list);
    let of = |one: &Value| {
        let info = member(one, "info")?;
        let named = |name: &str| text(info, name);
        let assignment =
            named("policyAssignmentDisplayName").or_else(|| named("policyAssignmentName"))?;
        let definition =
            named("policyDefinitionDisplayName").or_else(|| named("policyDefinitionName"));
        let words = match definition {
            Some(definition) => format!("{assignment}: {definition}"),
            None => assignment,
        };
        Some((text(one, "type")?, words))
    };
    list.unwrap_or_default().iter().filter_map(of).collect()
}

/// The error that a message holds as JSON.
fn nested(message: &str) -> Option<ArmError> {
    let text = message.trim();
    if !text.starts_with('{') {
        return None;
    }
    ArmError::of(&body::parse(text.as_bytes()).ok()?)
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    Some(value.as_map()?.get_caseless(name)?.1)
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = member(value, name)?.as_text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `ServiceUnavailable` for 503.
fn reason(response: &HttpResponse) -> String {
    let reason = response.status.canonical_reason().unwrap_or("Unknown");
    reason.split([' ', '-', '\'']).collect()
}

/// The beginning of a body that is no JSON, without its tags.
fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::new();
    let mut inside = false;
    for letter in text.chars().take(EXCERPT * 20) {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => plain.push(letter),
            _ => {}
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(EXCERPT).collect()
}
