//! Lists and maps whose end has not come yet.

use granit_parser::StructureStyle;

use super::super::limits::Spent;
use super::super::node::{Node, Pair, Text};
use crate::source::Span;

/// A list or map that has not ended yet.
pub(super) struct Open<'t> {
    pub(super) form: Form<'t>,
    pub(super) style: StructureStyle,
    pub(super) span: Span,
    pub(super) anchor: usize,
    pub(super) before: Spent,
    pub(super) height: usize,
}

pub(super) enum Form<'t> {
    List(Vec<Node<'t>>),
    Map {
        pairs: Vec<Pair<'t>>,
        key: Key<'t>,
        merged: Option<Node<'t>>,
    },
}

/// What a map waits for.
pub(super) enum Key<'t> {
    /// A key.
    Wanted,
    /// The value of a key that was refused.
    Refused,
    /// The value of this key.
    Is(Text<'t>, Span),
    /// The value of `<<`.
    Merge(Span),
}
