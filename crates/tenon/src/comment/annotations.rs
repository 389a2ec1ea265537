//! Notes beside the lines of a spec, as commands that a pipeline reads from the
//! output of a step.
//!
//! Sources: GitHub Docs, "Workflow commands for GitHub Actions"; Microsoft
//! Learn, "Logging commands" (Azure Pipelines). GitHub shows 10 notes of a kind
//! for each step and 50 for each job, and drops the rest without a word.
//!
//! Whatever is printed here may have been written by somebody else: a line
//! break would begin a command of its own.

use std::collections::BTreeMap;

use tenon_model::diagnostic::Severity;
use tenon_model::place::from_root;
use tenon_model::plan::{Action, Change, Plan};
use tenon_model::{Diagnostic, Place};

/// How many notes of a kind are shown: one of ten says how many more there are.
const SHOWN: usize = 9;
/// The longest text of a note.
const LONGEST: usize = 1000;
/// How many names a note has before it counts.
const NAMES: usize = 5;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing can go on from here.
    Error,
    /// Worth a second look.
    Warning,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A note beside a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// How bad it is.
    pub(crate) level: Level,
    /// What kind of note it is: a code, or what happens.
    pub(crate) check: String,
    /// The file, from the root of the repository.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The column, from 1.
    pub(crate) column: u32,
    /// In a few words.
    pub(crate) title: String,
    /// In a sentence.
    pub(crate) message: String,
}

/// The notes of a plan: what is destroyed, then problems that have a place.
/// `folder` is where its file names begin, from the root of the repository.
pub(crate) fn notes(plan: &Plan, folder: &str) -> Vec<Note> {
    let mut notes = destroyed(&plan.changes, folder);
    notes.extend(plan.diagnostics.iter().filter_map(|one| told(one, folder)));
    notes
}

/// What is destroyed, in one note for each line of the spec.
fn destroyed(changes: &[Change], folder: &str) -> Vec<Note> {
    let mut lines: BTreeMap<(&str, u32, Action), Vec<&Change>> = BTreeMap::new();
    for change in changes {
        if matches!(change.action, Action::Delete | Action::Replace) {
            let place = &change.place;
            let key = (&*place.file, place.line, change.action);
            lines.entry(key).or_default().push(change);
        }
    }
    lines
        .into_iter()
        .map(|((_, _, action), changes)| lost(action, &changes, folder))
        .collect()
}

fn lost(action: Action, changes: &[&Change], folder: &str) -> Note {
    let (check, verb) = match action {
        Action::Replace => ("tenon-replace", "replaces"),
        _ => ("tenon-delete", "deletes"),
    };
    let mut names: Vec<&str> = changes.iter().map(|change| change.entry.as_str()).collect();
    names.dedup();
    let more = names.len().saturating_sub(NAMES);
    let mut message = names[..names.len() - more].join(", ");
    if more > 0 {
        message = format!("{message} and {more} more");
    }
    let mut gone: Vec<&str> = changes
        .iter()
        .flat_map(|change| change.lost.iter().map(String::as_str))
        .collect();
    gone.sort_unstable();
    gone.dedup();
    if !gone.is_empty() {
        message = format!("{message}; lost: {}", gone.join(", "));
    }
    let place = &changes[0].place;
    note(
        (Level::Warning, check),
        place,
        folder,
        (&format!("this plan {verb}"), &message),
    )
}

fn told(diagnostic: &Diagnostic, folder: &str) -> Option<Note> {
    let place = diagnostic.place()?;
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let code = diagnostic.code.to_string();
    Some(note(
        (level, &code),
        place,
        folder,
        (&code, &diagnostic.message),
    ))
}

fn note(what: (Level, &str), place: &Place, folder: &str, said: (&str, &str)) -> Note {
    Note {
        level: what.0,
        check: what.1.to_owned(),
        file: from_root(folder, &place.file),
        line: place.line,
        column: place.column,
        title: said.0.to_owned(),
        message: said.1.chars().take(LONGEST).collect(),
    }
}

/// As many notes as are shown, and one that says how many are not.
fn shown(notes: &[Note]) -> Vec<Note> {
    let mut all = Vec::new();
    for level in [Level::Error, Level::Warning] {
        let some: Vec<&Note> = notes.iter().filter(|note| note.level == level).collect();
        all.extend(some.iter().take(SHOWN).map(|note| (*note).clone()));
        if let Some(next) = some.get(SHOWN) {
            let more = some.len() - SHOWN;
            all.push(Note {
                check: "tenon-more".to_owned(),
                title: format!("and {more} more"),
                message: "the summary of this job has them all".to_owned(),
                ..(*next).clone()
            });
        }
    }
    all
}

/// Notes as commands of GitHub Actions, one in a line.
pub(crate) fn github(notes: &[Note]) -> Vec<String> {
    let lines = shown(notes).into_iter().map(|note| {
        format!(
            "::{} file={},line={},col={},title={}::{}",
            note.level.word(),
            github_property(&note.file),
            note.line,
            note.column,
            github_property(&note.title),
            github_data(&note.message)
        )
    });
    lines.collect()
}

/// Notes as commands of Azure Pipelines, one in a line.
pub(crate) fn azure(notes: &[Note]) -> Vec<String> {
    let lines = shown(notes).into_iter().map(|note| {
        format!(
            "##vso[task.logissue type={};sourcepath={};linenumber={};columnnumber={};code={};]{}",
            note.level.word(),
            azure_property(&note.file),
            note.line,
            note.column,
            azure_property(&note.check),
            azure_data(&format!("{}: {}", note.title, note.message))
        )
    });
    lines.collect()
}

/// What the runner's own toolkit escapes in a message.
fn github_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// What the agent's own task library escapes in a message.
pub(crate) fn azure_data(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn azure_property(text: &str) -> String {
    azure_data(text).replace(']', "%5D").replace(';', "%3B")
}

/// Text of somebody else for the output of a step: nothing in it is a command.
/// `token` is a word that nobody can guess.
pub(crate) fn harmless(text: &str, runner: Option<super::ci::Runner>, token: &str) -> String {
    use super::ci::Runner;
    match runner {
        // The documented way: commands stop until the word comes again.
        Some(Runner::GitHub) => {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            format!("::stop-commands::{token}\n{text}{end}::{token}::\n")
        }
        // The agent finds commands anywhere in a line and knows no such word.
        Some(Runner::Azure) => crate::output::calmed(text),
        Some(Runner::GitLab) | None => text.to_owned(),
    }
}
