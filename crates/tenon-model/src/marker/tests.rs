use std::collections::BTreeMap;

use super::{Base, Children, Marker, Ownership, Protection, Recorded, Start, TAGS};
use crate::{Address, Map, ResourceId, Value};

fn id(name: &str) -> ResourceId {
    ResourceId::parse(&format!(
        "/subscriptions/3/resourceGroups/rg/providers/Microsoft.Compute/disks/{name}"
    ))
    .unwrap()
}

fn properties(count: usize) -> BTreeMap<String, Value> {
    (0..count)
        .map(|n| {
            (
                format!("rules.rule-{}.p{}", n / 4, n % 4),
                Value::Int(n as i64),
            )
        })
        .collect()
}

fn marker(base: Base) -> Marker {
    Marker {
        deployment: "web-prod".into(),
        address: Address::new("vms.web-1.disks.data"),
        protection: Protection::Protected,
        start: Start::NotOwed,
        keepsake: None,
        api_version: Some("2023-07-01".into()),
        children: Children::default(),
        base,
    }
}

#[test]
fn a_marker_reads_back() {
    let marker = marker(Base::of(&properties(5)));
    let body = Value::Map(Map::from([("tags", Value::Map(marker.tags(&id("data"))))]));
    assert_eq!(
        Ownership::read(&id("DATA"), &body),
        Ownership::Marked(marker)
    );
}

#[test]
fn that_a_start_is_owed_reads_back() {
    for protection in [Protection::Open, Protection::Protected] {
        let marker = Marker {
            protection,
            start: Start::Owed,
            ..marker(Base::of(&properties(5)))
        };
        let body = Value::Map(Map::from([("tags", Value::Map(marker.tags(&id("data"))))]));
        let read = Ownership::read(&id("data"), &body);
        assert_eq!(read, Ownership::Marked(marker));
    }
}

#[test]
fn a_copied_marker_is_not_ownership() {
    let body = Value::Map(Map::from([(
        "tags",
        Value::Map(marker(Base::default()).tags(&id("data"))),
    )]));
    assert_eq!(Ownership::read(&id("other"), &body), Ownership::Copied);
    assert_eq!(
        Ownership::read(&id("other"), &Value::Map(Map::new())),
        Ownership::Foreign
    );
}

#[test]
fn tags_stay_within_azure_s_limits() {
    for count in [0, 10, 36, 37, 200, 4000] {
        let tags = marker(Base::of(&properties(count))).tags(&id("data"));
        assert_eq!(tags.len(), TAGS.len());
        for (name, value) in tags.iter() {
            assert!(value.as_text().unwrap().len() <= 256, "{name} of {count}");
        }
    }
}

#[test]
fn the_base_tells_what_moved() {
    for count in [8, 60] {
        let then = properties(count);
        let base = Base::read(&Base::of(&then).to_text());
        let mut now = then.clone();
        now.insert("rules.rule-1.p0".into(), Value::text("new"));
        assert_eq!(
            base.compare("rules.rule-0.p0", &now),
            Recorded::Same,
            "{count}"
        );
        assert_eq!(
            base.compare("rules.rule-1.p0", &now),
            Recorded::Other,
            "{count}"
        );
        assert_eq!(base.compare("size", &now), Recorded::Absent, "{count}");
        assert!(base.has("rules.rule-1.p0"));
    }
}

#[test]
fn a_base_forgets_what_it_is_told_to_and_nothing_else() {
    for count in [8, 60] {
        let now = properties(count);
        let base = Base::of(&now).without(&["rules.rule-1.p0".to_owned()]);
        assert!(!base.has("rules.rule-1.p0"), "{count}");
        assert_eq!(
            base.compare("rules.rule-0.p0", &now),
            Recorded::Same,
            "{count}"
        );
    }
}

#[test]
fn a_role_assignment_carries_its_marker_behind_the_description() {
    let id = |name: &str| {
        let text =
            format!("/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/{name}");
        ResourceId::parse(&text).expect("an id")
    };
    let ours = Marker {
        deployment: "my shop".to_owned(),
        address: Address::new("access.reader"),
        protection: Protection::Open,
        start: Start::NotOwed,
        keepsake: None,
        api_version: None,
        children: Children::default(),
        base: Base::default(),
    };
    let body = |description: String| {
        let properties = Map::from([("description", Value::Text(description))]);
        Value::Map(Map::from([("properties", Value::Map(properties))]))
    };
    for text in [None, Some("people [who] look")] {
        let live = body(ours.description(&id("a"), text));
        assert_eq!(
            Ownership::read(&id("a"), &live),
            Ownership::Marked(ours.clone())
        );
        assert_eq!(Ownership::read(&id("b"), &live), Ownership::Copied);
        let own = super::undescribed(&live);
        assert_eq!(own.at(&super::DESCRIPTION).and_then(Value::as_text), text);
    }
    let foreign = body("people [who] look".to_owned());
    assert_eq!(Ownership::read(&id("a"), &foreign), Ownership::Foreign);
}

#[test]
fn a_marker_names_children_whose_type_has_no_table() {
    let vault = id("vault");
    let (secret, other) = (vault.child("secrets", "a.b"), vault.child("secrets", "a.c"));
    let lock = vault.extension("Microsoft.Authorization/locks", &["keep"]);
    let mut wanted = Children::default();
    wanted.add(&vault, &secret, "2023-07-01");
    wanted.add(&vault, &lock, "2020-05-01");
    let ours = Marker {
        children: wanted.clone(),
        ..marker(Base::default())
    };
    let body = Value::Map(Map::from([("tags", Value::Map(ours.tags(&vault)))]));
    let Ownership::Marked(read) = Ownership::read(&vault, &body) else {
        panic!("the marker is its own");
    };
    assert_eq!(read, ours);
    assert_eq!(
        read.children.api_version(&vault, &secret),
        Some("2023-07-01")
    );
    assert_eq!(read.children.api_version(&vault, &lock), Some("2020-05-01"));
    assert_eq!(read.children.api_version(&vault, &other), None);
    let mut named = Children::default();
    named.add(&vault, &secret, "2023-07-01");
    let beside: Vec<_> = read.children.beside(&named).collect();
    assert_eq!(beside, [("microsoft.authorization/locks", "2020-05-01")]);
    assert!(read.children.cover(&named) && !named.cover(&read.children));
}

#[test]
fn very_many_children_are_known_by_their_type_and_the_base_alone() {
    let vault = id("vault");
    let mut many = Children::default();
    for n in 0..60 {
        many.add(
            &vault,
            &vault.child("secrets", &format!("s{n}")),
            "2023-07-01",
        );
    }
    let ours = Marker {
        children: many.clone(),
        ..marker(Base::default())
    };
    let mark = ours.tags(&vault);
    let mark = mark.get(super::MARK_TAG).and_then(Value::as_text);
    assert!(mark.is_some_and(|mark| mark.len() <= 256));
    let body = Value::Map(Map::from([("tags", Value::Map(ours.tags(&vault)))]));
    let Ownership::Marked(read) = Ownership::read(&vault, &body) else {
        panic!("the marker is its own");
    };
    assert!(read.children.cover(&many));
    let another = vault.child("secrets", "somebody-elses");
    assert_eq!(
        read.children.api_version(&vault, &another),
        Some("2023-07-01")
    );
}
