//! Variables: declarations, values from outside, and what is left of them.

use super::{check, check_with, problems, reading};

const VARS: &str = "tenon: 1
vars:
  text: {default: 10.0.0.0/8}
  number: {type: integer, default: 4}
  short: {default: 5}
  truth: {default: true}
  many: {type: list, default: [\"1\", \"2\"]}
  choice: {one_of: [dev, prod], default: dev}
  must: {description: the owner of everything}
resources:
  r:
    body: {text: \"${vars.text}\", number: \"${vars.number}\", short: \"${vars.short}\", truth: \"${vars.truth}\", many: \"${vars.many}\", choice: \"${vars.choice}\", must: \"${vars.must}\", joined: \"${vars.number}-${vars.truth}\"}
vms:
  web: {image: a, zones: \"${vars.many}\", size: \"${vars.short}\"}
";

#[test]
fn every_type_keeps_its_type() {
    check_with(
        &[("t.yaml", VARS)],
        &[("must", "me")],
        r#"resources.r {body: {text: "10.0.0.0/8", number: 4, short: 5, truth: true, many: ["1", "2"], choice: "dev", must: "me", joined: "4-true"}}
           vms.web {image: "a", zones: ["1", "2"], size: "5"}"#,
    );
}

#[test]
fn values_from_outside_are_typed_by_the_declaration() {
    check_with(
        &[("t.yaml", VARS)],
        &[
            ("must", "007"),
            ("number", "7"),
            ("truth", "false"),
            ("many", "2, 3"),
            ("choice", "dev"),
            ("choice", "prod"),
        ],
        r#"resources.r {body: {text: "10.0.0.0/8", number: 7, short: 5, truth: false, many: ["2", "3"], choice: "prod", must: "007", joined: "7-false"}}
           vms.web {image: "a", zones: ["2", "3"], size: "5"}"#,
    );
    check_with(
        &[("t.yaml", VARS)],
        &[("must", "${vars.text}"), ("many", "[\"3\", 1]")],
        r#"resources.r {body: {text: "10.0.0.0/8", number: 4, short: 5, truth: true, many: ["3", 1], choice: "dev", must: "${vars.text}", joined: "4-true"}}
           vms.web {image: "a", zones: ["3", "1"], size: "5"}"#,
    );
}

#[test]
fn values_that_do_not_fit() {
    check_with(
        &[("t.yaml", VARS)],
        &[
            ("number", "many"),
            ("truth", "yes"),
            ("choice", "prdo"),
            ("many", "[a"),
            ("textt", "x"),
        ],
        "error[TN1102] the spec declares no variable `textt`
         error[TN1005] 4:3 vars.number takes a whole number | `--var number` gives something else
         error[TN1005] 6:3 vars.truth takes `true` or `false` | `--var truth` gives something else
         error[TN1005] 7:3 vars.many takes a list | `--var many` gives something else
         error[TN1007] 8:3 vars.choice cannot be `prdo` | did you mean `prod`? | allowed values
         error[TN1101] 9:3 the variable `must` has no value | declared here without a default",
    );
    let reading = reading(&[("t.yaml", VARS)], &[("textt", "x")]);
    assert_eq!(reading.diagnostics[0].helps[0].text, "did you mean `text`?");
    let unset = &reading.diagnostics[1];
    assert_eq!(unset.notes, ["must: the owner of everything"]);
    assert_eq!(unset.helps[0].command.as_deref(), Some("--var must=…"));
    assert_eq!(
        unset.helps[1].command.as_deref(),
        Some("export TENON_VAR_must=…")
    );
}

#[test]
fn declarations_that_cannot_be_read() {
    check(
        "vars:
  a: {type: integer, default: x}
  b: 5
  c: {type: number}
  d: {one_of: [x, y], default: z}
  e: {default: \"${env.X}\"}
  f: {type: boolean, default: yes}
  g: {type: list, default: x}
  h: {defualt: x}
  i: {type: string, default: [x]}
  j.k: {default: x}
  l:
  m: {default: {a: b}}",
        "error[TN1005] 4:31 vars.a.default takes a whole number | this is the text `x`
         error[TN1005] 5:6 vars.b takes a map with `type` or `default` | this is a value
         error[TN1007] 6:13 vars.c.type cannot be `number` | it takes `string`, `integer`, `boolean` or `list`
         error[TN1007] 7:32 vars.d cannot be `z` | none of the allowed values | allowed values
         error[TN1103] 8:17 this expression cannot be read | no expression can be used here
         error[TN1005] 9:31 vars.f.default takes `true` or `false` | this is the text `yes`
         error[TN1005] 10:28 vars.g.default takes a list | this is the text `x`
         error[TN1004] 11:7 unknown key `defualt` in vars.h | did you mean `default`?
         error[TN1005] 12:30 vars.i.default takes text | this is a list
         error[TN1007] 13:3 a name in vars cannot be `j.k` | letters, digits, `-` and `_` make a name; it begins with a letter or digit
         error[TN1005] 14:3 vars.l takes a map | the value is empty
         error[TN1005] 15:16 vars.m.default takes text | this is a map",
    );
}

#[test]
fn a_broken_variable_is_one_problem() {
    check(
        "vars: {a: {type: integer, default: x}, b: {}}\nvms: {web: {image: \"${vars.a}\", count: \"${vars.b}\"}}\noutputs: {x: \"${vms.web-1.ip}\"}\n",
        "error[TN1005] 3:36 vars.a.default takes a whole number | this is the text `x`
         error[TN1101] 3:40 the variable `b` has no value | declared here without a default",
    );
}

#[test]
fn a_value_from_a_file_is_reported_there() {
    use crate::{GivenVariable, Input, Origin, SourceFile};
    let place = tenon_model::Place {
        line: 4,
        ..tenon_model::Place::whole("prod.vars")
    };
    let input = Input {
        files: vec![SourceFile {
            name: "t.yaml".into(),
            text: "tenon: 1\nvars: {n: {default: 1}}\n".into(),
        }],
        variables: vec![
            GivenVariable {
                name: "n".into(),
                text: "x".into(),
                origin: Origin::File(place.clone()),
            },
            GivenVariable {
                name: "m".into(),
                text: "x".into(),
                origin: Origin::File(place),
            },
        ],
        environment: &|_| None,
        default_name: "t".into(),
    };
    assert_eq!(
        problems(&crate::read(&input, &[]).diagnostics),
        "error[TN1005] 4:1 vars.n takes a whole number | this is something else | declared here\n\
         error[TN1102] 4:1 the spec declares no variable `m`\n"
    );
}
