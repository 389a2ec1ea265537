//! The plan as programs read it.
//!
//! Beside what the engine needs, each change says what a policy or a bot asks
//! first: whether something restarts, what is lost, in which wave it runs,
//! what it waits for, and a digest of what it expects to find. All of it is
//! derived from the steps, so it can neither be forgotten nor be wrong.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Error, Value as Json, json};

use super::facts::{Compared, Effects, OfChange, OfPlan, OfProperty, Restart};
use super::{Action, Cause, Change, Does, Plan, Step};
use crate::rollout::Order;
use crate::rules::Disruption;
use crate::{Address, canonical};

/// Returns the document of a plan.
pub(super) fn of(plan: &Plan) -> Result<Json, Error> {
    let mut document = serde_json::to_value(plan)?;
    let mode = match plan.preview {
        Some(_) => Compared::Offline,
        None => Compared::Live,
    };
    add(&mut document, &OfPlan { mode })?;
    for (name, count) in counts(plan) {
        document["summary"][name] = json!(count);
    }
    let facts = Facts::of(plan);
    let changes = document["changes"].as_array_mut().into_iter().flatten();
    for (change, written) in plan.changes.iter().zip(changes) {
        facts.add(change, written)?;
    }
    Ok(document)
}

/// Whether `written` says all that `derived` says; more does not matter.
pub(super) fn says(written: &Json, derived: &Json) -> bool {
    match (written, derived) {
        (Json::Object(written), Json::Object(derived)) => derived
            .iter()
            .all(|(name, value)| written.get(name).is_some_and(|there| says(there, value))),
        (Json::Array(written), Json::Array(derived)) => {
            written.len() == derived.len()
                && written.iter().zip(derived).all(|(one, two)| says(one, two))
        }
        _ => written == derived,
    }
}

/// Counts that follow from the changes.
fn counts(plan: &Plan) -> [(&'static str, usize); 7] {
    let of = |action| {
        plan.changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    };
    let properties = plan.changes.iter().flat_map(|change| &change.properties);
    [
        ("create", of(Action::Create)),
        ("update", of(Action::Update)),
        ("replace", of(Action::Replace)),
        ("delete", of(Action::Delete)),
        ("adopt", of(Action::Adopt)),
        ("forget", of(Action::Forget)),
        (
            "drift",
            properties
                .filter(|property| property.cause == Cause::Drift)
                .count(),
        ),
    ]
}

struct Facts<'a> {
    steps: &'a [Step],
    own: BTreeMap<&'a Address, Vec<usize>>,
    waves: Vec<usize>,
}

impl<'a> Facts<'a> {
    fn of(plan: &'a Plan) -> Self {
        let mut own: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
        let mut waves = Vec::with_capacity(plan.steps.len());
        for (index, step) in plan.steps.iter().enumerate() {
            own.entry(&step.address).or_default().push(index);
            let before = step
                .after
                .iter()
                .filter_map(|before| waves.get(*before))
                .max();
            waves.push(before.map_or(1, |wave| wave + 1));
        }
        Self {
            steps: &plan.steps,
            own,
            waves,
        }
    }

    fn add(&self, change: &Change, written: &mut Json) -> Result<(), Error> {
        let own = self.own.get(&change.address).map_or(&[][..], Vec::as_slice);
        let steps: Vec<&Step> = own.iter().map(|index| &self.steps[*index]).collect();
        let expects: Vec<_> = steps
            .iter()
            .map(|step| (step.does, &step.precondition))
            .collect();
        let wave = own.iter().map(|index| self.waves[*index]).min();
        let facts = OfChange {
            wave: wave.unwrap_or(0),
            precondition: canonical::digest(&expects),
            depends_on: self.depends_on(change, &steps),
            effects: effects(change),
            api_version: steps.first().map(|step| &*step.request.api_version),
            replace_order: order(&steps),
        };
        add(written, &facts)?;
        let properties = written["properties"].as_array_mut();
        for (property, written) in change
            .properties
            .iter()
            .zip(properties.into_iter().flatten())
        {
            let facts = OfProperty {
                forces_replace: property.forces_replace(),
                unknown: property.after.as_ref().is_some_and(crate::Value::has_later),
            };
            add(written, &facts)?;
        }
        Ok(())
    }

    fn depends_on(&self, change: &Change, steps: &[&Step]) -> BTreeSet<&Address> {
        let before = steps.iter().flat_map(|step| &step.after);
        before
            .map(|index| &self.steps[*index].address)
            .filter(|address| **address != change.address)
            .collect()
    }
}

fn effects(change: &Change) -> Effects<'_> {
    Effects {
        restart: match change.disruption {
            Disruption::None | Disruption::Hot => Restart::None,
            Disruption::Restart => Restart::Reboot,
            Disruption::Deallocate | Disruption::Replace => Restart::Deallocate,
        },
        lost: &change.lost,
        kept: &change.kept,
    }
}

/// Which form comes first where a resource is made anew.
fn order(steps: &[&Step]) -> Option<Order> {
    let deletes = steps.iter().position(|step| step.does == Does::Delete)?;
    let creates = steps.iter().position(|step| step.does == Does::Create)?;
    Some(if deletes < creates {
        Order::DeleteFirst
    } else {
        Order::CreateFirst
    })
}

/// Adds the members of `facts` to an object.
fn add<T: Serialize>(written: &mut Json, facts: &T) -> Result<(), Error> {
    if let (Json::Object(written), Json::Object(facts)) = (written, serde_json::to_value(facts)?) {
        written.extend(facts);
    }
    Ok(())
}
