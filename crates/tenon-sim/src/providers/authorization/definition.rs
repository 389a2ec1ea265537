//! Role definitions: the built-in ones at every scope, and custom ones.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::roles::{self, BuiltIn};
use crate::arm::{Context, rbac};
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Authorization/roleDefinitions",
    place: Place::Extension,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &Definition,
};

struct Definition;

impl Hooks for Definition {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let name = json::text(&write.after.body, "properties.roleName").unwrap_or_default();
        let mut customs = customs(write.state).filter(|other| other.key() != write.id.key());
        if roles::by_name(name).is_some() || customs.any(|other| json::same(role_name(other), name))
        {
            let message = format!(
                "A role with the name '{name}' already exists in this directory. Use a different name."
            );
            return Err(ArmError::conflict(
                "RoleDefinitionWithSameNameExists",
                message,
            ));
        }
        json::default(&mut write.after.body, "properties.type", "CustomRole");
        Ok(())
    }
}

fn role_name(role: &Resource) -> &str {
    json::text(&role.body, "properties.roleName").unwrap_or_default()
}

fn customs(state: &State) -> impl Iterator<Item = &Resource> {
    let subscriptions = state.directory.subscriptions.iter();
    subscriptions.flat_map(|entry| state.store.of_type(&entry.id, None, KIND.type_name))
}

impl State {
    /// A custom role by its GUID.
    pub(crate) fn custom_role(&self, guid: &str) -> Option<&Resource> {
        customs(self).find(|role| json::same(role.name(), guid))
    }
}

/// True when a role of this GUID exists.
pub(crate) fn exists(state: &State, guid: &str) -> bool {
    roles::by_id(guid).is_some() || state.custom_role(guid).is_some()
}

/// Answers a GET of a role definition at any scope; `None` for other types.
pub(crate) fn get(context: &mut Context<'_>, id: &ResourceId) -> Result<Option<Reply>, ArmError> {
    if !json::same(&id.type_name(), KIND.type_name) {
        return Ok(None);
    }
    if id.subscription.is_some() {
        let action = "Microsoft.Authorization/roleDefinitions/read";
        rbac::require(
            context.state,
            &context.caller,
            action,
            &id.scope().to_string(),
        )?;
    }
    let built_in = roles::by_id(id.name()).map(|role| built_in(role, id.subscription.as_deref()));
    let shown = built_in.or_else(|| context.state.custom_role(id.name()).map(Resource::shown));
    shown
        .map(|shown| Some(Reply::json(200, shown)))
        .ok_or_else(|| {
            let message = format!(
                "The specified role definition with ID '{}' does not exist.",
                id.name()
            );
            ArmError::not_found("RoleDefinitionDoesNotExist", message)
        })
}

fn built_in(role: &BuiltIn, subscription: Option<&str>) -> Value {
    let scope = subscription
        .map(|id| format!("/subscriptions/{id}"))
        .unwrap_or_default();
    json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{}", role.id),
        "name": role.id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [role.permissions()],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2021-11-11T20:13:28.6061853Z",
            "createdBy": null,
            "updatedBy": null,
        },
    })
}

/// True when a role passes a filter on name and type.
fn passes(filter: &str, name: &str, kind: &str) -> bool {
    filter
        .split(" and ")
        .map(str::trim)
        .filter(|term| !term.is_empty())
        .all(|term| {
            let value = term.split('\'').nth(1).unwrap_or_default();
            match term.to_ascii_lowercase() {
                lower if lower.starts_with("rolename eq") => json::same(name, value),
                lower if lower.starts_with("type eq") => json::same(kind, value),
                _ => true,
            }
        })
}

/// Answers a list of the roles that can be assigned at a scope.
pub(crate) fn list(context: &mut Context<'_>, scope: &ResourceId) -> Result<Reply, ArmError> {
    let subscription = scope.subscription.as_deref();
    if subscription.is_some() {
        let action = "Microsoft.Authorization/roleDefinitions/read";
        rbac::require(context.state, &context.caller, action, &scope.to_string())?;
    }
    let filter = context.call.query("$filter").unwrap_or_default();
    let built_ins = roles::BUILT_IN
        .iter()
        .filter(|role| passes(filter, role.name, "BuiltInRole"));
    let mut shown: Vec<Value> = built_ins.map(|role| built_in(role, subscription)).collect();
    let own = context
        .state
        .store
        .of_type(subscription.unwrap_or_default(), None, KIND.type_name);
    let own = own.filter(|role| passes(filter, role_name(role), "CustomRole"));
    shown.extend(own.map(Resource::shown));
    Ok(Reply::json(200, json!({"value": shown})))
}
