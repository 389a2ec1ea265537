//! Azure Policy, as far as it denies writes.
//!
//! An assignment is a resource at a scope
//! (`Microsoft.Authorization/policyAssignments`); its definition is another
//! resource or one of the built-in ones. Conditions on fields and values with
//! `allOf`, `anyOf`, `not` and parameters are understood
//! (learn.microsoft.com, "Azure Policy definition structure"). A rule that
//! says more is let be: initiatives, counts, aliases of arrays, every effect
//! but `deny`.

mod built_in;
mod rule;

use serde_json::{Value, json};

use super::error::ArmError;
use super::id::{ResourceId, scopes_of};
use crate::json;
use crate::providers::{self, Place};
use crate::state::State;
use crate::store::Resource;
use crate::template::{Nothing, Parameters, Scope};

const ASSIGNMENTS: &str = "Microsoft.Authorization/policyAssignments";

/// A definition, whether it is built in or stored.
struct Definition {
    id: String,
    name: String,
    properties: Value,
}

/// Refuses a write that an assignment at or above its resource denies.
pub(crate) fn check(state: &State, id: &ResourceId, body: &Value) -> Result<(), ArmError> {
    let Some(subscription) = &id.subscription else {
        return Ok(());
    };
    // Nearly every world has none.
    let none = state
        .store
        .index
        .of_type(subscription, ASSIGNMENTS)
        .is_none_or(std::collections::BTreeSet::is_empty);
    if none || json::same(id.namespace(), "Microsoft.Authorization") {
        return Ok(());
    }
    let key = id.key();
    for scope in scopes_of(&key) {
        let place = format!("{scope}/providers/microsoft.authorization");
        for assignment in state.store.children(&place, "policyassignments") {
            if let Some(definition) = denies(state, assignment, id, body) {
                return Err(refusal(id, assignment, &definition, scope));
            }
        }
    }
    Ok(())
}

/// The definition by which an assignment denies a resource, if it does.
fn denies(
    state: &State,
    assignment: &Resource,
    id: &ResourceId,
    body: &Value,
) -> Option<Definition> {
    let key = id.key();
    let off = json::text(&assignment.body, "properties.enforcementMode")
        .is_some_and(|mode| json::same(mode, "DoNotEnforce"));
    let outside = json::items(&assignment.body, "properties.notScopes")
        .iter()
        .filter_map(Value::as_str)
        .any(|scope| super::id::within(&key, &scope.to_ascii_lowercase()));
    if off || outside {
        return None;
    }
    let named = json::text(&assignment.body, "properties.policyDefinitionId")?;
    let definition = find(state, named)?;
    let indexed =
        json::text(&definition.properties, "mode").is_some_and(|mode| json::same(mode, "Indexed"));
    let tracked = providers::find(&id.type_name()).place == Place::Tracked && !id.parts.is_empty();
    if indexed && !tracked {
        return None;
    }
    let rule = evaluated(&definition, assignment)?;
    let effect = json::text(&rule, "then.effect").unwrap_or_default();
    let matches = json::same(effect, "deny") && rule::holds(rule.get("if")?, id, body);
    matches.then_some(definition)
}

fn find(state: &State, id: &str) -> Option<Definition> {
    if let Some(stored) = state.store.find(id) {
        return Some(Definition {
            id: stored.id.clone(),
            name: stored.name().to_owned(),
            properties: stored.body.get("properties")?.clone(),
        });
    }
    let name = id.rsplit('/').next()?;
    let properties = built_in::properties(name)?;
    Some(Definition {
        id: id.to_owned(),
        name: name.to_owned(),
        properties,
    })
}

/// The rule with the assignment's parameters in it.
fn evaluated(definition: &Definition, assignment: &Resource) -> Option<Value> {
    let nothing = json!({});
    let place = crate::template::Place::default();
    let definitions = definition.properties.get("parameters").unwrap_or(&nothing);
    let given = json::get(&assignment.body, "properties.parameters").unwrap_or(&nothing);
    let parameters = Parameters::read(definitions, given, &place).ok()?;
    let scope = Scope::new(&parameters, &nothing, &place, &Nothing);
    scope.value(definition.properties.get("policyRule")?).ok()
}

fn refusal(
    id: &ResourceId,
    assignment: &Resource,
    definition: &Definition,
    scope: &str,
) -> ArmError {
    let shown = |properties: &Value, name: &str| {
        json::text(properties, "displayName")
            .unwrap_or(name)
            .to_owned()
    };
    let nothing = json!({});
    let own = assignment.body.get("properties").unwrap_or(&nothing);
    let assigned = shown(own, assignment.name());
    let defined = shown(&definition.properties, &definition.name);
    let identifiers = json!([{
        "policyAssignment": {"name": assigned, "id": assignment.id},
        "policyDefinition": {"name": defined, "id": definition.id},
    }]);
    let message = format!(
        "Resource '{}' was disallowed by policy. Policy identifiers: '{identifiers}'.",
        id.name()
    );
    let mut error = ArmError::new(403, "RequestDisallowedByPolicy", message).at(id.name());
    error.additional = Some(Box::new(json!({
        "type": "PolicyViolation",
        "info": {
            "policyDefinitionDisplayName": defined,
            "policyDefinitionId": definition.id,
            "policyDefinitionName": definition.name,
            "policyDefinitionEffect": "deny",
            "policyAssignmentId": assignment.id,
            "policyAssignmentName": assignment.name(),
            "policyAssignmentDisplayName": assigned,
            "policyAssignmentScope": scope,
            "policyAssignmentParameters": own.get("parameters").unwrap_or(&nothing),
        },
    })));
    error
}
