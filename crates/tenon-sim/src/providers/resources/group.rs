//! Resource groups.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::operations;
use crate::arm::reply::Reply;
use crate::arm::{Context, paging, rbac};
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write, gallery};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Resources/resourceGroups",
    place: Place::Tracked,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 30,
        action: 0,
    },
    page: 1000,
    hooks: &Group,
};

struct Group;

impl Hooks for Group {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_name(write.id.name())?;
        if write.before.is_some() && json::get(&write.sent, "tags").is_none() {
            json::take(&mut write.after.body, "tags");
        }
        if let Some(before) = &write.before
            && let Some(manager) = json::get(&before.body, "managedBy")
        {
            json::default(&mut write.after.body, "managedBy", manager.clone());
        }
        json::set(
            &mut write.after.body,
            "properties.provisioningState",
            "Succeeded",
        );
        Ok(())
    }

    fn check_idle(&self, _: &State, resource: &Resource) -> Result<(), ArmError> {
        if !resource.is_deleting() {
            return Ok(());
        }
        let message = format!(
            "The resource group '{}' is in deprovisioning state and cannot perform this operation.",
            resource.name()
        );
        Err(ArmError::conflict("ResourceGroupBeingDeleted", message))
    }

    fn view(&self, _: &State, resource: &Resource, _: View<'_>) -> Value {
        resource.shown()
    }
}

fn check_name(name: &str) -> Result<(), ArmError> {
    let fits = name.len() <= 90
        && !name.ends_with('.')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "_-.()".contains(c));
    if fits {
        return Ok(());
    }
    let message = format!(
        "The provided resource group name '{name}' has these invalid characters or is longer than 90 characters, or ends with a period. The name can only be a letter, digit, '-', '.', '(', ')' or '_'."
    );
    Err(ArmError::bad_request("InvalidResourceGroupName", message))
}

/// Answers a list of a subscription's groups: those the caller may see.
pub(crate) fn list(context: &mut Context<'_>, scope: &ResourceId) -> Result<Reply, ArmError> {
    let who = &context.caller.primary;
    let action = "Microsoft.Resources/subscriptions/resourceGroups/read";
    if !rbac::knows(context.state, who, &scope.key()) {
        return Err(rbac::refusal(who, action, &scope.to_string()));
    }
    let state = &*context.state;
    let filter = super::list::Filter::read(context.call)?;
    let subscription = scope.subscription.as_deref().unwrap_or_default();
    let groups = state.store.of_type(subscription, None, KIND.type_name);
    let seen = groups
        .filter(|group| rbac::knows(state, who, &group.key()))
        .filter(|group| filter.takes(group))
        .map(|group| (group.key(), group));
    let size = paging::size(state, context.call, KIND.type_name, KIND.page);
    Ok(paging::page(context.call, size, seen, Resource::shown))
}

/// What keeps a group from going: something outside that needs something inside.
pub(crate) fn deletion_blocker(state: &State, key: &str) -> Option<ArmError> {
    let mut details = Vec::new();
    for inside in state.store.below(key) {
        if let Err(shared) = gallery::share::check_reset(inside) {
            details.push(shared.message.into());
        }
        let inside_key = inside.key();
        let users = state.store.referrers(&inside_key);
        let outside = users.filter(|user| !crate::arm::id::within(&user.key(), key));
        for user in outside.filter(|user| needs(user)) {
            details.push(format!("{} is used by {}", inside.id, user.id));
        }
    }
    if details.is_empty() {
        return None;
    }
    let message = format!(
        "Deletion of resource group '{}' failed as resources with identifiers are still in use: {}.",
        key.rsplit('/').next().unwrap_or_default(),
        details.join("; ")
    );
    Some(ArmError::conflict("ResourceGroupDeletionBlocked", message))
}

/// The references that keep their target from being deleted.
fn needs(user: &Resource) -> bool {
    user.is("Microsoft.Network/networkInterfaces") || user.is("Microsoft.Compute/virtualMachines")
}

/// Takes a group out with everything in it.
pub(crate) fn remove(state: &mut State, key: &str) {
    let inside: Vec<String> = state.store.below(key).map(Resource::key).collect();
    for resource in inside {
        operations::remove(state, &resource);
    }
    state.store.remove(key);
}

/// Makes a group that the world needs, unless it is there.
pub(crate) fn ensure(state: &mut State, subscription: &str, name: &str, location: &str) {
    let id = ResourceId::of_group(subscription, name);
    if state.store.get(&id.key()).is_some() {
        return;
    }
    let body = serde_json::json!({
        "location": json::plain_location(location),
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
    });
    let now = state.now();
    state.store.put(Resource::new(&id, body, now));
}
