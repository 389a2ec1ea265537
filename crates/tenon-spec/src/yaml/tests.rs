//! The tree against another reader of YAML, and the places in it.

use serde_yaml::Value;

use super::{Data, core, parse_document};
use crate::SourceFile;

fn file(text: &str) -> SourceFile {
    SourceFile {
        name: "t.yaml".to_owned(),
        text: text.to_owned(),
    }
}

/// Fractions as their text in `text`, so that both sides can be compared.
fn without_fractions(value: Value, ours: &Value) -> Value {
    match (value, ours) {
        (Value::Number(number), Value::String(text)) if number.is_f64() => {
            assert_eq!(core::fraction(text), number.as_f64(), "{text}");
            Value::String(text.clone())
        }
        (Value::Sequence(items), Value::Sequence(ours)) => {
            let pairs = items.into_iter().zip(ours);
            Value::Sequence(
                pairs
                    .map(|(item, ours)| without_fractions(item, ours))
                    .collect(),
            )
        }
        (Value::Mapping(map), Value::Mapping(ours)) => Value::Mapping(
            map.into_iter()
                .map(|(key, item)| {
                    let ours = ours.get(&key).unwrap_or(&Value::Null).clone();
                    (key, without_fractions(item, &ours))
                })
                .collect(),
        ),
        (other, _) => other,
    }
}

#[test]
fn the_tree_is_what_another_reader_sees() {
    let corpus = [
        "a: 1\nb: [1, 2, {c: d}]\n",
        "a: |\n  x\n   y\n\n  z\nb: >\n  folded\n  text\n\n  more\nc: |-\n  x\nd: |+\n  y\n\n",
        "a: 'it''s'\nb: \"tab\\t \\u00e9 \\\"q\\\"\"\nc: plain text # comment\nd: \"multi\n  line\"\n",
        "a: ~\nb: null\nc:\nd: ''\ne: [~, null, ]\n",
        "a: yes\nb: no\nc: on\nd: y\ne: True\nf: FALSE\ng: true\n",
        "a: 0o10\nb: 0x1F\nc: 010\nd: 00123\ne: 12:30:00\nf: 1_000\ng: -5\nh: +5\ni: 2024-01-01\n",
        "a: 1.10\nb: .5\nc: 1e3\nd: -1.5e-3\ne: 1.\nf: 0.0\n",
        "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne: {<<: [*x, {f: 4, b: 9}], g: 5}\nh: *x\n",
        "a:\n- b\n- c: d\n  e: f\n-\n  - g\n  - - h\n",
        "? a\n: b\n? c\n: - d\n",
        "{a: b, c: {d: [e, f: g]}, \"h\": i}\n",
        "a: x\r\nb: |\r\n  y\r\n  z\r\n",
        "\u{feff}a: ü\nb: 漢字\nc: \"😀\"\n",
        "url: https://example.com/a?b=c#d\ntime: 08:00:00Z\nid: /a/b:c\n",
        "- 1\n- two\n- [3]\n",
        "'quoted key': 1\n\"other\": 2\nkey with spaces: 3\n",
        include_str!("../tests/examples/my-vm.yaml"),
        include_str!("../tests/examples/web-prod.yaml"),
        include_str!("../tests/examples/acme-images.yaml"),
    ];
    for text in corpus {
        let source = file(text);
        let (document, diagnostics) = parse_document(&source);
        assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
        let ours = document.root.unwrap().to_value();
        // The other reader takes a byte order mark for a document of its own.
        let mut theirs: Value = serde_yaml::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        theirs.apply_merge().unwrap();
        assert_eq!(ours, without_fractions(theirs, &ours), "{text}");
    }
}

#[test]
fn what_is_merged_may_itself_be_merged() {
    // The other reader leaves the inner `<<` as a key here.
    let source = file("a: &a {n: {deep: 1}}\nb: &b {<<: *a, k: 1}\nc: {<<: *b}\n");
    let (document, _) = parse_document(&source);
    let root = document.root.as_ref().unwrap();
    let keys = root.pair("c").unwrap().value.pairs().iter();
    assert_eq!(
        keys.map(|pair| pair.key.to_string()).collect::<Vec<_>>(),
        ["k", "n"]
    );
}

#[test]
fn every_node_knows_its_place() {
    let text = "a: 1\nbé:\n  - x\n  - {k: 'v'}\nc:\n  d: |\n    text\n";
    let source = file(text);
    let (document, _) = parse_document(&source);
    let root = document.root.as_ref().unwrap();
    let mut seen = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let place = document.place(node.span);
        let slice = &text[place.start..place.end];
        seen.push(format!("{}:{} {slice}", place.line, place.column));
        for pair in node.pairs() {
            let place = document.place(pair.span);
            assert_eq!(&text[place.start..place.end], &*pair.key);
            open.push(&pair.value);
        }
        if let Data::List(nodes) = &node.data {
            open.extend(nodes.iter());
        }
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            "1:1 a",
            "1:4 1",
            "3:3 -",
            "3:5 x",
            "4:5 {k: 'v'}",
            "4:9 'v'",
            "6:3 d",
            "7:5 text\n"
        ]
    );
}

#[test]
fn merged_values_keep_the_place_where_they_were_written() {
    let source = file("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n");
    let (document, _) = parse_document(&source);
    let root = document.root.as_ref().unwrap();
    let merged = root.pair("c").unwrap().value.pair("b").unwrap();
    let place = document.place(merged.span);
    assert_eq!((place.line, place.column), (1, 8));
}

#[test]
fn core_scalars() {
    use core::Whole::{Fits, TooLarge};
    let whole = core::whole;
    assert_eq!(whole("9223372036854775807"), Some(Fits(i64::MAX)));
    assert_eq!(whole("-9223372036854775808"), Some(Fits(i64::MIN)));
    assert_eq!(whole("9223372036854775808"), Some(TooLarge));
    assert_eq!(whole("0xFFFFFFFFFFFFFFFFFF"), Some(TooLarge));
    for text in [
        "", "-", "+", "0x", "0o8", "1_0", "01", "--1", "-0x1", "1 ", "²",
    ] {
        assert_eq!(whole(text), None, "{text}");
    }
    for text in [
        "", ".", "e", "1", "1e", "1.2.3", "01.5", "1.5e+", "inf", ".nan", "1e999", "0.0.0",
    ] {
        assert_eq!(core::fraction(text), None, "{text}");
    }
}
