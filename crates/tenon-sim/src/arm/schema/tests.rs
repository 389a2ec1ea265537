use serde_json::json;

use super::*;

const NIC: &str = "Microsoft.Network/networkInterfaces";
const VM: &str = "Microsoft.Compute/virtualMachines";

#[test]
fn values_take_their_canonical_case_and_nulls_go() {
    let body = json!({
        "id": "/x", "location": "westeurope",
        "properties": {"storageProfile": {"osDisk": {"createOption": "fromImage", "name": null}},
                       "provisioningState": "Failed"},
        "zones": [1],
    });
    let read = normalise(VM, "2024-11-01", &body).expect("a fitting body");
    let wanted = json!({
        "location": "westeurope",
        "properties": {"storageProfile": {"osDisk": {"createOption": "FromImage"}}},
        "zones": ["1"],
    });
    assert_eq!(read, wanted);
}

#[test]
fn names_take_their_canonical_case() {
    let body = json!({"properties": {"ipconfigurations": []}});
    let read = normalise(NIC, "2025-01-01", &body).expect("a fitting body");
    assert_eq!(read, json!({"properties": {"ipConfigurations": []}}));
}

#[test]
fn unknown_members_are_refused_in_the_providers_words() {
    let body = json!({"properties": {"hardwareProfil": {}}});
    let error = normalise(VM, "2024-11-01", &body).expect_err("a refusal");
    assert_eq!(error.code, "InvalidRequestContent");
    let error = normalise(NIC, "2025-01-01", &json!({"properties": {"x": 1}})).expect_err("one");
    assert_eq!(
        (error.code.as_str(), error.details.len()),
        ("InvalidRequestFormat", 1)
    );
}

#[test]
fn members_exist_from_their_version_on() {
    let body = json!({"properties": {"userData": "eA=="}});
    assert!(normalise(VM, "2020-12-01", &body).is_err());
    assert!(normalise(VM, "2021-03-01", &body).is_ok());
}

#[test]
fn closed_enumerations_are_closed() {
    let body = json!({"properties": {"storageProfile": {"osDisk": {"caching": "Sometimes"}}}});
    let error = normalise(VM, "2024-11-01", &body).expect_err("a refusal");
    assert_eq!(error.code, "InvalidParameter");
}
