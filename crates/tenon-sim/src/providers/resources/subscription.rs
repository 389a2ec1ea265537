//! Subscriptions, tenants and locations.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, method_not_allowed, rbac};
use crate::json::same;
use crate::providers::locations as regions;
use crate::state::State;

/// Answers `GET /subscriptions/{id}`.
pub(crate) fn answer(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    if context.call.method != "GET" {
        return Err(method_not_allowed(context.call));
    }
    let who = &context.caller.primary;
    if !rbac::knows(context.state, who, &id.key()) {
        let action = "Microsoft.Resources/subscriptions/read";
        return Err(rbac::refusal(who, action, &id.to_string()));
    }
    let name = id.subscription.as_deref().unwrap_or_default();
    let place = context.state.directory.place_of(&context.state.world, name);
    let place = place.ok_or_else(|| crate::arm::unknown_subscription(name))?;
    Ok(Reply::json(200, shown(context.state, place)))
}

/// Answers `GET /subscriptions`: those of the token's tenant where the caller holds a role.
pub(crate) fn list(context: &mut Context<'_>) -> Reply {
    let state = &*context.state;
    let who = &context.caller.primary;
    let seen: Vec<Value> = state
        .directory
        .subscriptions
        .iter()
        .enumerate()
        .filter(|(_, entry)| same(&entry.tenant, &who.tenant))
        .filter(|(_, entry)| rbac::knows(state, who, &ResourceId::of_subscription(&entry.id).key()))
        .map(|(place, _)| shown(state, place))
        .collect();
    let count = json!({"type": "Total", "value": seen.len()});
    Reply::json(200, json!({"value": seen, "count": count}))
}

/// Answers `POST …/providers/Microsoft.Subscription/enable` and `/cancel`.
pub(crate) fn switch(
    context: &mut Context<'_>,
    id: &ResourceId,
    word: &str,
) -> Result<Reply, ArmError> {
    let status = match word.to_ascii_lowercase().as_str() {
        "enable" => "Enabled",
        "cancel" => "Disabled",
        _ => return Err(method_not_allowed(context.call)),
    };
    let action = format!(
        "Microsoft.Subscription/{}/action",
        word.to_ascii_lowercase()
    );
    rbac::require(context.state, &context.caller, &action, &id.to_string())?;
    let state = &mut *context.state;
    let name = id.subscription.as_deref().unwrap_or_default();
    let place = state.directory.place_of(&state.world, name);
    let place = place.ok_or_else(|| crate::arm::unknown_subscription(name))?;
    status.clone_into(&mut state.world.subscriptions[place].state);
    state.world_changed();
    Ok(Reply::json(200, json!({"subscriptionId": name})))
}

/// A subscription by its place in the directory.
pub(crate) fn shown(state: &State, place: usize) -> Value {
    let (entry, named) = (
        &state.directory.subscriptions[place],
        &state.world.subscriptions[place],
    );
    let status = if named.state.is_empty() {
        "Enabled"
    } else {
        &named.state
    };
    json!({
        "id": format!("/subscriptions/{}", entry.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": entry.id,
        "tenantId": entry.tenant,
        "displayName": named.name,
        "state": status,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}

/// Answers `GET /tenants`: the token's own.
pub(crate) fn tenants(context: &mut Context<'_>) -> Reply {
    let who = &context.caller.primary;
    let own = context.state.directory.tenant(&who.tenant);
    let shown: Vec<Value> = own
        .into_iter()
        .map(|tenant| {
            json!({
                "id": format!("/tenants/{}", tenant.id),
                "tenantId": tenant.id,
                "displayName": tenant.name,
                "countryCode": "US",
                "defaultDomain": tenant.domains.first(),
                "domains": tenant.domains,
                "tenantCategory": "Home",
                "tenantType": "AAD",
            })
        })
        .collect();
    Reply::json(200, json!({"value": shown}))
}

/// Answers `GET /subscriptions/{id}/locations`.
pub(crate) fn locations(context: &mut Context<'_>, id: &ResourceId) -> Result<Reply, ArmError> {
    let who = &context.caller.primary;
    if !rbac::knows(context.state, who, &id.key()) {
        let action = "Microsoft.Resources/subscriptions/locations/read";
        return Err(rbac::refusal(who, action, &id.to_string()));
    }
    let rows: Vec<Value> = regions::all()
        .map(|(name, display, zonal)| {
            let zones: Vec<Value> = if zonal {
                zone_mappings(name)
            } else {
                Vec::new()
            };
            json!({
                "id": format!("{id}/locations/{name}"),
                "name": name,
                "type": "Region",
                "displayName": display,
                "regionalDisplayName": display,
                "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
                "availabilityZoneMappings": zones,
            })
        })
        .collect();
    Ok(Reply::json(200, json!({"value": rows})))
}

fn zone_mappings(location: &str) -> Vec<Value> {
    let zone = |number: u8| json!({"logicalZone": number.to_string(), "physicalZone": format!("{location}-az{number}")});
    (1..=3).map(zone).collect()
}
