//! What an update sends back of a live body, with all that Azure shows in it.
//!
//! An update by `PUT` repeats the live body and one by `PATCH` the lists that it
//! changes, so the tables must name whatever Azure shows and does not take. The bodies are those of the official
//! examples of reading a resource, and besides that have every member which the
//! description says that only Azure sets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use tenon_model::plan::Mode;
use tenon_model::rules::Rules;
use tenon_model::{ResourceId, Value};

use crate::descriptions::{self, Descriptions, Node};
use crate::finding::Problem;
use crate::is_described;
use crate::specs::{self, Case};
use crate::support::cloud::Cloud;
use crate::written::applied;

/// Lists that Azure shows with whole elements; what else there is in lists it
/// shows as references.
const LISTS: &[&str] = &[
    "dataDisks",
    "delegations",
    "ipConfigurations",
    "ipTags",
    "networkInterfaces",
    "securityRules",
    "serviceEndpoints",
    "virtualNetworkPeerings",
];

/// Maps that belong to the body itself.
const MAPS: &[&str] = &["networkProfile", "properties", "storageProfile"];

/// The bodies with which the examples answer a read of a type.
fn shown(all: &Descriptions, id: &ResourceId) -> Vec<(String, Json)> {
    let operation = all.operation("get", id.as_str()).expect("it can be read");
    let examples = operation.examples(all).into_iter();
    let bodies = examples.map(|(name, json)| {
        let body = json["responses"]["200"]["body"].clone();
        (name.to_owned(), body)
    });
    bodies.filter(|(_, body)| body.is_object()).collect()
}

/// Adds to `live` what `shown` has and it has not.
fn add(live: &mut Json, shown: &Json) {
    match (live, shown) {
        (Json::Object(live), Json::Object(shown)) => {
            for (name, value) in shown {
                match live.get_mut(name) {
                    Some(there) => add(there, value),
                    None => drop(live.insert(name.clone(), value.clone())),
                }
            }
        }
        (Json::Array(live), Json::Array(shown)) => {
            if live.is_empty() {
                live.clone_from(shown);
            } else if let Some(first) = shown.first() {
                live.iter_mut().for_each(|item| add(item, first));
            }
        }
        _ => {}
    }
}

/// Adds what only Azure sets, here and in whole elements.
fn fill(all: &Descriptions, schema: Node<'_>, live: &mut Json) {
    let mut members = BTreeMap::new();
    all.members(schema, &mut members);
    let Some(map) = live.as_object_mut() else {
        return;
    };
    for (name, node) in members {
        let own = all.resolve(node);
        if node.is("readOnly") || own.is("readOnly") {
            map.entry(name).or_insert_with(|| json!("set by Azure"));
        } else if MAPS.contains(&name) {
            fill(all, own, map.entry(name).or_insert_with(|| json!({})));
        } else if let (true, Some(element)) = (LISTS.contains(&name), own.member("items")) {
            let list = map.entry(name).or_insert_with(|| json!([]));
            if list == &json!([]) {
                *list = json!([{}]);
            }
            let items = list.as_array_mut().into_iter().flatten();
            items.for_each(|item| fill(all, element, item));
        }
    }
}

/// Adds a member at a path as the tables write it, in lists with whole
/// elements. What is younger than the documents is only there.
fn set(live: &mut Json, path: &str) {
    let Some((name, rest)) = path.split_once('.') else {
        if let Some(map) = live.as_object_mut() {
            map.entry(path).or_insert_with(|| json!("set by Azure"));
        }
        return;
    };
    match name.strip_suffix("[]") {
        Some(list) if LISTS.contains(&list) => {
            let items = live.get_mut(list).and_then(Json::as_array_mut);
            items.into_iter().flatten().for_each(|item| set(item, rest));
        }
        None if MAPS.contains(&name) => set(&mut live[name], rest),
        _ => {}
    }
}

fn add_to(all: &Descriptions, cloud: &Cloud, id: &ResourceId, shown: &Json) {
    let operation = all.operation("put", id.as_str()).expect("it can be made");
    let body = operation.body(all).expect("a body");
    let schema = body.member("schema").expect("a schema");
    cloud.with(|state| {
        let live = state.resources.get_mut(id).expect("it is there");
        let mut json = serde_json::to_value(&*live).expect("JSON");
        add(&mut json, shown);
        fill(all, schema, &mut json);
        let rules = tenon_kinds::rules_of(&id.resource_type()).expect("it is known");
        for path in all.tables.read_only(rules.resource_type, rules.api_version) {
            // Templates have that one, bodies do not.
            if path != "apiVersion" {
                set(&mut json, path);
            }
        }
        *live = serde_json::from_value::<Value>(json).expect("a body");
    });
}

/// A resource of the type.
fn of_type(cloud: &Cloud, rules: &Rules) -> Option<ResourceId> {
    cloud.with(|state| {
        let mut ids = state.resources.keys();
        let own = ids.find(|id| id.resource_type().eq_ignore_ascii_case(rules.resource_type));
        own.cloned()
    })
}

#[test]
fn what_only_azure_sets_is_never_sent_back() {
    let Some(all) = descriptions::find("what_only_azure_sets_is_never_sent_back") else {
        return;
    };
    let cases: Vec<Case> = specs::settings()
        .iter()
        .map(|setting| setting.cases().accepted.swap_remove(1))
        .collect();
    let mut seen = 0;
    let mut wrong = BTreeSet::new();
    let described = |rules: &&Rules| is_described(rules.resource_type);
    for rules in tenon_kinds::all_rules().filter(described) {
        for case in &cases {
            let cloud = Cloud::default();
            let asked = specs::asked(&case.text).expect("it was accepted before");
            applied(&asked, &cloud, Mode::Live);
            let Some(id) = of_type(&cloud, rules) else {
                continue;
            };
            for (example, body) in shown(&all, &id) {
                let cloud = cloud.clone();
                add_to(&all, &cloud, &id, &body);
                // Everything with tags changes, subnets and disks with their own.
                let changed = case
                    .tagged("other")
                    .text
                    .replace("10.0.1.0/24", "10.0.2.0/24")
                    .replace(r#""caching":"None""#, r#""caching":"ReadOnly""#);
                let asked = specs::asked(&changed).expect("as good as before");
                let (requests, _) = applied(&asked, &cloud, Mode::Live);
                for request in requests.iter().filter(|one| one.path == id.as_str()) {
                    seen += 1;
                    let findings = all.check(request).into_iter();
                    let findings = findings.filter(|one| one.problem == Problem::ReadOnly);
                    wrong.extend(
                        findings.map(|one| format!("{} of {example}: {one}", rules.resource_type)),
                    );
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} updates");
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
