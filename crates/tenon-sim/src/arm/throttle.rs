//! Request limits: Resource Manager's buckets and Compute's own.
//!
//! The headers are always sent. Requests are refused only where the world
//! switches throttling on.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::authentication::Caller;
use super::error::ArmError;
use super::route::Route;
use crate::call::Call;
use crate::state::State;
use crate::world::settings::Bucket;

/// How full each bucket is, by its key.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    levels: BTreeMap<String, Level>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    seen: Timestamp,
}

/// What charging a request came to.
#[derive(Debug, Default)]
pub(crate) struct Charge {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) refusal: Option<ArmError>,
}

/// Compute's policies: name, bucket per minute as size and refill, and whose they are.
const COMPUTE_POLICIES: &[(&str, u32, u32)] = &[
    ("PutVMSubscriptionMaximum", 1500, 500),
    ("PutVMResource", 12, 4),
    ("UpdateVMSubscriptionMaximum", 1500, 500),
    ("UpdateVMResource", 12, 4),
    ("DeleteVMSubscriptionMaximum", 1500, 500),
    ("DeleteVMResource", 12, 4),
    ("LowCostGetSubscriptionMaximum", 24000, 8000),
    ("LowCostGetResource", 36, 12),
    ("HighCostGetSubscriptionMaximum", 900, 300),
    ("GetOperationSubscriptionMaximum", 15000, 5000),
    ("GetOperationResource", 45, 15),
];

/// Takes what a request costs out of its buckets.
pub(crate) fn charge(state: &mut State, call: &Call, route: &Route, caller: &Caller) -> Charge {
    let mut charge = Charge::default();
    front_door(state, call, route, caller, &mut charge);
    if charge.refusal.is_none() {
        compute(state, call, route, &mut charge);
    }
    charge
}

fn front_door(state: &mut State, call: &Call, route: &Route, caller: &Caller, charge: &mut Charge) {
    let limits = &state.world.settings.throttling;
    let (class, bucket) = match call.method.as_str() {
        "GET" | "HEAD" => ("reads", limits.reads),
        "DELETE" => ("deletes", limits.deletes),
        _ => ("writes", limits.writes),
    };
    let level = match route.subscription() {
        Some(_) => "subscription",
        None => "tenant",
    };
    let owner = route
        .subscription()
        .unwrap_or(&caller.primary.tenant)
        .to_ascii_lowercase();
    let key = format!("{class}/{owner}/{}", caller.primary.object_id);
    let taken = take(state, &key, bucket);
    let header = |name: String, left: u64| (name, left.to_string());
    charge.headers.push(header(
        format!("x-ms-ratelimit-remaining-{level}-{class}"),
        taken.left,
    ));
    if level == "subscription" {
        let name = format!("x-ms-ratelimit-remaining-{level}-global-{class}");
        charge
            .headers
            .push(header(name, taken.left + 14 * u64::from(bucket.size)));
    }
    if let Some(wait) = taken.wait {
        let message = format!(
            "Number of '{class}' requests for subscription '{owner}' exceeded the limit. Please try again after '{wait}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information."
        );
        let code = if level == "tenant" {
            "TenantRequestsThrottled"
        } else {
            "SubscriptionRequestsThrottled"
        };
        charge.refusal = Some(refused(state, code, message, wait));
    }
}

/// What Resource Graph grants one principal: fifteen queries in five seconds.
const QUERIES: Bucket = Bucket {
    size: 15,
    refill_per_second: 3.0,
};

/// Charges a query of Resource Graph, which has a quota of its own.
pub(crate) fn query(state: &mut State, caller: &Caller) -> Charge {
    let key = format!("queries/{}", caller.primary.object_id);
    let taken = take(state, &key, QUERIES);
    let mut charge = Charge::default();
    let used = u64::from(QUERIES.size) - taken.left;
    charge.headers = vec![
        (
            "x-ms-user-quota-remaining".to_owned(),
            taken.left.to_string(),
        ),
        (
            "x-ms-user-quota-resets-after".to_owned(),
            format!("00:00:{:02}", used.div_ceil(3)),
        ),
    ];
    if let Some(wait) = taken.wait {
        let message = "Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.";
        let mut refusal = refused(state, "RateLimiting", message.to_owned(), wait)
            .detail("RateLimiting", message);
        refusal.headers.extend(charge.headers.clone());
        charge.refusal = Some(refusal);
    }
    charge
}

