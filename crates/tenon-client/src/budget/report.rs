//! What an answer says about budgets.

use std::time::Duration;

use super::{Class, Meter};
use crate::errors::ArmError;
use crate::http::HttpResponse;
use crate::retry::retry_after;

/// What a server wants that says 429 and not for how long.
const UNSAID: Duration = Duration::from_secs(5);

/// The header in which Compute lists its policies:
/// `Microsoft.Compute/PutVMSubscriptionMaximum;1499,Microsoft.Compute/PutVMResource;11`.
const POLICIES: &str = "x-ms-ratelimit-remaining-resource";

/// How many requests are left.
pub(super) fn left(response: &HttpResponse, meter: Meter) -> Option<f64> {
    match meter {
        Meter::Front(class) => left_of_class(response, class),
        Meter::Compute(policy) => policies(response)
            .find(|(name, _)| *name == policy.name())
            .map(|(_, left)| f64::from(left)),
    }
}

/// Compute's policies and what is left of each.
fn policies(response: &HttpResponse) -> impl Iterator<Item = (&str, u32)> {
    let header = response.header(POLICIES).unwrap_or_default();
    header.split(',').filter_map(|policy| {
        let (name, left) = policy.trim().rsplit_once(';')?;
        let name = name.rsplit('/').next()?;
        Some((name, left.trim().parse().ok()?))
    })
}

fn left_of_class(response: &HttpResponse, class: Class) -> Option<f64> {
    let class = match class {
        Class::Read | Class::Poll => "reads",
        Class::Write => "writes",
        Class::Delete => "deletes",
    };
    ["subscription", "tenant"].iter().find_map(|scope| {
        let name = format!("x-ms-ratelimit-remaining-{scope}-{class}");
        let number: u32 = response.header(&name)?.trim().parse().ok()?;
        Some(f64::from(number))
    })
}

/// How long all requests of the meter keep still.
pub(super) fn pause(response: &HttpResponse, meter: Meter) -> Option<Duration> {
    if response.status.as_u16() != 429 || !is_about(response, meter) {
        return None;
    }
    Some(
        retry_after(response)
            .filter(|wait| !wait.is_zero())
            .unwrap_or(UNSAID),
    )
}

/// Whether a refusal is about this meter.
///
/// The network service answers 429 when something else holds its lock, and
/// Compute counts per machine as well as per subscription: those are about one
/// resource and stop nobody else.
fn is_about(response: &HttpResponse, meter: Meter) -> bool {
    let code = ArmError::read(response).code;
    // `SubscriptionRequestsThrottled`, `TenantRequestsThrottled`.
    let front_door = code.ends_with("RequestsThrottled");
    let mut policies = policies(response).peekable();
    let of_compute = policies.peek().is_some() && !front_door;
    match meter {
        Meter::Front(_) => !of_compute && !code.starts_with("RetryableError"),
        Meter::Compute(own) => {
            of_compute && policies.any(|(name, left)| name == own.name() && left == 0)
        }
    }
}
