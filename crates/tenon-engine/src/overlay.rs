//! Lays our members over what is live.
//!
//! A `PUT` replaces the whole resource, so it is built from the live body of
//! this very moment: what others set stays, what Azure does not take back is
//! left out, what the plan takes out is taken out.

use tenon_model::path::{key_of, same_key};
use tenon_model::plan::{ListFacts, Request, TypeFacts};
use tenon_model::rules::{Extra, Update, drop_at};
use tenon_model::{Map, Value};

/// The body that an update sends.
pub(crate) fn body(live: &Value, request: &Request, ours: &Value, facts: &TypeFacts) -> Value {
    let mut whole = live.clone();
    for path in &facts.read_only {
        drop_at(&mut whole, path);
    }
    let mut body = match facts.update {
        Update::Put => {
            lay(&mut whole, ours, "", &facts.lists);
            whole
        }
        Update::Patch => patch(&whole, ours, &facts.lists),
    };
    for path in &request.remove {
        path.remove(&mut body);
    }
    body
}

/// The members of ours, with those of others in maps of tags and keyed lists:
/// Azure takes both as a whole.
fn patch(live: &Value, ours: &Value, lists: &[ListFacts]) -> Value {
    let mut body = ours.clone();
    if let (Some(own), Some(map)) = (ours.member("tags"), body.as_map_mut()) {
        let mut tags = live
            .member("tags")
            .cloned()
            .unwrap_or_else(|| Value::Map(Map::new()));
        lay(&mut tags, own, "tags", lists);
        map.insert("tags", tags);
    }
    for list in lists {
        let names: Vec<&str> = list.path.split('.').collect();
        let (Some(own), Some(there)) = (ours.at(&names), live.at(&names)) else {
            continue;
        };
        let mut merged = there.clone();
        lay(&mut merged, own, &list.path, lists);
        set(&mut body, &names, merged);
    }
    body
}

fn set(body: &mut Value, names: &[&str], value: Value) {
    let Some((last, parents)) = names.split_last() else {
        return;
    };
    let mut at = body;
    for name in parents {
        let Some(map) = at.as_map_mut() else { return };
        at = map.entry_map(name);
    }
    if let Some(map) = at.as_map_mut() {
        map.insert(last, value);
    }
}

fn lay(under: &mut Value, over: &Value, pattern: &str, lists: &[ListFacts]) {
    match (under, over) {
        (Value::Map(under), Value::Map(over)) => lay_map(under, over, pattern, lists),
        (Value::List(under), Value::List(over)) => {
            match lists.iter().find(|list| list.path == pattern) {
                Some(list) => *under = lay_list(under, over, list, lists),
                None => under.clone_from(over),
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn lay_map(under: &mut Map, over: &Map, pattern: &str, lists: &[ListFacts]) {
    for (name, value) in over.iter() {
        let inner = if pattern.is_empty() {
            name.to_owned()
        } else {
            format!("{pattern}.{name}")
        };
        // Tag names are one name whatever their case.
        let spelled = if pattern == "tags" {
            under
                .get_caseless(name)
                .map(|(spelled, _)| spelled.to_owned())
        } else {
            None
        };
        if let Some(spelled) = spelled.filter(|spelled| spelled != name) {
            under.remove(&spelled);
        }
        match under.get_mut(name) {
            Some(there) => lay(there, value, &inner, lists),
            None => {
                under.insert(name, value.clone());
            }
        }
    }
}

fn lay_list(under: &[Value], over: &[Value], list: &ListFacts, lists: &[ListFacts]) -> Vec<Value> {
    let inner = format!("{}[{}]", list.path, list.key);
    let is = |item: &Value, key: &str| {
        key_of(item, &list.key).is_some_and(|found| same_key(&list.key, &found, key))
    };
    let mut merged: Vec<Value> = over
        .iter()
        .map(|own| {
            let key = key_of(own, &list.key).unwrap_or_default();
            let mut item = under
                .iter()
                .find(|item| is(item, &key))
                .cloned()
                .unwrap_or_else(|| Value::Map(Map::new()));
            lay(&mut item, own, &inner, lists);
            item
        })
        .collect();
    if list.extra == Extra::Keep {
        let foreign = under.iter().filter(|item| {
            let key = key_of(item, &list.key).unwrap_or_default();
            !over.iter().any(|own| is(own, &key))
        });
        merged.extend(foreign.cloned());
    }
    merged
}

#[cfg(test)]
mod tests;
