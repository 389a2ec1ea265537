//! What a host answered when it was not what was asked for.

use std::fmt;

use serde_json::Value;

use crate::http::{HttpError, HttpResponse};

/// The longest text of a host that is kept.
const EXCERPT: usize = 300;

/// Why a host did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError {
    /// What to make of it.
    pub kind: HostErrorKind,
    /// What was asked: `POST /repos/contoso/fleet/issues/7/comments`.
    pub request: String,
    /// The HTTP status; none if there was no answer.
    pub status: Option<u16>,
    /// The words of the host, cut if they are many.
    pub message: String,
}

/// What to make of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostErrorKind {
    /// The token is not accepted.
    Unauthorized,
    /// The token is accepted and may not do this.
    Forbidden,
    /// It is not there, or the token may not see it.
    NotFound,
    /// The body is too long.
    TooLong,
    /// A rate limit lasts longer than we wait.
    Limited,
    /// No answer, or none that can be used, for as long as we wait.
    NoAnswer,
    /// Something else that will not be otherwise tomorrow.
    Refused,
}

impl HostError {
    pub(super) fn without_answer(request: &str, error: &HttpError) -> Self {
        Self {
            kind: HostErrorKind::NoAnswer,
            request: request.to_owned(),
            status: None,
            message: error.to_string(),
        }
    }

    /// An answer that is not of the documented form.
    pub(super) fn odd(request: &str, status: u16, message: &str) -> Self {
        Self {
            kind: HostErrorKind::NoAnswer,
            request: request.to_owned(),
            status: Some(status),
            message: message.to_owned(),
        }
    }

    /// Reads an answer that is an error.
    pub(super) fn of(request: &str, response: &HttpResponse) -> Self {
        let message = words(response);
        let status = response.status.as_u16();
        Self {
            kind: kind(status, &message),
            request: request.to_owned(),
            status: Some(status),
            message,
        }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request)?;
        if let Some(status) = self.status {
            write!(f, " answers {status}")?;
        }
        if self.message.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for HostError {}

fn kind(status: u16, message: &str) -> HostErrorKind {
    let lower = message.to_ascii_lowercase();
    // GitHub says 422, GitLab and Azure Repos 400.
    let too_long = lower.contains("too long") || lower.contains("maximum length");
    match status {
        // Azure DevOps answers 203 or 302 with a page to sign in at.
        401 | 203 | 302 => HostErrorKind::Unauthorized,
        // GitHub: a conversation that was locked takes no comments from anybody.
        403 if lower.contains("locked") => HostErrorKind::Refused,
        403 => HostErrorKind::Forbidden,
        404 | 410 => HostErrorKind::NotFound,
        413 => HostErrorKind::TooLong,
        400 | 422 if too_long => HostErrorKind::TooLong,
        429 => HostErrorKind::Limited,
        408 | 500.. => HostErrorKind::NoAnswer,
        _ => HostErrorKind::Refused,
    }
}

/// The words of an answer. GitHub puts details into `errors`, GitLab makes
/// `message` an object of lists, Azure DevOps and the rest a text.
fn words(response: &HttpResponse) -> String {
    if response.status.is_redirection() && response.header("location").is_some() {
        return "it redirects, and a token is not carried elsewhere".to_owned();
    }
    let Ok(body) = serde_json::from_slice::<Value>(&response.body) else {
        // Usually the page of a proxy or of a sign-in.
        return String::new();
    };
    let mut all = Vec::new();
    for member in ["message", "error", "error_description", "errors"] {
        collect(&body[member], &mut all);
    }
    all.dedup();
    cut(&all.join(": "))
}

fn collect(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.is_empty() => all.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|one| collect(one, all)),
        Value::Object(map) => {
            let message = map.get("message").or(map.get("code"));
            match message {
                Some(message) => collect(message, all),
                None => map.values().for_each(|one| collect(one, all)),
            }
        }
        _ => {}
    }
}

fn cut(text: &str) -> String {
    let plain = text
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one });
    plain.take(EXCERPT).collect()
}
