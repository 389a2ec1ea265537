//! The request of a step, and what it expects to find.

use std::borrow::Cow;

use tenon_model::desired::Desired;
use tenon_model::marker::{Marker, Ownership};
use tenon_model::path::Segment;
use tenon_model::plan::{Action, Does, Expected, Precondition, Reason, Request, Step};
use tenon_model::rules::{Carried, Rules, Same, Tags, Update};
use tenon_model::snapshot::Live;
use tenon_model::transport::Verb;
use tenon_model::{Map, Path, ResourceId, Value, marker};

use super::{retag, sign};
use crate::decide::{Decision, Marking, Writes};
use crate::looks::is_group;
use crate::{diff, elsewhere};

/// The step that does `does` for a decision.
pub(super) fn step(decision: &Decision<'_>, does: Does) -> Step {
    let usual = decision.rules.usual;
    Step {
        address: decision.address.clone(),
        id: decision.id.clone(),
        does,
        request: request(decision, does),
        after: Vec::new(),
        precondition: precondition(decision, does),
        usually_seconds: if does == Does::Delete {
            usual.delete
        } else {
            usual.write
        },
    }
}

/// The steps that change what is kept on other resources than the decision's.
pub(super) fn elsewhere(decision: &Decision<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for one in &decision.difference.elsewhere {
        let keeper = decision
            .live
            .and_then(|live| elsewhere::keeper(live, one.at));
        let Some(id) = keeper else { continue };
        let index = steps.iter().position(|step| step.id == id);
        let index = index.unwrap_or_else(|| {
            steps.push(step_elsewhere(decision, id, one.at.rules));
            steps.len() - 1
        });
        let step = &mut steps[index];
        if let Some(body) = &mut step.request.body {
            elsewhere::set(body, one.at.path, one.value.clone());
        }
        if let Precondition::Present { values } = &mut step.precondition {
            values.push(Expected {
                property: one.row.property.to_owned(),
                path: elsewhere::path(one.at.path),
                twin: None,
                same: one.row.same,
                value: one.before.clone(),
                after: Some(one.value.clone()),
                fixed: false,
            });
        }
    }
    steps
}

fn step_elsewhere(decision: &Decision<'_>, id: ResourceId, rules: &Rules) -> Step {
    Step {
        address: decision.address.clone(),
        does: Does::Update,
        request: Request {
            verb: Verb::Patch,
            path: id.to_string(),
            api_version: rules.api_version.to_owned(),
            body: Some(elsewhere::empty()),
            remove: Vec::new(),
        },
        id,
        after: Vec::new(),
        precondition: Precondition::Present { values: Vec::new() },
        usually_seconds: rules.usual.write,
    }
}

/// The step that writes the marker of a resource whose children have changed.
pub(super) fn marking(decision: &Decision<'_>) -> Step {
    let mut step = step(decision, Does::Update);
    if let Some(body) = &mut step.request.body {
        add_marker(body, decision, decision.marker.as_ref());
    }
    let before = match &decision.marking {
        Marking::Twice(interim) => Some(interim.tags(&decision.id)),
        Marking::AtOnce | Marking::Afterwards => live_tags(decision).cloned(),
    };
    step.request.remove.clear();
    step.precondition = Precondition::Present {
        values: ownership(decision, before.as_ref(), decision.marker.as_ref()),
    };
    step
}

pub(super) fn live_tags<'d>(decision: &'d Decision<'_>) -> Option<&'d Map> {
    decision.live?.body.member("tags")?.as_map()
}

/// The marker that a resource gets with its own change.
fn first_marker<'d>(decision: &'d Decision<'_>) -> Option<&'d Marker> {
    match &decision.marking {
        Marking::Twice(interim) => Some(interim),
        Marking::AtOnce | Marking::Afterwards => decision.marker.as_ref(),
    }
}

fn request(decision: &Decision<'_>, does: Does) -> Request {
    let path = match does {
        Does::Deallocate => format!("{}/deallocate", decision.id),
        Does::Start => format!("{}/start", decision.id),
        _ => decision.id.to_string(),
    };
    let (verb, body) = match does {
        Does::Create => (Verb::Put, Some(create_body(decision))),
        Does::Update | Does::Mark => update(decision),
        Does::Detach => (verb(decision), Some(Value::Map(Map::new()))),
        Does::Delete => (Verb::Delete, None),
        Does::Deallocate | Does::Start => (Verb::Post, None),
    };
    let remove = match does {
        Does::Update => removed(decision),
        Does::Detach => {
            let paths = decision.lets_go.iter();
            paths.map(|one| diff::removal(&one.path)).collect()
        }
        _ => Vec::new(),
    };
    Request {
        verb,
        path,
        api_version: decision.api_version.clone(),
        body,
        remove,
    }
}

