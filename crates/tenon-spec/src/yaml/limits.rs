//! How much a file may hold.
//!
//! The largest spec that is measured, ten thousand machines in 390,000 lines,
//! needs less than half of each. A scalar of 100 KB with 20,000 aliases, 160 KB
//! of text, would be 2 GB without a limit on what aliases stand for.

use tenon_model::{Code, Diagnostic, Help, Place};

/// Bytes of a file.
pub(crate) const FILE_BYTES: usize = 16 << 20;
/// Scalars, keys, lists and maps of a file, aliases counted as what they stand
/// for.
pub(crate) const NODES: usize = 2_000_000;
/// Lists and maps inside of each other.
pub(crate) const DEPTH: usize = 64;
/// Bytes of one scalar.
pub(crate) const SCALAR_BYTES: usize = 1 << 20;
/// Bytes of scalars that aliases stand for.
pub(crate) const ALIAS_BYTES: usize = 16 << 20;

/// Returns the message for a limit that was passed.
pub(crate) fn too_large(place: &Place, what: &str, limit: &str) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        format!("this file has too much of one thing: {what}"),
    )
    .at(place, format!("the limit is {limit}"))
    .help(Help::text(
        "put the text into a file of its own, or split the deployment",
    ))
}

/// What was used up so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) nodes: usize,
    /// Bytes of all scalars, aliases included.
    pub(crate) bytes: usize,
    /// Bytes that aliases stand for.
    pub(crate) alias_bytes: usize,
}

impl Spent {
    /// The limit that was passed, if one was.
    pub(crate) fn breach(&self) -> Option<(&'static str, String)> {
        if self.nodes > NODES {
            Some((
                "values, counting what aliases stand for",
                format!("{NODES} values"),
            ))
        } else if self.alias_bytes > ALIAS_BYTES {
            Some((
                "text that aliases stand for",
                format!("{} MiB", ALIAS_BYTES >> 20),
            ))
        } else {
            None
        }
    }
}
