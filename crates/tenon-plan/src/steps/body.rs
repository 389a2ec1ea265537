//! The body that a step sends: all of it when the resource is made, what
//! changed when it is updated.

use std::borrow::Cow;

use tenon_model::desired::Desired;
use tenon_model::path::Segment;
use tenon_model::rules::{Carried, Disruption, Rules};
use tenon_model::transport::Verb;
use tenon_model::{Map, Path, Value};

use super::marked::{add_marker, first_marker};
use super::request::verb;
use crate::decide::Decision;
use crate::diff;
use crate::members::{self, set};

pub(super) fn desired<'d>(decision: &'d Decision<'_>) -> &'d Desired {
    decision
        .desired
        .as_deref()
        .expect("only what is asked for is written")
}

pub(super) fn create(decision: &Decision<'_>) -> Value {
    let mut body = desired(decision).body.clone();
    if let Some(taken) = &decision.taken {
        taken.attach(&mut body);
    }
    add_marker(&mut body, decision, decision.marker.as_ref());
    body
}

pub(super) fn update(decision: &Decision<'_>) -> Value {
    let mut body = match verb(decision) {
        Verb::Patch => changed_members(decision),
        _ => compared_body(decision).into_owned(),
    };
    for (path, value) in &decision.difference.defaults {
        set(&mut body, path, value.clone());
    }
    if decision.marker.is_some() {
        // Tags are written as a whole by every type that has them.
        let compared = compared_body(decision);
        if let (Some(tags), Some(map)) = (compared.member("tags"), body.as_map_mut()) {
            map.insert("tags", tags.clone());
        }
        add_marker(&mut body, decision, first_marker(decision));
    }
    body
}

/// The desired body without what only counts when it is made: the engine lays
/// it over what is live.
fn compared_body<'d>(decision: &'d Decision<'_>) -> Cow<'d, Value> {
    let desired = desired(decision);
    let live = decision.live.map_or(&Value::Null, |live| &live.body);
    if desired.ignore.is_empty() && desired.ignored.is_empty() {
        return Cow::Borrowed(&desired.body);
    }
    let left_alone = diff::left_alone(desired, live);
    let mut body = desired.body.clone();
    for leaf in left_alone {
        leaf.path.remove(&mut body);
    }
    for (list, key) in diff::elements_left_alone(desired, live) {
        // By its key alone: the rest of it is what is live then.
        let mut element = Value::Map(Map::new());
        set(&mut element, &members::path(list.key), Value::Text(key));
        let path = Path::parse(list.path).ok();
        if let Some(Value::List(items)) = path.and_then(|path| path.get_mut(&mut body)) {
            items.push(element);
        }
    }
    Cow::Owned(body)
}

/// The members that changed; a list, and a map of the author's own names, is
/// written as a whole.
fn changed_members(decision: &Decision<'_>) -> Value {
    let source = &*compared_body(decision);
    let mut body = Value::Map(Map::new());
    for path in &decision.difference.paths {
        let whole = up_to_map(up_to_list(path), decision.rules);
        let live = decision.live.and_then(|live| whole.get(&live.body));
        match (whole.get(source), live) {
            (Some(value), _) => set(&mut body, &whole, value.clone()),
            (None, Some(Value::List(_))) => set(&mut body, &whole, Value::List(Vec::new())),
            (None, Some(Value::Map(_))) if whole != *path => {
                set(&mut body, &whole, Value::Map(Map::new()));
            }
            (None, _) => {}
        }
    }
    add_companions(&mut body, source, decision);
    body
}

/// Adds what the description wants beside a member that changed.
fn add_companions(body: &mut Value, source: &Value, decision: &Decision<'_>) {
    let rows = decision.rules.rows.iter();
    for row in rows.filter(|row| row.carried == Carried::Beside) {
        let names = members::names(row.path);
        let (_, parents) = names.split_last().expect("a path has a name");
        let is_touched = body.at(parents).is_some() && body.at(&names).is_none();
        // What cannot change is named as it is: a disk that was attached to its
        // machine stays one that was.
        let live = decision.live.filter(|_| row.change == Disruption::Replace);
        let live = live.and_then(|live| live.body.at(&names));
        if let (true, Some(value)) = (is_touched, live.or(source.at(&names))) {
            set(body, &members::path(row.path), value.clone());
        }
    }
}

/// The path as far as the first list element.
fn up_to_list(path: &Path) -> Path {
    path.segments()
        .iter()
        .take_while(|segment| matches!(segment, Segment::Member(_)))
        .fold(Path::root(), |path, segment| path.then(segment.clone()))
}

/// The path as far as a map whose members are one property each. Tags have a
/// way of their own.
fn up_to_map(path: Path, rules: &Rules) -> Path {
    let maps = rules.rows.iter();
    let maps = maps.filter_map(|row| Path::parse(row.map_of_the_author()?).ok());
    maps.into_iter()
        .find(|map| path.is_within(map))
        .unwrap_or(path)
}
