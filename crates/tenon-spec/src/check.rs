//! The tree against the shapes.
//!
//! One walk does three things, because each needs the others: it evaluates
//! `${...}`, it holds every value against its shape, and it builds the
//! [`Item`]s that kinds read. A problem costs its own value only; the walk goes
//! on, so one run shows all of them.

mod any;
mod either;
mod format;
mod later;
mod place;
mod problems;
mod scalar;
mod structure;

use std::collections::HashSet;

use tenon_model::shape::Shape;
use tenon_model::spec::{FileReference, Item, Node as Built};
use tenon_model::value::Value;

use crate::expression::{self, Found, Reader, Reference, Scope};
use crate::findings::Findings;
use crate::source::{Files, Span};
use crate::yaml::{Data, Node, Scalar, Style};

pub(crate) use place::Where;
pub(crate) use problems::{replace, wanted};
pub(crate) use structure::{is_key, missing_keys};

/// Walks trees against shapes and keeps what it finds on the way.
pub(crate) struct Checker<'c, 't> {
    pub(crate) files: &'c Files<'t>,
    pub(crate) scope: Scope<'t>,
    pub(crate) findings: Findings,
    /// Names of entries that values use.
    pub(crate) references: Vec<Reference>,
    /// Text files that values name.
    pub(crate) text_files: Vec<FileReference>,
    pub(crate) mode: Mode,
    pub(crate) audience: Audience,
    known_files: HashSet<(u32, String)>,
}

/// What the tree at hand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All of it.
    Whole,
    /// Something that other parts join: keys may be missing.
    Template,
    /// Changes to a template: keys may be missing, and nothing removes.
    Patch,
}

/// Who gets to see what is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Azure; a value of any form may be a secret.
    Azure,
    /// People.
    Everybody,
}

/// Where a scalar comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It stands there, so that an edit can change it.
    There,
    /// An expression stands there.
    Elsewhere,
}

/// A scalar that is known.
#[derive(Clone, Copy)]
pub(crate) struct Literal<'a, 't> {
    pub(crate) scalar: &'a Scalar<'t>,
    pub(crate) span: Span,
    pub(crate) written: Written,
}

impl<'c, 't> Checker<'c, 't> {
    /// Returns a checker that has found nothing yet.
    pub(crate) fn new(files: &'c Files<'t>, scope: Scope<'t>, findings: Findings) -> Self {
        Self {
            files,
            scope,
            findings,
            references: Vec::new(),
            text_files: Vec::new(),
            mode: Mode::Whole,
            audience: Audience::Azure,
            known_files: HashSet::new(),
        }
    }

    /// Returns `node` as an item of `shape`; nothing if that was reported.
    pub(crate) fn check(&mut self, node: &Node<'t>, shape: &Shape, at: &Where<'_>) -> Option<Item> {
        match &node.data {
            Data::Scalar(scalar) if scalar.style == Style::Refused => None,
            Data::Scalar(scalar) if scalar.is_null() => self.null(node.span, shape, at),
            Data::Scalar(scalar) if expression::is_in(&scalar.text) => {
                let found = self.evaluate(&scalar.text, node.span)?;
                self.found(&found, node.span, shape, at)
            }
            Data::Scalar(scalar) => {
                let literal = Literal {
                    scalar,
                    span: node.span,
                    written: Written::There,
                };
                self.literal(literal, shape, at)
            }
            Data::List(nodes) => self.list(nodes, node, shape, at),
            Data::Map(pairs) => self.map(pairs, node, shape, at),
        }
    }

    fn evaluate(&mut self, text: &str, span: Span) -> Option<Found<'t>> {
        let mut reader = Reader {
            files: self.files,
            scope: &self.scope,
            findings: &mut self.findings,
            references: &mut self.references,
        };
        reader.evaluate(text, span)
    }

    fn found(
        &mut self,
        found: &Found<'t>,
        span: Span,
        shape: &Shape,
        at: &Where<'_>,
    ) -> Option<Item> {
        let literal = |scalar| Literal {
            scalar,
            span,
            written: Written::Elsewhere,
        };
        match found {
            Found::Known(scalar) => self.literal(literal(scalar), shape, at),
            Found::Later(value) => self.later(value, span, shape, at),
            Found::List(scalars) => {
                let Some(element) = element_of(shape) else {
                    self.refuse_form(at, span, shape, "this is a list");
                    return None;
                };
                let check = |scalar| self.literal(literal(scalar), element, at);
                let items: Option<Vec<Item>> = scalars.iter().map(check).collect();
                Some(self.item(Built::List(items?), span))
            }
        }
    }

    fn null(&mut self, span: Span, shape: &Shape, at: &Where<'_>) -> Option<Item> {
        if self.mode == Mode::Patch || takes_null(shape) {
            return Some(self.item(Built::Scalar(Value::Null), span));
        }
        let problem = self.empty(at, span, &problems::wanted(shape));
        self.findings.push(problem);
        None
    }

    pub(crate) fn item(&self, node: Built, span: Span) -> Item {
        Item {
            node,
            place: self.files.place(span),
        }
    }
}

fn takes_null(shape: &Shape) -> bool {
    match shape {
        Shape::Any | Shape::Nothing => true,
        Shape::Either(shapes) => shapes.iter().any(takes_null),
        _ => false,
    }
}

/// The shape of the elements, if `shape` takes a list.
fn element_of(shape: &Shape) -> Option<&Shape> {
    match shape {
        Shape::List(element) | Shape::OneOrMany(element) => Some(element),
        Shape::Any => Some(&Shape::Any),
        Shape::Either(shapes) => shapes.iter().find_map(element_of),
        _ => None,
    }
}
