//! A timeline in the Trace Event Format, which `chrome://tracing` and Perfetto
//! load: one row for each resource, in microseconds since the run began.

use serde_json::{Value, json};

use super::{End, Piece, Timeline};
use crate::run::verb;

/// Returns the document, one event on each line.
pub(crate) fn write(timeline: &Timeline) -> String {
    let mut events = vec![named("process_name", 0, &timeline.title())];
    let mut rows: Vec<&str> = Vec::new();
    for row in &timeline.rows {
        for piece in &row.pieces {
            // Steps of one resource follow each other, so their bars nest.
            let name = piece.address.as_str();
            let known = rows.iter().position(|row| *row == name);
            let at = known.unwrap_or_else(|| {
                rows.push(name);
                events.push(named("thread_name", rows.len(), name));
                rows.len() - 1
            });
            events.push(event(piece, at + 1));
        }
    }
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    format!(
        "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n",
        lines.join(",\n")
    )
}

fn named(what: &str, row: usize, name: &str) -> Value {
    json!({"name": what, "ph": "M", "pid": 1, "tid": row, "args": {"name": name}})
}

fn event(piece: &Piece, row: usize) -> Value {
    let (ended, code) = match &piece.end {
        End::Done => ("done", None),
        End::Stood => ("already_done", None),
        End::Failed(code) => ("failed", Some(code)),
        End::Open => ("unknown", None),
    };
    let mut args = json!({"step": piece.step, "ended": ended});
    if let Some(code) = code {
        args["code"] = json!(code);
    }
    json!({
        "name": piece.said(), "cat": verb(piece.does), "ph": "X", "pid": 1, "tid": row,
        "ts": piece.from * 1_000, "dur": (piece.to - piece.from) * 1_000, "args": args,
    })
}
