//! What all Graphviz texts share.

use crate::Glyphs;
use crate::text::clean;

/// A name between quotes. Graphviz reads backslashes in labels as escapes, so
/// they are doubled.
pub(crate) fn quote(text: &str) -> String {
    let clean = clean(text, Glyphs::Unicode);
    format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
}
