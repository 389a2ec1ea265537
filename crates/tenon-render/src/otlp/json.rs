//! `ExportTraceServiceRequest` as JSON: ids in hexadecimal, numbers of 64 bits
//! as text.

use serde_json::{Value, json};

use super::{Attribute, Span, Status, Trace};

pub(super) fn request(trace: &Trace) -> Value {
    let spans: Vec<Value> = trace.spans.iter().map(|one| span(trace, one)).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": attributes(&trace.resource)},
        "scopeSpans": [{
            "scope": {"name": "tenon", "version": trace.version},
            "spans": spans,
        }],
    }]})
}

fn span(trace: &Trace, span: &Span) -> Value {
    let mut value = json!({
        "traceId": hex(&trace.id),
        "spanId": hex(&span.id),
        "name": span.name,
        "kind": 1,
        "startTimeUnixNano": span.from.to_string(),
        "endTimeUnixNano": span.to.to_string(),
        "attributes": attributes(&span.attributes),
    });
    if let Some(parent) = &span.parent {
        value["parentSpanId"] = json!(hex(parent));
    }
    match &span.status {
        Status::Unset => {}
        Status::Ok => value["status"] = json!({"code": 1}),
        Status::Error(why) => value["status"] = json!({"code": 2, "message": why}),
    }
    value
}

fn attributes(all: &[(String, Attribute)]) -> Value {
    let all = all.iter().map(|(name, value)| {
        let value = match value {
            Attribute::Text(text) => json!({"stringValue": text}),
            Attribute::Int(number) => json!({"intValue": number.to_string()}),
            Attribute::Bool(truth) => json!({"boolValue": truth}),
        };
        json!({"key": name, "value": value})
    });
    all.collect()
}

fn hex(bytes: &[u8]) -> String {
    tenon_model::canonical::hex(bytes)
}
