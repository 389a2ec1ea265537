//! `ExportTraceServiceRequest` as Protocol Buffers.
//!
//! A message is a row of fields: number and wire type, then the value. Three
//! wire types occur: 0, a number in groups of seven bits; 1, eight bytes; 2, a
//! length and so many bytes.

use super::{Attribute, Span, Status, Trace};

/// `SPAN_KIND_INTERNAL`.
const INTERNAL: u64 = 1;

pub(super) fn request(trace: &Trace) -> Vec<u8> {
    let mut resource = Message::default();
    for (name, value) in &trace.resource {
        resource.message(1, &key_value(name, value));
    }
    let mut scope = Message::default();
    scope.bytes(1, b"tenon");
    scope.bytes(2, trace.version.as_bytes());
    let mut scope_spans = Message::default();
    scope_spans.message(1, &scope);
    for one in &trace.spans {
        scope_spans.message(2, &span(trace, one));
    }
    let mut resource_spans = Message::default();
    resource_spans.message(1, &resource);
    resource_spans.message(2, &scope_spans);
    let mut request = Message::default();
    request.message(1, &resource_spans);
    request.0
}

fn span(trace: &Trace, span: &Span) -> Message {
    let mut message = Message::default();
    message.bytes(1, &trace.id);
    message.bytes(2, &span.id);
    if let Some(parent) = &span.parent {
        message.bytes(4, parent);
    }
    message.bytes(5, span.name.as_bytes());
    message.number(6, INTERNAL);
    message.fixed(7, span.from);
    message.fixed(8, span.to);
    for (name, value) in &span.attributes {
        message.message(9, &key_value(name, value));
    }
    let mut status = Message::default();
    match &span.status {
        Status::Unset => return message,
        Status::Ok => status.number(3, 1),
        Status::Error(why) => {
            status.bytes(2, why.as_bytes());
            status.number(3, 2);
        }
    }
    message.message(15, &status);
    message
}

fn key_value(name: &str, value: &Attribute) -> Message {
    let mut any = Message::default();
    match value {
        Attribute::Text(text) => any.bytes(1, text.as_bytes()),
        Attribute::Bool(truth) => any.number(2, u64::from(*truth)),
        // Two's complement, as `int64` has it.
        Attribute::Int(number) => any.number(3, number.cast_unsigned()),
    }
    let mut pair = Message::default();
    pair.bytes(1, name.as_bytes());
    pair.message(2, &any);
    pair
}

#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, field: u32, value: u64) {
        self.varint(u64::from(field) << 3);
        self.varint(value);
    }

    fn fixed(&mut self, field: u32, value: u64) {
        self.varint(u64::from(field) << 3 | 1);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn message(&mut self, field: u32, message: &Self) {
        self.bytes(field, &message.0);
    }

    fn varint(&mut self, mut value: u64) {
        loop {
            let seven = (value & 0x7f) as u8;
            value >>= 7;
            if value == 0 {
                self.0.push(seven);
                return;
            }
            self.0.push(seven | 0x80);
        }
    }
}
