//! Journals on disk: one file for each run, beside the worlds.
//!
//! Nothing needs them. What cannot be written is said once and forgotten; what
//! cannot be read is as if it were not there.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use tenon_model::SubscriptionId;
use tenon_model::event::Event;
use tenon_model::journal::{Began, FORMAT, Journal, Remains, Times, Writer};
use tenon_model::plan::{Action, Plan};

use crate::output::Output;
use crate::this_run::ThisRun;

/// The runs that are kept.
const KEPT: usize = 50;
/// The runs that forecasts are made of.
const LEARNT: usize = 20;
/// The bytes of them that are enough: thousands of steps.
const LEARNT_BYTES: u64 = 8 << 20;
/// The longest first line that is read.
const LINE: u64 = 1 << 20;
const ENDING: &str = "jsonl";

/// Where journals are.
pub(crate) fn folder() -> PathBuf {
    Path::new(".tenon").join("runs")
}

/// The journal that is being written.
pub(crate) struct Record {
    file: Option<File>,
    writer: Writer,
    plan: Plan,
    output: Output,
}

impl Record {
    /// Begins a journal, and lets the oldest one go.
    pub(crate) fn begin(plan: &Plan, this_run: &ThisRun, cloud: &str, output: &Output) -> Self {
        let mut record = Self {
            file: None,
            writer: Writer::default(),
            plan: plan.clone(),
            output: output.clone(),
        };
        match open(&this_run.id) {
            Ok(file) => record.file = Some(file),
            Err(error) => record.give_up(&error),
        }
        let began = Began {
            format: FORMAT.to_owned(),
            run: this_run.id.clone(),
            by: this_run.by.clone(),
            deployment: plan.deployment.name.clone(),
            cloud: cloud.to_owned(),
            tool: plan.tool.version.clone(),
            digest: plan.digest.clone(),
            steps: plan.steps.len(),
            places: plan
                .steps
                .iter()
                .map(|step| step.id.subscription())
                .collect(),
            lets_go: plan
                .changes
                .iter()
                .any(|change| change.action == Action::Forget),
        };
        let line = record.writer.begin(began, &now());
        record.write(&line);
        record
    }

    /// Writes down what an event says.
    pub(crate) fn hear(&mut self, event: &Event) {
        let line = self.writer.hear(&self.plan, &event.what, event.at, &now());
        if let Some(line) = line {
            self.write(&line);
        }
    }

    /// One write for each line: what was told is there when the process dies.
    fn write(&mut self, line: &str) {
        if let Some(file) = &mut self.file
            && let Err(error) = file.write_all(line.as_bytes())
        {
            self.give_up(&error);
        }
    }

    fn give_up(&mut self, error: &std::io::Error) {
        self.file = None;
        let folder = folder();
        self.output.say(&format!(
            "no journal of this run is kept in {}: {error}",
            crate::files::shown(&folder)
        ));
    }
}

fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn open(run: &str) -> std::io::Result<File> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{run}.{ENDING}"));
    let file = OpenOptions::new()
        .append(true)
        .create_new(true)
        .open(path)?;
    let files = files();
    for old in files.iter().rev().skip(KEPT) {
        // Another run may have done that.
        let _ = std::fs::remove_file(old);
    }
    Ok(file)
}

/// The files of all runs, oldest first.
fn files() -> Vec<PathBuf> {
    let Ok(listed) = std::fs::read_dir(folder()) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Option<Journal> {
    let bytes = std::fs::read(path).ok()?;
    Some(Journal::read(&String::from_utf8_lossy(&bytes)))
}

/// What the first line of a journal says.
fn beginning(path: &Path) -> Option<Began> {
    let mut line = Vec::new();
    let file = BufReader::new(File::open(path).ok()?);
    file.take(LINE).read_until(b'\n', &mut line).ok()?;
    Journal::read(&String::from_utf8_lossy(&line))
        .began()
        .cloned()
}

/// All runs, the latest first.
pub(crate) fn all() -> Vec<Journal> {
    files().iter().rev().filter_map(|path| read(path)).collect()
}

/// The run of an id, or of the beginning of one.
pub(crate) fn find(id: &str) -> Option<Journal> {
    let own = |path: &&PathBuf| {
        let name = path.file_stem().unwrap_or_default();
        name.to_string_lossy().starts_with(id)
    };
    let files = files();
    let found = files.iter().rev().find(own)?;
    read(found)
}

/// The latest run that carried out the plan with this digest.
pub(crate) fn of_plan(digest: &str) -> Option<Journal> {
    let own = |began: &Began| began.digest == digest;
    let files = files();
    let mut all = files.iter().rev().filter_map(|path| read(path));
    all.find(|journal| journal.began().is_some_and(own))
}

/// What steps took in the latest runs in a cloud.
pub(crate) fn times(cloud: &str) -> Times {
    let mut times = Times::default();
    let mut bytes = 0;
    for path in files().iter().rev().take(LEARNT) {
        if bytes > LEARNT_BYTES {
            break;
        }
        bytes += std::fs::metadata(path).map_or(0, |file| file.len());
        if let Some(journal) = read(path)
            && journal.began().is_some_and(|began| began.cloud == cloud)
        {
            times.learn(&journal);
        }
    }
    times
}

/// What the runs of a deployment in a cloud made outside of the subscriptions
/// `seen`, and none has deleted since.
pub(crate) fn remains(deployment: &str, cloud: &str, seen: &BTreeSet<SubscriptionId>) -> Remains {
    let counts = |began: &Began| {
        let own = began.deployment == deployment && began.cloud == cloud;
        own && !began.places.is_subset(seen)
    };
    // Reading a journal is dear, and nearly always there is nothing in it.
    let mut journals: Vec<_> = files()
        .iter()
        .filter(|path| beginning(path).is_some_and(|began| counts(&began)))
        .filter_map(|path| Some((read(path)?, last_written(path))))
        .collect();
    // Ids and times are exact to the second, and two runs may share one.
    journals.sort_by_key(|(journal, written)| {
        let began = journal.entries.first().map(|entry| entry.at.clone());
        (began, *written)
    });
    let mut remains = Remains::default();
    for (journal, _) in &journals {
        remains.learn(journal);
    }
    remains
}

fn last_written(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
