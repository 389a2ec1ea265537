//! The nodes of the tree.
//!
//! Lists and maps are shared: an alias costs a pointer however much it stands
//! for, and a fleet's template can be combined with overrides without copying
//! what stays the same.

use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

use crate::source::Span;

/// A node and where it stands.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// Where it stands; for block maps and lists, where they begin.
    pub span: Span,
    /// What it is.
    pub data: Data<'t>,
}

/// The three forms of a node.
#[derive(Clone, Debug)]
pub enum Data<'t> {
    /// Text that a shape will interpret.
    Scalar(Scalar<'t>),
    /// A list.
    List(Rc<Vec<Node<'t>>>),
    /// A map, keys as written.
    Map(Rc<Vec<Pair<'t>>>),
}

/// A scalar with escapes and folding undone.
#[derive(Clone, Debug)]
pub struct Scalar<'t> {
    /// The text.
    pub text: Text<'t>,
    /// How it was written.
    pub style: Style,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: may be a number, a truth value, or nothing.
    Plain,
    /// In quotes: text.
    Quoted,
    /// With `|` or `>`: text.
    Block,
    /// From the environment: text that may also serve as a number.
    Loose,
    /// Something that could not be read and was reported.
    Refused,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Pair<'t> {
    /// The key.
    pub key: Text<'t>,
    /// Where the key stands.
    pub span: Span,
    /// The value.
    pub value: Node<'t>,
}

/// Text of the file, or text that had to be put together.
#[derive(Clone, Debug)]
pub enum Text<'t> {
    /// As it stands in the file.
    Borrowed(&'t str),
    /// Escapes or line breaks were undone.
    Shared(Rc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl<'t> From<Cow<'t, str>> for Text<'t> {
    fn from(text: Cow<'t, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Borrowed(text),
            Cow::Owned(text) => Self::Shared(Rc::from(text)),
        }
    }
}

impl<'t> Scalar<'t> {
    /// Returns text that needs no interpretation.
    pub(crate) fn quoted(text: String) -> Self {
        Self::new(text, Style::Quoted)
    }

    /// Returns a scalar as if written with `style`.
    pub(crate) fn new(text: String, style: Style) -> Self {
        Self {
            text: Text::Shared(Rc::from(text)),
            style,
        }
    }

    /// Whether this says explicitly, or by its absence, that there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && super::core::is_null(&self.text)
    }

    /// Whether the text may stand for something other than text.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.style, Style::Plain | Style::Loose)
    }
}

impl<'t> Node<'t> {
    /// The pairs, if this is a map; none otherwise.
    #[must_use]
    pub fn pairs(&self) -> &[Pair<'t>] {
        match &self.data {
            Data::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The pair with the key `name`.
    #[must_use]
    pub fn pair(&self, name: &str) -> Option<&Pair<'t>> {
        self.pairs().iter().find(|pair| &*pair.key == name)
    }

    /// The scalar, if this is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar<'t>> {
        match &self.data {
            Data::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether this is an explicit or implicit nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }
}
