use serde_json::json;

use super::*;

fn takes(filter: &str) -> bool {
    let object = json!({
        "appId": "A1", "displayName": "the app and more", "names": ["x", "it's"],
        "accountEnabled": true, "verifiedPublisher": {"name": "acme"}, "nothing": null,
    });
    Filter::read(filter).expect(filter).takes(&object)
}

#[test]
fn conditions_hold_or_do_not() {
    for filter in [
        "",
        "appId eq 'a1'",
        "appId eq 'A1' and displayName eq 'the app and more'",
        "names/any(c:c eq 'X')",
        "names/any(c: c eq 'it''s')",
        "startswith(displayName,'The')",
        "appId in ('b', 'A1')",
        "accountEnabled eq true",
        "verifiedPublisher/name eq 'acme'",
        "nothing eq null",
        "appId eq 'x' and displayName eq 'y' or appId eq 'A1'",
    ] {
        assert!(takes(filter), "{filter}");
    }
    for filter in [
        "appId eq 'A2'",
        "appId eq 'A1' and names/any(c:c eq 'y')",
        "startsWith(displayName,'app')",
        "appId in ('b')",
        "accountEnabled eq false",
    ] {
        assert!(!takes(filter), "{filter}");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    for filter in [
        "appId",
        "appId ne 'A1'",
        "appId eq 'A1' appId eq 'A2'",
        "appId eq 'A1",
        "names/any(c:d eq 'x')",
    ] {
        assert!(Filter::read(filter).is_err(), "{filter}");
    }
}
