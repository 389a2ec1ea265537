//! YAML text as a tree that remembers where everything stands.
//!
//! Specs come in pull requests from strangers, so this is the only reader they
//! meet, and it has limits: bytes, nodes, depth, length of a scalar, and what
//! aliases expand to. Scalars stay text; only the shape of a key says whether
//! `1.10` is a version or a number.
//!
//! Left out of YAML on purpose: tags, directives, further documents, and keys
//! that are not text. Merge keys (`<<`) are applied here, values keep the place
//! where they were written.

mod anchors;
mod build;
pub(crate) mod core;
mod duplicates;
mod indentation;
mod limits;
mod mergekey;
mod node;
mod quote;
mod refusal;
mod value;

pub(crate) use limits::too_large;
pub use node::{Data, Node, Pair, Scalar, Style, Text};
pub(crate) use quote::{flow_scalar, quoted};

use tenon_model::{Diagnostic, Place};

use crate::SourceFile;
use crate::findings::Findings;
use crate::source::{Files, Span};

/// Reads the file with the number `file`; nothing if it is empty or cannot be
/// read.
pub(crate) fn parse<'t>(
    files: &Files<'t>,
    file: u32,
    findings: &mut Findings,
) -> Result<Option<Node<'t>>, Unreadable> {
    build::parse(files, file, findings)
}

/// The file was given up; the findings say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// A file as a tree.
#[derive(Debug)]
pub struct Document<'t> {
    /// The outermost node; nothing if the file is empty.
    pub root: Option<Node<'t>>,
    files: Files<'t>,
}

impl Document<'_> {
    /// The place of `span` in the file.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        self.files.place(span)
    }
}

/// Reads one file as a tree, without knowing that it is a spec.
#[must_use]
pub fn parse_document(file: &SourceFile) -> (Document<'_>, Vec<Diagnostic>) {
    let (mut files, mut findings) = (Files::default(), Findings::default());
    let number = files.add(&file.name, &file.text);
    let root = parse(&files, number, &mut findings).ok().flatten();
    let diagnostics = findings.sorted(&files);
    (Document { root, files }, diagnostics)
}

#[cfg(test)]
mod tests;
