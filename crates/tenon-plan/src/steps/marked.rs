//! The marker in bodies: in tags, or behind a description.

use tenon_model::marker::{self, Marker, Ownership};
use tenon_model::rules::Tags;
use tenon_model::{Map, Path, Value};

use super::body::desired;
use crate::decide::{Decision, Marking};
use crate::members::set;

pub(super) fn live_tags<'d>(decision: &'d Decision<'_>) -> Option<&'d Map> {
    decision.live?.body.member("tags")?.as_map()
}

/// The marker that a resource gets with its own change.
pub(super) fn first_marker<'d>(decision: &'d Decision<'_>) -> Option<&'d Marker> {
    match &decision.marking {
        Marking::Twice(interim) => Some(interim),
        Marking::AtOnce | Marking::Afterwards => decision.marker.as_ref(),
    }
}

/// Whether the live resource has a marker of its own.
pub(super) fn owned(decision: &Decision<'_>) -> bool {
    decision
        .live
        .is_some_and(|live| matches!(live.ownership, Ownership::Marked(_)))
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
    set(body, &description_path(), text);
}

pub(super) fn description(decision: &Decision<'_>, marker: &Marker) -> Value {
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
