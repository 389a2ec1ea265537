//! Quotas: what a subscription uses in a region and what it may.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::provider::registration;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, rbac};
use crate::json::{self, plain_location};
use crate::providers::locations;
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

const MACHINES: &str = "Microsoft.Compute/virtualMachines";

/// Answers a GET of a word below `…/locations/{location}`.
pub(crate) fn answer(
    context: &mut Context<'_>,
    id: &ResourceId,
    word: &str,
) -> Result<Reply, ArmError> {
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let scope = ResourceId::of_subscription(subscription).to_string();
    let action = format!("{}/locations/{word}/read", id.namespace());
    rbac::require(context.state, &context.caller, &action, &scope)?;
    let location = plain_location(id.name());
    let state = &*context.state;
    let body = match (
        id.namespace().to_ascii_lowercase().as_str(),
        word.to_ascii_lowercase().as_str(),
    ) {
        (namespace, "usages") if registration(state, subscription, namespace) != "Registered" => {
            json!({"value": []})
        }
        ("microsoft.compute", "usages") => compute(state, subscription, &location),
        ("microsoft.network", "usages") => network(state, id, subscription, &location),
        ("microsoft.compute", "vmsizes") => sizes(state, &location),
        ("microsoft.compute", "virtualmachines") => machines(context, subscription, &location),
        _ => {
            let message = format!("The resource type 'locations/{word}' could not be found.");
            return Err(ArmError::not_found("InvalidResourceType", message));
        }
    };
    Ok(Reply::json(200, body))
}

fn limit(state: &State, subscription: &str, location: &str, name: &str, default: i64) -> i64 {
    let Some(place) = state.directory.place_of(&state.world, subscription) else {
        return default;
    };
    let quotas = &state.world.subscriptions[place].quotas;
    let find = |wanted: &str| {
        quotas
            .iter()
            .find(|(name, _)| json::same(name, wanted))
            .map(|(_, limit)| *limit)
    };
    find(&format!("{location}/{name}"))
        .or_else(|| find(name))
        .unwrap_or(default)
}

/// The built-in limits: generous, so that only worlds that say so run into them.
const FAMILY_LIMIT: i64 = 350_000;

/// What a subscription's machines use in a region, by usage name.
fn used(state: &State, subscription: &str, location: &str) -> BTreeMap<String, i64> {
    let mut used = BTreeMap::new();
    let machines = state.store.of_type(subscription, None, MACHINES);
    let machines = machines.chain(state.store.of_type(subscription, None, INSTANCES));
    for machine in machines.filter(|machine| machine.location() == location) {
        *used.entry("virtualMachines".to_owned()).or_default() += 1;
        let size = size_of(state, machine);
        for (name, count) in size
            .map(|size| needs(size, &machine.body))
            .unwrap_or_default()
        {
            *used.entry(name).or_default() += count;
        }
    }
    used
}

const INSTANCES: &str = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines";

/// Instances of uniform sets name their size as their set does.
fn size_of<'s>(state: &'s State, machine: &Resource) -> Option<&'s Size> {
    let name = json::text(&machine.body, "properties.hardwareProfile.vmSize");
    let name = name.or_else(|| json::text(&machine.body, "sku.name"))?;
    state.sizes.get(&name.to_ascii_lowercase())
}

/// What a machine of a size counts against.
fn needs(size: &Size, body: &Value) -> Vec<(String, i64)> {
    let cores = i64::from(size.cpus);
    let spot = json::text(body, "properties.priority").is_some_and(|one| one != "Regular");
    if spot {
        return vec![("lowPriorityCores".to_owned(), cores)];
    }
    vec![("cores".to_owned(), cores), (size.family.clone(), cores)]
}

/// Refuses a machine, or a change of one, that exceeds a quota.
pub(crate) fn check_machine(
    state: &State,
    machine: &Resource,
    before: Option<&Resource>,
) -> Result<(), ArmError> {
    let freed: BTreeMap<String, i64> = before
        .and_then(|before| Some(needs(size_of(state, before)?, &before.body)))
        .unwrap_or_default()
        .into_iter()
        .collect();
    check(state, machine, |name, required| {
        required - freed.get(name).copied().unwrap_or_default()
    })
}

