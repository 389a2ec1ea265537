//! The traps of YAML that people know, and what becomes of them here.

use super::check;

#[test]
fn words_that_look_like_truth_values() {
    check(
        "vms:\n  web: {image: a, public_ip: no, protect: on}\n  db: {image: b, admin_username: no, protect: False}\n",
        "error[TN1005] 4:30 vms.web.public_ip takes `true` or `false`, or a map | this is the text `no`
         error[TN1005] 4:43 vms.web.protect takes `true` or `false` | this is the text `on`",
    );
    check(
        "vms:\n  web: {image: on, admin_username: no, size: yes, description: y, protect: False}\n",
        r#"vms.web {image: "on", admin_username: "no", size: "yes", description: "y", protect: false}"#,
    );
}

#[test]
fn a_version_keeps_its_zero() {
    check(
        "images:\n  a: {id: /subscriptions/s/resourceGroups/g, version: 1.10}\n  b: {id: /subscriptions/s/resourceGroups/g, version: 1.10.0}\n",
        "error[TN1007] 4:55 images.a.version cannot be `1.10` | a version has three numbers",
    );
    check(
        "vms: {a: {image: b, size: 1.10}}",
        r#"vms.a {image: "b", size: "1.10"}"#,
    );
}

#[test]
fn numbers_in_other_bases_and_things_that_look_like_numbers() {
    check(
        "vms:
  web:
    image: a
    data_disks:
      a: {size_gb: 0o10}
      b: {size_gb: 0x1F}
      c: {size_gb: 010}
      d: {size_gb: 1_000}
      e: {size_gb: 12:30:00}
      f: {size_gb: \"12\"}
      g: {size_gb: 1.5}",
        "error[TN1005] 9:20 vms.web.data_disks.c.size_gb takes a whole number | this is the text `010`
         error[TN1005] 10:20 vms.web.data_disks.d.size_gb takes a whole number | this is the text `1_000`
         error[TN1005] 11:20 vms.web.data_disks.e.size_gb takes a whole number | this is the text `12:30:00`
         error[TN1005] 12:20 vms.web.data_disks.f.size_gb takes a whole number | this is the text `12`
         error[TN1005] 13:20 vms.web.data_disks.g.size_gb takes a whole number | this is the number `1.5`",
    );
    check(
        "vms: {a: {image: x, data_disks: {a: {size_gb: 0o10}, b: {size_gb: 0x1F}}}}",
        r#"vms.a {image: "x", data_disks: {a: {size_gb: 8}, b: {size_gb: 31}}}"#,
    );
    check(
        "resources: {a: {body: {a: 0o10, b: 0x1F, c: 010, d: 00123, e: 1_000, f: 12:30:00, g: 0b1, h: 1.10, i: 2024-01-01, j: \"5\", k: -5, l: 1e3, m: .inf, n: yes, o: True}}}",
        r#"resources.a {body: {a: 8, b: 31, c: "010", d: "00123", e: "1_000", f: "12:30:00", g: "0b1", h: 1.1, i: "2024-01-01", j: "5", k: -5, l: 1000.0, m: ".inf", n: "yes", o: true}}"#,
    );
    check(
        "resources: {a: {body: {a: 18446744073709551616}}}",
        "error[TN1007] 3:27 resources.a.body.a cannot be `18446744073709551616` | no 64 bits hold this number",
    );
}

#[test]
fn nothing_is_no_text() {
    check(
        "vms:\n  web:\n    image: a\n    size: ~\n    zone:\n    description: null\n    admin_username: \"\"\n    name: \"\"\n  db:\n",
        "error[TN1005] 6:5 vms.web.size takes text | the value is empty
         error[TN1005] 7:5 vms.web.zone takes `1`, `2` or `3` | the value is empty
         error[TN1005] 8:5 vms.web.description takes text | the value is empty
         error[TN1007] 10:11 vms.web.name cannot be an empty text | it is empty
         error[TN1005] 11:3 vms.db takes a map | the value is empty",
    );
    check(
        "resources: {a: {body: {a: ~, b: null, c: , d: [~, null], e: \"~\"}}}",
        r#"resources.a {body: {a: null, b: null, c: null, d: [null, null], e: "~"}}"#,
    );
    check(
        "vms:\n",
        "error[TN1005] 3:1 vms takes a map of names | the value is empty",
    );
}

#[test]
fn keys_that_stand_twice() {
    check(
        "vms:\n  web:\n    image: a\n    image: b\n    tags: {a: b, a: c}\n  web: {image: c}\n",
        "error[TN1003] 6:5 the key `image` stands twice | again here | first here
         error[TN1003] 7:18 the key `a` stands twice | again here | first here
         error[TN1003] 8:3 the key `web` stands twice | again here | first here",
    );
    let many: String = (0..40)
        .map(|n| format!("{}k{n}: 1", if n > 0 { ", " } else { "" }))
        .collect();
    check(
        &format!("resources:\n  a:\n    body: {{{many}, k7: 2}}"),
        "error[TN1003] 5:322 the key `k7` stands twice | again here | first here",
    );
}

#[test]
fn merge_keys_bring_what_is_not_there() {
    check(
        "vms:
  a: &base {image: x, size: s, tags: {a: b}}
  b:
    <<: *base
    size: other
  c: {<<: [{zone: \"1\"}, *base], image: y}
  d: {\"<<\": text}",
        "error[TN1006] 9:3 missing key `image` in vms.d | `image` must be here
         error[TN1004] 9:7 unknown key `<<` in vms.d",
    );
    check(
        "vms:
  a: &base {image: x, size: s, tags: {a: b}}
  b:
    <<: *base
    size: other
  c: {<<: [{zone: \"1\", size: t}, *base], image: y}",
        r#"vms.a {image: "x", size: "s", tags: {a: "b"}}
           vms.b {size: "other", image: "x", tags: {a: "b"}}
           vms.c {image: "y", zone: "1", size: "t", tags: {a: "b"}}"#,
    );
    check(
        "vms: {a: {image: x, <<: text}, b: {image: y, <<: {size: a}, <<: {zone: \"1\"}}}",
        "error[TN1008] 3:25 specs cannot use `<<` this way | this is no map
         error[TN1003] 3:61 the key `<<` stands twice | again here",
    );
}

#[test]
fn a_problem_of_a_shared_node_is_one_problem() {
    check(
        "vms:\n  a: &base {image: x, zoen: 1}\n  b: *base\n  c: {<<: *base}\n",
        "error[TN1004] 4:23 unknown key `zoen` in vms.a | did you mean `zone`?",
    );
}

#[test]
fn unknown_keys_at_every_depth() {
    check(
        "vmss: {}
vms:
  web:
    image: a
    zoen: 1
    rollout: {health: {tpc: 443}}
    xyz: 1",
        "error[TN1004] 3:1 unknown key `vmss` in the spec | did you mean `vms`?
         error[TN1004] 7:5 unknown key `zoen` in vms.web | did you mean `zone`?
         error[TN1004] 8:24 unknown key `tpc` in vms.web.rollout.health | did you mean `tcp`?
         error[TN1004] 9:5 unknown key `xyz` in vms.web",
    );
}

#[test]
fn the_note_lists_what_is_known() {
    let reading = super::reading(
        &[("a.yaml", "tenon: 1\nvms: {web: {image: a, zoen: 1}}")],
        &[],
    );
    let problem = &reading.diagnostics[0];
    assert_eq!(
        problem.notes,
        [
            "known keys here: admin_password, admin_username, count, data_disks, depends_on, \
          description, image, instances, location, name, and 11 more"
        ]
    );
    let edit = problem.helps[0].edit.as_ref().unwrap();
    assert_eq!(edit.replacement, "zone");
    assert_eq!((edit.place.line, edit.place.column), (2, 23));
    assert_eq!(
        problem.helps[1].command.as_deref(),
        Some("tenon schema spec --at 'vms.*'")
    );
}
