//! PUT and PATCH of resources.

use serde_json::{Value, json};

use super::conflict::{Attempt, check_locks};
use super::error::ArmError;
use super::id::ResourceId;
use super::operations::{self, Effect, Start};
use super::reply::Reply;
use super::{Context, conditions, linked, location, names, policy, rbac, reading, schema};
use crate::json;
use crate::providers::{self, Flow, Kind, Patching, Place, Write};
use crate::state::State;
use crate::store::Resource;

/// Answers a PUT.
pub(crate) fn put(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let kind = providers::find(&id.type_name());
    allow(context, id)?;
    let sent = read_body(context, id)?;
    let before = context.state.store.get(&id.key()).cloned();
    require_surroundings(context.state, id, kind, before.as_ref())?;
    let body = sent.clone();
    write(
        context,
        Draft {
            id,
            kind,
            sent,
            body,
            before,
            patching: Patching::No,
        },
    )
}

/// Answers a PATCH: the body is laid over what is there.
pub(crate) fn patch(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let kind = providers::find(&id.type_name());
    allow(context, id)?;
    let raw = context.json_body()?;
    let before = reading::existing(context.state, id)?.clone();
    require_surroundings(context.state, id, kind, Some(&before))?;
    let sent = schema::normalise(&id.type_name(), context.call.api_version(), &raw)?;
    let body = patched(kind, &before.body, &raw, &sent);
    let draft = Draft {
        id,
        kind,
        sent,
        body,
        before: Some(before),
        patching: Patching::Yes,
    };
    write(context, draft)
}

/// The image of a scale set is one thing: who moves it to an image of another
/// form, or of the marketplace, sends the new members only.
const SET_IMAGE: &str = "properties.virtualMachineProfile.storageProfile.imageReference";

/// What a PATCH makes of a body. Tags are replaced as a whole; network types take tags only.
fn patched(kind: &Kind, before: &Value, raw: &Value, sent: &Value) -> Value {
    let mut body = before.clone();
    let tags_only = kind.flow == Flow::Network && kind.place == Place::Tracked;
    if !tags_only {
        let mut change = sent.clone();
        json::take(&mut change, "tags");
        removals(&mut change, raw, before);
        json::merge(&mut body, &change);
        if let Some(reference) = json::get(sent, SET_IMAGE) {
            json::set(&mut body, SET_IMAGE, reference.clone());
        }
    }
    if let Some(tags) = sent.get("tags") {
        json::set(&mut body, "tags", tags.clone());
    }
    body
}

/// Brings back the nulls of the raw body where PATCH gives them a meaning.
fn removals(change: &mut Value, raw: &Value, before: &Value) {
    let identities = "identity.userAssignedIdentities";
    for (id, value) in raw
        .get("identity")
        .and_then(|identity| identity.get("userAssignedIdentities"))
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if value.is_null() {
            json::default(change, identities, json!({}));
            let spelled =
                json::members(before, identities).find(|(known, _)| json::same(known, id));
            let spelled = spelled.map_or(id, |(known, _)| known).clone();
            if let Some(map) = json::get_mut(change, identities).and_then(Value::as_object_mut) {
                map.retain(|known, _| !json::same(known, id));
                map.insert(spelled, Value::Null);
            }
        }
    }
}

struct Draft<'d> {
    id: &'d ResourceId,
    kind: &'static Kind,
    sent: Value,
    body: Value,
    before: Option<Resource>,
    patching: Patching,
}

/// Rights, subscription and registration: what is checked before the body is looked at.
fn allow(context: &Context<'_>, id: &ResourceId) -> Result<(), ArmError> {
    let type_name = providers::action_type(&id.type_name());
    let scope = id.to_string();
    rbac::require(
        context.state,
        &context.caller,
        &format!("{type_name}/write"),
        &scope,
    )?;
    require_writable(context.state, id)?;
    providers::resources::provider::require_registered(context.state, id)
}

