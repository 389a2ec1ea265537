//! Members of bodies: finding them by dotted names, and setting them. One way for
//! the comparison and for what steps send.

use tenon_model::path::Segment;
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

/// Sets the member at a path of names, with the maps around it where they are
/// missing. What is no map stays as it is.
pub(crate) fn set(body: &mut Value, path: &Path, value: Value) {
    let mut at = body;
    let names: Vec<&str> = path
        .segments()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Member(name) => Some(name.as_str()),
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
