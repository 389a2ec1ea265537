//! Several files: the later one changes the earlier ones.

use super::{check_with, problems, reading};

const BASE: &str = "tenon: 1
vars: {size: {}}
tags: {app: web, stage: dev}
vms:
  web:
    image: a
    size: ${vars.size}
    zones: [\"1\", \"2\"]
    public_ip: {sku: Basic, dns_name: web}
    tags: {a: b, c: d}
  db: {image: b}
";

#[test]
fn maps_merge_scalars_and_lists_replace_nothing_removes() {
    let prod = "vars: {size: {default: small}}
vms:
  web:
    zones: [\"3\"]
    public_ip: {sku: Standard, dns_name: null}
    tags: {a: ~, e: f}
    image: c
  db:
  new: {image: d, size: , tags: {x: y, z: null}}
";
    check_with(
        &[("tenon.yaml", BASE), ("tenon.prod.yaml", prod)],
        &[],
        r#"vms.web {image: "c", size: "small", zones: ["3"], public_ip: {sku: "Standard"}, tags: {c: "d", e: "f"}}
           vms.new {image: "d", tags: {x: "y"}}"#,
    );
}

#[test]
fn expressions_are_read_after_merging() {
    // The base alone has a variable without a value; the overlay takes the use
    // of it away.
    check_with(
        &[
            (
                "tenon.yaml",
                "tenon: 1\nvms: {web: {image: a, size: \"${env.NOPE}\"}}\n",
            ),
            ("tenon.prod.yaml", "vms: {web: {size: big}}\n"),
        ],
        &[],
        r#"vms.web {image: "a", size: "big"}"#,
    );
}

#[test]
fn problems_are_reported_where_they_were_written() {
    let reading = reading(
        &[
            (
                "a.yaml",
                "tenon: 1\nvms: {web: {image: a, zone: \"7\", zoen: 1}}\n",
            ),
            ("b.yaml", "# empty\n"),
            ("c.yaml", "vms:\n  web: {size: [], zone: \"8\"}\n"),
        ],
        &[],
    );
    let places: Vec<String> = reading
        .diagnostics
        .iter()
        .map(|one| one.place().unwrap().to_string())
        .collect();
    assert_eq!(
        places,
        ["a.yaml:2:34", "c.yaml:2:15", "c.yaml:2:25"],
        "{}",
        problems(&reading.diagnostics)
    );
}

#[test]
fn every_file_is_read_before_giving_up() {
    check_with(
        &[("a.yaml", "tenon: @\n"), ("b.yaml", "vms: {a: {b: [}}\n"), ("c.yaml", "a: 1\na: 2\n")],
        &[],
        "error[TN1001] 1:8 a value cannot begin with `@` unless it is in quotes | YAML keeps `@` for itself
         error[TN1001] 1:14 this bracket closes nothing that is open | this one is open
         error[TN1003] 2:1 the key `a` stands twice | again here | first here",
    );
}

#[test]
fn large_maps_merge_by_index() {
    let entries = |size: &str| -> String {
        (0..100)
            .map(|n| format!("  vm{n}: {{image: a, size: {size}}}\n"))
            .collect()
    };
    let base = format!("tenon: 1\nvms:\n{}", entries("small"));
    let patch = format!(
        "vms:\n{}  vm7: null\n  more: {{image: b}}\n",
        entries("big").replace("  vm7:", "  vm100:")
    );
    let spec = reading(&[("a", &base), ("b", &patch)], &[]).spec.unwrap();
    let vms = spec.entries("vms");
    assert_eq!(vms.len(), 101);
    assert!(vms.iter().all(|vm| vm.key != "vm7"));
    assert!(
        vms[..99]
            .iter()
            .all(|vm| vm.item.text("size") == Some("big"))
    );
    assert_eq!(vms[0].item.get("size").unwrap().place.file.as_ref(), "b");
    assert_eq!(vms[0].place.file.as_ref(), "a");
}

#[test]
fn an_overlay_changes_fleets() {
    check_with(
        &[
            (
                "a",
                "tenon: 1\nvms: {web: {image: a, count: 1, instances: {x: {size: s}, y: {}}}}\n",
            ),
            (
                "b",
                "vms: {web: {count: 2, instances: {x: {zone: \"1\"}, y: null, z: {}}}}\n",
            ),
        ],
        &[],
        r#"vms.web-1 {image: "a"}
           vms.web-2 {image: "a"}
           vms.x {image: "a", size: "s", zone: "1"}
           vms.z {image: "a"}"#,
    );
}
