//! The request of a step.

use tenon_model::plan::{Does, Precondition, Reason, Request, Step};
use tenon_model::rules::{Tags, Update};
use tenon_model::transport::Verb;
use tenon_model::{Map, Path, Value};

use super::body;
use super::marked::{add_marker, description_path, live_tags};
use super::precondition::{ownership, precondition};
use crate::decide::{Decision, Marking};
use crate::diff;

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

fn request(decision: &Decision<'_>, does: Does) -> Request {
    let path = match does {
        Does::Deallocate => format!("{}/deallocate", decision.id),
        Does::Start => format!("{}/start", decision.id),
        _ => decision.id.to_string(),
    };
    let (verb, body) = match does {
        Does::Create => (Verb::Put, Some(body::create(decision))),
        Does::Update | Does::Mark => (verb(decision), Some(body::update(decision))),
        Does::Detach => (verb(decision), Some(Value::Map(Map::new()))),
        Does::Keep => (verb(decision), None),
        Does::Delete => (Verb::Delete, None),
        Does::Deallocate | Does::Start | Does::Follow | Does::Upgrade | Does::Reimage => {
            (Verb::Post, None)
        }
        Does::Check | Does::Settle => (Verb::Get, None),
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

pub(super) fn verb(decision: &Decision<'_>) -> Verb {
    // One that failed runs again when it is written as a whole.
    let unfinished = matches!(decision.reason, Reason::Unfinished { .. });
    match decision.rules.update {
        _ if unfinished && decision.rules.noun == "extension" => Verb::Put,
        Update::Put => Verb::Put,
        Update::Patch => Verb::Patch,
    }
}
