//! Everything behind the simulator's lock.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::arm::operations::{self, Operation};
use crate::arm::throttle::Throttle;
use crate::blob::Blobs;
use crate::clock::{Clock, ClockMode, later};
use crate::drift::Drift;
use crate::entra::directory::Directory;
use crate::faults::{Fault, Faults, Verdict};
use crate::graph::late::Past;
use crate::providers::resources::deployment;
use crate::requests::RequestLog;
use crate::store::Store;
use crate::store::journal::{self, Journal, Record, Table};
use crate::world::sizes::{self, Size};
use crate::world::{WorldError, WorldFile, build};

/// The simulated Azure: what it holds, what is under way, what it was told.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    /// The world without its resources; changes to directories and
    /// registrations are made here.
    pub(crate) world: WorldFile,
    pub(crate) directory: Directory,
    /// What Graph may still show in its place, oldest first.
    pub(crate) past: Vec<Past>,
    pub(crate) sizes: BTreeMap<String, Size>,
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) operations: BTreeMap<String, Operation>,
    /// Deployments that can go on: something of theirs has ended.
    pub(crate) woken: BTreeSet<String>,
    /// When running operations end.
    pub(crate) due: BTreeMap<(Timestamp, String), ()>,
    pub(crate) faults: Faults,
    /// What shall change by itself, by name.
    pub(crate) drift: BTreeMap<String, Drift>,
    pub(crate) throttle: Throttle,
    pub(crate) log: RequestLog,
    /// Tokens issued before this moment are refused as expired.
    pub(crate) tokens_valid_from: Option<Timestamp>,
    /// What the faults decided about the request at hand.
    pub(crate) verdict: Verdict,
    counter: u64,
}

impl State {
    pub(crate) fn new(world: &WorldFile, mode: ClockMode) -> Result<Self, WorldError> {
        let epoch = world.epoch.unwrap_or_else(Timestamp::now);
        let mut state = Self::empty(world.frame(), epoch, mode)?;
        build::fill(&mut state, world)?;
        for rule in &world.faults {
            state.faults.add(rule.clone());
        }
        Ok(state)
    }

    fn empty(world: WorldFile, epoch: Timestamp, mode: ClockMode) -> Result<Self, WorldError> {
        Ok(Self {
            clock: Clock::starting_at(epoch, mode),
            directory: Directory::of(&world)?,
            past: Vec::new(),
            sizes: sizes_of(&world),
            throttle: Throttle::default(),
            world,
            store: Store::default(),
            blobs: Blobs::new(),
            operations: BTreeMap::new(),
            woken: BTreeSet::new(),
            due: BTreeMap::new(),
            faults: Faults::default(),
            drift: BTreeMap::new(),
            log: RequestLog::default(),
            tokens_valid_from: None,
            verdict: Verdict::default(),
            counter: 0,
        })
    }

    /// Takes the state from a file, or makes it from the world when there is
    /// none, and keeps every further change in that file.
    pub(crate) fn open(path: &Path, world: &WorldFile, mode: ClockMode) -> Result<Self, OpenError> {
        let mut state = match journal::read(path)? {
            Some(records) if !records.is_empty() => Self::replay(records, mode)?,
            _ => Self::new(world, mode)?,
        };
        let records = state.records();
        state.store.journal = Journal::open(path, records.into_iter())?;
        Ok(state)
    }

    fn replay(records: Vec<Record>, mode: ClockMode) -> Result<Self, OpenError> {
        let mut last = BTreeMap::new();
        for record in records {
            last.insert((record.table, record.key), record.value);
        }
        let world = last
            .remove(&(Table::World, String::new()))
            .unwrap_or_default();
        let now = last
            .remove(&(Table::Clock, String::new()))
            .unwrap_or_default();
        let now = serde_json::from_value(now).unwrap_or_else(|_| Timestamp::now());
        let mut state = Self::empty(serde_json::from_value(world)?, now, mode)?;
        for ((table, key), value) in last {
            if !value.is_null() {
                state.restore(table, key, value)?;
            }
        }
        Ok(state)
    }

    fn restore(&mut self, table: Table, key: String, value: Value) -> Result<(), OpenError> {
        match table {
            Table::Counter => self.counter = value.as_u64().unwrap_or_default(),
            Table::Resource => {
                let mut resource: crate::store::Resource = serde_json::from_value(value)?;
                resource.revision = resource.revision.saturating_sub(1);
                self.store.put(resource);
            }
            Table::Operation => {
                let operation: Operation = serde_json::from_value(value)?;
                if operation.ends_by_itself() {
                    self.due.insert((operation.ends, key.clone()), ());
                }
                self.operations.insert(key, operation);
            }
            Table::Fault => self
                .faults
                .list
                .push(serde_json::from_value::<Fault>(value)?),
            Table::Drift => {
                self.drift.insert(key, serde_json::from_value(value)?);
            }
            Table::Blob => self.restore_blob(key, value)?,
            Table::World | Table::Clock => {}
        }
        Ok(())
    }

