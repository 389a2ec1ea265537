//! Where in the spec the walk is, for messages.

use std::fmt;

use crate::source::Span;

/// A dotted place such as `vms.web.data_disks.data`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Where<'a> {
    parent: Option<&'a Where<'a>>,
    step: Step<'a>,
    span: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// The file itself, by what it is called.
    File(&'a str),
    /// A key of the language.
    Key(&'a str),
    /// A name that the author chose.
    Name(&'a str),
    /// A position in a list.
    Element(usize),
}

impl<'a> Where<'a> {
    /// Returns the key `name` at the top.
    pub(crate) fn top(name: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::Key(name),
            span: None,
        }
    }

    /// Returns the outermost map of something other than a spec.
    pub(crate) fn file(what: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::File(what),
            span: None,
        }
    }

    /// The same, with the place of the key.
    pub(crate) fn with(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Returns a key of the language inside of this.
    pub(crate) fn key(&'a self, key: &'a str, span: Span) -> Self {
        self.step(Step::Key(key), span)
    }

    /// Returns a name of the author inside of this.
    pub(crate) fn name(&'a self, name: &'a str, span: Span) -> Self {
        self.step(Step::Name(name), span)
    }

    /// Returns an element of the list that this is.
    pub(crate) fn element(&'a self, index: usize, span: Span) -> Self {
        self.step(Step::Element(index), span)
    }

    fn step(&'a self, step: Step<'a>, span: Span) -> Self {
        Self {
            parent: Some(self),
            step,
            span: Some(span),
        }
    }

    /// Where the key stands.
    pub(crate) fn span(&self) -> Option<Span> {
        self.span
    }

    /// The place with `*` for names that the author chose; nothing outside of
    /// specs.
    pub(crate) fn pattern(&self) -> Option<String> {
        let step = match self.step {
            Step::File(_) => return None,
            Step::Key(key) => key,
            Step::Name(_) | Step::Element(_) => "*",
        };
        match self.parent {
            Some(parent) => Some(format!("{}.{step}", parent.pattern()?)),
            None => Some(step.to_owned()),
        }
    }
}

impl fmt::Display for Where<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self
            .parent
            .filter(|parent| !matches!(parent.step, Step::File(_)));
        if let Some(parent) = parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::File(what) => f.write_str(what),
            Step::Element(index) => write!(f, "[{index}]"),
            Step::Key(name) | Step::Name(name) => {
                let dot = if parent.is_some() { "." } else { "" };
                write!(f, "{dot}{name}")
            }
        }
    }
}
