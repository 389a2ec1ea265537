//! Questions to Azure that a plan does not need, and a reviewer wants answered:
//! may this be written, is there room, does a lock forbid it.
//!
//! That a question is refused is an answer: it is told, and nothing stops.

use crate::Value;
use crate::transport::{Read, Refusal};

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The request.
    pub read: Read,
    /// What comes back.
    pub answers: Answers,
}

/// What comes back for a [`Probe`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// One object.
    One,
    /// A list, page by page.
    Pages,
}

/// What Azure said: the object, or the elements of the list; or its refusal.
pub type Answer = Result<Vec<Value>, Refusal>;
