//! The blobs there are: their dates, metadata and leases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::lease::Lease;
use crate::state::State;
use crate::store::journal::Table;

/// All blobs, by account, container and name.
pub(crate) type Blobs = BTreeMap<String, Blob>;

/// A blob without content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(super) etag: String,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    /// Names in lower case.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) lease: Lease,
}

impl State {
    /// Keeps a blob as it is now.
    pub(super) fn put_blob(&mut self, key: &str, blob: Blob) {
        self.store.journal.note(Table::Blob, key, || json!(blob));
        self.blobs.insert(key.to_owned(), blob);
    }

    /// A blob that changes: a new entity tag and a new date.
    pub(super) fn touched(&mut self, blob: Blob) -> Blob {
        let id = self.fresh_id("blob").replace('-', "").to_uppercase();
        Blob {
            etag: format!("\"0x{}\"", &id[..15]),
            changed: self.now(),
            ..blob
        }
    }

    /// The blobs as records of the state file.
    pub(crate) fn blob_records(&self) -> Vec<(String, Value)> {
        let all = self.blobs.iter();
        all.map(|(key, blob)| (key.clone(), json!(blob))).collect()
    }

    /// A blob from the state file.
    pub(crate) fn restore_blob(&mut self, key: String, value: Value) -> serde_json::Result<()> {
        self.blobs.insert(key, serde_json::from_value(value)?);
        Ok(())
    }
}
