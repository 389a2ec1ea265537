//! Several files become one tree.
//!
//! A later file changes an earlier one the way JSON Merge Patch says (RFC
//! 7396): maps merge, scalars and lists replace, nothing removes. Every node
//! keeps the place where it was written, so a message points at the file that
//! has the last word.

use std::collections::HashMap;
use std::rc::Rc;

use crate::yaml::{Data, Node, Pair};

/// Maps up to this size are searched, larger ones indexed.
const SMALL: usize = 16;

/// Changes `base` by `patch`.
pub(crate) fn apply<'t>(base: &mut Node<'t>, patch: Node<'t>) {
    match (&mut base.data, patch.data) {
        (Data::Map(pairs), Data::Map(changes)) => apply_map(Rc::make_mut(pairs), &changes),
        (_, data) => {
            let mut node = Node { data, ..patch };
            strip(&mut node);
            *base = node;
        }
    }
}

fn apply_map<'t>(pairs: &mut Vec<Pair<'t>>, changes: &[Pair<'t>]) {
    let index: HashMap<String, usize> = if pairs.len() > SMALL && changes.len() > 1 {
        let numbered = pairs.iter().enumerate();
        numbered
            .map(|(index, pair)| (pair.key.to_string(), index))
            .collect()
    } else {
        HashMap::new()
    };
    let known = pairs.len();
    let mut removed = Vec::new();
    for change in changes {
        let found = if index.is_empty() {
            pairs[..known]
                .iter()
                .position(|pair| *pair.key == *change.key)
        } else {
            index.get(&*change.key).copied()
        };
        match found {
            Some(found) if change.value.is_null() => removed.push(found),
            Some(found) => apply(&mut pairs[found].value, change.value.clone()),
            None if change.value.is_null() => {}
            None => {
                let mut added = change.clone();
                strip(&mut added.value);
                pairs.push(added);
            }
        }
    }
    if removed.is_empty() {
        return;
    }
    removed.sort_unstable();
    let mut removed = removed.into_iter().peekable();
    let mut index = 0;
    pairs.retain(|_| {
        index += 1;
        removed.next_if_eq(&(index - 1)).is_none()
    });
}

/// Takes the nothings out of a map that a patch adds: there is nothing that
/// they could remove.
fn strip(node: &mut Node<'_>) {
    let Data::Map(pairs) = &mut node.data else {
        return;
    };
    let concerned = |pair: &Pair<'_>| pair.value.is_null() || !pair.value.pairs().is_empty();
    if !pairs.iter().any(concerned) {
        return;
    }
    let pairs = Rc::make_mut(pairs);
    pairs.retain(|pair| !pair.value.is_null());
    for pair in pairs {
        strip(&mut pair.value);
    }
}
