//! What left the spec.
//!
//! The marker remembers what was managed. A property that it remembers and
//! the spec no longer has goes back to its default, or out; a tag or list
//! element that it does not remember is somebody else's, except where the
//! spec's list is the whole list.

use std::collections::BTreeSet;

use tenon_model::desired::Desired;
use tenon_model::marker::Base;
use tenon_model::path::Segment;
use tenon_model::plan::{Cause, Expected, Op, PropertyChange};
use tenon_model::rules::{Absent, Disruption, Echo, Row, Same, Update};
use tenon_model::{Map, Path, Value};

use super::{Difference, Kept, is_bookkeeping, remembers};

mod elements;

pub(super) use elements::elements;

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
    recorded: &Kept<'_>,
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
        for (name, value) in there.into_iter().flat_map(Map::iter) {
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
