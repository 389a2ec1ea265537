//! Variables: what a spec declares, and the values it is given.
//!
//! Only declared variables can be given. The value on the command line is
//! text; the declaration says what it is.

mod declare;
mod given;
mod value;

pub use given::{GivenVariable, Origin};

pub(crate) use declare::{FIELDS, read};

use crate::yaml::Scalar;

/// The value of a variable.
#[derive(Clone, Debug)]
pub(crate) enum Variable<'t> {
    /// A text, number or truth value.
    One(Scalar<'t>),
    /// A list of them.
    Many(Vec<Scalar<'t>>),
    /// There is none, and that was reported.
    Broken,
}

/// What a variable may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    String,
    Integer,
    Boolean,
    List,
}

impl Type {
    /// The words for the types, as specs spell them.
    pub(crate) const WORDS: &'static [&'static str] = &["string", "integer", "boolean", "list"];

    /// The type that a spec calls `word`.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "string" => Some(Self::String),
            "integer" => Some(Self::Integer),
            "boolean" => Some(Self::Boolean),
            "list" => Some(Self::List),
            _ => None,
        }
    }

    /// What a value of it is called.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Integer => "a whole number",
            Self::Boolean => "`true` or `false`",
            Self::List => "a list",
        }
    }
}
