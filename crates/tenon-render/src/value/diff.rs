//! What became of a value, in as few rows as tell it.

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};
use tenon_model::{Map, Value};

use super::{Ids, inline, quoted};

/// The lines around a changed line of a text.
const AROUND: usize = 1;

/// What became of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// One value became another; none where nothing stood or will stand.
    Pair(Option<String>, Option<String>),
    /// Elements of a list went and came.
    Elements(Vec<(char, String)>),
    /// Lines of a text went and came.
    Lines(Vec<(char, String)>),
}

/// Adds a row for everything that differs below `path`.
pub(crate) fn diff(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    ids: Ids,
    out: &mut Vec<(String, Seen)>,
) {
    let seen = match (before, after) {
        (Some(Value::Map(before)), Some(Value::Map(after))) => {
            return diff_maps(path, before, after, ids, out);
        }
        (Some(Value::List(before)), Some(Value::List(after))) => {
            if let (Some(before), Some(after)) = (by_name(before), by_name(after)) {
                return diff_maps(path, &before, &after, ids, out);
            }
            elements(before, after, ids)
        }
        (Some(Value::Text(before)), Some(Value::Text(after)))
            if before.contains('\n') || after.contains('\n') =>
        {
            lines(before, after)
        }
        _ => pair(before, after, ids),
    };
    out.push((path.to_owned(), seen));
}

fn pair(before: Option<&Value>, after: Option<&Value>, ids: Ids) -> Seen {
    let show = |ids| {
        (
            before.map(|v| inline(v, ids)),
            after.map(|v| inline(v, ids)),
        )
    };
    let (mut old, mut new) = show(ids);
    if old == new {
        (old, new) = show(Ids::Whole);
    }
    Seen::Pair(old, new)
}

fn diff_maps(path: &str, before: &Map, after: &Map, ids: Ids, out: &mut Vec<(String, Seen)>) {
    let mut names: Vec<&str> = before.names().chain(after.names()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old != new {
            diff(&member(path, name), old, new, ids, out);
        }
    }
}

fn member(path: &str, name: &str) -> String {
    if name.is_empty() || name.contains(['.', '[', ']', '"']) {
        format!("{path}.\"{name}\"")
    } else {
        format!("{path}.{name}")
    }
}

/// The elements by their names, if every one has a name of its own.
fn by_name(list: &[Value]) -> Option<Map> {
    let mut map = Map::with_capacity(list.len());
    for item in list {
        let name = item.member("name")?.as_text()?;
        if map.insert(name, item.clone()).is_some() {
            return None;
        }
    }
    Some(map)
}

fn elements(before: &[Value], after: &[Value], ids: Ids) -> Seen {
    let show = |list: &[Value], ids| -> Vec<String> {
        list.iter().map(|item| inline(item, ids)).collect()
    };
    let (mut old, mut new) = (show(before, ids), show(after, ids));
    if old == new {
        (old, new) = (show(before, Ids::Whole), show(after, Ids::Whole));
    }
    let mut sorted = (old.clone(), new.clone());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    if sorted.0 == sorted.1 {
        // Only the order: the signs of a diff would look like loss.
        return Seen::Pair(
            Some(format!("[{}]", old.join(", "))),
            Some(format!("[{}]", new.join(", "))),
        );
    }
    let mut changed = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if !matches!(op, DiffOp::Equal { .. }) {
            let gone = old[op.old_range()].iter().map(|item| ('-', item.clone()));
            changed.extend(gone);
            let come = new[op.new_range()].iter().map(|item| ('+', item.clone()));
            changed.extend(come);
        }
    }
    Seen::Elements(changed)
}

fn lines(before: &str, after: &str) -> Seen {
    let diff = TextDiff::from_lines(before, after);
    let mut out = Vec::new();
    for (index, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            out.push((' ', "…".to_owned()));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let line = change.value().trim_end_matches(['\n', '\r']);
            out.push((sign, line.to_owned()));
        }
    }
    if out.is_empty() {
        return Seen::Pair(Some(quoted(before)), Some(quoted(after)));
    }
    Seen::Lines(out)
}
