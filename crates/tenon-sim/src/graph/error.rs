//! Refusals in the shape Microsoft Graph gives them.

use serde_json::json;

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::state::State;

/// One refusal: status, code and message.
#[derive(Debug)]
pub(crate) struct GraphError {
    status: u16,
    code: &'static str,
    message: String,
}

impl GraphError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(crate) fn not_found(id: &str) -> Self {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(404, "Request_ResourceNotFound", message)
    }

    /// A token without the rights for what it asks.
    pub(crate) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(403, "Authorization_RequestDenied", message)
    }

    /// A token that counts for nothing here.
    pub(crate) fn token(message: &str) -> Self {
        Self::new(401, "InvalidAuthenticationToken", message)
    }

    /// Something that has to be unique is not.
    pub(crate) fn taken(message: impl Into<String>) -> Self {
        Self::new(409, "Request_MultipleObjectsWithSameKeyValue", message)
    }

    pub(crate) fn reply(&self, state: &mut State, call: &Call) -> Reply {
        let request = state.fresh_id("graph");
        let client = call.header("client-request-id").unwrap_or(&request);
        let reply = Reply::json(
            self.status,
            json!({"error": {
                "code": self.code,
                "message": self.message,
                "innerError": {
                    "date": state.now().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                    "request-id": request,
                    "client-request-id": client,
                },
            }}),
        )
        .coded(self.code);
        if self.status == 401 {
            let challenge = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"";
            return reply.header("WWW-Authenticate", challenge);
        }
        reply
    }
}
