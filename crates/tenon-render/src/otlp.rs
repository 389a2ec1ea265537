//! A run as a trace of OpenTelemetry, in the two forms of OTLP over HTTP.
//!
//! The messages are few and their form does not change, so they are written
//! here: `opentelemetry-otlp` and what it needs would be 27 crates for one
//! request. Source: `opentelemetry/proto/trace/v1/trace.proto` and
//! `common/v1/common.proto` of opentelemetry-proto, version 1.

use tenon_model::plan::Plan;
use tenon_model::report::{Ended, Line, Report};

mod json;
mod protobuf;

#[cfg(test)]
mod tests;

/// A trace, or the part of one that a run adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Which trace.
    pub id: [u8; 16],
    /// Who tells: the service, its version, whatever the environment adds.
    pub resource: Vec<(String, Attribute)>,
    /// The version of the program.
    pub version: &'static str,
    /// What happened.
    pub spans: Vec<Span>,
}

/// Something that took a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its own id; not all zeros.
    pub id: [u8; 8],
    /// What it is a part of.
    pub parent: Option<[u8; 8]>,
    /// What it is called: the same for all that are alike.
    pub name: String,
    /// When it began, nanoseconds since 1970.
    pub from: u64,
    /// When it ended.
    pub to: u64,
    /// What is known about it.
    pub attributes: Vec<(String, Attribute)>,
    /// How it ended.
    pub status: Status,
}

/// How a span ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody says.
    Unset,
    /// Well.
    Ok,
    /// Badly, for this reason.
    Error(String),
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<usize> for Attribute {
    fn from(number: usize) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// The form in which a trace is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `http/protobuf`, what every collector takes.
    Protobuf,
    /// `http/json`.
    Json,
}

impl Form {
    /// Its type in a header.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    /// The body of the request that sends a trace.
    #[must_use]
    pub fn body(self, trace: &Trace) -> Vec<u8> {
        match self {
            Self::Protobuf => protobuf::request(trace),
            Self::Json => json::request(trace).to_string().into_bytes(),
        }
    }
}

/// The steps of a run as spans under `parent`. The run began at `began`,
/// nanoseconds since 1970; `id` gives each its own. Steps that never began are
/// left out; those that were skipped are moments.
pub fn steps(
    plan: &Plan,
    report: &Report,
    began: u64,
    parent: [u8; 8],
    mut id: impl FnMut() -> [u8; 8],
) -> Vec<Span> {
    let at = |milliseconds: u64| began.saturating_add(milliseconds.saturating_mul(1_000_000));
    let spans = report.lines.iter().filter_map(|(position, line)| {
        let step = plan.steps.get(*position)?;
        if line.from.is_none() && line.ended.is_none() {
            return None;
        }
        let from = line.from.or(line.to).unwrap_or(report.took);
        let does = word(step.does);
        let mut attributes: Vec<(String, Attribute)> = [
            ("tenon.address", step.address.as_str()),
            ("tenon.does", &*does),
            ("cloud.resource_id", step.id.as_str()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
        attributes.push(("tenon.step".to_owned(), (*position).into()));
        let status = end(line, &mut attributes);
        Some(Span {
            id: id(),
            parent: Some(parent),
            name: format!("step {does}"),
            from: at(from),
            to: at(line.to.unwrap_or(report.took).max(from)),
            attributes,
            status,
        })
    });
    spans.collect()
}

/// The word that documents have for something.
fn word<T: serde::Serialize>(of: T) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or("?").to_owned()
}

fn end(line: &Line, attributes: &mut Vec<(String, Attribute)>) -> Status {
    let mut note = |name: &str, value: &str| attributes.push((name.to_owned(), value.into()));
    match &line.ended {
        None => {
            note("tenon.outcome", "unknown");
            Status::Unset
        }
        Some(Ended::Done { outcome }) => {
            note("tenon.outcome", &word(outcome));
            Status::Ok
        }
        Some(Ended::Skipped { because }) => {
            note("tenon.outcome", "skipped");
            attributes.push(("tenon.because".to_owned(), (*because).into()));
            Status::Unset
        }
        Some(Ended::Failed { failure }) => {
            let short = failure.in_short();
            note("tenon.outcome", "failed");
            note("error.type", &short.code);
            if let Some(id) = &short.request_id {
                note("az.service_request_id", id);
            }
            Status::Error(match short.message {
                Some(message) => format!("{}: {message}", short.code),
                None => short.code,
            })
        }
    }
}
