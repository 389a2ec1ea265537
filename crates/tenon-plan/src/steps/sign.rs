//! The steps that say in a marker that the machine is to be started, and that
//! it was.

use tenon_model::marker::{self, Base, MARK_TAG, Marker, Ownership, Start};
use tenon_model::plan::{Does, Expected, Precondition, Step};
use tenon_model::{Map, Value};

use super::marked::{live_tags, owned};
use super::retag;
use crate::decide::Decision;

/// The marker with which a machine stops: the one that it has, with the sign.
/// One that is taken over gets its first marker here, which knows nothing yet
/// of what is applied.
fn signed(decision: &Decision<'_>) -> Option<Marker> {
    let start = Start::Owed;
    match &decision.live?.ownership {
        Ownership::Marked(marker) => Some(Marker {
            start,
            ..marker.clone()
        }),
        Ownership::Foreign | Ownership::Copied => Some(Marker {
            start,
            base: Base::default(),
            ..decision.marker.clone()?
        }),
    }
}

/// The tags of a resource when its own steps begin.
pub(super) fn standing_tags(decision: &Decision<'_>) -> Option<Map> {
    let live = live_tags(decision);
    let signed = signed(decision).filter(|_| decision.start == Start::Owed);
    let Some(signed) = signed else {
        return live.cloned();
    };
    let tags = signed.tags(&decision.id);
    if live.is_some_and(|live| live.get_caseless(MARK_TAG).is_some()) && owned(decision) {
        // Only one of the four says something new.
        let mut standing = live.cloned().unwrap_or_default();
        let mark = tags.get(MARK_TAG).cloned().unwrap_or_default();
        standing.insert(MARK_TAG, mark);
        return Some(standing);
    }
    Some(tags)
}

/// The step that writes the sign; none where it is there.
pub(super) fn on(decision: &Decision<'_>) -> Option<Step> {
    let standing = standing_tags(decision).filter(|_| decision.start == Start::Owed)?;
    let live = live_tags(decision);
    let expected = from_to(live, Some(&standing));
    let mut tags = Map::new();
    for (name, one) in marker::TAGS.iter().zip(&expected) {
        if let Some(after) = one.after.as_ref().filter(|_| one.value != one.after) {
            tags.insert(name, after.clone());
        }
    }
    let changes = tags.iter().next().is_some();
    changes.then(|| step(decision, tags, expected))
}

/// That the sign stands on the machine as it was read, and what comes after it.
pub(super) fn to_come_off(decision: &Decision<'_>) -> Vec<Expected> {
    let live = live_tags(decision);
    let after = signed(decision).map(|marker| {
        let start = Start::NotOwed;
        Marker { start, ..marker }.tags(&decision.id)
    });
    from_to(live, after.as_ref())
}

fn from_to(before: Option<&Map>, after: Option<&Map>) -> Vec<Expected> {
    let tag = |tags: Option<&Map>, name: &str| {
        let (_, value) = tags?.get_caseless(name)?;
        Some(value.clone())
    };
    let expect = |name: &&str| retag::expect(name, tag(before, name), tag(after, name));
    marker::TAGS.iter().map(expect).collect()
}

/// The step that takes the sign off. The rest of the marker is as the update
/// has left it, or as it was when that failed: either is right.
pub(super) fn off(decision: &Decision<'_>) -> Step {
    let marker = decision.marker.as_ref().expect("what starts has a marker");
    let mark = |start| {
        let marker = Marker {
            start,
            ..marker.clone()
        };
        Value::Text(marker.mark(&decision.id))
    };
    let after = mark(Start::NotOwed);
    let expected = retag::expect(MARK_TAG, Some(mark(Start::Owed)), Some(after.clone()));
    step(decision, Map::from([(MARK_TAG, after)]), vec![expected])
}

fn step(decision: &Decision<'_>, tags: Map, values: Vec<Expected>) -> Step {
    let mut step = retag::step(decision);
    step.does = Does::Mark;
    step.request.body = Some(Value::Map(Map::from([("tags", Value::Map(tags))])));
    step.request.remove.clear();
    step.precondition = Precondition::Present { values };
    step
}
