//! What the memory in a marker is good for.

use std::collections::BTreeMap;

use tenon_model::Value;
use tenon_model::marker::Base;

use super::{recalls, remembers};

fn base(names: impl Iterator<Item = String>) -> Base {
    let properties: BTreeMap<String, Value> = names.map(|name| (name, Value::Null)).collect();
    Base::of(&properties)
}

#[test]
fn a_full_memory_does_not_take_others_for_ours() {
    let many = |depth: &str, count: usize| {
        let depth = depth.to_owned();
        (0..count).map(move |index| format!("{depth}{index}.port"))
    };
    // Each by itself.
    let few = base(many("rules.r", 4).chain(["tags.app".to_owned()]));
    assert!(remembers(&few, "tags.app"));
    assert!(remembers(&few, "rules.r1.port"));
    assert!(!remembers(&few, "tags.other"));
    // By two segments of their names: the tag is still told apart.
    let more = base(
        (0..3)
            .flat_map(|index| many(&format!("rules.r{index}."), 20))
            .chain(["tags.app".to_owned()]),
    );
    assert!(remembers(&more, "tags.app"));
    assert!(!remembers(&more, "tags.other"));
    assert!(!remembers(&more, "rules.r1.5.port"), "in a group");
    // By one: nobody knows which tag it was.
    let most = base(many("rules.r", 50).chain(["tags.app".to_owned()]));
    assert!(most.has("tags.other"));
    assert!(!remembers(&most, "tags.app"));
    assert!(!remembers(&most, "tags.other"));
}

#[test]
fn two_names_with_one_fingerprint_say_nothing() {
    // Found among ten thousand networks: both names have the same fingerprint.
    let names = |name: &str| {
        let properties = [
            (name.to_owned(), Value::Int(1)),
            ("x".to_owned(), Value::Int(2)),
        ];
        BTreeMap::from(properties)
    };
    let fingerprint = |name: &str| tenon_model::canonical::fingerprint(name, 3);
    let twin = (0..)
        .map(|index| format!("y{index}"))
        .find(|name| fingerprint(name) == fingerprint("x"));
    let twin = names(&twin.unwrap());
    assert!(twin.keys().any(|name| !recalls(&twin, name)));
    assert!(names("z").keys().all(|name| recalls(&names("z"), name)));
}