/// Refuses so many more machines like this one where that exceeds a quota.
pub(crate) fn check_machines(
    state: &State,
    machine: &Resource,
    count: usize,
) -> Result<(), ArmError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    check(state, machine, |_, required| required.saturating_mul(count))
}

/// `extra` says what is needed more of a usage than now.
fn check(
    state: &State,
    machine: &Resource,
    extra: impl Fn(&str, i64) -> i64,
) -> Result<(), ArmError> {
    let id = machine.parsed();
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let location = machine.location();
    let Some(size) = size_of(state, machine) else {
        return Ok(());
    };
    // Counting every machine for each new one is for worlds that ask for it.
    let place = state.directory.place_of(&state.world, subscription);
    if place.is_none_or(|place| state.world.subscriptions[place].quotas.is_empty()) {
        return Ok(());
    }
    let used = used(state, subscription, location);
    for (name, required) in needs(size, &machine.body) {
        let current = used.get(&name).copied().unwrap_or_default();
        let extra = extra(&name, required);
        let most = limit(state, subscription, location, &name, FAMILY_LIMIT);
        if extra > 0 && current + extra > most {
            return Err(exceeded(&name, location, most, current, extra));
        }
    }
    Ok(())
}

fn exceeded(name: &str, location: &str, most: i64, current: i64, extra: i64) -> ArmError {
    let shown = match name {
        "cores" => "Total Regional Cores".to_owned(),
        "lowPriorityCores" => "LowPriorityCores".to_owned(),
        family => format!("{family} Cores"),
    };
    let message = format!(
        "Operation could not be completed as it results in exceeding approved {shown} quota. Additional details - Deployment Model: Resource Manager, Location: {location}, Current Limit: {most}, Current Usage: {current}, Additional Required: {extra}, (Minimum) New Limit Required: {}. Setup Alerts when Quota reaches threshold. Submit a request for Quota increase at https://aka.ms/ProdportalCRP/#blade/Microsoft_Azure_Capacity/UsageAndQuota.ReactView by specifying parameters listed in the ‘Details’ section for deployment to succeed. Please read more about quota limits at https://docs.microsoft.com/en-us/azure/azure-supportability/per-vm-quota-requests",
        current + extra
    );
    ArmError::conflict("OperationNotAllowed", message)
}

fn row(name: &str, shown: &str, current: i64, limit: i64) -> Value {
    json!({
        "unit": "Count",
        "currentValue": current,
        "limit": limit,
        "name": {"value": name, "localizedValue": shown},
    })
}

fn compute(state: &State, subscription: &str, location: &str) -> Value {
    let used = used(state, subscription, location);
    let current = |name: &str| used.get(name).copied().unwrap_or_default();
    let line = |name: &str, shown: &str, default: i64| {
        row(
            name,
            shown,
            current(name),
            limit(state, subscription, location, name, default),
        )
    };
    let sets = state
        .store
        .of_type(subscription, None, "Microsoft.Compute/availabilitySets");
    let sets = sets.filter(|set| set.location() == location).count();
    let most = limit(state, subscription, location, "availabilitySets", 2500);
    let mut rows = vec![
        row(
            "availabilitySets",
            "Availability Sets",
            i64::try_from(sets).unwrap_or_default(),
            most,
        ),
        line("cores", "Total Regional vCPUs", FAMILY_LIMIT),
        line("virtualMachines", "Virtual Machines", 25_000),
        line(
            "lowPriorityCores",
            "Total Regional Low-priority vCPUs",
            FAMILY_LIMIT,
        ),
    ];
    let families: BTreeMap<&str, ()> = state
        .sizes
        .values()
        .map(|size| (size.family.as_str(), ()))
        .collect();
    for family in families.keys() {
        let shown = format!(
            "{} vCPUs",
            family
                .replace("standard", "Standard ")
                .replace("Family", " Family")
        );
        rows.push(line(family, &shown, FAMILY_LIMIT));
    }
    json!({"value": rows})
}

