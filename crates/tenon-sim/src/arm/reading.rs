//! GET and HEAD of resources, and lists of them.

use serde_json::Value;

use super::error::ArmError;
use super::id::ResourceId;
use super::reply::Reply;
use super::{Context, paging, rbac};
use crate::call::Call;
use crate::json;
use crate::providers::{self, Place, View};
use crate::state::State;
use crate::store::Resource;

/// What the query asks to see.
pub(crate) fn view(call: &Call) -> View<'_> {
    View {
        version: call.api_version(),
        expand: call.query("$expand").unwrap_or_default(),
        select: call.query("$select").unwrap_or_default(),
        status_only: call
            .query("statusonly")
            .is_some_and(|only| json::same(only, "true")),
    }
}

impl State {
    /// A resource as a reader sees it.
    pub(crate) fn show(&self, resource: &Resource, call: &Call) -> Value {
        providers::find(&resource.type_name)
            .hooks
            .view(self, resource, view(call))
    }

    /// Where a resource lies: its own location or its nearest ancestor's.
    pub(crate) fn location_of(&self, resource: &Resource) -> String {
        if !resource.location().is_empty() {
            return json::plain_location(resource.location());
        }
        let parent = resource
            .parsed()
            .parent()
            .and_then(|parent| self.store.get(&parent.key()));
        parent
            .map(|parent| self.location_of(parent))
            .unwrap_or_default()
    }
}

/// Answers a GET of one resource.
pub(crate) fn get(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let type_name = providers::action_type(&id.type_name());
    if let Some(reply) = providers::authorization::definition::get(context, id)? {
        return Ok(reply);
    }
    rbac::require(
        context.state,
        &context.caller,
        &format!("{type_name}/read"),
        &id.to_string(),
    )?;
    let resource = existing(context.state, id)?;
    let body = context.state.show(resource, context.call);
    let mut reply = Reply::json(200, body);
    if let Some(etag) = reply
        .body
        .as_ref()
        .and_then(|body| json::text(body, "etag"))
    {
        let etag = etag.to_owned();
        reply = reply.header("ETag", etag);
    }
    Ok(reply)
}

/// Answers a HEAD: resource groups use it to ask for existence.
pub(crate) fn head(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let type_name = providers::action_type(&id.type_name());
    rbac::require(
        context.state,
        &context.caller,
        &format!("{type_name}/read"),
        &id.to_string(),
    )?;
    let found = context.state.store.get(&id.key()).is_some();
    Ok(Reply::empty(if found { 204 } else { 404 }))
}

/// The stored resource, or why there is none.
pub(crate) fn existing<'s>(state: &'s State, id: &ResourceId) -> Result<&'s Resource, ArmError> {
    state.store.get(&id.key()).ok_or_else(|| absent(state, id))
}

/// The refusal for a resource that is not there.
pub(crate) fn absent(state: &State, id: &ResourceId) -> ArmError {
    let group = id.group.clone().unwrap_or_default();
    let group_exists = || {
        let subscription = id.subscription.as_deref().unwrap_or_default();
        state
            .store
            .get(&ResourceId::of_group(subscription, &group).key())
            .is_some()
    };
    if id.parts.is_empty() || (!group.is_empty() && !group_exists()) {
        let message = format!("Resource group '{group}' could not be found.");
        return ArmError::not_found("ResourceGroupNotFound", message);
    }
    if json::same(&id.type_name(), "Microsoft.Authorization/roleAssignments") {
        let message = format!("The role assignment '{}' is not found.", id.name());
        return ArmError::not_found("RoleAssignmentNotFound", message);
    }
    let parent = id
        .parent()
        .filter(|parent| state.store.get(&parent.key()).is_none());
    if let Some(parent) = parent {
        return parent_absent(&parent);
    }
    let message = if group.is_empty() {
        format!(
            "The Resource '{}/{}' was not found.",
            id.type_name(),
            id.name()
        )
    } else {
        format!(
            "The Resource '{}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
            type_and_names(id)
        )
    };
    ArmError::not_found("ResourceNotFound", message)
}

