//! The problems of a reading, each cause once.
//!
//! A node that several aliases share is checked once for every use; its
//! problem is still one. What is wrong with a stretch of text is said once,
//! by whoever looks at it first. A hostile file with a million problems gets the first
//! thousand.

use std::collections::HashSet;

use tenon_model::{Code, Diagnostic, Place};

use crate::source::Files;

/// More than anybody reads.
const MOST: usize = 1_000;

/// A place, and the message where one place can have several problems.
type Cause = (Option<Place>, String);

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Diagnostic>,
    causes: HashSet<Cause>,
    seen: usize,
}

impl Findings {
    /// Adds a problem unless its cause is known already.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.seen += 1;
        if self.is_full() || !self.causes.insert(cause(&diagnostic)) {
            return;
        }
        self.list.push(diagnostic);
    }

    /// Adds what was found on a trial.
    pub(crate) fn append(&mut self, trial: Findings) {
        for diagnostic in trial.list {
            self.push(diagnostic);
        }
    }

    /// Whether further problems would be dropped.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// How often something was found, known causes included.
    pub(crate) fn seen(&self) -> usize {
        self.seen
    }

    /// The code of the first one.
    pub(crate) fn first(&self) -> Option<Code> {
        self.list.first().map(|diagnostic| diagnostic.code)
    }

    /// Gives the problems of `code` about `subject` another message.
    pub(crate) fn rename(&mut self, code: Code, subject: &str, message: &str) {
        let about = format!("{subject} ");
        for diagnostic in &mut self.list {
            if diagnostic.code == code && diagnostic.message.starts_with(&about) {
                message.clone_into(&mut diagnostic.message);
            }
        }
    }

    /// The problems in the order of files and lines; those without a place
    /// come first.
    pub(crate) fn sorted(mut self, files: &Files<'_>) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| {
            diagnostic
                .place()
                .map(|place| (files.number(&place.file), place.start))
        });
        self.list
    }
}

fn cause(diagnostic: &Diagnostic) -> Cause {
    let place = diagnostic.place().filter(|place| place.end > 0).cloned();
    let message = match (diagnostic.code, &place) {
        (Code::MissingKey, _) | (_, None) => diagnostic.message.clone(),
        _ => String::new(),
    };
    (place, message)
}
