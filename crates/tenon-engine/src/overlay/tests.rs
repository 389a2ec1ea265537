use tenon_model::plan::{ListFacts, Request, TypeFacts};
use tenon_model::rules::{Extra, Update};
use tenon_model::transport::Verb;
use tenon_model::{Path, Value};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn check(update: Update, extra: Extra, live: &str, ours: &str, remove: &[&str], expected: &str) {
    let facts = TypeFacts {
        update,
        read_only: vec![
            "id".into(),
            "properties.state".into(),
            "properties.rules[].etag".into(),
        ],
        lists: vec![ListFacts {
            path: "properties.rules".into(),
            key: "name".into(),
            extra,
        }],
    };
    let request = Request {
        verb: Verb::Put,
        path: String::new(),
        api_version: String::new(),
        body: None,
        remove: remove
            .iter()
            .map(|path| Path::parse(path).unwrap())
            .collect(),
    };
    let body = super::body(&json(live), &request, &json(ours), &facts);
    assert_eq!(body, json(expected));
}

#[test]
fn what_others_set_stays() {
    check(
        Update::Put,
        Extra::Keep,
        r#"{"id":"x","tags":{"theirs":"1","Own":"a"},"properties":{"state":"ok","flag":true,
            "rules":[{"name":"theirs","etag":"1"},{"name":"OURS","etag":"2","port":1,"more":2}]}}"#,
        r#"{"tags":{"own":"b"},"properties":{"rules":[{"name":"ours","port":9}]}}"#,
        &[],
        r#"{"tags":{"theirs":"1","own":"b"},"properties":{"flag":true,
            "rules":[{"name":"ours","port":9,"more":2},{"name":"theirs"}]}}"#,
    );
}

#[test]
fn a_whole_list_is_the_whole_list() {
    check(
        Update::Put,
        Extra::Remove,
        r#"{"properties":{"rules":[{"name":"theirs"}]}}"#,
        r#"{"properties":{"rules":[{"name":"ours"}]}}"#,
        &[],
        r#"{"properties":{"rules":[{"name":"ours"}]}}"#,
    );
}

#[test]
fn a_patch_carries_only_what_changes() {
    check(
        Update::Patch,
        Extra::Keep,
        r#"{"tags":{"theirs":"1","gone":"2"},"properties":{"size":"a","rules":[{"name":"theirs"}]}}"#,
        r#"{"tags":{"own":"b"},"properties":{"size":"b"}}"#,
        &["tags.gone"],
        r#"{"tags":{"theirs":"1","own":"b"},"properties":{"size":"b"}}"#,
    );
}

#[test]
fn a_list_in_a_patch_is_without_what_only_azure_sets() {
    check(
        Update::Patch,
        Extra::Keep,
        r#"{"properties":{"rules":[{"name":"theirs","etag":"1"},{"name":"ours","etag":"2","port":1}]}}"#,
        r#"{"properties":{"rules":[{"name":"ours","port":9}]}}"#,
        &[],
        r#"{"properties":{"rules":[{"name":"ours","port":9},{"name":"theirs"}]}}"#,
    );
}
