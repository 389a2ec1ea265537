//! Rate limits of the hosts, in the form that the retries know: 429 and
//! `Retry-After`.
//!
//! GitHub ("Rate limits for the REST API"): the primary limit is 403 or 429
//! with `x-ratelimit-remaining: 0` and `x-ratelimit-reset` in seconds since
//! 1970; a secondary one is 403 or 429 with `retry-after`, or without, and then
//! a minute is the least to wait. GitLab ("Rate limits"): 429 with
//! `Retry-After`, and `RateLimit-Reset`. Azure DevOps ("Rate and usage
//! limits"): 429 with `Retry-After`, and `X-RateLimit-Reset`.

use jiff::Timestamp;

use crate::http::{HeaderValue, HttpResponse, StatusCode};
use crate::retry::{date, retry_after};

/// GitHub: what to wait when it does not say.
const UNSAID: i64 = 60;

/// Returns `response` as it is, unless it says that a rate is limited.
pub(super) fn uniform(mut response: HttpResponse, now: Timestamp) -> HttpResponse {
    let status = response.status.as_u16();
    let limits = status == 429 || (status == 403 && says_so(&response));
    if !limits {
        return response;
    }
    response.status = StatusCode::TOO_MANY_REQUESTS;
    if retry_after(&response).is_none() {
        let seconds = until_reset(&response, now).unwrap_or(UNSAID);
        response
            .headers
            .insert("retry-after", HeaderValue::from(seconds));
    }
    response
}

/// 403 means a missing right as well, and that one is no use waiting for.
fn says_so(response: &HttpResponse) -> bool {
    let text = String::from_utf8_lossy(&response.body).to_ascii_lowercase();
    retry_after(response).is_some() || text.contains("rate limit") || text.contains("abuse")
}

fn until_reset(response: &HttpResponse, now: Timestamp) -> Option<i64> {
    let number = |name: &str| response.header(name)?.trim().parse::<i64>().ok();
    let either = |one: &str, two: &str| number(one).or_else(|| number(two));
    if either("x-ratelimit-remaining", "ratelimit-remaining") != Some(0) {
        return None;
    }
    let reset = either("x-ratelimit-reset", "ratelimit-reset")?;
    // The clock of this machine may be wrong; theirs is the one that counts.
    let there = response.header("date").and_then(date).unwrap_or(now);
    Some((reset - there.as_second()).max(1))
}
