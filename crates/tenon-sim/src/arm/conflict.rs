//! What may not happen at the same time.

use super::error::ArmError;
use super::id::scopes_of;
use crate::json;
use crate::state::State;
use crate::store::Resource;

/// Refuses a write to a resource an operation is at work on.
pub(crate) fn check_own(resource: &Resource) -> Result<(), ArmError> {
    if resource.operation.is_none() {
        return Ok(());
    }
    if resource.is_deleting() {
        let message = format!(
            "Operation cannot be performed because '{}' is being deleted.",
            resource.name()
        );
        return Err(ArmError::conflict("Conflict", message));
    }
    Err(ArmError::conflict(
        "Conflict",
        "The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.",
    ))
}

/// The network provider's way: come back when the other operation is done.
pub(crate) fn another_operation(state: &State, busy: &Resource, wanted: &Resource) -> ArmError {
    let operation = busy
        .operation
        .as_ref()
        .and_then(|id| state.operations.get(id));
    let (verb, id) = operation.map_or(("PutOperation", ""), |operation| {
        (&operation.verb, &operation.id)
    });
    let wait = operation.map_or(1, |operation| {
        operation
            .ends
            .duration_since(state.now())
            .as_secs()
            .unsigned_abs()
            .clamp(1, 30)
    });
    if busy.id == wanted.id {
        let message = "Another operation on this or dependent resource is in progress.".to_owned();
        return ArmError::conflict("AnotherOperationInProgress", message)
            .headers(state.clock.wait(wait));
    }
    let message = format!(
        "Operation {verb} ({id}) is updating resource {}. The call can be retried in {wait} seconds.",
        busy.id
    );
    ArmError::new(429, "RetryableErrorDueToAnotherOperation", message)
        .headers(state.clock.wait(wait))
}

/// What a lock stands against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    Write,
    Delete,
}

/// Refuses what a lock at or above a resource forbids.
pub(crate) fn check_locks(state: &State, key: &str, attempt: Attempt) -> Result<(), ArmError> {
    let mut locks = Vec::new();
    for scope in scopes_of(key) {
        let place = format!("{scope}/providers/microsoft.authorization");
        locks.extend(
            state
                .store
                .children(&place, "locks")
                .filter(|lock| forbids(lock, attempt)),
        );
    }
    if attempt == Attempt::Delete {
        // A lock further down keeps what it hangs on, too.
        let below = state.store.below(key);
        locks.extend(
            below.filter(|lock| lock.is("Microsoft.Authorization/locks") && forbids(lock, attempt)),
        );
    }
    if locks.is_empty() || key.contains("/providers/microsoft.authorization/locks/") {
        return Ok(());
    }
    let scopes: Vec<String> = locks
        .iter()
        .map(|lock| lock.parsed().scope().to_string())
        .collect();
    let what = match attempt {
        Attempt::Write => "write",
        Attempt::Delete => "delete",
    };
    let message = format!(
        "The scope '{key}' cannot perform {what} operation because following scope(s) are locked: '{}'. Please remove the lock and try again.",
        scopes.join(",")
    );
    Err(ArmError::conflict("ScopeLocked", message))
}

fn forbids(lock: &Resource, attempt: Attempt) -> bool {
    let level = json::text(&lock.body, "properties.level").unwrap_or_default();
    json::same(level, "ReadOnly")
        || (attempt == Attempt::Delete && json::same(level, "CanNotDelete"))
}
