//! Whether the world is as a step expects.

use tenon_model::event::{Failure, Moved};
use tenon_model::plan::Expected;
use tenon_model::{Value, marker};

/// What a look at the live resource says about a step.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The step can run.
    Go,
    /// Its target stands already.
    Done,
    /// It must not run.
    Refuse(Failure),
}

/// Compares the live resource with what an update or a delete expects;
/// `after` are the expected values with nothing left for later.
pub(crate) fn present(values: &[Expected], live: &Value) -> Verdict {
    let changes = wants_change(values);
    if changes && values.iter().all(|expected| stands(expected, live)) {
        return Verdict::Done;
    }
    let moved: Vec<Moved> = values
        .iter()
        .filter(|expected| !same(expected, found(expected, live), expected.value.as_ref()))
        // What already is as wanted has moved, and in the right direction.
        .filter(|expected| !changes || !stands(expected, live))
        .map(|expected| Moved {
            property: expected.property.clone(),
            planned: expected.value.clone(),
            live: found(expected, live).cloned(),
            wanted: expected.after.clone(),
        })
        .collect();
    if moved.is_empty() {
        Verdict::Go
    } else {
        Verdict::Refuse(Failure::Stale { moved })
    }
}

/// Whether a value is there as it will be after the step.
pub(crate) fn stands(expected: &Expected, live: &Value) -> bool {
    same(expected, found(expected, live), expected.after.as_ref())
}

/// Compares what was known too late with what is there and cannot be changed.
///
/// # Errors
///
/// The first that differs.
pub(crate) fn fixed(values: &[Expected]) -> Result<(), Failure> {
    let differs = values.iter().find(|expected| {
        expected.fixed && !same(expected, expected.value.as_ref(), expected.after.as_ref())
    });
    match differs {
        Some(expected) => Err(Failure::TakesReplace {
            property: expected.property.clone(),
            live: expected.value.clone(),
            wanted: expected.after.clone(),
        }),
        None => Ok(()),
    }
}

/// Whether a step wants anything else than what it expects to find.
pub(crate) fn wants_change(values: &[Expected]) -> bool {
    values
        .iter()
        .any(|expected| !same(expected, expected.value.as_ref(), expected.after.as_ref()))
}

fn found<'a>(expected: &Expected, live: &'a Value) -> Option<&'a Value> {
    let is_something = |value: &&Value| match value {
        Value::Null => false,
        Value::List(items) => !items.is_empty(),
        Value::Text(text) => !text.is_empty(),
        _ => true,
    };
    let there = expected.path.get(live).filter(is_something);
    there
        .or_else(|| expected.twin.as_ref()?.get(live).filter(is_something))
        .or_else(|| expected.path.get(live))
}

fn same(expected: &Expected, one: Option<&Value>, two: Option<&Value>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => expected.same.same(one, two) || covers(two, one),
        (None, None) => true,
        (Some(one), None) => is_nothing(one),
        (None, Some(two)) => is_nothing(two),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// Whether a resource that was found where a step would make one is what the
/// step would have made: by its marker, or by its content where it has none.
pub(crate) fn made(ours: &Value, live: &Value) -> bool {
    let tags = |body: &Value| body.member("tags").cloned().unwrap_or_default();
    let marker_of = |body: &Value, name: &str| {
        tags(body)
            .as_map()
            .and_then(|tags| Some(tags.get_caseless(name)?.1.clone()))
    };
    if marker_of(ours, marker::DEPLOYMENT_TAG).is_none() {
        return covers(ours, live);
    }
    marker::TAGS
        .iter()
        .all(|name| marker_of(ours, name) == marker_of(live, name))
}

/// Whether `live` has everything that `wanted` has, letters of words aside.
fn covers(wanted: &Value, live: &Value) -> bool {
    match (wanted, live) {
        (Value::Map(wanted), Value::Map(live)) => wanted.iter().all(|(name, value)| {
            live.get_caseless(name)
                .map_or(is_nothing(value), |(_, live)| covers(value, live))
        }),
        (Value::List(wanted), Value::List(live)) => {
            wanted.len() == live.len()
                && wanted
                    .iter()
                    .zip(live)
                    .all(|(wanted, live)| covers(wanted, live))
        }
        _ => tenon_model::rules::Same::Caseless.same(wanted, live),
    }
}

#[cfg(test)]
mod tests;
