//! Resource providers and their registration.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::operations::{self, Effect, Start};
use crate::arm::reply::Reply;
use crate::arm::writing::require_writable;
use crate::arm::{Context, method_not_allowed, rbac, versions};
use crate::json::same;
use crate::providers::{self, locations};
use crate::state::State;

/// What the simulator plays.
const PLAYED: [&str; 5] = [
    "Microsoft.Authorization",
    "Microsoft.Compute",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.Resources",
];

/// Providers that exist beside them.
const OTHERS: [&str; 4] = [
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ResourceGraph",
    "Microsoft.Storage",
];

/// How a subscription stands with a provider: as the world says, and registered
/// where it says nothing. A world should not need a ceremony for what it holds.
pub(crate) fn registration(state: &State, subscription: &str, namespace: &str) -> String {
    let place = state.directory.place_of(&state.world, subscription);
    let set = place.and_then(|place| {
        let providers = &state.world.subscriptions[place].providers;
        providers
            .iter()
            .find(|(name, _)| same(name, namespace))
            .map(|(_, status)| status.clone())
    });
    set.unwrap_or_else(|| "Registered".to_owned())
}

/// Refuses a write to a provider the subscription is not registered for.
pub(crate) fn require_registered(state: &State, id: &ResourceId) -> Result<(), ArmError> {
    let (Some(subscription), false) = (&id.subscription, id.parts.is_empty()) else {
        return Ok(());
    };
    let namespace = canonical(id.namespace());
    let status = registration(state, subscription, &namespace);
    if status == "Registered" {
        return Ok(());
    }
    if status != "NotRegistered" {
        let message = format!(
            "The subscription registration is in '{status}' state. The subscription must be registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions."
        );
        return Err(ArmError::conflict(
            "MissingSubscriptionRegistration",
            message,
        ));
    }
    let message = format!(
        "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions."
    );
    let mut error = ArmError::conflict("MissingSubscriptionRegistration", message.clone());
    error.details.push(json!({
        "code": "MissingSubscriptionRegistration",
        "target": namespace,
        "message": message,
    }));
    Err(error)
}

fn canonical(namespace: &str) -> String {
    let known = PLAYED
        .iter()
        .chain(&OTHERS)
        .find(|name| same(name, namespace));
    known.map_or_else(|| namespace.to_owned(), |name| (*name).to_owned())
}

/// Answers `GET …/providers/{namespace}`.
pub(crate) fn answer(
    context: &mut Context<'_>,
    id: &ResourceId,
    namespace: &str,
) -> Result<Reply, ArmError> {
    if context.call.method != "GET" {
        return Err(method_not_allowed(context.call));
    }
    require_reader(context, id)?;
    Ok(Reply::json(
        200,
        shown(
            context.state,
            id.subscription.as_deref(),
            &canonical(namespace),
        ),
    ))
}

/// Answers `GET …/providers`.
pub(crate) fn list(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    require_reader(context, id)?;
    let subscription = id.subscription.as_deref();
    let all = PLAYED.iter().chain(&OTHERS);
    let shown: Vec<Value> = all
        .map(|name| shown(context.state, subscription, name))
        .collect();
    Ok(Reply::json(200, json!({"value": shown})))
}

fn require_reader(context: &Context<'_>, id: &ResourceId) -> Result<(), ArmError> {
    if id.subscription.is_none() {
        return Ok(());
    }
    let action = "Microsoft.Resources/subscriptions/providers/read";
    rbac::require(context.state, &context.caller, action, &id.to_string())
}

fn shown(state: &State, subscription: Option<&str>, namespace: &str) -> Value {
    let regions: Vec<&str> = locations::all().map(|(_, display, _)| display).collect();
    let zones: Vec<Value> = locations::all()
        .filter(|(.., zonal)| *zonal)
        .map(|(_, display, _)| json!({"location": display, "zones": ["1", "2", "3"]}))
        .collect();
    let types: Vec<Value> = types(state, namespace)
        .into_iter()
        .map(|type_name| {
            let name = type_name.split_once('/').map_or("", |(_, name)| name);
            json!({
                "resourceType": name,
                "locations": regions,
                "apiVersions": versions::offered(&type_name),
                "zoneMappings": zones,
                "capabilities": "SupportsTags, SupportsLocation",
            })
        })
        .collect();
    let mut body = json!({
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": types,
    });
    if let Some(subscription) = subscription {
        body["id"] = json!(format!(
            "/subscriptions/{subscription}/providers/{namespace}"
        ));
        body["registrationState"] = json!(registration(state, subscription, namespace));
    }
    body
}

/// The types of a provider: those that are played, and whatever else is there.
fn types(state: &State, namespace: &str) -> Vec<String> {
    let mut types: Vec<String> = providers::of_namespace(namespace)
        .map(|kind| kind.type_name.to_owned())
        .collect();
    for resource in state.store.below("") {
        let name = &resource.type_name;
        let own = name.split('/').next().unwrap_or_default();
        if same(own, namespace) && !types.iter().any(|known| same(known, name)) {
            types.push(name.clone());
        }
    }
    types
}

/// Answers `POST …/providers/{namespace}/register` and `/unregister`.
pub(crate) fn act(
    context: &mut Context<'_>,
    scope: &ResourceId,
    namespace: &str,
    word: &str,
) -> Result<Reply, ArmError> {
    let namespace = canonical(namespace);
    let registers = same(word, "register");
    let (Some(subscription), true) = (
        scope.subscription.clone(),
        registers || same(word, "unregister"),
    ) else {
        return Err(method_not_allowed(context.call));
    };
    let action = format!("{namespace}/{}/action", word.to_ascii_lowercase());
    rbac::require(context.state, &context.caller, &action, &scope.to_string())?;
    require_writable(context.state, scope)?;
    let state = &mut *context.state;
    if !registers {
        set(state, &subscription, &namespace, "NotRegistered");
    } else if registration(state, &subscription, &namespace) != "Registered" {
        set(state, &subscription, &namespace, "Registering");
        let lasts = state.world.settings.registration.0;
        let effect = Effect::Register {
            namespace: namespace.clone(),
        };
        operations::start(
            state,
            Start {
                target: scope,
                verb: "Register",
                lasts,
                effect,
            },
        );
        state.settle();
    }
    Ok(Reply::json(
        200,
        shown(state, Some(&subscription), &namespace),
    ))
}

/// The end of a registration; the key is the subscription's.
pub(crate) fn registered(state: &mut State, key: &str, namespace: &str) {
    let subscription = key.rsplit('/').next().unwrap_or_default().to_owned();
    set(state, &subscription, namespace, "Registered");
}

fn set(state: &mut State, subscription: &str, namespace: &str, status: &str) {
    let Some(place) = state.directory.place_of(&state.world, subscription) else {
        return;
    };
    let providers = &mut state.world.subscriptions[place].providers;
    providers.retain(|name, _| !same(name, namespace));
    providers.insert(namespace.to_owned(), status.to_owned());
    state.world_changed();
}