/// What the update takes out; a description stays, for it carries the marker.
fn removed(decision: &Decision<'_>) -> Vec<Path> {
    let mut paths = decision.difference.remove.clone();
    if decision.rules.tags == Tags::Described {
        paths.retain(|path| *path != description_path());
    }
    paths
}

fn desired<'d>(decision: &'d Decision<'_>) -> &'d Desired {
    decision
        .desired
        .as_deref()
        .expect("only what is asked for is written")
}

fn create_body(decision: &Decision<'_>) -> Value {
    let mut body = desired(decision).body.clone();
    add_marker(&mut body, decision, decision.marker.as_ref());
    body
}

pub(super) fn add_marker(body: &mut Value, decision: &Decision<'_>, marker: Option<&Marker>) {
    let Some(marker) = marker else {
        return;
    };
    if decision.rules.tags == Tags::Described {
        describe(body, decision, marker);
        return;
    }
    let Some(map) = body.as_map_mut() else { return };
    let Some(tags) = map.entry_map("tags").as_map_mut() else {
        return;
    };
    for (name, value) in marker.tags(&decision.id).iter() {
        tags.insert(name, value.clone());
    }
}

/// Writes the marker behind the author's description.
fn describe(body: &mut Value, decision: &Decision<'_>, marker: &Marker) {
    let text = description(decision, marker);
    write_at(body, &description_path(), text);
}

fn description(decision: &Decision<'_>, marker: &Marker) -> Value {
    let own = desired(decision).body.at(&marker::DESCRIPTION);
    // What somebody else wrote stays, as their tags would.
    let goes = decision.difference.remove.contains(&description_path());
    let live = decision.live.filter(|_| own.is_none() && !goes);
    let live = live.map(|live| marker::undescribed(&live.body));
    let theirs = live.as_ref().and_then(|body| body.at(&marker::DESCRIPTION));
    let text = own.or(theirs).and_then(Value::as_text);
    Value::Text(marker.description(&decision.id, text))
}

pub(super) fn description_path() -> Path {
    marker::DESCRIPTION
        .iter()
        .fold(Path::root(), |path, name| path.member(name))
}

fn update(decision: &Decision<'_>) -> (Verb, Option<Value>) {
    let mut body = match verb(decision) {
        Verb::Patch => changed_members(decision),
        _ => compared_body(decision).into_owned(),
    };
    for (path, value) in &decision.difference.defaults {
        write_at(&mut body, path, value.clone());
    }
    if decision.marker.is_some() {
        // Tags are written as a whole by every type that has them.
        let compared = compared_body(decision);
        if let (Some(tags), Some(map)) = (compared.member("tags"), body.as_map_mut()) {
            map.insert("tags", tags.clone());
        }
        add_marker(&mut body, decision, first_marker(decision));
    }
    (verb(decision), Some(body))
}

fn verb(decision: &Decision<'_>) -> Verb {
    // One that failed runs again when it is written as a whole.
    let unfinished = matches!(decision.reason, Reason::Unfinished { .. });
    match decision.rules.update {
        _ if unfinished && decision.rules.noun == "extension" => Verb::Put,
        Update::Put => Verb::Put,
        Update::Patch => Verb::Patch,
    }
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
        let names = list.key.split('.');
        let at = names.fold(Path::root(), |path, name| path.member(name));
        write_at(&mut element, &at, Value::Text(key));
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
            (Some(value), _) => write_at(&mut body, &whole, value.clone()),
            (None, Some(Value::List(_))) => write_at(&mut body, &whole, Value::List(Vec::new())),
            (None, Some(Value::Map(_))) if whole != *path => {
                write_at(&mut body, &whole, Value::Map(Map::new()));
            }
            (None, _) => {}
        }
    }
    add_companions(&mut body, source, decision.rules);
    body
}

