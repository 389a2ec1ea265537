//! Values as people read them.
//!
//! Text stands without quotes unless it could be taken for something else. A
//! value that is known later shows where it will come from, a secret shows its
//! name. Ids are shortened in the middle where the depth allows it.

use tenon_model::value::Later;
use tenon_model::{Map, Path, Value};

mod diff;

pub(crate) use diff::{Seen, diff};

/// How long ids are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// Subscription, type and name.
    Short,
    /// As they are.
    Whole,
}

/// Returns a value on one line.
pub(crate) fn inline(value: &Value, ids: Ids) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) if ids == Ids::Short && is_id(text) => short_id(text),
        Value::Text(text) => quoted(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, ids)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => inline_map(map, ids),
        Value::Later(later) => known_later(later),
    }
}

fn inline_map(map: &Map, ids: Ids) -> String {
    let members: Vec<String> = map
        .iter()
        .map(|(name, value)| format!("{}: {}", quoted(name), inline(value, ids)))
        .collect();
    format!("{{{}}}", members.join(", "))
}

/// Returns where a value will come from: `‹vms.web-1.nic.private_ip_address›`,
/// `(secret db-password)`.
pub(crate) fn known_later(later: &Later) -> String {
    match later {
        Later::Attribute { of, name } => format!("‹{of}.{name}›"),
        Later::Live { of, path } => format!("‹{of}.{}›", last_name(path)),
        Later::Secret { name, .. } => format!("(secret {name})"),
        Later::SshPublicKey { private_key } => format!("(public key of {private_key})"),
        Later::Clock { after } => format!("(time of apply + {after} s)"),
        Later::Joined(parts) => parts
            .iter()
            .map(|part| match part {
                Value::Later(part) => known_later(part),
                part => part.to_plain_text(),
            })
            .collect(),
    }
}

/// The last member of a path in the form of the spec's words.
fn last_name(path: &Path) -> String {
    use tenon_model::path::Segment;
    let name = path
        .segments()
        .iter()
        .rev()
        .find_map(|segment| match segment {
            Segment::Member(name) => Some(&**name),
            _ => None,
        });
    snake(name.unwrap_or("body"))
}

/// `privateIPAddress` is `private_ip_address`.
fn snake(name: &str) -> String {
    let signs: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, sign) in signs.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| signs[index]);
        let next = signs.get(index + 1);
        let starts_word = before.is_some_and(|sign| !sign.is_uppercase() && sign != '_')
            || before.is_some() && next.is_some_and(|sign| sign.is_lowercase());
        if sign.is_uppercase() && starts_word {
            out.push('_');
        }
        out.extend(sign.to_lowercase());
    }
    out
}

/// Returns `text`, in quotes if it could be taken for something else than the
/// text it is.
pub(crate) fn quoted(text: &str) -> String {
    if is_clear(text) {
        text.to_owned()
    } else {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
    }
}

fn is_clear(text: &str) -> bool {
    let like_other = text.parse::<f64>().is_ok()
        || ["true", "false", "null", "yes", "no", "on", "off", "~"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    let edges = text.trim() != text || text.starts_with(['"', '\'', '[', '{', '(', '‹', '<']);
    let inside = ["→", "->", ", ", ": ", "\n", "\t", "  "];
    !text.is_empty() && !like_other && !edges && !inside.iter().any(|sign| text.contains(sign))
}

fn is_id(text: &str) -> bool {
    text.len() > 48 && text.starts_with("/subscriptions/")
}

/// `/subscriptions/3333…/subnets/app`: enough to know which, short enough for
/// a line.
pub(crate) fn short_id(text: &str) -> String {
    let mut parts = text.rsplitn(3, '/');
    let (Some(name), Some(kind), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return text.to_owned();
    };
    let subscription = rest.split('/').nth(2).unwrap_or("");
    let first: String = subscription.chars().take(4).collect();
    format!("/subscriptions/{first}…/{kind}/{name}")
}

#[cfg(test)]
mod tests;
