//! What a resource has attached that was its own under another name.
//!
//! Lists of attached resources are told apart by id, so an interface with
//! another name is one more, and nothing in the list says that the other one is
//! to go. Its marker does: it is ours, and the spec no longer asks for it.

use tenon_model::desired::Desired;
use tenon_model::marker::Ownership;
use tenon_model::path::{Segment, is_keyed, key_of};
use tenon_model::plan::{Cause, Expected, Op, PropertyChange};
use tenon_model::rules::{KeyedList, Same};
use tenon_model::snapshot::Live;
use tenon_model::{Path, ResourceId, Value};

use crate::Inputs;
use crate::diff::Difference;

/// Takes what went by another name out of the lists of attached resources.
pub(super) fn detach(
    inputs: &Inputs<'_>,
    desired: &Desired,
    live: &Live,
    difference: &mut Difference,
) {
    let lists = desired.rules.lists.iter();
    for list in lists.filter(|list| list.key == "id" && !desired.ignores(list.property)) {
        let items = |body| Path::parse(list.path).ok()?.get(body)?.as_list();
        let Some(wanted) = items(&desired.body) else {
            continue;
        };
        for item in items(&live.body).unwrap_or(&[]) {
            let Some(id) = key_of(item, list.key) else {
                continue;
            };
            let named = wanted.iter().any(|one| is_keyed(one, list.key, &id));
            if !named && is_left_behind(inputs, &id) {
                take_out(desired, list, &id, item, difference);
            }
        }
    }
}

/// Whether it is ours and the spec no longer asks for it.
fn is_left_behind(inputs: &Inputs<'_>, id: &str) -> bool {
    let Ok(id) = ResourceId::parse(id) else {
        return false;
    };
    let ownership = inputs.snapshot.get(&id).map(|live| &live.ownership);
    let ours = matches!(ownership, Some(Ownership::Marked(marker)) if marker.deployment == inputs.deployment.name);
    ours && !inputs.graph.written().any(|desired| desired.id == id)
}

/// Where a new one stands as added in the difference, it comes for this one.
fn take_out(
    desired: &Desired,
    list: &KeyedList,
    id: &str,
    item: &Value,
    difference: &mut Difference,
) {
    let pattern = format!("{}[{}].{}", list.path, list.key, list.key);
    let (Some(row), Ok(path)) = (desired.rules.row(&pattern), Path::parse(list.path)) else {
        return;
    };
    let at = path.then(Segment::Keyed {
        key: list.key.into(),
        value: id.into(),
    });
    let changes = &mut difference.changes;
    let new = changes
        .iter_mut()
        .find(|one| one.path == row.property && one.op == Op::Add);
    match new {
        Some(change) => {
            change.op = Op::Change;
            change.before = Some(Value::text(id));
        }
        None => {
            difference.paths.push(at.clone());
            changes.push(PropertyChange {
                path: row.property.to_owned(),
                op: Op::Remove,
                before: Some(Value::text(id)),
                after: None,
                cause: Cause::Spec,
                disruption: row.change,
                sensitive: false,
                place: None,
            });
        }
    }
    difference.expected.push(Expected {
        property: row.property.to_owned(),
        path: at.clone(),
        twin: None,
        same: Same::Exact,
        value: Some(item.clone()),
        after: None,
        fixed: false,
    });
    difference.remove.push(at);
}
