//! Traces to a collector on this machine: what is in them, and that a collector
//! fails no run.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::{Value, json};

use crate::scenario::Scenario;
use crate::worlds::{machine, machines, vaults};

/// What a collector was sent.
struct Sent {
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// A collector that gives every request this answer, or none.
fn collector(answer: Option<&'static str>) -> (String, Receiver<Sent>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            kept.extend(serve(stream, answer, &sender));
        }
    });
    (address, receiver)
}

/// Hands a connection back that is left without an answer.
fn serve(stream: TcpStream, answer: Option<&str>, sender: &Sender<Sent>) -> Option<TcpStream> {
    let mut reader = BufReader::new(stream.try_clone().expect("a connection"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request");
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or("0", String::as_str);
    let mut body = vec![0; length.parse().expect("a length")];
    reader.read_exact(&mut body).expect("a body");
    // Nobody listens any more when the test is over.
    let _ = sender.send(Sent {
        path,
        headers,
        body,
    });
    let Some(answer) = answer else {
        return Some(stream);
    };
    let text = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = (&stream).write_all(text.as_bytes());
    None
}

fn spans(sent: &Sent) -> Vec<Value> {
    let document: Value = serde_json::from_slice(&sent.body).expect("JSON");
    let spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array();
    spans.expect("spans").clone()
}

fn named<'a>(spans: &'a [Value], name: &str) -> &'a Value {
    let found = spans.iter().find(|span| span["name"] == name);
    found.unwrap_or_else(|| panic!("no span `{name}` in {spans:#?}"))
}

fn attribute<'a>(of: &'a Value, name: &str) -> &'a Value {
    let all = of["attributes"].as_array().expect("attributes");
    let found = all.iter().find(|pair| pair["key"] == name);
    let value = found.unwrap_or_else(|| panic!("no `{name}` in {of:#}"));
    let (_, value) = value["value"]
        .as_object()
        .expect("a value")
        .iter()
        .next()
        .expect("one");
    value
}

fn time(span: &Value, name: &str) -> u64 {
    span[name]
        .as_str()
        .expect("text")
        .parse()
        .expect("a number")
}

/// Asserts that a span lies within its parent.
#[track_caller]
fn lies_within(spans: &[Value], span: &Value, parent: &Value) {
    assert_eq!(span["parentSpanId"], parent["spanId"], "{span:#}");
    assert_eq!(span["traceId"], parent["traceId"]);
    let (from, to) = (
        time(span, "startTimeUnixNano"),
        time(span, "endTimeUnixNano"),
    );
    assert!(from <= to, "{span:#}");
    // The run counts in milliseconds.
    let slack = 2_000_000;
    assert!(
        time(parent, "startTimeUnixNano") <= from + slack,
        "{span:#} {spans:#?}"
    );
    assert!(
        to <= time(parent, "endTimeUnixNano") + slack,
        "{span:#} {spans:#?}"
    );
}

#[test]
fn an_apply_is_one_trace() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    let (address, sent) = collector(Some("200 OK"));
    scenario.set("OTEL_EXPORTER_OTLP_ENDPOINT", &address);
    scenario.set("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
    scenario.set("OTEL_EXPORTER_OTLP_HEADERS", "api-key=to%20collect");
    scenario.set("OTEL_RESOURCE_ATTRIBUTES", "team=web");
    let trace = "0af7651916cd43dd8448eb211c80319c";
    scenario.set("TRACEPARENT", &format!("00-{trace}-b7ad6b7169203331-01"));
    let run = scenario.run("apply --auto-approve").exits(0);
    assert!(!run.stderr.contains("trace"), "{run}");

    let sent = sent.recv().expect("a trace");
    assert_eq!(sent.path, "/v1/traces");
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.headers["api-key"], "to collect");
    let text = String::from_utf8_lossy(&sent.body);
    assert!(!text.contains("canary"), "{text}");
    let document: Value = serde_json::from_slice(&sent.body).expect("JSON");
    let resource = &document["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name"), "tenon");
    assert_eq!(attribute(resource, "team"), "web");

    let spans = spans(&sent);
    let root = named(&spans, "tenon apply");
    assert_eq!(
        (&root["traceId"], &root["parentSpanId"]),
        (&json!(trace), &json!("b7ad6b7169203331"))
    );
    assert_eq!(root["status"]["code"], 1);
    assert_eq!(attribute(root, "tenon.deployment"), "shop");
    assert_eq!(attribute(root, "process.exit.code"), "0");
    let digest = attribute(root, "tenon.digest").as_str().expect("text");
    assert!(digest.starts_with("sha256:"), "{digest}");
    for phase in [
        "load",
        "sign in",
        "resolve images",
        "read",
        "plan",
        "preflight",
        "apply",
    ] {
        lies_within(&spans, named(&spans, phase), root);
    }
    let apply = named(&spans, "apply");
    let steps: Vec<&Value> = spans
        .iter()
        .filter(|span| span["name"] == "step create")
        .collect();
    assert_eq!(steps.len().to_string(), *attribute(root, "tenon.steps"));
    for step in &steps {
        lies_within(&spans, step, apply);
        assert_eq!(step["status"]["code"], 1);
        assert_eq!(attribute(step, "tenon.outcome"), "done");
    }
    let made = steps
        .iter()
        .find(|step| attribute(step, "tenon.address") == "vms.one");
    let made = made.expect("the machine");
    assert_eq!(attribute(made, "cloud.resource_id"), &machine("one"));
    let ids: std::collections::BTreeSet<&str> = spans
        .iter()
        .filter_map(|span| span["spanId"].as_str())
        .collect();
    assert_eq!(ids.len(), spans.len(), "each has an id of its own");
}