    /// The whole state as records, as a fresh file begins.
    fn records(&self) -> Vec<Record> {
        let record = |table, key: &str, value| Record {
            table,
            key: key.to_owned(),
            value,
        };
        let mut records = vec![
            record(Table::World, "", json!(self.world)),
            record(Table::Clock, "", json!(self.now())),
            record(Table::Counter, "", json!(self.counter)),
        ];
        let resources = self.store.all();
        records.extend(resources.map(|(key, value)| record(Table::Resource, key, json!(value))));
        // Nobody polls an operation that ended a day ago.
        let yesterday = self
            .now()
            .saturating_sub(SignedDuration::from_hours(24))
            .unwrap_or(Timestamp::MIN);
        let recent = |operation: &Operation| operation.is_running() || operation.ends > yesterday;
        let operations = self
            .operations
            .iter()
            .filter(|(_, operation)| recent(operation));
        records.extend(operations.map(|(key, value)| record(Table::Operation, key, json!(value))));
        let faults = self.faults.list.iter();
        records.extend(faults.map(|fault| record(Table::Fault, &fault.rule.name, json!(fault))));
        let drift = self.drift.iter();
        records.extend(drift.map(|(name, value)| record(Table::Drift, name, json!(value))));
        let blobs = self.blob_records().into_iter();
        records.extend(blobs.map(|(key, value)| record(Table::Blob, &key, value)));
        records
    }

    /// Writes what a request changed, together with the time and the counter.
    pub(crate) fn persist(&mut self) -> io::Result<()> {
        let (now, counter) = (self.now(), self.counter);
        if self.store.journal.has_changes() {
            self.store.journal.note(Table::Clock, "", || json!(now));
            self.store
                .journal
                .note(Table::Counter, "", || json!(counter));
        }
        self.store.journal.write()
    }

    /// Writes the time alone, for a simulator that goes down in order.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let now = self.now();
        self.store.journal.note(Table::Clock, "", || json!(now));
        self.persist()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id; the same world and the same requests make the same ids.
    pub(crate) fn fresh_id(&mut self, what: &str) -> String {
        self.counter += 1;
        let name = format!("{}/{what}/{}", self.world.seed(), self.counter);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
    }

    /// An id that belongs to a name for ever.
    pub(crate) fn derived_id(&self, what: &str) -> String {
        derived_id(self.world.seed(), what)
    }

    /// Lets everything happen that was due before now, in order.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        self.go_on();
        while let Some((moment, event)) = self.next_due().filter(|(moment, _)| *moment <= now) {
            self.clock.hold(Some(moment));
            match event {
                Due::Operation(id) => {
                    self.due.remove(&(moment, id.clone()));
                    operations::finish(self, &id);
                }
                Due::Drift(name) => self.strike(&name),
            }
            // Much of a deployment ends at one moment; it looks once.
            if self.next_due().is_none_or(|(next, _)| next > moment) {
                self.go_on();
            }
            self.clock.hold(None);
        }
    }

    /// Lets deployments go on for which something has ended.
    fn go_on(&mut self) {
        while let Some(deployment) = self.woken.pop_first() {
            deployment::advance(self, &deployment);
        }
    }

    /// What is due first; of two things at one moment the operation.
    fn next_due(&self) -> Option<(Timestamp, Due)> {
        let operation = self.due.keys().next().cloned();
        let operation = operation.map(|(moment, id)| (moment, Due::Operation(id)));
        let drift = self
            .next_drift()
            .map(|(moment, name)| (moment, Due::Drift(name)));
        match (operation, drift) {
            (Some(operation), Some(drift)) if drift.0 < operation.0 => Some(drift),
            (operation, drift) => operation.or(drift),
        }
    }

    /// When the next operation ends, if any is under way. Drift does not count:
    /// nobody waits for it.
    pub(crate) fn next_event(&self) -> Option<Timestamp> {
        self.due.keys().next().map(|(ends, _)| *ends)
    }

    /// Keeps a change that was made to the world's frame.
    pub(crate) fn world_changed(&mut self) {
        if let Ok(directory) = Directory::of(&self.world) {
            self.directory = directory;
        }
        self.sizes = sizes_of(&self.world);
        let world = &self.world;
        self.store.journal.note(Table::World, "", || json!(world));
    }

    pub(crate) fn note_fault(&mut self, name: &str) {
        let fault = self
            .faults
            .list
            .iter()
            .find(|fault| fault.rule.name == name);
        self.store.journal.note(Table::Fault, name, || json!(fault));
    }

    pub(crate) fn keep_operation(&mut self, operation: Operation) {
        let id = operation.id.clone();
        self.store
            .journal
            .note(Table::Operation, &id, || json!(operation));
        if operation.ends_by_itself() {
            self.due.insert((operation.ends, id.clone()), ());
        }
        self.operations.insert(id, operation);
    }

    pub(crate) fn in_seconds(&self, seconds: u64) -> Timestamp {
        later(self.now(), std::time::Duration::from_secs(seconds))
    }
}

/// Something that happens by itself.
enum Due {
    Operation(String),
    Drift(String),
}

/// An id made from a world's seed and a name.
pub(crate) fn derived_id(seed: &str, what: &str) -> String {
    let name = format!("{seed}#{}", what.to_ascii_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

fn sizes_of(world: &WorldFile) -> BTreeMap<String, Size> {
    let mut sizes = sizes::BUILT_IN.clone();
    let own = world.sizes.iter();
    sizes.extend(own.map(|size| (size.name.to_ascii_lowercase(), size.clone())));
    sizes
}

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Content(#[from] serde_json::Error),
    #[error(transparent)]
    World(#[from] WorldError),
}
