use tenon_model::outline::{Outline, Written};
use tenon_model::{Map, Value};

use super::compose;
use crate::{Data, Node, SourceFile, parse_document};

/// What is read of a text, as plain values; quotes tell text from numbers.
fn read(node: &Node<'_>) -> Value {
    match &node.data {
        Data::Scalar(scalar) if scalar.style == crate::Style::Plain => {
            match crate::yaml::core::whole(&scalar.text) {
                Some(crate::yaml::core::Whole::Fits(number)) => Value::Int(number),
                _ => match crate::yaml::core::boolean(&scalar.text) {
                    Some(truth) => Value::Bool(truth),
                    None => Value::text(&*scalar.text),
                },
            }
        }
        Data::Scalar(scalar) => Value::text(&*scalar.text),
        Data::List(items) => Value::List(items.iter().map(read).collect()),
        Data::Map(pairs) => {
            let members = pairs.iter();
            Value::Map(
                members
                    .map(|pair| (pair.key.to_string(), read(&pair.value)))
                    .collect(),
            )
        }
    }
}

#[track_caller]
fn comes_back(value: Value) {
    let mut outline = Outline::default();
    outline.set("body", &value);
    let text = compose(&outline);
    let file = SourceFile {
        name: "t".to_owned(),
        text: text.clone(),
    };
    let (document, problems) = parse_document(&file);
    assert!(problems.is_empty(), "{text}\n{problems:?}");
    let root = read(&document.root.expect("a document"));
    assert_eq!(root, Value::Map(Map::from([("body", value)])), "{text}");
}

#[test]
fn whatever_is_written_is_read_as_itself() {
    for text in [
        "web",
        "yes",
        "true",
        "22",
        "1.10",
        "010",
        "",
        " a",
        "a: b",
        "#x",
        "- x",
        "*",
        "&a",
        "!t",
        "say \"hi\"",
        "C:\\x",
        "two\nlines\ttab",
        "ü€",
        "10.0.0.0/16",
        "{a}",
        "[a]",
        "a, b",
        "@x",
        "null",
        "~",
        "Standard_D2s_v5",
        "a #b",
        "key=",
        "%x",
        "`x`",
        "?",
        "2024-01-01",
        "0x1F",
    ] {
        comes_back(Value::text(text));
        comes_back(Value::List(vec![Value::text(text), Value::Int(1)]));
        comes_back(Value::Map(Map::from([(
            "a",
            Value::Map(Map::from([(
                "b",
                Value::Map(Map::from([(text, Value::text(text)), ("t", true.into())])),
            )])),
        )])));
    }
    comes_back(Value::Map(Map::new()));
    comes_back(Value::List(Vec::new()));
    let long = Value::text("x".repeat(80));
    let element = Value::Map(Map::from([
        ("one", long.clone()),
        ("two", long),
        (
            "three",
            Value::List(vec![Value::Map(Map::from([("a", 1.into())]))]),
        ),
    ]));
    comes_back(Value::List(vec![
        element.clone(),
        element,
        Value::Map(Map::new()),
    ]));
}

#[test]
fn expressions_stay_and_what_looks_like_one_stays_text() {
    let mut outline = Outline::default();
    outline.set("password", Written::Expression("secrets.web".to_owned()));
    outline.set("text", "${HOME}");
    assert_eq!(
        compose(&outline),
        "password: \"${secrets.web}\"\ntext: \"$${HOME}\"\n"
    );
}

#[test]
fn remarks_stand_above_and_small_maps_on_one_line() {
    let mut rule = Outline::default();
    rule.set("priority", 100);
    rule.set("port", "22");
    let mut outline = Outline::default();
    outline.set("tenon", 1);
    outline.map("nsgs").map("web").map("rules").set("ssh", rule);
    outline.map("nsgs").remark("web", "made by hand");
    assert_eq!(
        compose(&outline),
        "tenon: 1

nsgs:
  # made by hand
  web:
    rules:
      ssh: {priority: 100, port: \"22\"}
"
    );
}
