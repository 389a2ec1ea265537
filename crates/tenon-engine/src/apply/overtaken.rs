//! Steps that a later step of the same plan has gone past.
//!
//! A resource that speaks for its children is written twice: first with a
//! marker for those that come and go, then with the last one. A run that was
//! killed behind the second write left a marker that the first one does not
//! expect, and yet nothing has moved but the plan itself.

use tenon_model::event::Failure;
use tenon_model::plan::{Does, Plan, Precondition, Step};
use tenon_model::{Value, marker};

use crate::check::{self, Verdict};

/// Whether all that `failure` finds moved is the marker, and it is the one
/// that a later step writes.
pub(super) fn overtaken(plan: &Plan, index: usize, failure: &Failure, live: &Value) -> bool {
    let Failure::Stale { moved } = failure else {
        return false;
    };
    let is_marker = |property: &str| {
        let tag = property.strip_prefix("tags.");
        tag.is_some_and(marker::is_marker_tag)
    };
    let own = &plan.steps[index].id;
    moved.iter().all(|one| is_marker(&one.property))
        && plan.steps[index + 1..]
            .iter()
            .any(|later| later.id == *own && stands(later, live))
}

/// Whether what an update wants is there.
fn stands(step: &Step, live: &Value) -> bool {
    match &step.precondition {
        Precondition::Present { values } if step.does == Does::Update => {
            matches!(check::present(values, live), Verdict::Done)
        }
        _ => false,
    }
}
