//! `${...}` inside of a scalar.
//!
//! A name and nothing else: no functions, no operators. Whoever reads a plan
//! in a pull request must be able to tell a value without running something in
//! their head. `$${` is the text `${`.

mod evaluate;
mod problems;
mod scope;

pub(crate) use evaluate::{Found, Reader, Reference};
pub(crate) use problems::{expression_span, renamed};
pub(crate) use scope::{Reach, Scope};

/// A piece of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// A name; `ordinal` counts the `${` of the scalar from 0.
    Name { name: &'a str, ordinal: usize },
}

/// Why a scalar cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Which `${` of the scalar, from 0.
    pub(crate) ordinal: usize,
    pub(crate) what: What,
}

/// What is wrong inside of `${...}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// There is no `}`.
    Unclosed,
    /// There is nothing inside.
    Empty,
    /// There is something other than a name.
    NoName,
}

/// Whether `text` has to be read at all.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains("${")
}

/// Takes a scalar apart.
pub(crate) fn parse(text: &str) -> Result<Vec<Part<'_>>, Flaw> {
    let (mut parts, mut rest, mut ordinal) = (Vec::new(), text, 0);
    while let Some(found) = rest.find("${") {
        if rest[..found].ends_with('$') {
            // `$${`: the text up to the first `$`, then `${` as text.
            push_text(&mut parts, &rest[..found - 1]);
            parts.push(Part::Text("${"));
            rest = &rest[found + 2..];
            ordinal += 1;
            continue;
        }
        push_text(&mut parts, &rest[..found]);
        let inside = &rest[found + 2..];
        let flaw = |what| Flaw { ordinal, what };
        let end = inside.find('}').ok_or(flaw(What::Unclosed))?;
        let name = inside[..end].trim();
        if name.is_empty() {
            return Err(flaw(What::Empty));
        }
        if !is_name(name) {
            return Err(flaw(What::NoName));
        }
        parts.push(Part::Name { name, ordinal });
        rest = &inside[end + 1..];
        ordinal += 1;
    }
    push_text(&mut parts, rest);
    Ok(parts)
}

fn push_text<'a>(parts: &mut Vec<Part<'a>>, text: &'a str) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

/// Dotted words; an index such as `[0]` may follow a word.
fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-[]".contains(&byte);
    name.split('.').all(|word| {
        word.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
            && word.bytes().all(letter)
    })
}

#[cfg(test)]
mod tests;
