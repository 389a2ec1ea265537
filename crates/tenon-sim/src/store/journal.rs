//! The state file: JSON lines, appended to, compacted when it is opened.
//!
//! Every answered write stands in the file before its answer leaves. A line
//! is a batch of records that belong to one request; a torn last line, which
//! only a killed process leaves, is a request that was never answered and is
//! dropped. Opening the file writes what is left as a new file and renames it
//! over the old one.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change: what kind of thing, which one, and what it is now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "t")]
    pub(crate) table: Table,
    #[serde(rename = "k", default, skip_serializing_if = "String::is_empty")]
    pub(crate) key: String,
    /// Null when the thing is gone.
    #[serde(rename = "v", default)]
    pub(crate) value: Value,
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Table {
    World,
    Clock,
    Counter,
    Resource,
    Operation,
    Fault,
    Drift,
    Blob,
}

/// Where changes go until they are written, and the file they go to.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    file: Option<File>,
    pending: Vec<Record>,
}

impl Journal {
    /// Opens a state file for appending, after replacing it by `records`.
    pub(crate) fn open(path: &Path, records: impl Iterator<Item = Record>) -> io::Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        std::fs::create_dir_all(&folder)?;
        let temporary = tempfile::NamedTempFile::new_in(&folder)?;
        let mut writer = BufWriter::new(temporary);
        for record in records {
            serde_json::to_writer(&mut writer, &[record])?;
            writer.write_all(b"\n")?;
        }
        let temporary = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        temporary.as_file().sync_all()?;
        temporary.persist(path).map_err(|failed| failed.error)?;
        let file = OpenOptions::new().append(true).open(path)?;
        file.try_lock().map_err(io::Error::from)?;
        Ok(Self {
            file: Some(file),
            pending: Vec::new(),
        })
    }

    /// Notes a change; nothing is kept when there is no file.
    pub(crate) fn note(&mut self, table: Table, key: &str, value: impl FnOnce() -> Value) {
        if self.file.is_some() {
            self.pending.push(Record {
                table,
                key: key.to_owned(),
                value: value(),
            });
        }
    }

    /// Lets go of the file; what comes later is kept in memory only.
    pub(crate) fn close(&mut self) {
        self.file = None;
        self.pending.clear();
    }

    pub(crate) fn has_changes(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Writes what was noted as one line.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut line = serde_json::to_vec(&self.pending)?;
        line.push(b'\n');
        self.pending.clear();
        file.write_all(&line)
    }
}

/// Reads every whole line of a state file; `None` when there is no such file.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<Record>>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if File::open(path)?.try_lock().is_err() {
        return Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another simulator has it open",
        ));
    }
    let mut records = Vec::new();
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    for line in text[..whole].lines() {
        records.extend(serde_json::from_str::<Vec<Record>>(line)?);
    }
    Ok(Some(records))
}
