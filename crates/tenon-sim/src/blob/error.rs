//! Refusals in the shape that storage gives them: XML, and the code in a header.

use crate::arm::error::ArmError;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::clock::stamp;
use crate::state::State;

/// One refusal: status, code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StorageError {
    status: u16,
    code: String,
    message: String,
}

impl StorageError {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// No such account: on Azure its name does not resolve.
    pub(super) fn resource_not_found() -> Self {
        Self::new(
            404,
            "ResourceNotFound",
            "The specified resource does not exist.",
        )
    }

    pub(super) fn container_not_found() -> Self {
        Self::new(
            404,
            "ContainerNotFound",
            "The specified container does not exist.",
        )
    }

    pub(super) fn blob_not_found() -> Self {
        Self::new(404, "BlobNotFound", "The specified blob does not exist.")
    }

    pub(super) fn bad_header(name: &str) -> Self {
        let message = format!(
            "The value for one of the HTTP headers is not in the correct format. HeaderName: {name}"
        );
        Self::new(400, "InvalidHeaderValue", message)
    }

    pub(super) fn missing_header(name: &str) -> Self {
        let message = format!(
            "An HTTP header that's mandatory for this request is not specified. HeaderName: {name}"
        );
        Self::new(400, "MissingRequiredHeader", message)
    }

    pub(super) fn condition_not_met() -> Self {
        Self::new(
            412,
            "ConditionNotMet",
            "The condition specified using HTTP conditional header(s) is not met.",
        )
    }

    pub(super) fn reply(self, state: &mut State, call: &Call) -> Reply {
        let request = state.fresh_id("storage");
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{}</Code><Message>{}\nRequestId:{request}\nTime:{}</Message></Error>",
            self.code,
            escaped(&self.message),
            stamp(state.now()),
        );
        let reply = Reply::xml(self.status, text)
            .header("x-ms-error-code", self.code.clone())
            .coded(&self.code);
        if self.status != 401 {
            return reply;
        }
        let tenant = super::Target::of(call)
            .and_then(|target| super::answer::tenant_of(state, &target.account));
        let challenge = format!(
            "Bearer authorization_uri=https://login.microsoftonline.com/{}/oauth2/authorize resource_id=https://storage.azure.com",
            tenant.as_deref().unwrap_or("common")
        );
        reply.header("WWW-Authenticate", challenge)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What a fault answers to a request to storage, or `None` when it is not one.
pub(crate) fn of_fault(state: &mut State, call: &Call, error: &ArmError) -> Option<Reply> {
    if !super::is_for_storage(call) {
        return None;
    }
    let own = StorageError::new(error.status, &error.code, error.message.clone());
    let mut reply = own.reply(state, call);
    reply.headers.extend(error.headers.iter().cloned());
    Some(reply)
}