/// Adds what the description wants beside a member that changed.
fn add_companions(body: &mut Value, source: &Value, rules: &Rules) {
    let rows = rules.rows.iter();
    for row in rows.filter(|row| row.carried == Carried::Beside) {
        let names: Vec<&str> = row.path.split('.').collect();
        let (_, parents) = names.split_last().expect("a path has a name");
        let is_touched = body.at(parents).is_some() && body.at(&names).is_none();
        if let (true, Some(value)) = (is_touched, source.at(&names)) {
            let path = names
                .iter()
                .fold(Path::root(), |path, name| path.member(name));
            write_at(body, &path, value.clone());
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

fn write_at(body: &mut Value, path: &Path, value: Value) {
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

fn precondition(decision: &Decision<'_>, does: Does) -> Precondition {
    match does {
        Does::Create if decision.live.is_none() => Precondition::Absent,
        // Its own delete comes right before.
        Does::Create => Precondition::Checked,
        Does::Delete if is_group(&decision.id) => Precondition::Empty,
        // Whether the disks have changed cannot be seen on the machine.
        Does::Deallocate if !decision.stops_for.is_empty() => Precondition::Present {
            values: unchanged(as_it_is(decision)),
        },
        Does::Delete | Does::Deallocate => Precondition::Present {
            values: as_it_is(decision),
        },
        Does::Update | Does::Mark => {
            let mut values = decision.difference.expected.clone();
            if decision.rules.tags == Tags::Described {
                // As a whole, with the marker, below.
                values.retain(|expected| expected.path != description_path());
            }
            values.extend(as_it_is(decision));
            Precondition::Present { values }
        }
        Does::Detach => {
            let mut values = unchanged(as_it_is(decision));
            values.extend(decision.lets_go.iter().cloned());
            Precondition::Present { values }
        }
        // Nothing before it has looked.
        Does::Start if starts_only(decision) => Precondition::Present {
            values: sign::to_come_off(decision),
        },
        Does::Start => Precondition::Checked,
    }
}

/// Whether an earlier run has left the machine to be started, and that is all.
fn starts_only(decision: &Decision<'_>) -> bool {
    decision.writes == Writes::Nothing && decision.stops_for.is_empty()
}

/// That the resource is as it was read; and what its marker will say.
fn as_it_is(decision: &Decision<'_>) -> Vec<Expected> {
    let tags = sign::standing_tags(decision);
    ownership(decision, tags.as_ref(), first_marker(decision))
}

/// The same without what will be.
fn unchanged(mut values: Vec<Expected>) -> Vec<Expected> {
    for one in &mut values {
        one.after.clone_from(&one.value);
    }
    values
}

/// Whether the live resource has a marker of its own.
pub(super) fn owned(decision: &Decision<'_>) -> bool {
    decision
        .live
        .is_some_and(|live| matches!(live.ownership, Ownership::Marked(_)))
}

/// The same where the description carries the marker.
fn described(decision: &Decision<'_>, live: &Live, marker: Option<&Marker>) -> Expected {
    let value = live.body.at(&marker::DESCRIPTION).cloned();
    let wanted = marker.filter(|_| decision.desired.is_some());
    Expected {
        property: "description".to_owned(),
        path: description_path(),
        twin: None,
        same: Same::Exact,
        after: wanted.map_or_else(
            || value.clone(),
            |marker| Some(description(decision, marker)),
        ),
        fixed: false,
        value,
    }
}

/// That the resource is still ours, with these tags; and what its marker will
/// say.
fn ownership(
    decision: &Decision<'_>,
    tags: Option<&Map>,
    marker: Option<&Marker>,
) -> Vec<Expected> {
    let Some(live) = decision.live else {
        return Vec::new();
    };
    let taken_over = decision.action == Action::Adopt && marker.is_some();
    if !taken_over && !owned(decision) {
        return Vec::new();
    }
    if decision.rules.tags == Tags::Described {
        return vec![described(decision, live, marker)];
    }
    let after = decision
        .desired
        .as_ref()
        .and(marker)
        .map(|marker| marker.tags(&decision.id));
    marker::TAGS
        .iter()
        .map(|name| {
            let value = tags.and_then(|tags| Some(tags.get_caseless(name)?.1.clone()));
            let after = match &after {
                Some(tags) => tags.get(name).cloned(),
                None => value.clone(),
            };
            retag::expect(name, value, after)
        })
        .collect()
}
