//! Conditional requests.

use super::Context;
use super::error::ArmError;
use crate::json;
use crate::providers::{Flow, Kind};
use crate::store::Resource;

/// `If-Match` and `If-None-Match`, where the provider honours them.
pub(super) fn check(
    context: &Context<'_>,
    kind: &Kind,
    before: Option<&Resource>,
) -> Result<(), ArmError> {
    if !matches!(kind.flow, Flow::Compute | Flow::Network) {
        return Ok(());
    }
    let shown = before.map(|before| context.state.show(before, context.call));
    let etag = shown.as_ref().and_then(|shown| json::text(shown, "etag"));
    let holds = |wanted: &str| {
        wanted.split(',').map(str::trim).any(|one| {
            (one == "*" && before.is_some()) || etag.is_some_and(|etag| bare(etag) == bare(one))
        })
    };
    let matched = context.call.header("if-match").is_none_or(holds);
    let unmatched = context
        .call
        .header("if-none-match")
        .is_none_or(|wanted| !holds(wanted));
    if matched && unmatched {
        return Ok(());
    }
    let message = "The condition specified using HTTP conditional header(s) is not met.".to_owned();
    Err(ArmError::new(412, "PreconditionFailed", message))
}

/// An etag without its quotes and weakness mark.
fn bare(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}
