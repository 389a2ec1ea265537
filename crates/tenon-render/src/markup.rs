//! XML and HTML, escaped by construction.
//!
//! Nothing that is not a literal of this program gets into a page but through
//! [`Page::text`] and [`Tag::with`], which escape, and clean what hides or
//! reorders letters. That is all a template engine would be asked for: the
//! pages are made by functions over the plan, in Rust that the compiler checks,
//! so a dependency would add build time and take away nothing.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use crate::Glyphs;
use crate::text::clean;

/// An opening tag.
pub(crate) struct Tag {
    name: &'static str,
    attributes: String,
}

/// Returns a tag without attributes.
pub(crate) fn tag(name: &'static str) -> Tag {
    Tag {
        name,
        attributes: String::new(),
    }
}

impl Tag {
    /// Returns it with one more attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        let value = value.to_string();
        // Writing to a string cannot fail.
        let _ = write!(self.attributes, " {name}=\"{}\"", escape(&value));
        self
    }

    /// Returns it with a class.
    pub(crate) fn class(self, class: impl Display) -> Self {
        self.with("class", class)
    }
}

/// A page that is being written.
#[derive(Default)]
pub(crate) struct Page {
    out: String,
}

impl Page {
    /// Adds text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&escape(text));
        self
    }

    /// Adds an element with what `inner` writes into it.
    pub(crate) fn within(&mut self, tag: Tag, inner: impl FnOnce(&mut Self)) -> &mut Self {
        let name = tag.name;
        self.open(tag);
        inner(self);
        // Writing to a string cannot fail.
        let _ = write!(self.out, "</{name}>");
        self
    }

    /// Adds an element that holds text.
    pub(crate) fn leaf(&mut self, tag: Tag, text: &str) -> &mut Self {
        self.within(tag, |page| {
            page.text(text);
        })
    }

    /// Adds an HTML element that has no end, such as `meta`.
    pub(crate) fn open(&mut self, tag: Tag) -> &mut Self {
        let Tag { name, attributes } = tag;
        // Writing to a string cannot fail.
        let _ = write!(self.out, "<{name}{attributes}>");
        self
    }

    /// Adds an XML element that holds nothing.
    pub(crate) fn empty(&mut self, tag: Tag) -> &mut Self {
        let Tag { name, attributes } = tag;
        // Writing to a string cannot fail.
        let _ = write!(self.out, "<{name}{attributes}/>");
        self
    }

    /// Ends a line, so that a page can be read and compared.
    pub(crate) fn end_line(&mut self) -> &mut Self {
        self.out.push('\n');
        self
    }

    /// Adds something of this program as it is.
    pub(crate) fn literal(&mut self, literal: &'static str) -> &mut Self {
        self.out.push_str(literal);
        self
    }

    /// The text of the page.
    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// Escapes for text and for attributes between double quotes. Cleaning has
/// taken what XML does not allow, but for surrogates, which no `str` holds, and
/// the two non-characters.
fn escape(text: &str) -> Cow<'_, str> {
    let special =
        |sign: char| matches!(sign, '&' | '<' | '>' | '"' | '\'' | '\u{fffe}' | '\u{ffff}');
    let text = clean(text, Glyphs::Unicode);
    if !text.contains(special) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(sign),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
