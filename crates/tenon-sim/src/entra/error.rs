//! The token endpoint's refusals.

use serde_json::json;

use crate::arm::error::ArmError;
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

/// Gives a refusal that a fault asks for the form of the token endpoint; `None` for
/// other addresses. A code `AADSTS90055` is taken apart, any other becomes the `error`.
pub(crate) fn of_fault(state: &mut State, call: &Call, fault: &ArmError) -> Option<Reply> {
    let segments = call.segments();
    let ([.., "oauth2", "token"] | [_, "oauth2", "v2.0", "token"]) = segments.as_slice() else {
        return None;
    };
    let number = fault.code.strip_prefix("AADSTS");
    let mut reply = match number.and_then(|number| number.parse().ok()) {
        Some(number) => {
            let error = match fault.status {
                401 => "invalid_client",
                429 | 500.. => "temporarily_unavailable",
                _ => "invalid_request",
            };
            EntraError::new(fault.status, error, number, fault.message.to_string()).reply(state, call)
        }
        None => Reply::json(
            fault.status,
            json!({"error": fault.code, "error_description": fault.message}),
        )
        .coded(&fault.code),
    };
    reply.headers.extend(fault.headers.clone());
    Some(reply)
}
