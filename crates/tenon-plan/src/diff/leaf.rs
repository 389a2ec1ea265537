//! One property: the same, or not.

use std::borrow::Cow;
use tenon_model::desired::Desired;
use tenon_model::marker::{Base, Recorded};
use tenon_model::path::Segment;
use tenon_model::plan::{Expected, Op, PropertyChange};
use tenon_model::rules::{Disruption, Same};
use tenon_model::{Later, Path, Value};

use super::{
    Difference, Elsewhere, Kept, Leaf, cause, disruption, is_generated_key, is_secret, recalls,
};

pub(super) fn compare(
    leaf: &Leaf<'_>,
    desired: &Desired,
    live: &Value,
    base: &Base,
    recorded: &Kept<'_>,
    out: &mut Difference,
) {
    if leaf.is_write_only() || is_secret(leaf.value) {
        write_only(leaf, desired, base, recorded, out);
        return;
    }
    let before = live_value(leaf, live);
    let same = leaf.same();
    let mut unchanged = is_same(leaf, before, same, base, recorded)
        || moved_by_azure(leaf, desired, before, base, recorded);
    if !unchanged && let Some(version) = super::image::stays(leaf, desired, before) {
        unchanged = true;
        out.stays = version;
    }
    replaced_twin(leaf, live, out);
    let comes_along = leaf.is_plumbing() && is_of_new_element(leaf, live);
    if !unchanged && !comes_along && is_undecided(leaf, desired, before) {
        out.undecided.push(leaf.property.clone());
        out.expected.push(Expected {
            fixed: true,
            ..expected(leaf, before, same)
        });
        return;
    }
    let changes = !unchanged && !comes_along && !cannot_tell(leaf, before);
    let kept_on = leaf.row.and_then(|row| Some((row, row.kept_on?)));
    if kept_on.is_none() && (changes || !leaf.is_plumbing()) {
        out.expected.push(expected(leaf, before, same));
    }
    if !changes {
        return;
    }
    let gone = leaf.row.map(|row| row.gone);
    out.gone
        .extend(gone.and_then(|gone| gone.with(before, leaf.value)));
    match kept_on {
        Some((row, at)) => out.elsewhere.push(Elsewhere {
            at,
            before: before.cloned(),
            row,
            value: leaf.value.clone(),
        }),
        None => out.paths.push(leaf.path.clone()),
    }
    out.changes.push(PropertyChange {
        path: leaf.property.clone(),
        op: match (before, after(leaf)) {
            (Some(_), None) => Op::Remove,
            (Some(_), Some(_)) => Op::Change,
            (None, _) => Op::Add,
        },
        before: before.cloned(),
        after: after(leaf),
        cause: cause(&leaf.property, base, recorded),
        disruption: disruption(leaf, desired, before),
        sensitive: false,
        place: place(leaf, desired),
    });
}

/// The leaf of a tag with the spelling that its name has in Azure as its other
/// place: names of tags have no case.
pub(super) fn spelled<'l, 'a>(leaf: &'l Leaf<'a>, live: &Value) -> Cow<'l, Leaf<'a>> {
    let Some(Segment::Member(name)) = leaf.path.segments().last().filter(|_| leaf.is_tag()) else {
        return Cow::Borrowed(leaf);
    };
    let tags = live.member("tags").and_then(Value::as_map);
    let spelled = tags.and_then(|tags| tags.get_caseless(name));
    match spelled {
        Some((spelled, _)) if *spelled != **name => Cow::Owned(Leaf {
            twin: Some(Path::root().member("tags").member(spelled)),
            ..leaf.clone()
        }),
        _ => Cow::Borrowed(leaf),
    }
}

pub(super) fn place(leaf: &Leaf<'_>, desired: &Desired) -> Option<tenon_model::Place> {
    desired.places.get(&leaf.property).cloned()
}

/// Whether the leaf belongs to an element of a list that is not live: the
/// element is written as a whole.
fn is_of_new_element(leaf: &Leaf<'_>, live: &Value) -> bool {
    let segments = leaf.path.segments();
    let last_key = segments
        .iter()
        .rposition(|segment| matches!(segment, Segment::Keyed { .. }));
    last_key.is_some_and(|at| leaf.path.start(at + 1).get(live).is_none())
}

