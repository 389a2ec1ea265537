//! What an answer says about budgets.

use std::time::Duration;

use super::Class;
use crate::errors::ArmError;
use crate::http::HttpResponse;
use crate::retry::retry_after;

/// What a server wants that says 429 and not for how long.
const UNSAID: Duration = Duration::from_secs(5);

/// How many requests of `class` are left.
pub(super) fn left(response: &HttpResponse, class: Class) -> Option<f64> {
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

/// How long all requests of the class keep still.
pub(super) fn pause(response: &HttpResponse) -> Option<Duration> {
    if response.status.as_u16() != 429 || only_this_one(response) {
        return None;
    }
    Some(
        retry_after(response)
            .filter(|wait| !wait.is_zero())
            .unwrap_or(UNSAID),
    )
}

/// Whether the refusal is about one resource and not about the account.
///
/// The network service answers 429 when something else holds its lock.
/// Compute counts per machine as well as per subscription and lists both:
/// `Microsoft.Compute/PutVMSubscriptionMaximum;1499,Microsoft.Compute/PutVMResource;0`.
fn only_this_one(response: &HttpResponse) -> bool {
    let code = ArmError::read(response).code;
    if code.starts_with("RetryableError") {
        return true;
    }
    // `SubscriptionRequestsThrottled`, `TenantRequestsThrottled`.
    if code.ends_with("RequestsThrottled") {
        return false;
    }
    let Some(policies) = response.header("x-ms-ratelimit-remaining-resource") else {
        return false;
    };
    let spent = |policy: &str| policy.trim().ends_with(";0") && policy.contains("Subscription");
    !policies.split(',').any(spent)
}
