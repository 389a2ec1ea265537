//! What entries of a role allow.

use crate::Value;

/// Whether entries of `actions` and `notActions` allow an action: one has it,
/// and the same does not take it away.
/// Source: learn.microsoft.com, "Understand Azure role definitions".
#[must_use]
pub fn allow(entries: &[Value], action: &str) -> bool {
    let has = |entry: &Value, list: &str| {
        let patterns = entry.member(list).and_then(Value::as_list);
        let patterns = patterns.unwrap_or(&[]).iter().filter_map(Value::as_text);
        patterns.into_iter().any(|pattern| covers(pattern, action))
    };
    let mut entries = entries.iter();
    entries.any(|entry| has(entry, "actions") && !has(entry, "notActions"))
}

/// Whether a pattern covers an action. A star stands for anything, slashes
/// included, and `/*/` for a single slash as well: so does Managed Identity
/// Operator reach `userAssignedIdentities/assign/action`.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    matches(&pattern, &action)
        || pattern.contains("/*/") && matches(&pattern.replace("/*/", "/"), &action)
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(first) else {
        return false;
    };
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.any(|at| matches(rest, &text[at..]))
}

#[cfg(test)]
mod tests;