fn network(state: &State, id: &ResourceId, subscription: &str, location: &str) -> Value {
    let count = |type_name: &str| {
        let found = state.store.of_type(subscription, None, type_name);
        let here = found.filter(|one| one.location() == location).count();
        i64::try_from(here).unwrap_or_default()
    };
    let rows: Vec<Value> = [
        (
            "VirtualNetworks",
            "Virtual Networks",
            "Microsoft.Network/virtualNetworks",
            1000,
        ),
        (
            "NetworkInterfaces",
            "Network Interfaces",
            "Microsoft.Network/networkInterfaces",
            65_536,
        ),
        (
            "NetworkSecurityGroups",
            "Network Security Groups",
            "Microsoft.Network/networkSecurityGroups",
            5000,
        ),
        (
            "PublicIPAddresses",
            "Public IP Addresses",
            PUBLIC_IPS,
            PUBLIC_IP_LIMIT,
        ),
        (
            "StandardSkuPublicIpAddresses",
            "Public IPv4 Addresses - Standard",
            PUBLIC_IPS,
            PUBLIC_IP_LIMIT,
        ),
    ]
    .into_iter()
    .map(|(name, shown, type_name, default)| {
        let most = limit(state, subscription, location, name, default);
        let mut row = row(name, shown, count(type_name), most);
        row["id"] = json!(format!("{id}/usages/{name}"));
        row
    })
    .collect();
    json!({"value": rows})
}

const PUBLIC_IPS: &str = "Microsoft.Network/publicIPAddresses";

const PUBLIC_IP_LIMIT: i64 = 20_000;

/// Refuses one more public address than the quota has.
pub(crate) fn check_public_ips(
    state: &State,
    id: &ResourceId,
    location: &str,
) -> Result<(), ArmError> {
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let names = ["PublicIPAddresses", "StandardSkuPublicIpAddresses"];
    let most = names.map(|name| limit(state, subscription, location, name, PUBLIC_IP_LIMIT));
    let most = most.into_iter().min().unwrap_or(PUBLIC_IP_LIMIT);
    if most >= PUBLIC_IP_LIMIT {
        return Ok(());
    }
    let here = state.store.of_type(subscription, None, PUBLIC_IPS);
    let here = here.filter(|one| one.location() == location).count();
    if i64::try_from(here).unwrap_or(i64::MAX) < most {
        return Ok(());
    }
    let message = format!(
        "Cannot create more than {most} public IP addresses for this subscription in this region."
    );
    Err(ArmError::bad_request("PublicIPCountLimitReached", message))
}

fn sizes(state: &State, location: &str) -> Value {
    let offered = state
        .sizes
        .values()
        .filter(|size| super::skus::is_offered(size, location));
    json!({"value": offered.map(size_row).collect::<Vec<_>>()})
}

/// A size as the older list of sizes has it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no machine has 2^53 bytes of memory"
)]
pub(crate) fn size_row(size: &Size) -> Value {
    json!({
        "name": size.name,
        "numberOfCores": size.cpus,
        "osDiskSizeInMB": 1_047_552,
        "resourceDiskSizeInMB": if size.ephemeral { 76_800 } else { 0 },
        "memoryInMB": (size.memory_gb * 1024.0) as i64,
        "maxDataDiskCount": size.data_disks,
    })
}

fn machines(context: &Context<'_>, subscription: &str, location: &str) -> Value {
    let state = &*context.state;
    let all = state.store.of_type(subscription, None, MACHINES);
    let here = all.filter(|machine| machine.location() == location);
    let action = format!("{MACHINES}/read");
    let seen = here.filter(|one| rbac::allows(state, &context.caller.primary, &action, &one.key()));
    let known = locations::display(location).is_some();
    let shown: Vec<Value> = seen
        .filter(|_| known)
        .map(|one| state.show(one, context.call))
        .collect();
    json!({"value": shown})
}