/// The refusal for a parent that is not there.
pub(crate) fn parent_absent(parent: &ResourceId) -> ArmError {
    let message = format!(
        "Can not perform requested operation on nested resource. Parent resource '{}' not found.",
        names(parent)
    );
    ArmError::not_found("ParentResourceNotFound", message)
}

/// `Namespace/type/name[/type/name]…`, as messages show a resource.
pub(crate) fn type_and_names(id: &ResourceId) -> String {
    let Some(part) = id.parts.last() else {
        return String::new();
    };
    let pairs = part
        .pairs
        .iter()
        .map(|(kind, name)| format!("{kind}/{name}"));
    format!("{}/{}", part.namespace, pairs.collect::<Vec<_>>().join("/"))
}

fn names(id: &ResourceId) -> String {
    let pairs = id
        .parts
        .last()
        .map(|part| part.pairs.as_slice())
        .unwrap_or_default();
    pairs
        .iter()
        .map(|(_, name)| name.as_str())
        .collect::<Vec<_>>()
        .join("/")
}

/// Answers a list of a type at a subscription, a group, or any other scope.
pub(crate) fn list(
    context: &mut Context<'_>,
    scope: &ResourceId,
    type_name: &str,
) -> Result<Reply, ArmError> {
    let kind = providers::find(type_name);
    let type_name = providers::canonical(type_name);
    rbac::require(
        context.state,
        &context.caller,
        &format!("{type_name}/read"),
        &scope.to_string(),
    )?;
    let state = &*context.state;
    require_group(state, scope)?;
    let size = paging::size(state, context.call, &type_name, kind.page);
    let view = view(context.call);
    let show = |resource: &Resource| kind.hooks.view(state, resource, view);
    if let (Some(subscription), true) = (&scope.subscription, scope.parts.is_empty()) {
        let found = state
            .store
            .of_type(subscription, scope.group.as_deref(), &type_name);
        // What hangs on another resource is listed there; locks also from above.
        let all = kind.place == Place::Extension;
        let found = found.filter(move |resource| all || !resource.parsed().is_extension());
        return Ok(paging::page(
            context.call,
            size,
            found.map(|found| (found.key(), found)),
            show,
        ));
    }
    let (namespace, tail) = type_name.split_once('/').unwrap_or((&type_name, ""));
    let place = format!(
        "{}/providers/{}",
        scope.key(),
        namespace.to_ascii_lowercase()
    );
    let found = state.store.children(&place, tail);
    Ok(paging::page(
        context.call,
        size,
        found.map(|found| (found.key(), found)),
        show,
    ))
}

fn require_group(state: &State, scope: &ResourceId) -> Result<(), ArmError> {
    let (Some(subscription), Some(group)) = (&scope.subscription, &scope.group) else {
        return Ok(());
    };
    let group = ResourceId::of_group(subscription, group);
    existing(state, &group).map(|_| ())
}

/// Answers a GET of a word below a resource: a view of it, or its children.
pub(crate) fn below(
    context: &mut Context<'_>,
    parent: &ResourceId,
    word: &str,
) -> Result<Reply, ArmError> {
    let type_name = format!("{}/{word}", parent.type_name());
    let kind = providers::find(&type_name);
    let canonical = providers::canonical(&type_name);
    rbac::require(
        context.state,
        &context.caller,
        &format!("{canonical}/read"),
        &parent.to_string(),
    )?;
    let state = &*context.state;
    let owner = existing(state, parent)?;
    let hooks = providers::find(&owner.type_name).hooks;
    if let Some(seen) = hooks.look(state, owner, word, context.call) {
        return Ok(Reply::json(200, seen));
    }
    let size = paging::size(state, context.call, &canonical, kind.page);
    let view = view(context.call);
    let key = parent.key();
    let children = state.store.children(&key, word);
    let show = |child: &Resource| kind.hooks.view(state, child, view);
    Ok(paging::page(
        context.call,
        size,
        children.map(|child| (child.key(), child)),
        show,
    ))
}
