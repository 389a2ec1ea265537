//! Puts in what can be known now.
//!
//! A reference to a live value is no unknown when the author wrote the value,
//! or when the resource stands and stays.

use std::borrow::Cow;

use tenon_model::desired::Desired;
use tenon_model::plan::Action;
use tenon_model::spec::Made;
use tenon_model::{Later, Value};

use crate::decide::Decisions;

/// Returns the resource with every reference that can be known now put in.
pub(crate) fn settle<'a>(desired: &'a Desired, decisions: &Decisions<'_>) -> Cow<'a, Desired> {
    if !desired.body.has_later() {
        return Cow::Borrowed(desired);
    }
    let mut settled = desired.clone();
    settled.body = value(&desired.body, decisions);
    Cow::Owned(settled)
}

/// Returns the value with every reference that can be known now put in.
pub(crate) fn value(value: &Value, decisions: &Decisions<'_>) -> Value {
    let known = value.try_resolve(&mut |later| {
        Ok::<_, ()>(match later {
            Later::Live { of, path } => {
                known(of, path, decisions).unwrap_or_else(|| Value::later(later.clone()))
            }
            other => Value::later(other.clone()),
        })
    });
    known.unwrap_or_default()
}

fn known(
    of: &tenon_model::Address,
    path: &tenon_model::Path,
    decisions: &Decisions<'_>,
) -> Option<Value> {
    let decision = decisions.get(of)?;
    // What this plan leaves alone may be different from what is written.
    let is_left = decision.action == Action::NoOp && !decision.ours;
    let written = decision
        .desired
        .as_ref()
        .filter(|desired| !is_left || desired.made == Made::Elsewhere)
        .and_then(|desired| path.get(&desired.body));
    if let Some(value) = written.filter(|value| !value.has_later()) {
        return Some(value.clone());
    }
    if matches!(
        decision.action,
        Action::Create | Action::Replace | Action::Delete
    ) {
        return None;
    }
    path.get(&decision.live?.body).cloned()
}
