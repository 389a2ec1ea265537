use tenon_model::value::{Later, SecretSource};
use tenon_model::{Address, Map, Path, Value};

use super::{Ids, Seen, diff, inline, snake};

fn shown(value: impl Into<Value>) -> String {
    inline(&value.into(), Ids::Short)
}

#[test]
fn only_what_could_mislead_is_quoted() {
    for clear in ["1.4.2", "Standard_D2s_v5", "*", "10.0.0.0/8", "2026-09-30"] {
        assert_eq!(shown(clear), clear);
    }
    for (text, quoted) in [
        ("4711", "\"4711\""),
        ("", "\"\""),
        ("true", "\"true\""),
        (" a", "\" a\""),
        ("a → b", "\"a → b\""),
        ("(sensitive)", "\"(sensitive)\""),
    ] {
        assert_eq!(shown(text), quoted);
    }
}

#[test]
fn later_values_say_where_they_come_from() {
    let ip = Later::Live {
        of: Address::new("vms.web-1.nic"),
        path: Path::parse("properties.ipConfigurations[0].properties.privateIPAddress").unwrap(),
    };
    assert_eq!(shown(ip.clone()), "‹vms.web-1.nic.private_ip_address›");
    let secret = Later::Secret {
        name: "db-password".to_owned(),
        source: SecretSource::Env("DB_PASSWORD".to_owned()),
    };
    let joined = Later::Joined(vec![Value::from("http://"), ip.into(), secret.into()]);
    assert_eq!(
        shown(joined),
        "http://‹vms.web-1.nic.private_ip_address›(secret db-password)"
    );
    assert_eq!(snake("vmId"), "vm_id");
    assert_eq!(snake("id"), "id");
}

#[test]
fn ids_keep_their_ends() {
    let id = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/web/providers/\
              Microsoft.Network/virtualNetworks/web-vnet/subnets/app";
    assert_eq!(shown(id), "/subscriptions/3333…/subnets/app");
    assert_eq!(inline(&Value::from(id), Ids::Whole), id);
}

fn rows(before: impl Into<Value>, after: impl Into<Value>) -> Vec<(String, Seen)> {
    let mut out = Vec::new();
    diff(
        "p",
        Some(&before.into()),
        Some(&after.into()),
        Ids::Short,
        &mut out,
    );
    out
}

#[test]
fn lists_show_what_went_and_came() {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| Value::from(*item)).collect());
    assert_eq!(
        rows(list(&["a", "b", "c"]), list(&["a", "c", "d"])),
        [(
            "p".to_owned(),
            Seen::Elements(vec![('-', "b".to_owned()), ('+', "d".to_owned())])
        )]
    );
    assert_eq!(
        rows(list(&["a", "b"]), list(&["b", "a"])),
        [(
            "p".to_owned(),
            Seen::Pair(Some("[a, b]".to_owned()), Some("[b, a]".to_owned()))
        )]
    );
}

#[test]
fn maps_and_named_elements_show_members() {
    let rule = |name: &str, port: i64| {
        Value::Map(Map::from([
            ("name", Value::from(name)),
            ("port", Value::Int(port)),
        ]))
    };
    let before = Value::List(vec![rule("ssh", 22), rule("web", 80)]);
    let after = Value::List(vec![rule("web", 443), rule("ssh", 22)]);
    assert_eq!(
        rows(before, after),
        [(
            "p.web.port".to_owned(),
            Seen::Pair(Some("80".to_owned()), Some("443".to_owned()))
        )]
    );
}

#[test]
fn texts_of_several_lines_show_the_lines() {
    assert_eq!(
        rows("a\nb\nc\nd\n", "a\nb\nC\nd\n"),
        [(
            "p".to_owned(),
            Seen::Lines(vec![
                (' ', "b".to_owned()),
                ('-', "c".to_owned()),
                ('+', "C".to_owned()),
                (' ', "d".to_owned()),
            ])
        )]
    );
}
