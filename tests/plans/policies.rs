//! The example policies in `docs/policies`, over plans that they forbid and
//! plans that they let pass.

use std::path::{Path, PathBuf};

use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic};
use tenon_policy::{File, Policies};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All policies, or the one of a name.
fn read(only: Option<&str>) -> Policies {
    let folder = root().join("docs/policies");
    let entries = std::fs::read_dir(&folder).expect("the policies");
    let mut files: Vec<File> = entries
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).expect("a policy");
            let is_asked = only.is_none_or(|only| name == format!("{only}.rego"));
            (is_asked && name.ends_with(".rego")).then_some(File { name, text })
        })
        .collect();
    files.sort_by(|one, two| one.name.cmp(&two.name));
    Policies::read(&files, &[], &[]).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// What policies say about the plan of a golden, in which a text may stand for
/// another one.
fn said(policies: &Policies, golden: &str, edit: Option<(&str, &str)>) -> Vec<String> {
    let judged = |plan: &Plan| {
        let mut text = serde_json::to_string(plan).expect("a plan");
        if let Some((from, to)) = edit {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let mut plan: Plan = serde_json::from_str(&text).expect("a plan");
        policies.judge(&mut plan, "docs/policies");
        plan.diagnostics.iter().filter_map(verdict).collect()
    };
    crate::case::check(&root().join("tests/plans").join(golden), judged)
}

fn verdict(one: &Diagnostic) -> Option<String> {
    let kind = match one.code {
        Code::PolicyForbids => "forbids",
        Code::PolicyWarns => "warns",
        Code::PolicyUnusable => "fails",
        _ => return None,
    };
    let place = one.place().expect("a line of the spec");
    Some(format!("{kind} {} in line {}", one.message, place.line))
}

#[track_caller]
fn check(policy: &str, golden: &str, expected: &[&str]) {
    let found = said(&read(Some(policy)), golden, None);
    let expected: Vec<String> = expected
        .iter()
        .map(|words| format!("{golden}: {words}"))
        .collect();
    assert_eq!(found, expected, "{policy}");
}

#[test]
fn machines_stay() {
    let policy = "no-vm-deleted";
    check(
        policy,
        "vm-removed",
        &["forbids vms.web would be deleted in line 1"],
    );
    check(
        policy,
        "replace-asked",
        &["warns vms.web would be made anew in line 14"],
    );
    check(policy, "vm-size", &[]);
    check(policy, "disk-removed", &[]);
}

#[test]
fn nothing_is_public() {
    let policy = "no-public-ip";
    check(
        policy,
        "how-to-create",
        &["forbids vms.myVM.public_ip would be a public address in line 16"],
    );
    check(policy, "public-ip-off", &[]);
    check(policy, "scale-set-public-ip-off", &[]);
    check(
        policy,
        "scale-set-create",
        &["forbids scale_sets.web would give its instances public addresses in line 14"],
    );
}

#[test]
fn tags_are_there() {
    let policy = "required-tags";
    check(
        policy,
        "group-create",
        &[
            "forbids networks.net would be made without the tag app, cost-center in line 8",
            "forbids resource_group would be made without the tag app, cost-center in line 4",
        ],
    );
    check(policy, "vm-size", &[]);
    let tagged = "\"tags\":{\"app\":\"shop\",\"cost-center\":\"4711\",";
    let found = said(
        &read(Some(policy)),
        "how-to-create",
        Some(("\"tags\":{", tagged)),
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn images_come_from_galleries_that_are_allowed() {
    let policy = "allowed-galleries";
    check(policy, "image-by-spec", &[]);
    check(policy, "how-to-create", &[]);
    let other = Some(("galleries/acme", "galleries/other"));
    for (golden, address) in [
        ("image-by-spec", "vms.web"),
        ("scale-set-image", "scale_sets.web"),
    ] {
        let found = said(&read(Some(policy)), golden, other);
        let expected = format!("{golden}: forbids {address} would be built from /subscriptions/");
        assert!(found[0].starts_with(&expected), "{found:?}");
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn nobody_opens_a_door_to_everybody() {
    let policy = "no-open-ssh";
    check(
        policy,
        "how-to-create",
        &[
            "forbids vms.myVM.nsg would open port 22 to everybody, by the rule default-allow-ssh in line 16",
        ],
    );
    check(policy, "nsg-replaced", &[]);
    let open = |ports| {
        let edit = Some(("Range\":\"443\"", ports));
        said(&read(Some(policy)), "nsg-replaced", edit).len()
    };
    assert_eq!(open("Range\":\"1000-4000\""), 1);
    assert_eq!(open("Range\":\"23-3388\""), 0);
    // Both of them.
    assert_eq!(open("Range\":\"*\""), 2);
    assert_eq!(open("Ranges\":[\"80\",\"20-22\"]"), 1);
}

#[test]
fn all_examples_together_find_what_each_finds() {
    let found = said(&read(None), "how-to-create", None);
    assert_eq!(found.len(), 7, "{found:#?}");
}
