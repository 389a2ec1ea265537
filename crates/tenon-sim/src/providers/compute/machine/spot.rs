//! Machines on spare capacity.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::json;

const PRICE: &str = "properties.billingProfile.maxPrice";

/// What is said about the price has to fit the priority.
pub(super) fn check(body: &mut Value) -> Result<(), ArmError> {
    let priority = json::text(body, "properties.priority").unwrap_or("Regular");
    let is_spot = ["Spot", "Low", "SpotPlus"]
        .iter()
        .any(|one| json::same(one, priority));
    if !is_spot {
        for member in ["evictionPolicy", "billingProfile"] {
            if json::get(body, &format!("properties.{member}")).is_some() {
                let message = format!("'{member}' can be set only on Azure Spot Virtual Machines.");
                return Err(ArmError::invalid_parameter(member, message));
            }
        }
        return Ok(());
    }
    if json::get(body, "properties.availabilitySet.id").is_some() {
        let message = "Azure Spot Virtual Machine is not supported in Availability Set. For more information, see http://aka.ms/AzureSpot/errormessages.";
        return Err(ArmError::bad_request("OperationNotAllowed", message));
    }
    json::default(body, "properties.evictionPolicy", "Deallocate");
    json::default(body, PRICE, -1);
    price(body)
}

/// The price is -1, for whatever it costs, or more than 0.00001 dollars.
pub(super) fn price(body: &Value) -> Result<(), ArmError> {
    let price = json::get(body, PRICE).and_then(Value::as_f64);
    let fits = price.is_none_or(|price| (price + 1.0).abs() < f64::EPSILON || price > 0.00001);
    if fits {
        return Ok(());
    }
    let message = "The value of parameter billingProfile.maxPrice is invalid. It must be -1 or greater than 0.00001.";
    Err(ArmError::invalid_parameter(
        "billingProfile.maxPrice",
        message,
    ))
}
