//! Tests of whole readings: text in, spec or problems out.

mod sections;

mod credentials;
mod examples;
mod expressions;
mod fleets;
mod formats;
mod hostile;
mod mutations;
mod overlays;
mod shapes;
mod speed;
mod syntax;
mod traps;
mod variables;

use std::fmt::Write as _;

use tenon_model::spec::{Item, Node, Spec};
use tenon_model::{Diagnostic, Later, Value};

use crate::{GivenVariable, Input, Origin, Reading, SourceFile, read};
pub(crate) use sections::SECTIONS;

/// Reads several files with variables.
pub(crate) fn reading(files: &[(&str, &str)], vars: &[(&str, &str)]) -> Reading {
    let files = files.iter().map(|(name, text)| SourceFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    let variables = vars.iter().map(|(name, text)| GivenVariable {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
        origin: Origin::Option,
    });
    let environment = |name: &str| match name {
        "USER_NAME" => Some("ada".to_owned()),
        "PORT" => Some("8080".to_owned()),
        "TRICK" => Some("${vars.x}".to_owned()),
        _ => None,
    };
    let input = Input {
        files: files.collect(),
        variables: variables.collect(),
        environment: &environment,
        default_name: "spec".to_owned(),
    };
    read(&input, SECTIONS)
}

/// Problems, one line each: code, place, message, labels, notes, helps.
pub(crate) fn problems(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for one in diagnostics {
        let _ = write!(out, "error[{}]", one.code);
        if let Some(place) = one.place() {
            let _ = write!(out, " {}:{}", place.line, place.column);
        }
        let _ = write!(out, " {}", one.message);
        for label in one.labels.iter().filter(|label| !label.message.is_empty()) {
            let _ = write!(out, " | {}", label.message);
        }
        out.push('\n');
    }
    out
}

/// Asserts what a spec of one file is, or what is wrong with it. The lines
/// `tenon: 1` and `name: t` stand before `text`, so its first line is line 3.
pub(crate) fn check(text: &str, expected: &str) {
    check_with(
        &[("t.yaml", &format!("tenon: 1\nname: t\n{text}"))],
        &[],
        expected,
    );
}

pub(crate) fn check_with(files: &[(&str, &str)], vars: &[(&str, &str)], expected: &str) {
    let reading = reading(files, vars);
    let actual = match &reading.spec {
        Some(spec) => entries(spec),
        None => problems(&reading.diagnostics),
    };
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    assert_eq!(lines(&actual), lines(expected), "\n{actual}");
}

/// The entries and outputs of a spec, one line each.
pub(crate) fn entries(spec: &Spec) -> String {
    let mut out = String::new();
    for (_, entry) in spec.all_entries() {
        let _ = writeln!(out, "{} {}", entry.address, shown(&entry.item));
    }
    for output in &spec.outputs {
        let _ = writeln!(out, "outputs.{} {}", output.name, shown(&output.item));
    }
    out
}

/// An item in flow style; texts in quotes, later values in `<>`.
pub(crate) fn shown(item: &Item) -> String {
    match &item.node {
        Node::Scalar(value) => scalar(value),
        Node::List(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Node::Map(members) => {
            let member = |member: &tenon_model::spec::Member| {
                format!("{}: {}", member.name, shown(&member.item))
            };
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Later(later) => match &**later {
            Later::Attribute { of, name } => format!("<{of}.{name}>"),
            Later::Secret { name, .. } => format!("<secret {name}>"),
            Later::Joined(parts) => {
                let parts: Vec<String> = parts.iter().map(scalar).collect();
                format!("<{}>", parts.join(" + "))
            }
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}
