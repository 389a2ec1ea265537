//! The step that changes a marker and nothing else, for what the spec does not
//! have to describe.

use tenon_model::marker;
use tenon_model::plan::{Does, Expected, Precondition, Request, Step};
use tenon_model::rules::{Same, Tags, Update};
use tenon_model::transport::Verb;
use tenon_model::{Map, Path, Value};

use super::marked::{add_marker, description_path, live_tags};
use crate::decide::Decision;

/// The step that gives a live resource the marker of its decision, or none.
/// Tags of others stay: the engine lays the body over what is live then.
pub(super) fn step(decision: &Decision<'_>) -> Step {
    let (body, remove) = match decision.rules.tags {
        Tags::Described => described(decision),
        Tags::Own | Tags::Parent => tagged(decision),
    };
    Step {
        address: decision.address.clone(),
        id: decision.id.clone(),
        does: Does::Update,
        request: Request {
            verb: match decision.rules.update {
                Update::Put => Verb::Put,
                Update::Patch => Verb::Patch,
            },
            path: decision.id.to_string(),
            api_version: decision.api_version.clone(),
            body: Some(body),
            remove,
        },
        after: Vec::new(),
        precondition: Precondition::Present {
            values: expected(decision),
        },
        usually_seconds: decision.rules.usual.write,
    }
}

fn tagged(decision: &Decision<'_>) -> (Value, Vec<Path>) {
    let mut body = Value::Map(Map::from([("tags", Value::Map(Map::new()))]));
    add_marker(&mut body, decision, decision.marker.as_ref());
    let remove = match decision.marker {
        Some(_) => Vec::new(),
        None => spelled(decision),
    };
    (body, remove)
}

/// The same where the description carries the marker: what its author wrote
/// stays.
fn described(decision: &Decision<'_>) -> (Value, Vec<Path>) {
    match redescribed(decision) {
        Some(text) => {
            let properties = Map::from([(marker::DESCRIPTION[1], text)]);
            let body = Map::from([(marker::DESCRIPTION[0], Value::Map(properties))]);
            (Value::Map(body), Vec::new())
        }
        None => (Value::Map(Map::new()), vec![description_path()]),
    }
}

/// The description with the marker of the decision in place of the one that
/// is live.
fn redescribed(decision: &Decision<'_>) -> Option<Value> {
    let own = decision.live.map(|live| marker::undescribed(&live.body));
    let own = own.as_ref().and_then(|body| body.at(&marker::DESCRIPTION));
    match &decision.marker {
        Some(next) => {
            let text = own.and_then(Value::as_text);
            Some(Value::Text(next.description(&decision.id, text)))
        }
        None => own.cloned(),
    }
}

/// The tags of the marker as Azure spells them.
fn spelled(decision: &Decision<'_>) -> Vec<Path> {
    let tags = live_tags(decision);
    let names = tags.into_iter().flat_map(Map::names);
    names
        .filter(|name| marker::is_marker_tag(name))
        .map(|name| Path::root().member("tags").member(name))
        .collect()
}

/// That the marker is as it was read; and what it will be.
fn expected(decision: &Decision<'_>) -> Vec<Expected> {
    if decision.rules.tags == Tags::Described {
        let live = decision
            .live
            .and_then(|live| live.body.at(&marker::DESCRIPTION));
        return vec![Expected {
            property: "description".to_owned(),
            path: description_path(),
            twin: None,
            same: Same::Exact,
            value: live.cloned(),
            after: redescribed(decision),
            fixed: false,
        }];
    }
    let after = decision.marker.as_ref();
    let after = after.map(|marker| marker.tags(&decision.id));
    let live = live_tags(decision);
    marker::TAGS
        .iter()
        .map(|name| {
            let value = live.and_then(|tags| Some(tags.get_caseless(name)?.1.clone()));
            let after = after.as_ref().and_then(|tags| tags.get(name).cloned());
            expect(name, value, after)
        })
        .collect()
}

/// What is expected of the tag `name`, and what it will be.
pub(super) fn expect(name: &str, value: Option<Value>, after: Option<Value>) -> Expected {
    Expected {
        property: format!("tags.{name}"),
        path: Path::root().member("tags").member(name),
        twin: None,
        same: Same::Exact,
        value,
        after,
        fixed: false,
    }
}
