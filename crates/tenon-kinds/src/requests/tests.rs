use super::{Version, all, find};

const MACHINE: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/m";

fn operation(method: &str, path: &str, query: &[&str]) -> Option<&'static str> {
    find(method, path, query.iter().copied()).map(|row| row.operation)
}

#[test]
fn a_request_is_found_by_its_words() {
    let found = |method, path: &str, query: &[&str]| operation(method, path, query);
    let version = ["api-version"];
    assert_eq!(found("GET", MACHINE, &version), Some("VirtualMachines_Get"));
    assert_eq!(
        found("GET", &MACHINE.to_uppercase(), &version),
        Some("VirtualMachines_Get")
    );
    assert_eq!(
        found("POST", &format!("{MACHINE}/start"), &version),
        Some("VirtualMachines_Start")
    );
    assert_eq!(found("POST", &format!("{MACHINE}/restart"), &version), None);
    let list = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks";
    assert_eq!(
        found("GET", list, &["api-version", "$skipToken"]),
        Some("VirtualNetworks_List")
    );
}

#[test]
fn what_has_no_row_of_its_own_is_of_any_type() {
    let vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
    let row = find("PUT", vault, ["api-version"].into_iter()).expect("any type");
    assert_eq!(row.version, Version::Written);
    assert_eq!(operation("PATCH", vault, &["api-version"]), None);
}

#[test]
fn parameters_of_the_query_count() {
    assert_eq!(
        operation("GET", MACHINE, &["$expand", "api-version"]),
        Some("VirtualMachines_Get")
    );
    assert_eq!(operation("GET", MACHINE, &["$top"]), None);
}

#[test]
fn every_type_with_a_table_is_read_written_and_deleted() {
    // Microsoft Graph's are in the table of the client. Sharing is an action of
    // its gallery to Azure, and a part of its body.
    let apart = |rules: &&tenon_model::rules::Rules| {
        rules.resource_type.starts_with("Microsoft.Graph/")
            || rules.resource_type == "Microsoft.Compute/galleries/share"
    };
    for rules in crate::all_rules().filter(|rules| !apart(rules)) {
        let id = rules
            .resource_type
            .split('/')
            .skip(1)
            .fold(String::new(), |id, part| format!("{id}/{part}/n"));
        let namespace = rules.resource_type.split('/').next().unwrap_or_default();
        let path = match rules.noun {
            "resource_group" => "/subscriptions/s/resourceGroups/g".to_owned(),
            _ => format!("/subscriptions/s/resourceGroups/g/providers/{namespace}{id}"),
        };
        for method in ["GET", "PUT", "DELETE"] {
            let row = find(method, &path, std::iter::empty()).expect(rules.resource_type);
            let own = Version::Pinned(rules.api_version);
            assert_eq!(row.version, own, "{method} {}", rules.resource_type);
        }
    }
}

#[test]
fn no_request_stands_twice() {
    let mut seen: Vec<_> = all().map(|row| (row.method, row.path, row.query)).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all().count());
}
