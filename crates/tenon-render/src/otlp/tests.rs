//! Bytes as the description of the messages gives them.

use super::{Attribute, Form, Span, Status, Trace};

fn trace() -> Trace {
    Trace {
        id: [0xab; 16],
        resource: vec![("service.name".to_owned(), "t".into())],
        version: "0",
        spans: vec![Span {
            id: [1; 8],
            parent: Some([2; 8]),
            name: "n".to_owned(),
            from: 1,
            to: 300,
            attributes: vec![
                ("i".to_owned(), Attribute::Int(-1)),
                ("b".to_owned(), Attribute::Bool(true)),
            ],
            status: Status::Error("x".to_owned()),
        }],
    }
}

#[test]
fn protocol_buffers() {
    let body = Form::Protobuf.body(&trace());
    let hex = tenon_model::canonical::hex(&body);
    let ids = format!(
        "0a10{}1208{}2208{}",
        "ab".repeat(16),
        "01".repeat(8),
        "02".repeat(8)
    );
    assert!(hex.contains(&ids), "{hex}");
    assert!(hex.contains("2a016e3001"), "name and kind: {hex}");
    assert!(
        hex.contains("390100000000000000412c01000000000000"),
        "times: {hex}"
    );
    // An int64 below zero takes ten bytes.
    assert!(
        hex.contains("4a100a0169120b18ffffffffffffffffff01"),
        "{hex}"
    );
    assert!(hex.contains("4a070a016212021001"), "{hex}");
    assert!(hex.ends_with("7a051201781802"), "{hex}");
}

#[test]
fn json() {
    let body = Form::Json.body(&trace());
    let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let span = &value["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(span["traceId"], "ab".repeat(16));
    assert_eq!(span["endTimeUnixNano"], "300");
    assert_eq!(span["attributes"][0]["value"]["intValue"], "-1");
    assert_eq!(span["status"]["code"], 2);
}
