//! Writes a spec: an outline becomes YAML that reads like one of a person.
//!
//! Small maps and lists stand on one line, the rest in blocks; text is quoted
//! only where it would be read as something else. `${` that is meant as text is
//! written so that it stays text.

use tenon_model::Value;
use tenon_model::outline::{Line, Outline, Written};

use crate::yaml::core;

/// How long a line with a map or a list in it may get.
const WIDTH: usize = 100;
/// Columns of a level.
const STEP: usize = 2;
/// From this depth on small maps stand on one line: keys of entries.
const FLOW_FROM: usize = 3;

/// Returns the text of a spec.
#[must_use]
pub fn compose(outline: &Outline) -> String {
    let mut out = String::new();
    block(outline, 0, &mut out);
    out
}

fn block(outline: &Outline, depth: usize, out: &mut String) {
    let indent = " ".repeat(depth * STEP);
    for (index, line) in outline.lines().iter().enumerate() {
        let is_section = depth == 0 && matches!(line.value, Written::Map(_));
        if index > 0 && (is_section || (depth == 0 && !line.remarks.is_empty())) {
            out.push('\n');
        }
        for remark in &line.remarks {
            out.push_str(&format!("{indent}# {}\n", one_line(remark)));
        }
        self::line(line, depth, &indent, out);
    }
}

fn line(line: &Line, depth: usize, indent: &str, out: &mut String) {
    let key = text(&line.key, Context::Block);
    let flow = flow(&line.value);
    let room = WIDTH.saturating_sub(indent.len() + key.len() + 2);
    let has_remarks = |map: &Outline| map.lines().iter().any(|line| !line.remarks.is_empty());
    let one_line = match &line.value {
        Written::Scalar(_) | Written::Expression(_) => true,
        Written::List(items) => flow.len() <= room && items.iter().all(is_single),
        Written::Map(map) => {
            map.is_empty()
                || (depth + 1 >= FLOW_FROM || line.key == "tags" || line.key == "resource_group")
                    && flow.len() <= room
                    && is_flat(map)
                    && !has_remarks(map)
        }
    };
    if one_line {
        let value = match &line.value {
            Written::Scalar(value) => scalar(value, Context::Block),
            _ => flow,
        };
        out.push_str(&format!("{indent}{key}: {value}\n"));
        return;
    }
    out.push_str(&format!("{indent}{key}:\n"));
    match &line.value {
        Written::Map(map) => block(map, depth + 1, out),
        Written::List(items) => list(items, depth + 1, out),
        Written::Scalar(_) | Written::Expression(_) => {}
    }
}

fn is_single(value: &Written) -> bool {
    matches!(value, Written::Scalar(_) | Written::Expression(_))
}

/// A list with maps or long texts in it, an element a line.
fn list(items: &[Written], depth: usize, out: &mut String) {
    let indent = " ".repeat(depth * STEP);
    for item in items {
        match item {
            Written::Scalar(value) => {
                out.push_str(&format!("{indent}- {}\n", scalar(value, Context::Block)));
            }
            Written::Map(map) if flow(item).len() + indent.len() > WIDTH && !map.is_empty() => {
                let mut element = String::new();
                block(map, depth + 1, &mut element);
                let inner = " ".repeat((depth + 1) * STEP);
                let element = element.strip_prefix(&inner).unwrap_or(&element);
                out.push_str(&format!("{indent}- {element}"));
            }
            other => out.push_str(&format!("{indent}- {}\n", flow(other))),
        }
    }
}

/// Whether no map of a map holds another one.
fn is_flat(map: &Outline) -> bool {
    map.lines().iter().all(|line| match &line.value {
        Written::List(items) => items.iter().all(is_single),
        Written::Map(_) => false,
        single => is_single(single),
    })
}

fn flow(value: &Written) -> String {
    match value {
        Written::Scalar(value) => scalar(value, Context::Flow),
        Written::Expression(name) => format!("\"${{{name}}}\""),
        Written::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Written::Map(map) => {
            let lines = map.lines().iter();
            let pairs = lines
                .map(|line| format!("{}: {}", text(&line.key, Context::Flow), flow(&line.value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// What stands around a scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// Nothing but its key.
    Block,
    /// Braces and commas.
    Flow,
}

fn scalar(value: &Value, context: Context) -> String {
    match value {
        Value::Text(text) => self::text(text, context),
        other => other.to_plain_text(),
    }
}

fn text(text: &str, context: Context) -> String {
    if is_plain(text, context) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Whether a text can stand without quotes and is read as itself.
fn is_plain(text: &str, context: Context) -> bool {
    let first = text.chars().next();
    let safe = |letter: char| letter.is_ascii_alphanumeric() || "/._-+@()".contains(letter);
    let inside = |letter: char| {
        safe(letter)
            || letter == ' '
            || (letter == '=' || letter == '*') && context == Context::Block
    };
    let reads_otherwise = core::boolean(text).is_some()
        || core::whole(text).is_some()
        || core::fraction(text).is_some()
        || ["null", "~", "yes", "no", "on", "off", "y", "n"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(text));
    first.is_some_and(|first| first.is_ascii_alphanumeric() || first == '/' || first == '.')
        && text.chars().all(inside)
        && text.trim() == text
        && !reads_otherwise
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.replace("${", "$${").chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04x}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