fn refused(state: &State, code: &str, message: String, wait: u64) -> ArmError {
    ArmError::new(429, code, message).headers(state.clock.wait(wait))
}

fn compute(state: &mut State, call: &Call, route: &Route, charge: &mut Charge) {
    let type_name = route.type_name().to_ascii_lowercase();
    let machine = type_name == "microsoft.compute/virtualmachines";
    let poll = type_name == "microsoft.compute/locations/operations";
    let (subscription_policy, resource_policy) = match (call.method.as_str(), route) {
        ("PUT", _) if machine => ("PutVMSubscriptionMaximum", "PutVMResource"),
        ("PATCH", _) if machine => ("UpdateVMSubscriptionMaximum", "UpdateVMResource"),
        ("DELETE", _) if machine => ("DeleteVMSubscriptionMaximum", "DeleteVMResource"),
        ("GET", Route::Item(_)) if machine => {
            ("LowCostGetSubscriptionMaximum", "LowCostGetResource")
        }
        ("GET", Route::Collection(..)) if machine => ("HighCostGetSubscriptionMaximum", ""),
        ("GET", _) if poll => ("GetOperationSubscriptionMaximum", "GetOperationResource"),
        _ => return,
    };
    let owner = route
        .subscription()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let resource = call.path.to_ascii_lowercase();
    let mut shown = Vec::new();
    for (policy, whose) in [(subscription_policy, &owner), (resource_policy, &resource)] {
        if policy.is_empty() {
            continue;
        }
        let taken = take(
            state,
            &format!("{policy}/{whose}"),
            policy_bucket(state, policy),
        );
        shown.push(format!("Microsoft.Compute/{policy};{}", taken.left));
        if let Some(wait) = taken.wait {
            let message = format!(
                "The server rejected the request because too many requests have been received for this subscription. Policy '{policy}', retry after {wait} seconds."
            );
            charge
                .refusal
                .get_or_insert_with(|| refused(state, "TooManyRequests", message, wait));
        }
    }
    charge.headers.push((
        "x-ms-ratelimit-remaining-resource".to_owned(),
        shown.join(","),
    ));
    charge
        .headers
        .push(("x-ms-request-charge".to_owned(), "1".to_owned()));
}

fn policy_bucket(state: &State, policy: &str) -> Bucket {
    let set = state.world.settings.throttling.compute.get(policy).copied();
    set.unwrap_or_else(|| {
        let row = COMPUTE_POLICIES.iter().find(|(name, ..)| *name == policy);
        let (size, refill) = row.map_or((u32::MAX, u32::MAX), |(_, size, refill)| (*size, *refill));
        Bucket {
            size,
            refill_per_second: f64::from(refill) / 60.0,
        }
    })
}

struct Taken {
    left: u64,
    /// Seconds until a token is there, when there is none.
    wait: Option<u64>,
}

fn take(state: &mut State, key: &str, bucket: Bucket) -> Taken {
    if !state.world.settings.throttling.enabled {
        return Taken {
            left: u64::from(bucket.size.saturating_sub(1)),
            wait: None,
        };
    }
    let now = state.now();
    let full = f64::from(bucket.size);
    let level = state.throttle.levels.entry(key.to_owned());
    let level = level.or_insert(Level {
        tokens: full,
        seen: now,
    });
    let passed = now.duration_since(level.seen).as_secs_f64();
    level.tokens = (level.tokens + passed * bucket.refill_per_second).min(full);
    level.seen = now;
    if level.tokens >= 1.0 {
        level.tokens -= 1.0;
        return Taken {
            left: whole(level.tokens),
            wait: None,
        };
    }
    let missing = (1.0 - level.tokens) / bucket.refill_per_second.max(f64::MIN_POSITIVE);
    Taken {
        left: 0,
        wait: Some(whole(missing.ceil()).max(1)),
    }
}

/// A count from a level that is never negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "levels are small and not negative"
)]
fn whole(number: f64) -> u64 {
    number.clamp(0.0, 4_294_967_295.0) as u64
}
