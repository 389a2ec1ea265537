//! Text that is no YAML, and parts of YAML that specs do not have.

use super::{check, check_with, reading};

/// What the edit of the first help makes of the text.
fn mended(text: &str) -> String {
    let reading = reading(&[("t.yaml", text)], &[]);
    let edit = reading.diagnostics[0].helps[0].edit.clone().unwrap();
    let mut text = text.to_owned();
    text.replace_range(edit.place.start..edit.place.end, &edit.replacement);
    text
}

#[test]
fn indentation() {
    check(
        "vms:\n  web:\n    size: Standard_D2s_v5\n   zone: \"1\"\n",
        "error[TN1001] 6:4 this line is indented less than its neighbours, so YAML cannot tell what it belongs to \
         | this one starts in column 4 | keys of `web` start in column 5",
    );
    check(
        "vms:\n  web:\n    size: a\n     zone: \"1\"\n",
        "error[TN1001] 6:6 this line is indented more than its neighbours, so YAML reads it as part of the value above \
         | this one starts in column 6 | this key starts in column 5 and has a value",
    );
    check(
        "vms:\n    web:\n      image: a\n  db:\n      image: b\n",
        "error[TN1001] 6:3 this line is indented less than its neighbours, so YAML cannot tell what it belongs to \
         | this one starts in column 3 | keys of `vms` start in column 5",
    );
    let wrong = "vms:\n  web:\n    size: a\n   zone: \"1\"\n";
    assert_eq!(
        mended(wrong),
        "vms:\n  web:\n    size: a\n    zone: \"1\"\n"
    );
    let wrong = "vms:\n  web:\n    size: a\n     zone: \"1\"\n";
    assert_eq!(
        mended(wrong),
        "vms:\n  web:\n    size: a\n    zone: \"1\"\n"
    );
}

#[test]
fn tabs() {
    let tab = "this line is indented with a tab, and YAML indents with spaces only | this is a tab";
    check(
        "vms:\n  web:\n\tsize: a\n",
        &format!("error[TN1001] 5:1 {tab}"),
    );
    check(
        "vms:\n  web:\n    size: a\n\tzone: b\n",
        &format!("error[TN1001] 6:1 {tab}"),
    );
    assert_eq!(
        mended("vms:\n  web:\n\timage: a\n"),
        "vms:\n  web:\n    image: a\n"
    );
}

#[test]
fn expressions_in_brackets_need_quotes() {
    let quotes =
        "`${...}` needs quotes inside of `{ }` and `[ ]` | without quotes, `{` begins a map here";
    check(
        "vms: {web: {image: ${vars.x}}}",
        &format!("error[TN1010] 3:20 {quotes}"),
    );
    check(
        "vms: {web: {zones: [${vars.x}, b]}}",
        &format!("error[TN1010] 3:21 {quotes}"),
    );
    check(
        "vms: {web: {image: a${vars.x}b, size: c}}",
        &format!("error[TN1010] 3:20 {quotes}"),
    );
    check(
        "vms:\n  web: {\n    image: ${vars.x},\n  }\n",
        &format!("error[TN1010] 5:12 {quotes}"),
    );
    assert_eq!(
        mended("vms: {web: {image: a${vars.x}b, size: c}}"),
        "vms: {web: {image: \"a${vars.x}b\", size: c}}"
    );
    // In block style and in quotes they are fine.
    check(
        "vars: {x: {default: i}}\nvms:\n  a:\n    image: ${vars.x}\n  b: {image: \"${vars.x}\"}\n  c: {image: '${vars.x}-1'}\n",
        r#"vms.a {image: "i"}
           vms.b {image: "i"}
           vms.c {image: "i-1"}"#,
    );
}

#[test]
fn values_that_need_quotes() {
    check(
        "vms:\n  web:\n    size: @big # c\n",
        "error[TN1001] 5:11 a value cannot begin with `@` unless it is in quotes | YAML keeps `@` for itself",
    );
    assert_eq!(mended("a: @big # c\n"), "a: \"@big\" # c\n");
    check(
        "vms:\n  web:\n    size: b: c\n",
        "error[TN1001] 5:11 a value with `: ` in it needs quotes | this looks like a key inside of a value",
    );
    assert_eq!(mended("a: b: c\n"), "a: \"b: c\"\n");
    check(
        "a: \"x\\qy\"\n",
        "error[TN1001] 3:4 a backslash in double quotes begins an escape, and this one is unknown | in this value",
    );
    assert_eq!(mended("a: \"x\\qy\"\n"), "a: 'x\\qy'\n");
    check(
        "a: \"b\"c\n",
        "error[TN1001] 3:7 the value goes on after its closing quote | this is outside of the quotes",
    );
    check(
        "a: \u{7}x\n",
        "error[TN1001] 3:4 the character U+0007 cannot stand in a spec | it is invisible",
    );
}

