//! Keys that stand twice in one map.
//!
//! YAML readers that keep the last one silently are how an overlay of rules
//! loses a rule; here it is an error that shows both.

use std::collections::HashMap;

use tenon_model::{Code, Diagnostic};

use super::node::Pair;
use crate::findings::Findings;
use crate::source::{Files, Span};

/// Maps up to this size are compared pair by pair.
const SMALL: usize = 16;

/// Reports keys that stand twice and keeps the first of each.
pub(crate) fn remove(pairs: &mut Vec<Pair<'_>>, files: &Files<'_>, findings: &mut Findings) {
    let twice = if pairs.len() <= SMALL {
        by_pairs(pairs)
    } else {
        by_hash(pairs)
    };
    for &(second, first) in &twice {
        findings.push(duplicate_key(
            &pairs[second].key,
            pairs[second].span,
            pairs[first].span,
            files,
        ));
    }
    let mut drop = twice.iter().map(|&(second, _)| second).peekable();
    let mut index = 0;
    pairs.retain(|_| {
        index += 1;
        drop.next_if_eq(&(index - 1)).is_none()
    });
}

/// Returns the message for a key that is there already.
fn duplicate_key(key: &str, second: Span, first: Span, files: &Files<'_>) -> Diagnostic {
    let key = crate::words::shown(key);
    Diagnostic::error(Code::DuplicateKey, format!("the key {key} stands twice"))
        .at(&files.place(second), "again here")
        .context(&files.place(first), "first here")
        .help(tenon_model::Help::text(format!(
            "keep one of the two {key}, or give one of them another name"
        )))
}

fn by_pairs(pairs: &[Pair<'_>]) -> Vec<(usize, usize)> {
    let first = |second: usize| {
        pairs[..second]
            .iter()
            .position(|pair| *pair.key == *pairs[second].key)
    };
    (1..pairs.len())
        .filter_map(|second| Some((second, first(second)?)))
        .collect()
}

fn by_hash(pairs: &[Pair<'_>]) -> Vec<(usize, usize)> {
    let mut seen = HashMap::with_capacity(pairs.len());
    let mut twice = Vec::new();
    for (second, pair) in pairs.iter().enumerate() {
        if let Some(&first) = seen.get(&*pair.key) {
            twice.push((second, first));
        } else {
            seen.insert(&*pair.key, second);
        }
    }
    twice
}
