//! Reading and writing places inside JSON bodies by dotted path.
//!
//! Azure's bodies are deep and mostly optional, so every handler would
//! otherwise be a ladder of `if let`. Paths name members only; arrays are
//! walked by the caller.

use serde_json::{Map, Value};

/// The value at a dotted path; explicit nulls count as absent.
pub(crate) fn get<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut here = value;
    for member in path.split('.') {
        here = here.get(member)?;
    }
    (!here.is_null()).then_some(here)
}

pub(crate) fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    get(value, path)?.as_str()
}

pub(crate) fn number(value: &Value, path: &str) -> Option<i64> {
    get(value, path)?.as_i64()
}

pub(crate) fn truth(value: &Value, path: &str) -> Option<bool> {
    get(value, path)?.as_bool()
}

/// The elements of the array at a path; nothing when there is none.
pub(crate) fn items<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    get(value, path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

pub(crate) fn items_mut<'v>(value: &'v mut Value, path: &str) -> &'v mut [Value] {
    match get_mut(value, path).and_then(Value::as_array_mut) {
        Some(items) => items.as_mut_slice(),
        None => &mut [],
    }
}

/// The members of the object at a path, in order.
pub(crate) fn members<'v>(
    value: &'v Value,
    path: &str,
) -> impl Iterator<Item = (&'v String, &'v Value)> {
    get(value, path)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

pub(crate) fn get_mut<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    let mut here = value;
    for member in path.split('.') {
        here = here.get_mut(member)?;
    }
    (!here.is_null()).then_some(here)
}

/// Puts a value at a path and makes the objects that lead there.
pub(crate) fn set(value: &mut Value, path: &str, new: impl Into<Value>) {
    let mut here = value;
    for member in path.split('.') {
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Value::Object(map) = here else { return };
        here = map.entry(member).or_insert(Value::Null);
    }
    *here = new.into();
}

/// Puts a value at a path unless something stands there.
pub(crate) fn default(value: &mut Value, path: &str, new: impl Into<Value>) {
    if get(value, path).is_none() {
        set(value, path, new);
    }
}

/// Takes the value at a path out of the body.
pub(crate) fn take(value: &mut Value, path: &str) -> Option<Value> {
    let (parent, last) = match path.rsplit_once('.') {
        Some((parent, last)) => (get_mut(value, parent)?, last),
        None => (value, path),
    };
    parent.as_object_mut()?.remove(last)
}

/// Lays `patch` over `target`: objects merge, everything else replaces, null removes.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            map.remove(name);
        } else {
            merge(map.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// Fills in from `old` what `new` does not say: objects member by member.
pub(crate) fn fill(new: &mut Value, old: &Value) {
    let (Value::Object(new), Value::Object(old)) = (new, old) else {
        return;
    };
    for (name, before) in old {
        match new.get_mut(name) {
            Some(now) if now.is_object() => fill(now, before),
            Some(_) => {}
            None => {
                new.insert(name.clone(), before.clone());
            }
        }
    }
}

/// True when both texts are the same apart from ASCII case.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

/// A location as Azure keys it: lower case without spaces.
pub(crate) fn plain_location(location: &str) -> String {
    location
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase()
}
