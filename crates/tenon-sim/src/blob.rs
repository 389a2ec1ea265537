//! Blob storage, as far as a lease on a blob needs it.
//!
//! An account is reached under its own name, `ACCOUNT.blob.…`, or, on
//! loopback, by a path that begins with it: `/ACCOUNT/CONTAINER/BLOB`.
//! Requests are told from Resource Manager's by `x-ms-version`, which storage
//! wants and nothing else has. Accounts and containers are resources like any
//! other; blobs have no content here. Who may do what follows from the data
//! actions of roles. Left out: keys, shared access signatures, lists,
//! downloads, snapshots. Sources: "Put Blob", "Get Blob Properties", "Set Blob
//! Metadata", "Lease Blob", "Authorize with Microsoft Entra ID" of the Blob
//! service's REST reference.

mod access;
mod answer;
mod error;
mod lease;
mod store;

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::json::same;
use crate::state::State;
use crate::store::Resource;

pub(crate) use error::of_fault;
pub(crate) use store::Blobs;

/// The type of an account.
const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";

/// What a request addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    account: String,
    container: String,
    /// Empty when the container itself is meant.
    name: String,
}

impl Target {
    fn of(call: &Call) -> Option<Self> {
        let path = call.path.trim_start_matches('/');
        let (account, path) = match call.host().split_once(".blob.") {
            Some((account, _)) => (account, path),
            None => path.split_once('/').unwrap_or((path, "")),
        };
        let (container, name) = path.split_once('/').unwrap_or((path, ""));
        (!account.is_empty()).then(|| Self {
            account: account.to_ascii_lowercase(),
            container: container.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Blobs are kept under this.
    fn key(&self) -> String {
        format!("{}/{}/{}", self.account, self.container, self.name)
    }
}

/// True for requests to storage.
pub(crate) fn is_for_storage(call: &Call) -> bool {
    call.header("x-ms-version").is_some() && !call.path.starts_with("/_sim")
}

/// Answers a request to storage, or `None` when it is not one.
pub(crate) fn answer(state: &mut State, call: &Call) -> Option<Reply> {
    if !is_for_storage(call) {
        return None;
    }
    let reply = Target::of(call).map_or_else(
        || Err(error::StorageError::resource_not_found()),
        |target| answer::to(state, call, &target),
    );
    let version = call.header("x-ms-version").unwrap_or_default().to_owned();
    Some(
        reply
            .unwrap_or_else(|error| error.reply(state, call))
            .header("x-ms-version", version),
    )
}

/// The account of a name, which is unique in all of Azure.
fn account<'s>(state: &'s State, name: &str) -> Option<&'s Resource> {
    let mut all = state.store.all().map(|(_, resource)| resource);
    all.find(|resource| resource.is(ACCOUNT) && same(resource.name(), name))
}

/// The id of a container, whether there is one or not.
fn container_id(account: &Resource, name: &str) -> String {
    format!("{}/blobServices/default/containers/{name}", account.id)
}
