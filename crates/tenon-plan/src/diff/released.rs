//! What left the spec.
//!
//! The marker remembers what was managed. A property that it remembers and
//! the spec no longer has goes back to its default, or out; a tag or list
//! element that it does not remember is somebody else's, except where the
//! spec's list is the whole list.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Desired;
use tenon_model::marker::Base;
use tenon_model::path::{Segment, key_of};
use tenon_model::plan::{Cause, Expected, Op, PropertyChange};
use tenon_model::rules::{Absent, Disruption, Echo, Extra, KeyedList, Row, Same, Update};
use tenon_model::{Map, Path, Value};

use super::{Difference, cause, is_bookkeeping, remembers};

/// Properties with a place of their own.
pub(super) fn rows(
    desired: &Desired,
    live: &Value,
    base: &Base,
    named: &BTreeSet<&str>,
    out: &mut Difference,
) {
    for row in desired.rules.rows {
        let fixed_place = !row.path.contains(['[', '*']);
        if !fixed_place || named.contains(row.property) || !base.has(row.property) {
            continue;
        }
        let Ok(path) = Path::parse(row.path) else {
            continue;
        };
        if desired.ignores(row.property) {
            continue;
        }
        if row.echo == Echo::WriteOnly {
            if row.absent != Absent::Unmanaged {
                unseen(row, &path, out);
            }
            continue;
        }
        let Some(before) = path.get(live).filter(|value| !value.is_null()) else {
            continue;
        };
        // `identity` is compared as a whole.
        let apart = row.is_apart(Some(before));
        if row.same == Same::SystemAssigned || (row.absent == Absent::Unmanaged && !apart) {
            continue;
        }
        let after = row.absent.value();
        if after
            .as_ref()
            .is_some_and(|after| row.same.same(after, before))
        {
            continue;
        }
        match &after {
            Some(after) => out.defaults.push((path.clone(), after.clone())),
            None => take_out(desired, &path, out),
        }
        push(
            out,
            row.property,
            &path,
            row.same,
            Some(before),
            after,
            Cause::Default,
            if apart {
                Disruption::Replace
            } else {
                row.change
            },
        );
    }
}

/// A `PUT` leaves out what goes. A `PATCH` leaves alone what it does not name:
/// it says `null`, and of a reference that it is to nothing.
fn take_out(desired: &Desired, path: &Path, out: &mut Difference) {
    let gone = removal(path);
    match desired.rules.update {
        Update::Put => out.remove.push(gone),
        Update::Patch if gone == *path => out.defaults.push((gone, Value::Null)),
        Update::Patch => out.defaults.push((gone, Value::Map(Map::new()))),
    }
}

/// What Azure never shows: that it was applied is all that is known.
fn unseen(row: &Row, path: &Path, out: &mut Difference) {
    if let Some(after) = row.absent.value() {
        out.defaults.push((path.clone(), after));
    }
    out.paths.push(path.clone());
    out.changes.push(PropertyChange {
        path: row.property.to_owned(),
        op: Op::Remove,
        before: None,
        after: None,
        cause: Cause::Default,
        disruption: row.change,
        sensitive: true,
        place: None,
    });
}

/// Taking out the id of a reference takes out the reference; and what cannot be
/// without a name goes with its name.
pub(crate) fn removal(path: &Path) -> Path {
    let is_name = |last: &str| last == "id" || last == "name";
    match path.segments().split_last() {
        Some((Segment::Member(last), parents)) if is_name(last) && !parents.is_empty() => parents
            .iter()
            .fold(Path::root(), |path, segment| path.then(segment.clone())),
        _ => path.clone(),
    }
}

/// Tags.
pub(super) fn tags(
    desired: &Desired,
    live: &Value,
    base: &Base,
    recorded: &BTreeMap<String, Value>,
    out: &mut Difference,
) {
    // A tag of others may have the fingerprint of a property that is still
    // ours; then what the marker remembers is that one.
    let confused = |property: &str| Base::of(recorded).has(property);
    let wanted = desired.body.member("tags").and_then(Value::as_map);
    let live_tags = live.member("tags").and_then(Value::as_map);
    for (name, value) in live_tags.iter().flat_map(|tags| tags.iter()) {
        let still = wanted.is_some_and(|tags| tags.get_caseless(name).is_some());
        let property = format!("tags.{name}");
        if still
            || desired.ignores(&property)
            || is_bookkeeping(name)
            || !remembers(base, &property)
            || confused(&property)
        {
            continue;
        }
        let path = Path::root().member("tags").member(name);
        out.remove.push(path.clone());
        push(
            out,
            &property,
            &path,
            Same::Exact,
            Some(value),
            None,
            Cause::Spec,
            Disruption::Hot,
        );
    }
}

/// Members of maps that are the author's as a whole, tags left out: what the
/// spec does not name goes.
pub(super) fn maps(desired: &Desired, live: &Value, base: &Base, out: &mut Difference) {
    let maps = desired.rules.rows.iter().filter_map(|row| {
        let map = row.map_of_the_author()?;
        Some((row, Path::parse(map).ok()?))
    });
    for (row, map) in maps {
        let wanted = map.get(&desired.body);
        let there = map.get(live).and_then(Value::as_map);
        for (name, value) in there.into_iter().flat_map(tenon_model::Map::iter) {
            let property = row.property.replace('*', name);
            let named = wanted.is_some_and(|wanted| wanted.member(name).is_some());
            if named || value.is_null() || desired.ignores(&property) {
                continue;
            }
            let cause = if remembers(base, &property) || base.is_empty() {
                Cause::Spec
            } else {
                Cause::Drift
            };
            push(
                out,
                &property,
                &map.member(name),
                row.same,
                Some(value),
                None,
                cause,
                row.change,
            );
        }
    }
}

/// Elements of keyed lists, and what left the elements that stay.
pub(super) fn elements(
    desired: &Desired,
    live: &Value,
    base: &Base,
    recorded: &BTreeMap<String, Value>,
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
                let own = wanted.and_then(|items| {
                    items
                        .iter()
                        .find(|item| tenon_model::path::is_keyed(item, list.key, &key))
                });
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
        key: key.to_owned(),
        value: value.to_owned(),
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

type Memory<'a> = (&'a Base, &'a BTreeMap<String, Value>, Option<&'a [Value]>);

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
    let mut map = tenon_model::Map::new();
    for row in desired.rules.rows {
        let Some(rest) = row.path.strip_prefix(&prefix) else {
            continue;
        };
        let name = row.property.rsplit('.').next().unwrap_or(row.property);
        let names: Vec<&str> = rest.split('.').collect();
        if row.view == tenon_model::rules::View::Plain
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

#[expect(
    clippy::too_many_arguments,
    reason = "one line of a difference has this many parts"
)]
fn push(
    out: &mut Difference,
    property: &str,
    path: &Path,
    same: Same,
    before: Option<&Value>,
    after: Option<Value>,
    cause: Cause,
    disruption: Disruption,
) {
    out.expected.push(Expected {
        property: property.to_owned(),
        path: path.clone(),
        twin: None,
        same,
        value: before.cloned(),
        after: after.clone(),
        fixed: false,
    });
    out.paths.push(path.clone());
    out.changes.push(PropertyChange {
        path: property.to_owned(),
        op: if after.is_some() {
            Op::Change
        } else {
            Op::Remove
        },
        before: before.cloned(),
        after,
        cause,
        disruption,
        sensitive: false,
        place: None,
    });
}
