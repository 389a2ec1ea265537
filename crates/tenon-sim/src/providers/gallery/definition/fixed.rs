//! What of a definition stays as it was made.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::json;
use crate::providers::Write;

/// Refused when they change.
const FIXED: [&str; 10] = [
    "osType",
    "osState",
    "hyperVGeneration",
    "architecture",
    "identifier.publisher",
    "identifier.offer",
    "identifier.sku",
    "purchasePlan.name",
    "purchasePlan.publisher",
    "purchasePlan.product",
];

/// Kept when a later body does not name them.
const KEPT: [&str; 4] = [
    "hyperVGeneration",
    "architecture",
    "features",
    "purchasePlan",
];

pub(super) fn check(write: &mut Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    for path in FIXED {
        let full = format!("properties.{path}");
        let sent = json::get(&write.sent, &full);
        let same = match (
            sent.and_then(Value::as_str),
            json::text(&before.body, &full),
        ) {
            (Some(now), Some(then)) => json::same(now, then),
            _ => false,
        };
        if sent.is_some() && !same {
            return Err(not_allowed(path));
        }
    }
    let allowed = json::truth(&write.sent, "properties.allowUpdateImage") == Some(true);
    let sent = json::get(&write.sent, "properties.features").is_some();
    if sent && !allowed && features(&write.sent) != features(&before.body) {
        return Err(not_allowed("features"));
    }
    for kept in KEPT {
        let path = format!("properties.{kept}");
        if let Some(value) = json::get(&before.body, &path) {
            json::default(&mut write.after.body, &path, value.clone());
        }
    }
    Ok(())
}

fn not_allowed(path: &str) -> ArmError {
    ArmError::property_change(&format!("galleryImage.properties.{path}"))
}

/// Names and values, in any case and order.
fn features(body: &Value) -> std::collections::BTreeSet<(String, String)> {
    let items = json::items(body, "properties.features").iter();
    let text = |feature, member| {
        let text = json::text(feature, member).unwrap_or_default();
        text.to_ascii_lowercase()
    };
    items
        .map(|feature| (text(feature, "name"), text(feature, "value")))
        .collect()
}
