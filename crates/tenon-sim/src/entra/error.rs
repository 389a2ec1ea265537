//! The token endpoint's refusals.

use serde_json::json;

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::clock::plain_stamp;
use crate::state::State;

/// One refusal: status, OAuth error, numeric code and text.
#[derive(Debug)]
pub(crate) struct EntraError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) code: u32,
    pub(crate) text: String,
}

impl EntraError {
    pub(crate) fn new(status: u16, error: &'static str, code: u32, text: String) -> Self {
        Self {
            status,
            error,
            code,
            text,
        }
    }

    /// The answer, with the ids and the time support would ask for.
    pub(crate) fn reply(&self, state: &mut State, call: &Call) -> Reply {
        let trace = state.fresh_id("trace");
        let correlation = match call.header("client-request-id") {
            Some(given) => given.to_owned(),
            None => state.fresh_id("correlation"),
        };
        let time = plain_stamp(state.now());
        let description = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            self.code, self.text
        );
        let error_uri = format!("{}/error?code={}", call.base, self.code);
        Reply::json(
            self.status,
            json!({
                "error": self.error,
                "error_description": description,
                "error_codes": [self.code],
                "timestamp": time,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": error_uri,
            }),
        )
        .coded(&format!("AADSTS{}", self.code))
    }
}
