//! A picture as lines: what happens to what, and below each what it needs.

use std::fmt::Write as _;

use tenon_model::plan::Action;

use super::{Picture, PictureCard, Why};
use crate::Glyphs;
use crate::text::clean;
use crate::words::symbol;

/// Returns the lines; every one is ended.
pub(crate) fn write(picture: &Picture) -> String {
    let mut out = String::new();
    for (number, tenant) in picture.tenants.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", clean(tenant, Glyphs::Unicode));
        for (at, card) in picture.cards.iter().enumerate() {
            if card.tenant == number {
                lines(picture, at, card, &mut out);
            }
        }
    }
    out
}

fn lines(picture: &Picture, at: usize, card: &PictureCard, out: &mut String) {
    let sign = match card.action {
        Action::NoOp => "",
        action => symbol(action),
    };
    let mut said = format!("{} {}", card.what, card.names);
    if !card.notes.is_empty() {
        let _ = write!(said, " ({})", card.note());
    }
    let said = clean(&said, Glyphs::Unicode);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {sign:<3}  {said}");
    for link in picture.links.iter().filter(|link| link.to == at) {
        let other = &picture.cards[link.from];
        let other = format!("{} {}", other.what, other.names);
        let other = clean(&other, Glyphs::Unicode);
        let why = match link.why {
            Why::Needs => "needs",
            Why::First => "after",
        };
        let _ = writeln!(out, "         {why} {other}");
    }
}
