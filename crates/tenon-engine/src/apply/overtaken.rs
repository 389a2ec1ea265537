//! Steps that a later step of the same plan has gone past.
//!
//! A resource that speaks for its children is written twice: first with a
//! marker for those that come and go, then with the last one. A run that was
//! killed behind the second write left a marker that the first one does not
//! expect, and yet nothing has moved but the plan itself. The same holds for a
//! machine whose marker says for a while that it is to be started.

use tenon_model::plan::{Does, Expected, Plan, Precondition, Step};
use tenon_model::{Value, marker};

use crate::check;

/// Whether everything is as the step `index` leaves it, who expects `values`,
/// or is a tag of the marker and as a later step leaves that.
pub(super) fn overtaken(plan: &Plan, index: usize, values: &[Expected], live: &Value) -> bool {
    let own = &plan.steps[index].id;
    let later: Vec<&Step> = plan.steps[index + 1..]
        .iter()
        .filter(|later| later.id == *own)
        .collect();
    let written = |one: &Expected| {
        is_marker(one) && later.iter().any(|later| writes(later, &one.property, live))
    };
    values
        .iter()
        .all(|one| check::stands(one, live) || written(one))
}

fn is_marker(expected: &Expected) -> bool {
    let tag = expected.property.strip_prefix("tags.");
    tag.is_some_and(marker::is_marker_tag)
}

/// Whether what a step makes of a property is there.
fn writes(step: &Step, property: &str, live: &Value) -> bool {
    let Precondition::Present { values } = &step.precondition else {
        return false;
    };
    let of_it = |one: &&Expected| one.property == property;
    matches!(step.does, Does::Update | Does::Mark)
        && values
            .iter()
            .find(of_it)
            .is_some_and(|one| check::stands(one, live))
}
