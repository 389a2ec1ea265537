//! What is planned as a replace, asked for in place.

use tenon_model::plan::{Change, Does, Plan, PropertyChange, Reason};
use tenon_model::rules::{Row, drop_at};
use tenon_model::transport::Verb;
use tenon_model::{Map, Value};

use crate::here::Here;

/// What Azure answers to a change of what is fixed; other refusals would say
/// nothing about it.
const FIXED: &[&str] = &[
    "PropertyChangeNotAllowed",
    "InvalidResourceLocation",
    "OperationNotAllowed",
    "ResizeDiskError",
    "ResourceAvailabilityZonesCannotBeModified",
];

/// Asks for each change that forces the replace, as a whole body and as a part,
/// of a machine that runs and of one that does not. What was not refused.
pub(crate) async fn findings(here: &Here, plan: &Plan, change: &Change) -> Vec<String> {
    let mut wrong = Vec::new();
    if !matches!(change.reason, Reason::ImmutableChanged { .. }) {
        return wrong;
    }
    for property in change.properties.iter().filter(|one| one.forces_replace()) {
        let Some(parts) = parts(plan, change, property) else {
            wrong.push(format!("{} is in no row", property.path));
            continue;
        };
        wrong.extend(ask(here, plan, change, &parts, "running").await);
        if wrong.is_empty() && change.kind == "vm" {
            let stop = format!("{}/deallocate", change.id);
            post(here, plan, &stop).await;
            wrong.extend(ask(here, plan, change, &parts, "deallocated").await);
            let start = format!("{}/start", change.id);
            post(here, plan, &start).await;
        }
    }
    wrong
}

async fn post(here: &Here, plan: &Plan, path: &str) {
    here.send(plan, Verb::Post, path, "2024-11-01", None)
        .await
        .expect("machines start and stop");
}

/// A member of the body and what it is to be.
struct Part {
    path: &'static str,
    value: Value,
}

fn parts(plan: &Plan, change: &Change, property: &PropertyChange) -> Option<Part> {
    let rules = tenon_kinds::rules_of(&change.resource_type)?;
    let path = property.path.as_str();
    let named = |row: &&Row| path == row.property || path == format!("{}.version", row.property);
    let row = rules.rows.iter().find(named)?;
    let makes = |step: &&tenon_model::plan::Step| {
        step.address == change.address && step.does == Does::Create
    };
    let body = plan.steps.iter().find(makes)?.request.body.as_ref()?;
    let mut body = body.clone();
    let value = place(&mut body, row.path).and_then(|(map, last)| map.get(last).cloned());
    // What left the spec goes back to its default, if it has one.
    let value = value.or_else(|| property.after.clone());
    let value = value.unwrap_or(Value::Null);
    Some(Part {
        path: row.path,
        value,
    })
}

async fn ask(here: &Here, plan: &Plan, change: &Change, part: &Part, power: &str) -> Vec<String> {
    let rules = tenon_kinds::rules_of(&change.resource_type).expect("it has a table");
    let is_compute = change.resource_type.starts_with("Microsoft.Compute/");
    // What a body of Compute leaves out stays, so there is nothing to ask.
    if part.value.is_null() && is_compute {
        return Vec::new();
    }
    let id = change.id.as_str();
    let mut whole = here
        .read(plan, id, rules.api_version)
        .await
        .expect("it is live");
    for path in rules.read_only {
        drop_at(&mut whole, path);
    }
    write(&mut whole, part.path, &part.value);
    let mut asked = vec![(Verb::Put, whole)];
    // Nothing says what a part of a body without the member means.
    let in_a_list = part.path.contains('[');
    if is_compute && !in_a_list {
        let mut body = Value::Map(Map::new());
        write(&mut body, part.path, &part.value);
        asked.push((Verb::Patch, body));
    }
    let mut wrong = Vec::new();
    for (verb, body) in asked {
        let what = format!("{verb:?} of {} on {} {power}", part.path, change.address);
        match here
            .send(plan, verb, id, rules.api_version, Some(body))
            .await
        {
            Ok(()) => wrong.push(format!("planned as a replace, and taken: {what}")),
            Err(refusal) if FIXED.contains(&refusal.code.as_str()) => {}
            Err(refusal) => wrong.push(format!("refused for another reason: {what}: {refusal}")),
        }
    }
    wrong
}

/// The map that holds the member at a path of a row, made on the way where it
/// is not there, and the name of the member. What we make of a keyed list has
/// one element.
fn place<'b, 'p>(body: &'b mut Value, path: &'p str) -> Option<(&'b mut Map, &'p str)> {
    let mut at = body;
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    for name in parents.split('.').filter(|name| !name.is_empty()) {
        let (name, keyed) = match name.split_once('[') {
            Some((name, _)) => (name, true),
            None => (name, false),
        };
        at = at.as_map_mut()?.entry_map(name);
        if keyed {
            let Value::List(items) = at else { return None };
            at = items.first_mut()?;
        }
    }
    Some((at.as_map_mut()?, last))
}

fn write(body: &mut Value, path: &str, value: &Value) {
    let (map, last) = place(body, path).expect("a map");
    if value.is_null() {
        map.remove(last);
    } else {
        map.insert(last, value.clone());
    }
}
