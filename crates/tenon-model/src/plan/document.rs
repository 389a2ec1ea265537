//! The plan as programs read it.
//!
//! Beside what the engine needs, each change says what a policy or a bot asks
//! first: whether something restarts, what is lost, in which wave it runs,
//! what it waits for, and a digest of what it expects to find. All of it is
//! derived from the steps, so it can neither be forgotten nor be wrong.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Error, Map, Value, json};

use super::{Action, Cause, Change, Does, Plan, Step};
use crate::rules::Disruption;
use crate::{Address, canonical};

/// Returns the document of a plan.
pub(super) fn of(plan: &Plan) -> Result<Value, Error> {
    let mut document = serde_json::to_value(plan)?;
    let mode = if plan.preview.is_some() {
        "offline"
    } else {
        "live"
    };
    document["mode"] = json!(mode);
    for (name, count) in counts(plan) {
        document["summary"][name] = json!(count);
    }
    let facts = Facts::of(plan);
    let changes = document["changes"].as_array_mut().into_iter().flatten();
    for (change, written) in plan.changes.iter().zip(changes) {
        if let Some(written) = written.as_object_mut() {
            facts.add(change, written);
        }
    }
    Ok(document)
}

/// Whether `written` says all that `derived` says; more does not matter.
pub(super) fn says(written: &Value, derived: &Value) -> bool {
    match (written, derived) {
        (Value::Object(written), Value::Object(derived)) => derived
            .iter()
            .all(|(name, value)| written.get(name).is_some_and(|there| says(there, value))),
        (Value::Array(written), Value::Array(derived)) => {
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

    fn add(&self, change: &Change, written: &mut Map<String, Value>) {
        let own = self.own.get(&change.address).map_or(&[][..], Vec::as_slice);
        let steps: Vec<&Step> = own.iter().map(|index| &self.steps[*index]).collect();
        let expects: Vec<_> = steps
            .iter()
            .map(|step| (step.does, &step.precondition))
            .collect();
        let wave = own
            .iter()
            .map(|index| self.waves[*index])
            .min()
            .unwrap_or(0);
        written.insert("wave".into(), json!(wave));
        written.insert("precondition".into(), json!(canonical::digest(&expects)));
        written.insert("depends_on".into(), json!(self.depends_on(change, &steps)));
        written.insert("effects".into(), effects(change));
        if let Some(step) = steps.first() {
            written.insert("api_version".into(), json!(step.request.api_version));
        }
        let deletes = steps.iter().position(|step| step.does == Does::Delete);
        let creates = steps.iter().position(|step| step.does == Does::Create);
        if let (Some(deletes), Some(creates)) = (deletes, creates) {
            let order = if deletes < creates {
                "delete_first"
            } else {
                "create_first"
            };
            written.insert("replace_order".into(), json!(order));
        }
        let properties = written.get_mut("properties").and_then(Value::as_array_mut);
        for (property, written) in change
            .properties
            .iter()
            .zip(properties.into_iter().flatten())
        {
            written["forces_replace"] = json!(property.forces_replace());
            let later = property.after.as_ref().is_some_and(crate::Value::has_later);
            written["unknown"] = json!(later);
        }
    }

    fn depends_on(&self, change: &Change, steps: &[&Step]) -> BTreeSet<&Address> {
        let before = steps.iter().flat_map(|step| &step.after);
        before
            .map(|index| &self.steps[*index].address)
            .filter(|address| **address != change.address)
            .collect()
    }
}

fn effects(change: &Change) -> Value {
    let restart = match change.disruption {
        Disruption::None | Disruption::Hot => "none",
        Disruption::Restart => "reboot",
        Disruption::Deallocate | Disruption::Replace => "deallocate",
    };
    json!({"restart": restart, "lost": change.lost, "kept": change.kept})
}
