use super::Path;
use crate::Value;

fn body() -> Value {
    serde_json::from_str(
        r#"{"tags":{"a.b":"1"},"rules":[{"name":"SSH","p":{"port":22}},{"name":"web"}],"disks":[{"lun":0}]}"#,
    )
    .unwrap()
}

fn check(path: &str, expected: &str) {
    let parsed = Path::parse(path).unwrap();
    assert_eq!(parsed.to_string(), path);
    let found = parsed.get(&body()).map(crate::canonical::to_string);
    assert_eq!(found.as_deref().unwrap_or("absent"), expected, "{path}");
}

#[test]
fn paths_find_members_and_elements() {
    check("tags.\"a.b\"", "\"1\"");
    check("rules[name=ssh].p.port", "22");
    check("rules[1].name", "\"web\"");
    check("disks[lun=0].lun", "0");
    check("rules[name=none].p", "absent");
    check("rules[7]", "absent");
}

#[test]
fn what_is_removed_is_gone() {
    let mut body = body();
    let path = Path::parse("rules[name=ssh]").unwrap();
    assert!(path.remove(&mut body).is_some());
    assert!(path.get(&body).is_none());
}

#[test]
fn broken_paths_are_refused() {
    for text in ["a..b", "a[", "a[name=x", "a[]", "a.\"x", ".a"] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
}