/// The live value of a property, in whichever form Azure shows it. An empty
/// list beside the other form is an echo, not a value.
pub(super) fn live_value<'a>(leaf: &Leaf<'_>, live: &'a Value) -> Option<&'a Value> {
    let found = leaf.path.get(live).filter(|value| !is_empty(value));
    found
        .or_else(|| {
            leaf.twin
                .as_ref()?
                .get(live)
                .filter(|value| !is_empty(value))
        })
        .or_else(|| leaf.path.get(live))
        .filter(|value| !value.is_null())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

fn is_same(
    leaf: &Leaf<'_>,
    before: Option<&Value>,
    same: Same,
    base: &Base,
    recorded: &Kept<'_>,
) -> bool {
    let Some(before) = before else {
        // Azure leaves some defaults out. A tag without a value is a tag.
        let default = leaf.row.and_then(|row| row.absent.value());
        return is_empty(leaf.value) && !leaf.is_tag()
            || default.is_some_and(|default| same.same(leaf.value, &default));
    };
    if same.same(leaf.value, before) {
        return true;
    }
    if leaf.row.is_some() {
        return false;
    }
    // Of a type without rows nobody knows which texts are free and which are
    // words of Azure's, echoed in other case. What was applied like this and
    // differs only in case has not moved.
    covers(leaf.value, before, Same::Exact)
        || (covers(leaf.value, before, Same::Caseless)
            && base.compare(&leaf.property, recorded) == Recorded::Same)
}

/// Whether Azure itself may have moved it, and the spec did not.
fn moved_by_azure(
    leaf: &Leaf<'_>,
    desired: &Desired,
    before: Option<&Value>,
    base: &Base,
    recorded: &Kept<'_>,
) -> bool {
    before.is_some()
        && desired
            .moved_by_azure
            .iter()
            .any(|path| leaf.path.is_within(path))
        && base.compare(&leaf.property, recorded) == Recorded::Same
}

/// The value of which a marker keeps a fingerprint. A secret has none; where
/// secrets are parts of a value that Azure never shows, it is that of the value
/// with their names.
pub(super) fn known<'l>(leaf: &'l Leaf<'_>) -> Option<Cow<'l, Value>> {
    if !leaf.value.has_later() {
        return Some(Cow::Borrowed(leaf.value));
    }
    let is_whole = matches!(leaf.value, Value::Map(_) | Value::List(_));
    if !leaf.is_write_only() || !is_whole {
        return None;
    }
    let named = leaf.value.try_resolve(&mut |later| match later {
        Later::Secret { name, .. } => Ok(Value::Text(format!("${{secrets.{name}}}"))),
        _ => Err(()),
    });
    named.ok().map(Cow::Owned)
}

/// Whether `live` has everything that `wanted` has; more does not matter.
fn covers(wanted: &Value, live: &Value, same: Same) -> bool {
    match (wanted, live) {
        (Value::Map(wanted), Value::Map(live)) => wanted.iter().all(|(name, value)| {
            live.get_caseless(name)
                .map_or(is_empty(value), |(_, live)| covers(value, live, same))
        }),
        (Value::List(wanted), Value::List(live)) => {
            wanted.len() == live.len()
                && wanted
                    .iter()
                    .zip(live)
                    .all(|(wanted, live)| covers(wanted, live, same))
        }
        (Value::Text(text), _) if text.starts_with("/subscriptions/") => {
            Same::Id.same(wanted, live)
        }
        _ => same.same(wanted, live),
    }
}

/// Values that apply will learn cannot be compared. Where a change would take
/// a replace, nothing is planned on a guess: apply compares, and stops there.
fn is_undecided(leaf: &Leaf<'_>, desired: &Desired, before: Option<&Value>) -> bool {
    leaf.value.has_later()
        && before.is_some()
        && !is_generated_key(leaf.value)
        && disruption(leaf, desired, before) == Disruption::Replace
}

/// A key that was generated is the one that is there.
fn cannot_tell(leaf: &Leaf<'_>, before: Option<&Value>) -> bool {
    before.is_some() && is_generated_key(leaf.value)
}

/// What Azure never shows is compared with the fingerprint of what was sent.
fn write_only(
    leaf: &Leaf<'_>,
    desired: &Desired,
    base: &Base,
    recorded: &Kept<'_>,
    out: &mut Difference,
) {
    let op = match base.compare(&leaf.property, recorded) {
        _ if !recorded.contains_key(&leaf.property) => return,
        Recorded::Other if recalls(recorded, &leaf.property) => Op::Change,
        Recorded::Absent if !base.is_empty() => Op::Add,
        Recorded::Absent | Recorded::Same | Recorded::Other => return,
    };
    out.paths.push(leaf.path.clone());
    out.changes.push(PropertyChange {
        path: leaf.property.clone(),
        op,
        before: None,
        after: None,
        cause: tenon_model::plan::Cause::Spec,
        disruption: disruption(leaf, desired, None),
        sensitive: true,
        place: place(leaf, desired),
    });
}

fn expected(leaf: &Leaf<'_>, before: Option<&Value>, same: Same) -> Expected {
    Expected {
        property: leaf.property.clone(),
        path: leaf.path.clone(),
        twin: leaf.twin.clone(),
        same,
        value: before.cloned(),
        after: after(leaf),
        fixed: false,
    }
}

/// What will stand there; a null that an author writes is nothing.
fn after(leaf: &Leaf<'_>) -> Option<Value> {
    (!leaf.value.is_null()).then(|| leaf.value.clone())
}

/// Two forms in one body contradict each other: the one that is not ours goes,
/// changed or not, because an update writes ours.
fn replaced_twin(leaf: &Leaf<'_>, live: &Value, out: &mut Difference) {
    let twin = leaf.twin.as_ref();
    if let Some(twin) = twin.filter(|twin| twin.get(live).is_some_and(|value| !is_empty(value))) {
        out.remove.push(twin.clone());
    }
}
