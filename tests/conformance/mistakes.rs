//! The checker on mistakes that were made on purpose.

use serde_json::{Value as Json, json};

use crate::checker::Purpose;
use crate::descriptions::{self, Descriptions};
use crate::finding::Finding;
use crate::request::Request;

const GROUP: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg";

/// A request that the descriptions allow.
fn machine(purpose: Purpose) -> Request {
    let network = format!("{GROUP}/providers/Microsoft.Network/networkInterfaces/nic");
    Request {
        method: match purpose {
            Purpose::Change => "patch",
            _ => "put",
        },
        path: format!("{GROUP}/providers/Microsoft.Compute/virtualMachines/vm"),
        version: "2024-11-01".to_owned(),
        purpose,
        body: Some(json!({
            "location": "westeurope",
            "zones": ["1"],
            "tags": {"a": "b"},
            "properties": {
                "storageProfile": {
                    "osDisk": {"createOption": "FromImage", "caching": "ReadWrite", "diskSizeGB": 30},
                    "dataDisks": [{"lun": 0, "createOption": "Empty", "diskSizeGB": 8}]
                },
                "networkProfile": {"networkInterfaces": [{"id": network}]},
                "priority": "Spot"
            }
        })),
    }
}

/// What is found after `at` was set to `value`, or taken out.
fn found(all: &Descriptions, purpose: Purpose, at: &str, value: Option<Json>) -> Vec<String> {
    let mut request = machine(purpose);
    // An update knows neither a place nor what is fixed when it is made.
    let mut body = request.body.take().expect("it has one");
    if purpose == Purpose::Change {
        body.as_object_mut().expect("a map").remove("location");
    }
    let (parent, name) = at.rsplit_once('/').expect("a pointer");
    let parent = body
        .pointer_mut(parent)
        .expect("it is there")
        .as_object_mut();
    match value {
        Some(value) => parent.expect("a map").insert(name.to_owned(), value),
        None => parent.expect("a map").remove(name),
    };
    request.body = Some(body);
    all.check(&request).iter().map(Finding::to_string).collect()
}

#[test]
fn mistakes_are_found() {
    let Some(all) = descriptions::find("mistakes_are_found") else {
        return;
    };
    let check = |purpose, at: &str, value: Option<Json>, expected: &str| {
        let text = format!("{at} {value:?}");
        let lines = found(&all, purpose, at, value).join("\n");
        assert_eq!(lines, expected, "{text}");
    };
    let create =
        |at: &str, value: Json, expected: &str| check(Purpose::Create, at, Some(value), expected);
    create("/tags/c", json!("d"), "");
    check(Purpose::Change, "/tags/c", Some(json!("d")), "");

    let disk = "/properties/storageProfile/osDisk";
    create(
        &format!("{disk}/caching"),
        json!("readwrite"),
        "properties.storageProfile.osDisk.caching: Letters(\"readwrite, not ReadWrite\")",
    );
    create(
        &format!("{disk}/caching"),
        json!("Some"),
        "properties.storageProfile.osDisk.caching: NotInEnum(\"\\\"Some\\\"\")",
    );
    create(
        &format!("{disk}/createOption"),
        json!("Other"),
        "properties.storageProfile.osDisk.createOption: NotListed(\"\\\"Other\\\"\")",
    );
    create(
        &format!("{disk}/diskSizeGB"),
        json!("30"),
        "properties.storageProfile.osDisk.diskSizeGB: Type(\"integer, not \\\"30\\\"\")",
    );
    create(
        &format!("{disk}/diskSizeGB"),
        json!(4_000_000_000_u32),
        "properties.storageProfile.osDisk.diskSizeGB: Form(\"4000000000 is not within -2147483648 and 2147483647\")",
    );
    create(
        &format!("{disk}/diskSizeInGB"),
        json!(30),
        "properties.storageProfile.osDisk.diskSizeInGB: Unknown",
    );
    check(
        Purpose::Create,
        &format!("{disk}/createOption"),
        None,
        "properties.storageProfile.osDisk: Missing(\"createOption\")",
    );
    check(
        Purpose::Create,
        "/location",
        None,
        "the request: Missing(\"location\")",
    );
    create(
        "/zones",
        json!("1"),
        "zones: Type(\"array, not \\\"1\\\"\")",
    );
    create("/zones", json!([1]), "zones[]: Type(\"string, not 1\")");
    create("/tags/c", json!({}), "tags.{*}: Type(\"string, not {}\")");
    create("/properties/vmId", json!("x"), "properties.vmId: ReadOnly");
    create(
        "/properties/storageProfile",
        json!(null),
        "properties.storageProfile: Type(\"object, not null\")",
    );
    // Members that the document is too old for; the tables know their time.
    create(
        "/properties/storageProfile/alignRegionalDisksToVMZone",
        json!(true),
        "",
    );
    create(
        &format!("{disk}/storageFaultDomainAlignment"),
        json!("Aligned"),
        "properties.storageProfile.osDisk.storageFaultDomainAlignment: NotThen(\"2025-11-01 to 2026-04-01\")",
    );
    let secret = json!({"adminPassword": "x"});
    check(
        Purpose::Change,
        "/properties/osProfile",
        Some(secret.clone()),
        "properties.osProfile.adminPassword: Secret",
    );
    create("/properties/osProfile", secret, "");
}
