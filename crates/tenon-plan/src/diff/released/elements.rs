//! What left the spec in keyed lists: elements, and members of elements that
//! stay.

use tenon_model::desired::Desired;
use tenon_model::marker::Base;
use tenon_model::path::{Segment, is_keyed, key_of};
use tenon_model::plan::Cause;
use tenon_model::rules::{Absent, Disruption, Extra, KeyedList, Same, View};
use tenon_model::{Map, Path, Value};

use super::super::{Difference, Kept, cause, remembers};
use super::{push, removal};

/// Elements of keyed lists, and what left the elements that stay.
pub(in crate::diff) fn elements(
    desired: &Desired,
    live: &Value,
    base: &Base,
    recorded: &Kept<'_>,
    out: &mut Difference,
) {
    for list in desired.rules.lists {
        for path in places(desired, live, list) {
            let wanted = path.get(&desired.body).and_then(Value::as_list);
            let there = path.get(live).and_then(Value::as_list).unwrap_or(&[]);
            for item in there {
                let Some(key) = key_of(item, list.key) else {
                    continue;
                };
                let own = wanted
                    .and_then(|items| items.iter().find(|item| is_keyed(item, list.key, &key)));
                let at = path.then(keyed(list.key, &key));
                match own {
                    Some(own) => members(desired, list, &key, (own, item), &at, base, out),
                    None => element(
                        desired,
                        list,
                        &key,
                        item,
                        &at,
                        (base, recorded, wanted),
                        out,
                    ),
                }
            }
        }
    }
}

fn keyed(key: &str, value: &str) -> Segment {
    Segment::Keyed {
        key: key.into(),
        value: value.into(),
    }
}

/// Where a list stands: once, or in every element of the list around it that
/// the spec names as well.
fn places(desired: &Desired, live: &Value, list: &KeyedList) -> Vec<Path> {
    let mut places = vec![Path::root()];
    let mut parts = list.path.split(']').peekable();
    while let Some(part) = parts.next() {
        let (names, key) = part.split_once('[').unwrap_or((part, ""));
        let names = names.split('.').filter(|name| !name.is_empty());
        let names: Vec<&str> = names.collect();
        places = places
            .iter()
            .map(|path| {
                names
                    .iter()
                    .fold(path.clone(), |path, name| path.member(name))
            })
            .collect();
        if parts.peek().is_none() {
            break;
        }
        let elements = |path: &Path| -> Vec<Path> {
            let items = path.get(live).and_then(Value::as_list).unwrap_or(&[]);
            let keys = items.iter().filter_map(|item| key_of(item, key));
            keys.map(|value| path.then(keyed(key, &value)))
                .filter(|path| path.get(&desired.body).is_some())
                .collect()
        };
        places = places.iter().flat_map(elements).collect();
    }
    places
}

type Memory<'a> = (&'a Base, &'a Kept<'a>, Option<&'a [Value]>);

/// An element that the spec does not name.
fn element(
    desired: &Desired,
    list: &KeyedList,
    key: &str,
    item: &Value,
    at: &Path,
    (base, recorded, wanted): Memory<'_>,
    out: &mut Difference,
) {
    let name = named_property(list.property, key);
    let prefix = format!("{}[{}].", list.path, list.key);
    let remembered = desired.rules.rows.iter().any(|row| {
        row.path.starts_with(&prefix)
            // A property of one name for all elements remembers none of them.
            && row.property.contains('*')
            && remembers_element(base, list, &named_property(row.property, key), &name)
    });
    let whole_list = list.extra == Extra::Remove && wanted.is_some();
    if !remembered && !whole_list || desired.ignores(&name) {
        return;
    }
    let cause = if remembered {
        Cause::Spec
    } else {
        cause(&name, base, recorded)
    };
    // Nobody remembers it, so somebody else added it.
    let cause = if remembered || base.is_empty() {
        cause
    } else {
        Cause::Drift
    };
    out.remove.push(at.clone());
    push(
        out,
        &name,
        at,
        Same::Exact,
        Some(item),
        None,
        cause,
        Disruption::Hot,
    );
    // A step expects the element as it is; people want to see what they know.
    if let Some(change) = out.changes.last_mut() {
        change.before = Some(shown(desired, list, item));
    }
}

/// The name of a property of the element `key`.
fn named_property(property: &str, key: &str) -> String {
    property.replace('*', key.rsplit('/').next().unwrap_or(key))
}

/// Whether the marker remembers an element by its property. Where elements
/// that nobody remembers stay, the memory must be of this very element: by
/// itself, or in one with its other properties.
fn remembers_element(base: &Base, list: &KeyedList, property: &str, element: &str) -> bool {
    match list.extra {
        Extra::Remove => base.has(property),
        Extra::Keep => remembers(base, property) || remembers(base, element),
    }
}

/// An element as people want to see it: the members that have a name.
fn shown(desired: &Desired, list: &KeyedList, item: &Value) -> Value {
    let prefix = format!("{}[{}].", list.path, list.key);
    let mut map = Map::new();
    for row in desired.rules.rows {
        let Some(rest) = row.path.strip_prefix(&prefix) else {
            continue;
        };
        let name = row.property.rsplit('.').next().unwrap_or(row.property);
        let names: Vec<&str> = rest.split('.').collect();
        if row.view == View::Plain
            && let Some(value) = item.at(&names)
        {
            map.insert(name, value.clone());
        }
    }
    Value::Map(map)
}

/// What left an element that stays.
fn members(
    desired: &Desired,
    list: &KeyedList,
    key: &str,
    (own, item): (&Value, &Value),
    at: &Path,
    base: &Base,
    out: &mut Difference,
) {
    let prefix = format!("{}[{}].", list.path, list.key);
    for row in desired.rules.rows {
        let Some(rest) = row.path.strip_prefix(&prefix) else {
            continue;
        };
        let names: Vec<&str> = rest.split('.').collect();
        let property = named_property(row.property, key);
        let released = row.absent == Absent::Removed && own.at(&names).is_none();
        if !released || desired.ignores(&property) || !base.has(&property) {
            continue;
        }
        let Some(before) = item.at(&names).filter(|value| !value.is_null()) else {
            continue;
        };
        let path = names
            .iter()
            .fold(at.clone(), |path, name| path.member(name));
        out.remove.push(removal(&path));
        push(
            out,
            &property,
            &path,
            row.same,
            Some(before),
            None,
            Cause::Spec,
            row.change,
        );
    }
}
