use super::{Direction, Gone, Row, Rules, Same, Tags, Update, drop_at};
use crate::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn check_same(same: Same, one: &str, two: &str, expected: bool) {
    assert_eq!(
        same.same(&json(one), &json(two)),
        expected,
        "{same:?}: {one} and {two}"
    );
}

#[test]
fn values_are_compared_by_what_they_mean() {
    check_same(Same::Caseless, r#""FromImage""#, r#""fromImage""#, true);
    check_same(Same::Caseless, r#""1""#, "1", true);
    check_same(Same::Exact, r#""a""#, r#""A""#, false);
    check_same(
        Same::Id,
        r#""/subscriptions/S""#,
        r#""/SUBSCRIPTIONS/s""#,
        true,
    );
    check_same(Same::Region, r#""West Europe""#, r#""westeurope""#, true);
    check_same(Same::Region, r#""westus""#, r#""westus2""#, false);
    check_same(Same::Set, r#"["b","A"]"#, r#"["a","B"]"#, true);
    check_same(Same::Set, r#""22""#, r#"["22"]"#, true);
    check_same(Same::Duration, r#""PT90M""#, r#""PT1H30M""#, true);
    check_same(Same::Caseless, "-1", "-1.0", true);
    check_same(
        Same::SshKey,
        r#""ssh-rsa AAAA me@host""#,
        r#""ssh-rsa AAAA""#,
        true,
    );
}

#[test]
fn the_order_of_ssh_keys_does_not_matter() {
    check_same(
        Same::SshKey,
        r#"[{"keyData":"ssh-rsa A me"},{"keyData":"ssh-rsa B"}]"#,
        r#"[{"keyData":"ssh-rsa B you"},{"keyData":"ssh-rsa A"}]"#,
        true,
    );
}

#[test]
fn noise_goes_from_every_element() {
    let mut body =
        json(r#"{"rules":[{"name":"a","etag":"1"},{"name":"b","etag":"2"}],"etag":"3"}"#);
    drop_at(&mut body, "rules[].etag");
    drop_at(&mut body, "etag");
    assert_eq!(body, json(r#"{"rules":[{"name":"a"},{"name":"b"}]}"#));
}

#[test]
fn open_maps_match_by_prefix() {
    static RULES: Rules = Rules {
        resource_type: "T/t",
        api_version: "2024-01-01",
        noun: "thing",
        lost: &[],
        usual: super::Usual {
            write: 1,
            delete: 1,
        },
        children: &[],
        update: Update::Put,
        tags: Tags::Own,
        rows: &[Row::new("tags.*", "tags.*", Same::Exact)],
        lists: &[],
        noise: &[],
        read_only: &[],
    };
    assert!(RULES.row("tags.app").is_some());
    assert!(RULES.row("tagsx").is_none());
}

#[test]
fn a_direction_says_what_changes_in_place() {
    let subnet = |network: &str, name: &str| {
        format!(
            r#""/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/{network}/subnets/{name}""#
        )
    };
    let (a, b, far) = (subnet("n", "a"), subnet("N", "b"), subnet("m", "a"));
    for (direction, before, after, leads) in [
        (Direction::Up, "3", "4", true),
        (Direction::Up, "3", "2", false),
        (Direction::More, r#"["1"]"#, r#"["2","1"]"#, true),
        (Direction::More, r#"["1","2"]"#, r#"["1"]"#, false),
        (Direction::More, "[]", r#"["1"]"#, false),
        (Direction::Off, "true", "false", true),
        (Direction::Off, "false", "true", false),
        (Direction::Sibling, &a, &b, true),
        (Direction::Sibling, &a, &far, false),
        (Direction::Both, "1", "0", true),
    ] {
        let (before, after) = (json(before), json(after));
        let found = direction.leads(Some(&before), &after);
        assert_eq!(found, leads, "{direction:?}: {before:?} {after:?}");
    }
    assert!(Direction::Up.leads(None, &json("1")));
    assert!(!Direction::More.leads(None, &json(r#"["1"]"#)));
}

#[test]
fn fewer_of_something_is_so_many_gone() {
    let gone = Gone::Each("machines");
    let with = |before: &str, after: &str| gone.with(Some(&json(before)), &json(after));
    assert_eq!(with("5", "3").as_deref(), Some("machines 2"));
    assert_eq!(with("3", "5"), None);
    let words = Gone::Words("os_disks").with(None, &json("1"));
    assert_eq!(words.as_deref(), Some("os_disks"));
}