/// Refuses every change in a subscription that is switched off.
pub(crate) fn require_writable(state: &State, id: &ResourceId) -> Result<(), ArmError> {
    let Some(subscription) = &id.subscription else {
        return Ok(());
    };
    let place = state.directory.place_of(&state.world, subscription);
    let status = place.map_or("", |place| state.world.subscriptions[place].state.as_str());
    if ["Disabled", "Deleted", "Expired"]
        .iter()
        .any(|off| json::same(off, status))
    {
        let message = format!(
            "The subscription '{subscription}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled."
        );
        return Err(ArmError::conflict("ReadOnlyDisabledSubscription", message));
    }
    Ok(())
}

impl Context<'_> {
    /// The body as a JSON object.
    pub(crate) fn json_body(&self) -> Result<Value, ArmError> {
        let invalid = |message: String| ArmError::bad_request("InvalidRequestContent", message);
        if self.call.body.is_empty() {
            let message = "The request content was invalid and could not be deserialized: 'The body is empty.'.";
            return Err(invalid(message.to_owned()));
        }
        let body = serde_json::from_slice(&self.call.body).or_else(|error| {
            lenient(&self.call.body).ok_or_else(|| {
                invalid(format!(
                    "The request content was invalid and could not be deserialized: '{error}'."
                ))
            })
        })?;
        if body.is_object() {
            Ok(body)
        } else {
            Err(invalid(
                "The request content is not valid and could not be deserialized.".to_owned(),
            ))
        }
    }
}

/// Resource Manager's own reader takes comments, bare names and trailing
/// commas. The Azure CLI relies on it: it sends templates as they are written.
fn lenient(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    jsonc_parser::parse_to_serde_value(text, &jsonc_parser::ParseOptions::default()).ok()
}

fn read_body(context: &Context<'_>, id: &ResourceId) -> Result<Value, ArmError> {
    let raw = context.json_body()?;
    schema::normalise(&id.type_name(), context.call.api_version(), &raw)
}

/// The group has to be there and stay, the parent too.
fn require_surroundings(
    state: &State,
    id: &ResourceId,
    kind: &Kind,
    before: Option<&Resource>,
) -> Result<(), ArmError> {
    if let (Some(subscription), Some(name), false) =
        (&id.subscription, &id.group, id.parts.is_empty())
    {
        let group = reading::existing(state, &ResourceId::of_group(subscription, name))?;
        if group.is_deleting() {
            let message = format!(
                "The resource group '{name}' is in deprovisioning state and cannot perform this operation."
            );
            return Err(ArmError::conflict("ResourceGroupBeingDeleted", message));
        }
    }
    if let Some(parent) = id.parent() {
        let known = state.store.get(&parent.key());
        if known.is_none() && (before.is_none() || kind.place == Place::Nested) {
            return Err(reading::parent_absent(&parent));
        }
    }
    Ok(())
}

fn write(context: &mut Context<'_>, draft: Draft<'_>) -> Result<Reply, ArmError> {
    let Draft {
        id,
        kind,
        sent,
        mut body,
        before,
        patching,
    } = draft;
    names::check(id, kind)?;
    location::check(context.state, id, kind, &mut body, before.as_ref())?;
    names::check_tags(&body)?;
    linked::check(context.state, &context.caller, id, &kind.hooks.links(&body))?;
    check_locks(context.state, &id.key(), Attempt::Write)?;
    policy::check(context.state, id, &body)?;
    conditions::check(context, kind, before.as_ref())?;
    if let Some(before) = &before {
        kind.hooks
            .check_idle(context.state, before)
            .map_err(|error| operations::pointed(context.state, context.call, before, error))?;
    }
    let after = drafted(context.state, id, kind, body, before.as_ref());
    let mut write = Write {
        state: context.state,
        call: context.call,
        caller: &context.caller,
        id,
        sent,
        before,
        after,
        patching,
    };
    kind.hooks.shape(&mut write)?;
    let (before, after) = (write.before, write.after);
    let created = before.is_none();
    Ok(finish(
        context,
        id,
        kind,
        after,
        if created {
            Made::Created
        } else {
            Made::Changed
        },
    ))
}

/// Whether a write made something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Created,
    Changed,
}