#[test]
fn a_step_that_fails_says_why() {
    let mut scenario = Scenario::of(&vaults(&["one", "two"]));
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "id": "*/vaults/one-vault"},
        "action": {"do": "respond", "status": 400, "code": "BadRequest", "message": "No."},
    }));
    let (address, sent) = collector(Some("200 OK"));
    scenario.set(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        &format!("{address}/own"),
    );
    scenario.set("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
    scenario.run("apply --auto-approve").exits(6);
    let sent = sent.recv().expect("a trace");
    assert_eq!(sent.path, "/own");
    let spans = spans(&sent);
    let failed: Vec<&Value> = spans
        .iter()
        .filter(|span| span["name"] == "step create" && span["status"]["code"] == 2)
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(attribute(failed[0], "tenon.address"), "resources.one");
    assert_eq!(attribute(failed[0], "error.type"), "BadRequest");
    assert_eq!(failed[0]["status"]["message"], "BadRequest: No.");
    let root = named(&spans, "tenon apply");
    assert_eq!(root["status"], json!({"code": 2, "message": "exit code 6"}));
    assert_eq!(named(&spans, "apply")["status"]["code"], 2);
}

#[test]
fn protocol_buffers_are_sent_where_nobody_says_otherwise() {
    let mut scenario = Scenario::of(&vaults(&["one"]));
    let (address, sent) = collector(Some("200 OK"));
    scenario.set("OTEL_EXPORTER_OTLP_ENDPOINT", &address);
    scenario.run("plan").exits(0);
    let sent = sent.recv().expect("a trace");
    assert_eq!(sent.headers["content-type"], "application/x-protobuf");
    let spans: Vec<&[u8]> = within(&sent.body, &[1, 2, 2]);
    let names: Vec<String> = spans
        .iter()
        .map(|span| String::from_utf8_lossy(within(span, &[5])[0]).into_owned())
        .collect();
    assert_eq!(names[0], "tenon plan");
    assert!(names.contains(&"preflight".to_owned()), "{names:?}");
    let root = within(spans[0], &[2])[0];
    for span in &spans[1..] {
        assert_eq!(within(span, &[4]), [root], "its parent");
    }
}

#[test]
fn a_collector_fails_no_run() {
    let mut scenario = Scenario::of(&vaults(&["one"]));
    let (silent, _kept) = collector(None);
    let (unwilling, _also_kept) = collector(Some("503 Service Unavailable"));
    scenario.set("OTEL_EXPORTER_OTLP_TIMEOUT", "200");
    for (endpoint, words) in [
        (&*silent, "did not answer within 200 ms"),
        (&*unwilling, "answered 503"),
        ("http://127.0.0.1:1", "cannot connect"),
        ("nonsense", "is no address"),
    ] {
        scenario.set("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
        let run = scenario.run("plan").exits(0).says(words);
        let lines = run.stderr.lines().filter(|line| line.contains("trace"));
        assert_eq!(lines.count(), 1, "{run}");
    }
    scenario.set("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    scenario.run("plan").exits(0).says("no trace is sent");
    scenario.set("OTEL_SDK_DISABLED", "true");
    scenario.run("plan").exits(0).never_says("trace");
}

/// The values of a field of nested messages of Protocol Buffers.
fn within<'a>(bytes: &'a [u8], path: &[u64]) -> Vec<&'a [u8]> {
    let Some((field, inside)) = path.split_first() else {
        return vec![bytes];
    };
    let mut rest = bytes;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let tag = varint(&mut rest);
        let length = match tag & 7 {
            0 => {
                varint(&mut rest);
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut rest)).expect("a length"),
            other => panic!("wire type {other}"),
        };
        let (value, behind) = rest.split_at(length);
        rest = behind;
        if tag >> 3 == *field {
            found.extend(within(value, inside));
        }
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().expect("a byte");
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}
