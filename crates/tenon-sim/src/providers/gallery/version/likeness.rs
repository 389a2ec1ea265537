//! A source has to be of the definition's kind.
//! The messages are those of "Troubleshoot images in an Azure Compute Gallery".

use serde_json::Value;

use super::source::Origin;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::json;
use crate::providers::Write;

pub(super) fn check(write: &Write<'_>, origin: &Origin) -> Result<(), ArmError> {
    check_encrypted(write, origin)?;
    let parent = write.id.parent().unwrap_or_default();
    let Some(definition) = write.state.store.get(&parent.key()) else {
        return Ok(());
    };
    check_state(&definition.body, origin)?;
    let rows = [
        (
            &origin.generation,
            "hyperVGeneration",
            "Hypervisor generation",
            "Hypervisor generation",
        ),
        (&origin.os_type, "osType", "OS type", "OS type generation"),
    ];
    for (own, member, word, of_parent) in rows {
        let wanted = json::text(&definition.body, &format!("properties.{member}"));
        let (Some(own), Some(wanted)) = (own, wanted) else {
            continue;
        };
        if !json::same(own, wanted) {
            let message = format!(
                "The resource with id '{}' has a different {word} ['{own}'] than the parent gallery image {of_parent} ['{wanted}'].",
                origin.id
            );
            return Err(ArmError::invalid_parameter(member, message));
        }
    }
    check_plan(&definition.body, origin)
}

fn check_state(definition: &Value, origin: &Origin) -> Result<(), ArmError> {
    let wanted = json::text(definition, "properties.osState").unwrap_or_default();
    let is = match origin.specialized {
        Some(true) => "Specialized",
        Some(false) => "Generalized",
        None => return Ok(()),
    };
    if json::same(wanted, is) {
        return Ok(());
    }
    let message = format!(
        "Cannot create Gallery Image Version from: {} since the OS State in the parent gallery image ('{wanted}') is not '{is}'.",
        origin.id
    );
    Err(ArmError::invalid_parameter("osState", message))
}

/// What was bought with the source has to stand in the definition.
fn check_plan(definition: &Value, origin: &Origin) -> Result<(), ArmError> {
    let Some(plan) = &origin.plan else {
        return Ok(());
    };
    let kept = json::get(definition, "properties.purchasePlan");
    let same = ["name", "publisher", "product"]
        .iter()
        .all(|member| json::text(plan, member) == kept.and_then(|kept| json::text(kept, member)));
    if same {
        return Ok(());
    }
    let kept = kept.map_or_else(|| "null".to_owned(), Value::to_string);
    let message = format!(
        "The resource with id {} has a different plan ['{plan}'] than the parent gallery image plan ['{kept}'].",
        origin.id
    );
    Err(ArmError::invalid_parameter("purchasePlan", message))
}

/// What is encrypted with a key of its own stays in its subscription.
fn check_encrypted(write: &Write<'_>, origin: &Origin) -> Result<(), ArmError> {
    let own = write.id.subscription.as_deref().unwrap_or_default();
    let source = ResourceId::parse(&origin.id).and_then(|id| id.subscription);
    let Some(source) = source.filter(|source| origin.encrypted && !json::same(source, own)) else {
        return Ok(());
    };
    let message = format!(
        "Encrypted source: '{}' is in a different subscription ID than the current gallery image version subscription '{own}'. Please retry with an unencrypted source(s) or use the source's subscription '{source}' to create the gallery image version.",
        origin.id
    );
    Err(ArmError::bad_request("BadRequest", message))
}
