use super::{Later, Map, Value, join};
use crate::{Address, Path};

#[test]
fn later_values_survive_json() {
    let value = Value::Map(Map::from([
        ("plain", Value::text("x")),
        (
            "ip",
            Value::later(Later::Live {
                of: Address::new("vms.web-1.nic"),
                path: Path::parse("properties.ipConfigurations[0].name").unwrap(),
            }),
        ),
    ]));
    let text = serde_json::to_string(&value).unwrap();
    assert!(text.contains("$tenon"), "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
}

#[test]
fn joined_text_is_text_as_soon_as_all_parts_are_known() {
    assert_eq!(
        join(vec![Value::text("port "), Value::Int(22)]),
        Value::text("port 22")
    );
    let later = join(vec![
        Value::text("ip "),
        Value::later(Later::SshPublicKey {
            private_key: "k".into(),
        }),
    ]);
    assert!(later.has_later());
    let known = later.try_resolve(&mut |_| Ok::<_, ()>(Value::text("v")));
    assert_eq!(known, Ok(Value::text("ip v")));
}

#[test]
fn a_map_keeps_its_members_in_order() {
    let mut map = Map::new();
    for name in ["b", "a", "c"] {
        map.insert(name, Value::text(name));
    }
    assert_eq!(map.names().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(map.remove("b"), Some(Value::text("b")));
    assert_eq!(map.get("b"), None);
}