#[test]
fn values_on_the_wrong_line_or_without_a_space() {
    check(
        "nsgs: {a: {rules: {b: {from: *}}}}",
        "error[TN1001] 3:30 a value cannot begin with `*` unless it is in quotes | YAML keeps `*` for itself",
    );
    assert_eq!(mended("from: *\n"), "from: \"*\"\n");
    check(
        "vms:\n  web: image: a\n",
        "error[TN1001] 4:8 a value with `: ` in it needs quotes | this looks like a key inside of a value",
    );
    check(
        "vms: {web: {image: a: b, size: c}}",
        "error[TN1001] 3:20 a value with `: ` in it needs quotes | this looks like a key inside of a value",
    );
    check(
        "vms:\n  web:\n    image: a\n    size:b\n",
        "error[TN1001] 6:5 expected a key here, such as `size: …` | there is no space behind the `:`",
    );
    assert_eq!(mended("a: 1\nsize:b\n"), "a: 1\nsize: b\n");
    check(
        "x: - a\n",
        "error[TN1001] 3:4 a list with `- ` cannot begin here",
    );
    check(
        "x: [- a]\n",
        "error[TN1001] 3:5 a list with `- ` cannot begin here",
    );
    check(
        "x: [a] b\n",
        "error[TN1001] 3:1 the value on this line ends too early | something stands behind the end of the value",
    );
    check(
        "x: \"a\": b\n",
        "error[TN1001] 3:7 the value goes on after its closing quote | this is outside of the quotes",
    );
    check(
        "x: a\n  b\n  c: d\n",
        "error[TN1001] 5:3 this key stands inside of a text that begins further up | no key can begin here",
    );
    check(
        "x: {a: \"b}\n",
        "error[TN1001] 3:8 this quote is never closed | it opens here",
    );
}

#[test]
fn things_left_open() {
    check(
        "vms:\n  web:\n    image: \"open\n    size: b\n",
        "error[TN1001] 5:12 this quote is never closed | it opens here",
    );
    check(
        "vms:\n  web:\n    zones: [\"1\", \"2\"\n    size: b\n",
        "error[TN1001] 6:5 expected `,` or `]` here, because a `[` is still open | this does not continue it | `[` opened here",
    );
    check(
        "vms: {web: {image: a}\n",
        "error[TN1001] 3:6 this `{` is never closed | it opens here",
    );
    check(
        "a: }\n",
        "error[TN1001] 3:4 this bracket closes nothing that is open",
    );
    check(
        "vms:\n  web:\n    image: a\n    size b\n",
        "error[TN1001] 6:5 expected a key here, such as `size: …` | there is no `: ` on this line",
    );
    check(
        "<<<<<<< HEAD\nvms: {}\n=======\n>>>>>>> b\n",
        "error[TN1001] 3:1 this file has a merge conflict that nobody resolved | it begins here",
    );
}

#[test]
fn parts_of_yaml_that_specs_do_not_have() {
    check(
        "vms:\n  web: {image: !ref a, size: !!str 5}\n",
        "error[TN1008] 4:16 specs cannot use tags | the key decides what the value means; a tag cannot
         error[TN1008] 4:30 specs cannot use tags | the key decides what the value means; a tag cannot",
    );
    check_with(
        &[("t.yaml", "%YAML 1.2\n---\ntenon: 1\n")],
        &[],
        "error[TN1008] 1:1 specs cannot use directives | everything is YAML 1.2 here",
    );
    check(
        "vms: {}\n---\nvms: {}\n",
        "error[TN1008] 4:1 specs cannot use several documents in one file | a second one begins here",
    );
    check(
        "resources:\n  a:\n    body:\n      ? [a, {b: c}]\n      : d\n      1: x\n      true: y\n      ~: z\n      : v\n      w: x\n",
        "error[TN1008] 6:9 specs cannot use this as a key | a list or map cannot be a key
         error[TN1008] 8:7 specs cannot use a key that is no text | without quotes this is no text in YAML
         error[TN1008] 9:7 specs cannot use a key that is no text | without quotes this is no text in YAML
         error[TN1008] 10:7 specs cannot use a key that is no text | without quotes this is no text in YAML
         error[TN1008] 11:7 specs cannot use a key that is no text | the key is missing",
    );
    check(
        "resources: {a: {body: {$tenon: x, \"$tenon\": y, a: b}}}",
        "error[TN1008] 3:24 specs cannot use this as a key | plans mark their own values with it
         error[TN1008] 3:35 specs cannot use this as a key | plans mark their own values with it",
    );
    check(
        "vms:\n  a: {image: *nope}\n",
        "error[TN1001] 4:14 there is no anchor `nope` above | this stands for what an anchor marks",
    );
}

#[test]
fn files_without_a_spec() {
    for text in ["", "\n\n", "# only words\n", "---\n"] {
        check_with(
            &[("t.yaml", text)],
            &[],
            "error[TN1001] 1:1 there is nothing in this file | a spec begins with `tenon: 1`",
        );
    }
    let no_map = "error[TN1005] 1:1 the spec takes a map of keys | this is no key with a value";
    check_with(&[("t.yaml", "just text")], &[], no_map);
    check_with(&[("t.yaml", "- a\n- b\n")], &[], no_map);
}

#[test]
fn a_byte_order_mark_and_other_line_ends_are_fine() {
    check_with(
        &[("t.yaml", "\u{feff}tenon: 1\r\nvms:\r\n  ü-web: {zoen: 1}\r\n")],
        &[],
        "error[TN1007] 3:3 a name in vms cannot be `ü-web` | letters, digits, `-` and `_` make a name; it begins with a letter or digit
         error[TN1006] 3:3 missing key `image` in vms.ü-web | `image` must be here
         error[TN1004] 3:11 unknown key `zoen` in vms.ü-web | did you mean `zone`?",
    );
    let reading = reading(
        &[(
            "t.yaml",
            "\u{feff}tenon: 1\r\nvms:\r\n  web: {image: ü, zoen: 1}\r\n",
        )],
        &[],
    );
    let place = reading.diagnostics[0].place().unwrap();
    assert_eq!(
        reading
            .sources
            .text("t.yaml")
            .unwrap()
            .get(place.start..place.end),
        Some("zoen")
    );
    assert_eq!((place.line, place.column), (3, 19));
}
