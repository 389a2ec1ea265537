//! The states of operations and resources.

use tenon_model::Value;

use crate::errors::ArmError;

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    Succeeded,
    Failed,
}

impl Phase {
    /// Reads a status. There are three final ones; services invent the others
    /// freely (`Creating`, `Enqueued`, `UpdatingAccountKeys`), so what is
    /// unknown goes on. Cancelled comes in both spellings, and case varies.
    pub(super) fn of(status: &str) -> Self {
        match status.to_ascii_lowercase().as_str() {
            "succeeded" => Self::Succeeded,
            "failed" | "canceled" | "cancelled" => Self::Failed,
            _ => Self::Running,
        }
    }
}

/// The `status` of an operation, if the body is one's.
pub(super) fn status(body: &Value) -> Option<Phase> {
    body.member("status")?.as_text().map(Phase::of)
}

/// The `provisioningState` of a resource.
pub(super) fn provisioning(body: &Value) -> Option<Phase> {
    provisioning_text(body).map(Phase::of)
}

fn provisioning_text(body: &Value) -> Option<&str> {
    body.at(&["properties", "provisioningState"])?.as_text()
}

/// Why something failed, in the service's words, or at least its state.
pub(super) fn failure(body: &Value) -> ArmError {
    let inside = body.member("properties");
    let said = [Some(body), inside]
        .into_iter()
        .flatten()
        .find_map(|value| value.member("error").and_then(ArmError::of));
    said.unwrap_or_else(|| {
        let status = body.member("status").and_then(Value::as_text);
        let state = status.or(provisioning_text(body)).unwrap_or("Failed");
        ArmError {
            code: state.to_owned(),
            message: format!("the operation ended as `{state}` and Azure says no more about it"),
            ..ArmError::default()
        }
    })
}
