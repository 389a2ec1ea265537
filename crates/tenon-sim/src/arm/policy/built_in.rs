//! The built-in definitions that people meet most, with the names Azure gives them.

use serde_json::{Value, json};

/// The properties of a built-in definition by its GUID.
pub(super) fn properties(name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "e56962a6-4747-49cd-b67b-bf8b01975c4c" => json!({
            "displayName": "Allowed locations",
            "mode": "Indexed",
            "parameters": {"listOfAllowedLocations": {"type": "Array"}},
            "policyRule": {
                "if": {"allOf": [
                    {"field": "location", "notIn": "[parameters('listOfAllowedLocations')]"},
                    {"field": "location", "notEquals": "global"},
                ]},
                "then": {"effect": "deny"},
            },
        }),
        "cccc23c7-8427-4f53-ad12-b6a63eb452b3" => json!({
            "displayName": "Allowed virtual machine size SKUs",
            "mode": "Indexed",
            "parameters": {"listOfAllowedSKUs": {"type": "Array"}},
            "policyRule": {
                "if": {"allOf": [
                    {"field": "type", "equals": "Microsoft.Compute/virtualMachines"},
                    {"not": {
                        "field": "Microsoft.Compute/virtualMachines/sku.name",
                        "in": "[parameters('listOfAllowedSKUs')]",
                    }},
                ]},
                "then": {"effect": "deny"},
            },
        }),
        "871b6d14-10aa-478d-b590-94f262ecfa99" => json!({
            "displayName": "Require a tag on resources",
            "mode": "Indexed",
            "parameters": {"tagName": {"type": "String"}},
            "policyRule": {
                "if": {
                    "field": "[concat('tags[', parameters('tagName'), ']')]",
                    "exists": "false",
                },
                "then": {"effect": "deny"},
            },
        }),
        _ => return None,
    })
}
