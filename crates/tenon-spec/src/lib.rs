//! Turns YAML text into a spec that remembers where everything stands.
//!
//! [`read()`] takes the texts of one deployment through these rooms: text to
//! tree ([`parse_document`]), several trees to one, variables, secrets and
//! tenants, then every value against the shape that its kind gave. It reports
//! all problems of a run, each with its place, and returns a
//! [`tenon_model::spec::Spec`] when there is no error.
//!
//! The crate opens no file and knows no kind: texts and the environment come
//! in through [`Input`], shapes as [`tenon_model::shape::Section`]s.

mod check;
mod compose;
mod expression;
mod findings;
mod fleet;
mod header;
pub mod lock;
mod merge;
mod read;
mod references;
pub mod schema;
mod source;
mod tidy;
mod vars;
mod words;
mod yaml;

use tenon_model::place::Sources;
use tenon_model::shape::Field;
use tenon_model::spec::Spec;
use tenon_model::{Diagnostic, diagnostic};

pub use compose::compose;
pub use read::read;
pub use source::Span;
pub use tidy::tidy;
pub use vars::{GivenVariable, Origin};
pub use yaml::{Data, Document, Node, Pair, Scalar, Style, Text, parse_document};

/// A text with the name under which the user knows it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name, as the user typed it.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// What a reading is made from.
pub struct Input<'a> {
    /// The texts; a later one changes the earlier ones.
    pub files: Vec<SourceFile>,
    /// Values for variables; the last one of a name counts.
    pub variables: Vec<GivenVariable>,
    /// The environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The deployment's name where the spec has none.
    pub default_name: String,
}

/// What became of it.
#[derive(Debug)]
pub struct Reading {
    /// The spec; there if and only if no diagnostic is an error.
    pub spec: Option<Spec>,
    /// What could be read of it where there is an error: enough to look for
    /// further problems, never to act on.
    pub partial: Option<Spec>,
    /// All problems, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that places point into.
    pub sources: Sources,
}

impl Reading {
    /// Whether there is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        diagnostic::has_errors(&self.diagnostics)
    }
}

/// The keys at the top of a spec that belong to the language, with their docs.
#[must_use]
pub fn language() -> &'static [Field] {
    header::KEYS
}

/// The keys that make an entry of a section with
/// [`tenon_model::shape::Fleet::Allowed`] a fleet, with their docs.
#[must_use]
pub fn fleet_keys() -> &'static [Field] {
    fleet::FIELDS
}

#[cfg(test)]
mod tests;
