//! How Azure shows galleries, definitions and versions.
//!
//! Regions of versions have the names that people see. Sources: the examples of
//! `gallery.json`, 2023-07-03.

use tenon_model::{ResourceId, Value};

use super::echo::{default, each, json, set};

/// Adds what Azure adds; whether `kind` is one of these.
pub(super) fn show(id: &ResourceId, kind: &str, shown: &mut Value) -> bool {
    match kind {
        "microsoft.compute/galleries" => {
            let name = format!("{}-{}", id.subscription(), id.name().to_uppercase());
            set(shown, "properties.identifier.uniqueName", Value::Text(name));
        }
        "microsoft.compute/galleries/images" | "microsoft.compute/galleries/share" => {}
        "microsoft.compute/galleries/images/versions" => version(shown),
        _ => return false,
    }
    true
}

fn version(shown: &mut Value) {
    let publishing = "properties.publishingProfile";
    for (path, value) in [
        ("publishedDate", "\"2026-08-21T17:40:12.1234567+00:00\""),
        ("storageAccountType", "\"Standard_LRS\""),
        ("replicationMode", "\"Full\""),
        ("excludeFromLatest", "false"),
    ] {
        default(shown, &format!("{publishing}.{path}"), value);
    }
    default(
        shown,
        "properties.storageProfile.osDiskImage.sizeInGB",
        "30",
    );
    default(
        shown,
        "properties.storageProfile.osDiskImage.hostCaching",
        "\"ReadWrite\"",
    );
    default(
        shown,
        "properties.safetyProfile.reportedForPolicyViolation",
        "false",
    );
    each(
        shown,
        &format!("{publishing}.targetRegions"),
        &mut |region| {
            let seen = match region.member("name").and_then(Value::as_text) {
                Some("westeurope") => "West Europe".to_owned(),
                Some("northeurope") => "North Europe".to_owned(),
                other => other.unwrap_or_default().to_owned(),
            };
            set(region, "name", Value::Text(seen));
            default(region, "regionalReplicaCount", "1");
            default(region, "storageAccountType", "\"Standard_LRS\"");
            default(region, "excludeFromLatest", "false");
        },
    );
    let end = format!("{publishing}.endOfLifeDate");
    let path = tenon_model::Path::parse(&end).expect("a path");
    if let Some(Value::Text(text)) = path.get(shown).cloned() {
        set(
            shown,
            &end,
            json(&format!("\"{}\"", text.replace('Z', "+00:00"))),
        );
    }
}