fn drafted(
    state: &State,
    id: &ResourceId,
    kind: &Kind,
    body: Value,
    before: Option<&Resource>,
) -> Resource {
    let now = state.now();
    let mut after = match before {
        Some(before) => Resource {
            body,
            changed: now,
            ..before.clone()
        },
        None => {
            let mut fresh = Resource::new(id, body, now);
            fresh.id = canonical_id(state, id);
            fresh.type_name = providers::canonical(&fresh.type_name);
            fresh
        }
    };
    if kind.place == Place::Tracked && kind.flow != Flow::Network {
        json::default(&mut after.body, "tags", json!({}));
    }
    after
}

/// The id as it will be shown: types as Azure spells them, the group as it was made.
fn canonical_id(state: &State, id: &ResourceId) -> String {
    let mut id = id.clone();
    if let (Some(subscription), Some(name)) = (&id.subscription, &id.group)
        && let Some(group) = state
            .store
            .get(&ResourceId::of_group(subscription, name).key())
    {
        id.group = Some(group.name().to_owned());
    }
    let canonical = providers::canonical(&id.type_name());
    if let Some(part) = id.parts.last_mut() {
        let mut words = canonical.split('/');
        part.namespace = words.next().unwrap_or_default().to_owned();
        for (pair, word) in part.pairs.iter_mut().zip(words) {
            pair.0 = word.to_owned();
        }
    }
    id.to_string()
}

fn finish(
    context: &mut Context<'_>,
    id: &ResourceId,
    kind: &'static Kind,
    mut after: Resource,
    made: Made,
) -> Reply {
    let state = &mut *context.state;
    let key = after.key();
    let started = kind.flow != Flow::Sync;
    if started {
        after.set_state(if made == Made::Created {
            first_state(kind)
        } else {
            "Updating"
        });
    }
    state.store.put(after);
    kind.hooks.stored(state, &key);
    let mut operation = None;
    if started {
        let lasts = state.lasts(&kind.durations, &id.type_name(), verb(made));
        let least = state
            .store
            .get(&key)
            .map(|after| kind.hooks.takes(state, after));
        let lasts = lasts.max(least.unwrap_or_default());
        let target = state
            .store
            .get(&key)
            .map(Resource::parsed)
            .unwrap_or_default();
        let name = put_name(&target);
        let start = Start {
            target: &target,
            verb: &name,
            lasts,
            effect: Effect::Settle,
        };
        operation = Some(operations::start(state, start));
    }
    let shown = state
        .store
        .get(&key)
        .map(|resource| state.show(resource, context.call));
    let status = match (kind.flow, made) {
        (Flow::Disk, _) => 202,
        (Flow::Sync, _) if kind.type_name.ends_with("/availabilitySets") => 200,
        (_, Made::Created) => 201,
        (_, Made::Changed) => 200,
    };
    let mut reply = Reply::json(status, shown.unwrap_or_default());
    if let Some(etag) = reply
        .body
        .as_ref()
        .and_then(|body| json::text(body, "etag"))
    {
        let etag = etag.to_owned();
        reply = reply.header("ETag", etag);
    }
    match operation {
        Some(operation) => operations::announce(state, context.call, &operation, kind.flow, reply),
        None => reply,
    }
}

/// What a new resource says while it is being made: the network provider calls it updating.
fn first_state(kind: &Kind) -> &'static str {
    match kind.flow {
        Flow::Network | Flow::Disk => "Updating",
        _ => "Creating",
    }
}

fn verb(made: Made) -> Verb {
    match made {
        Made::Created => Verb::Create,
        Made::Changed => Verb::Update,
    }
}

/// What takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Update,
    Delete,
    Action,
}

/// `PutVirtualNetworkOperation` and the like, as conflict messages name them.
fn put_name(target: &ResourceId) -> String {
    let type_name = target.type_name();
    let word = type_name.rsplit('/').next().unwrap_or_default();
    let mut letters = word.trim_end_matches('s').chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    format!(
        "Put{}{}Operation",
        first.into_iter().collect::<String>(),
        letters.as_str()
    )
}
