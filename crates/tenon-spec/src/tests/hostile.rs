//! Files from somebody who wishes us no good.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use tenon_model::Code;

use super::reading;

/// Reads `text`, which must be refused in good time with `code`.
fn refused(text: &str, code: Code) -> String {
    let start = Instant::now();
    let reading = reading(&[("t.yaml", text)], &[]);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(reading.spec.is_none());
    let found = reading.diagnostics.iter().find(|one| one.code == code);
    let found = found.unwrap_or_else(|| panic!("{:?}", reading.diagnostics.first()));
    found.labels[0].message.clone()
}

#[test]
fn billion_laughs() {
    let mut text = String::from("tenon: 1\na0: &a0 [l, l, l, l, l, l, l, l, l, l]\n");
    for level in 1..10 {
        let below = format!("*a{}", level - 1);
        let _ = writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", "));
    }
    assert_eq!(
        refused(&text, Code::TooLarge),
        "the limit is 2000000 values"
    );
}

#[test]
fn a_long_text_with_many_aliases() {
    let mut text = format!("tenon: 1\na: &a {}\nb:\n", "x".repeat(100_000));
    for _ in 0..20_000 {
        text.push_str("- *a\n");
    }
    assert_eq!(refused(&text, Code::TooLarge), "the limit is 16 MiB");
}

#[test]
fn merge_keys_that_multiply() {
    let mut text = String::from("tenon: 1\nm0: &m0 {a: 1, b: 2}\n");
    for level in 1..30 {
        let _ = writeln!(
            text,
            "m{level}: &m{level} {{x: *m{0}, y: *m{0}, <<: *m{0}}}",
            level - 1
        );
    }
    assert_eq!(
        refused(&text, Code::TooLarge),
        "the limit is 2000000 values"
    );
}

#[test]
fn deep_block_maps() {
    let mut text = String::new();
    for level in 0..10_000 {
        let _ = writeln!(text, "{}a:", " ".repeat(level));
    }
    // 50 MB of spaces would be refused for their size alone.
    let text: String = text
        .lines()
        .take(3_000)
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(refused(&text, Code::TooLarge), "the limit is 64 levels");
    let dense = format!("{}x", "- ".repeat(10_000));
    assert_eq!(refused(&dense, Code::TooLarge), "the limit is 64 levels");
}

#[test]
fn deep_brackets() {
    for open in ["[", "{a: "] {
        let text = format!("a: {}", open.repeat(10_000));
        assert_eq!(refused(&text, Code::TooLarge), "the limit is 64 levels");
    }
}

#[test]
fn aliases_that_make_depth() {
    let mut text = String::from("tenon: 1\na0: &a0 [[[[[[[[[[x]]]]]]]]]]\n");
    for level in 1..500 {
        let _ = writeln!(
            text,
            "a{level}: &a{level} [[[[[[[[[[*a{}]]]]]]]]]]",
            level - 1
        );
    }
    assert_eq!(refused(&text, Code::TooLarge), "the limit is 64 levels");
}

#[test]
fn an_alias_of_itself() {
    let inside = "this is inside of `&a`, so it would never end";
    assert_eq!(
        refused("tenon: 1\nvms: &a {b: *a}\n", Code::UnsupportedYaml),
        inside
    );
    assert_eq!(
        refused("tenon: 1\nvms: &a {<<: *a, b: *a}\n", Code::UnsupportedYaml),
        inside
    );
    assert_eq!(refused("&a [*a]\n", Code::UnsupportedYaml), inside);
}

#[test]
fn large_files_and_long_texts() {
    let text = format!("a: \"{}\"\n", "x".repeat(17 << 20));
    assert_eq!(refused(&text, Code::TooLarge), "the limit is 16 MiB");
    let text = format!("a: {}\n", "x".repeat(2 << 20));
    assert_eq!(refused(&text, Code::TooLarge), "the limit is 1024 KiB");
}

#[test]
fn expressions_that_multiply() {
    let vars = format!(
        "tenon: 1\nvars: {{v: {{default: \"{}\"}}}}\n",
        "x".repeat(100_000)
    );
    let joined = format!(
        "{vars}resources: {{r: {{body: \"{}\"}}}}\n",
        "${vars.v}".repeat(5_000)
    );
    assert_eq!(refused(&joined, Code::TooLarge), "the limit is 128 MiB");
    let alone = format!(
        "{vars}resources: {{r: {{body: [{}]}}}}\n",
        "\"${vars.v}\",".repeat(5_000)
    );
    assert_eq!(refused(&alone, Code::TooLarge), "the limit is 128 MiB");
    let list = format!("{vars}vars2: 1\n")
        .replace(": {default: \"", ": {default: [\"")
        .replace("\"}", "\"]}");
    let list = format!(
        "{list}resources: {{r: {{body: [{}]}}}}\n",
        "\"${vars.v}\",".repeat(5_000)
    );
    assert_eq!(refused(&list, Code::TooLarge), "the limit is 128 MiB");
}

#[test]
fn overrides_as_large_as_their_template() {
    let tags: String = (0..20_000).map(|n| format!("t{n}: a, ")).collect();
    let text = format!(
        "tenon: 1\nvms: {{web: {{image: a, tags: &t {{{tags}}}, instances: {{a: {{tags: *t}}, b: {{tags: *t}}, c: {{tags: *t, zoen: 1}}}}}}}}\n"
    );
    refused(&text, Code::UnknownKey);
}

#[test]
fn many_names_of_many_fleets_that_nobody_knows() {
    let mut text = String::from("tenon: 1\nvms:\n");
    for number in 0..5_000 {
        let _ = writeln!(
            text,
            "  v{number}: {{count: x, image: \"${{vms.v{number}-1-2.a}}\"}}"
        );
    }
    refused(&text, Code::WrongType);
}

#[test]
fn a_large_text_in_a_large_fleet() {
    let text = format!(
        "tenon: 1\nvms: {{web: {{image: a, description: \"{}\", count: 10000}}}}\n",
        "x".repeat(100_000)
    );
    assert_eq!(refused(&text, Code::TooLarge), "the limit is 128 MiB");
}

#[test]
fn a_million_problems() {
    let mut text = String::from("tenon: 1\nvms:\n");
    for number in 0..20_000 {
        let _ = writeln!(
            text,
            "  v{number}: {{zoen: \"${{vms.x{number}.y}}\", image: \"${{vms.y{number}.z}}\"}}"
        );
    }
    let reading = reading(&[("t.yaml", &text)], &[]);
    assert_eq!(reading.diagnostics.len(), 1_000);
    let keys: String = (0..30_000).map(|_| "a: 1\n").collect();
    refused(&keys, Code::DuplicateKey);
}
