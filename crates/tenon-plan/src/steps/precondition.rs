//! What a step expects to find.

use tenon_model::Map;
use tenon_model::marker::{self, Marker};
use tenon_model::path::Segment;
use tenon_model::plan::{Action, Does, Expected, Precondition};
use tenon_model::rules::{Same, Tags};
use tenon_model::snapshot::Live;

use super::marked::{description, description_path, first_marker, owned};
use super::{retag, sign};
use crate::decide::{Decision, Writes};
use crate::looks::is_group;

pub(super) fn precondition(decision: &Decision<'_>, does: Does) -> Precondition {
    match does {
        Does::Create if decision.live.is_none() => Precondition::Absent,
        // Its own delete comes right before.
        Does::Create => Precondition::Checked,
        Does::Delete if is_group(&decision.id) => Precondition::Empty,
        // Whether the disks have changed cannot be seen on the machine.
        Does::Deallocate if !decision.stops_for.is_empty() => Precondition::Present {
            values: unchanged(as_it_is(decision)),
        },
        Does::Delete => {
            let mut values = as_it_is(decision);
            values.extend(as_reviewed(decision));
            Precondition::Present { values }
        }
        Does::Deallocate => Precondition::Present {
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
        Does::Keep => Precondition::Checked,
        // Nothing before it has looked.
        Does::Start if starts_only(decision) => Precondition::Present {
            values: sign::to_come_off(decision),
        },
        // But for the first they are made without a decision's request.
        Does::Start | Does::Follow | Does::Upgrade | Does::Reimage | Does::Check | Does::Settle => {
            Precondition::Checked
        }
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

/// What is known of something that is replaced: whoever said yes to that has seen
/// it so. Its new form has the new values, by which a run that was cut off knows
/// it again; so only what Azure shows as it was written counts. Elements of lists
/// do not: some are detached before.
pub(super) fn as_reviewed(decision: &Decision<'_>) -> Vec<Expected> {
    if decision.action != Action::Replace {
        return Vec::new();
    }
    let changes = &decision.difference.changes;
    let changes = |expected: &Expected| changes.iter().any(|one| one.path == expected.property);
    let plain = |segment: &Segment| matches!(segment, Segment::Member(_));
    let shown = |expected: &Expected| {
        expected.value.is_some() && (expected.value == expected.after || changes(expected))
    };
    let known = decision.difference.expected.iter();
    known
        .filter(|one| !one.fixed && one.path.segments().iter().all(plain) && shown(one))
        .cloned()
        .collect()
}

/// The same without what will be.
pub(super) fn unchanged(mut values: Vec<Expected>) -> Vec<Expected> {
    for one in &mut values {
        one.after.clone_from(&one.value);
    }
    values
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
pub(super) fn ownership(
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
