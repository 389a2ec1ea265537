//! Members of bodies: finding them by dotted names, and setting them. One way for
//! the comparison and for what steps send.

use tenon_model::path::{Segment, key_of};
use tenon_model::{Path, Value};

/// The names of a dotted path.
pub(crate) fn names(dotted: &str) -> Vec<&str> {
    dotted.split('.').collect()
}

/// A dotted path as a path.
pub(crate) fn path(dotted: &str) -> Path {
    let names = names(dotted).into_iter();
    names.fold(Path::root(), |path, name| path.member(name))
}

/// What stands in a body where rows say `a.b[key].c`: once for each element.
pub(crate) fn found<'b>(body: &'b Value, pattern: &str) -> Vec<(Path, &'b Value)> {
    let mut found = vec![(Path::root(), body)];
    for part in pattern.split('.') {
        let (name, key) = match part.split_once('[') {
            Some((name, key)) => (name, key.strip_suffix(']')),
            None => (part, None),
        };
        found = found
            .into_iter()
            .filter_map(|(path, value)| Some((path.member(name), value.member(name)?)))
            .flat_map(|(path, value)| match key {
                Some(key) => elements(&path, value, key),
                None => vec![(path, value)],
            })
            .collect();
    }
    found
}

fn elements<'b>(list: &Path, value: &'b Value, key: &str) -> Vec<(Path, &'b Value)> {
    let items = value.as_list().unwrap_or(&[]).iter();
    items
        .filter_map(|item| {
            let segment = Segment::Keyed {
                key: key.into(),
                value: key_of(item, key)?.into(),
            };
            Some((list.then(segment), item))
        })
        .collect()
}

/// Sets the member at a path of names, with the maps around it where they are
/// missing. What is no map stays as it is.
pub(crate) fn set(body: &mut Value, path: &Path, value: Value) {
    let mut at = body;
    let names: Vec<&str> = path
        .segments()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Member(name) => Some(&**name),
            _ => None,
        })
        .collect();
    let Some((last, parents)) = names.split_last() else {
        return;
    };
    for name in parents {
        let Some(map) = at.as_map_mut() else { return };
        at = map.entry_map(name);
    }
    if let Some(map) = at.as_map_mut() {
        map.insert(last, value);
    }
}
