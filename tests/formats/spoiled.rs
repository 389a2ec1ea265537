//! Documents with one thing wrong, to see that a schema minds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::checker::problems;

/// Members that may hold anything.
const ANYTHING: &[&str] = &[
    "before", "after", "body", "value", "outputs", "live", "wanted", "planned",
];

/// What can be spoiled in `document` without `schema` minding: a member that
/// must be there taken away, a value of another type put in its place.
pub(crate) fn unnoticed(schema: &Value, document: &Value) -> Vec<String> {
    let mut places = BTreeMap::new();
    leaves(document, String::new(), &mut places);
    assert!(places.len() > 8, "a document with something in it");
    let mut unnoticed = Vec::new();
    for place in places.into_values() {
        let mut spoiled = document.clone();
        let value = spoiled.pointer_mut(&place).expect("a place");
        *value = json!([{"something": "else"}]);
        if problems(schema, &spoiled).is_empty() {
            unnoticed.push(place);
        }
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let mut spoiled = document.clone();
        let members = spoiled.as_object_mut().expect("a document");
        members.remove(name.as_str().expect("a name"));
        if problems(schema, &spoiled).is_empty() {
            unnoticed.push(format!("without {name}"));
        }
    }
    unnoticed
}

/// Whatever is neither a map nor a list, but for what may be anything. Of what
/// stands in the same place of the items of a list, one is like the others.
fn leaves(value: &Value, at: String, places: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if !ANYTHING.contains(&name.as_str()) {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    leaves(member, format!("{at}/{name}"), places);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{at}/{index}"), places);
            }
        }
        _ => {
            let alike = at.split('/').map(|name| match name.parse::<usize>() {
                Ok(_) => "*",
                Err(_) => name,
            });
            let alike: Vec<&str> = alike.collect();
            places.insert(alike.join("/"), at);
        }
    }
}
