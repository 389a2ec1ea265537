use serde_json::{Value, json};

use super::pipeline::{Rows, run};
use super::*;

/// Three rows with a few kinds of values.
fn rows() -> Rows {
    let row = |value: Value| match value {
        Value::Object(row) => row,
        other => panic!("{other}"),
    };
    Rows {
        columns: ["name", "type", "tags", "properties", "size"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            row(
                json!({"name": "Web-1", "type": "vm", "tags": {"env": "prod", "the owner": "me"}, "properties": {"a": {"b": [7]}}, "size": 4}),
            ),
            row(
                json!({"name": "web-2", "type": "vm", "tags": null, "properties": {"a": {}}, "size": 8}),
            ),
            row(
                json!({"name": "disk", "type": "disk", "tags": {"env": "test"}, "properties": null, "size": 30}),
            ),
        ],
    }
}

#[track_caller]
fn check(query: &str, expected: &Value) {
    let parsed = parser::parse(query).expect("a query");
    let answer = run(rows(), &parsed.steps).expect("rows");
    assert_eq!(&json!(answer.rows), expected, "{query}");
}

#[track_caller]
fn names(condition: &str, expected: &[&str]) {
    let expected: Vec<Value> = expected.iter().map(|name| json!({"name": name})).collect();
    check(
        &format!("Resources | where {condition} | project name"),
        &json!(expected),
    );
}

#[track_caller]
fn refused(query: &str, code: &str, token: &str) {
    let refusal = match parser::parse(query) {
        Err(refusal) => refusal,
        Ok(parsed) => run(rows(), &parsed.steps).expect_err("a refusal"),
    };
    assert_eq!(refusal.0["code"], code, "{refusal:?}");
    assert!(refusal.0.to_string().contains(token), "{refusal:?}");
}

#[test]
fn conditions_choose_rows() {
    names("type == 'vm'", &["Web-1", "web-2"]);
    names("type == 'VM'", &[]);
    names("type =~ 'VM' and name != 'web-2'", &["Web-1"]);
    names("name !~ 'WEB-1'", &["web-2", "disk"]);
    names("name in ('disk', 'web-1')", &["disk"]);
    names("name in~ ('disk', 'web-1')", &["Web-1", "disk"]);
    names("name !in~ ('disk', 'web-1')", &["web-2"]);
    names("name startswith 'WEB'", &["Web-1", "web-2"]);
    names(
        "name contains 'is' or name endswith '2'",
        &["web-2", "disk"],
    );
    names("name has 'web' and not(name has 'we')", &["Web-1", "web-2"]);
    names("name !contains 'web'", &["disk"]);
    names("size > 4 and size <= 30", &["web-2", "disk"]);
    names("(type == 'disk' or size == 4) and size < 10", &["Web-1"]);
}

#[test]
fn members_are_reached_in_both_ways() {
    names("tags.env == 'prod'", &["Web-1"]);
    names("tags['env'] =~ 'TEST'", &["disk"]);
    names("tags[\"the owner\"] == 'me'", &["Web-1"]);
    names("properties.a.b[0] == 7", &["Web-1"]);
    names("isnotempty(tags)", &["Web-1", "disk"]);
    names("isnull(properties.a.b)", &["web-2", "disk"]);
}

#[test]
fn columns_are_made_and_named() {
    check(
        "resources | where size == 4 | project tags.env, twice = size * 2, tostring(properties.a.b)",
        &json!([{"tags_env": "prod", "twice": 8, "properties_a_b": "[7]"}]),
    );
    check(
        "where size == 8 | extend low = tolower(name), n = strcat(type, '-', size) | project low, n",
        &json!([{"low": "web-2", "n": "vm-8"}]),
    );
    check(
        "Resources // everything\n| project-away tags, properties, size\n| take 1",
        &json!([{"name": "Web-1", "type": "vm"}]),
    );
}

#[test]
fn groups_are_counted_and_sorted() {
    check(
        "Resources | summarize count() by type",
        &json!([{"count_": 1, "type": "disk"}, {"count_": 2, "type": "vm"}]),
    );
    check(
        "Resources | summarize n = count(), sum(size), max(size) by type | order by n",
        &json!([
            {"n": 2, "sum_size": 12, "max_size": 8, "type": "vm"},
            {"n": 1, "sum_size": 30, "max_size": 30, "type": "disk"},
        ]),
    );
    check("Resources | count", &json!([{"Count": 3}]));
    check(
        "Resources | summarize dcount(type)",
        &json!([{"dcount_type": 2}]),
    );
    check(
        "Resources | distinct type | sort by type asc | limit 1",
        &json!([{"type": "disk"}]),
    );
}

#[test]
fn what_is_not_understood_is_refused() {
    refused(
        "Resources | parse name with *",
        "InvalidQueryLanguage",
        "parse",
    );
    refused("Resources | where name ==", "ParserFailure", "<EOF>");
    refused(
        "Resources | where name == 'a' type",
        "ParserFailure",
        "type",
    );
    refused(
        "Resources | where shout(name)",
        "InvalidQueryLanguage",
        "shout",
    );
    refused("Resources | where nobody == 1", "InvalidQuery", "nobody");
    let deep = format!("Resources | where {}1", "(".repeat(10_000));
    refused(&deep, "ParserFailure", "(");
    refused("Nothing | take 1", "InvalidQuery", "Nothing");
    refused("Resources | where name == 'open", "ParserFailure", "'");
}
