//! Which way lines go.

use super::columns::Columns;
use super::order::Items;
use super::size::pixels;
use super::{Area, Point, Route};
use crate::picture::Picture;

/// The room between two lines that end at one card.
const APART: i32 = 9;

/// Where columns and cards are.
pub(crate) struct Sides<'a> {
    pub(crate) lefts: &'a [i32],
    pub(crate) widths: &'a [i32],
    pub(crate) cards: &'a [Area],
}

/// Returns the way of each link.
pub(crate) fn routes(
    picture: &Picture,
    columns: &Columns,
    items: &Items,
    sides: &Sides<'_>,
) -> Vec<Route> {
    let ports = Ports { items, sides };
    let links = picture.links.iter().zip(&columns.backward);
    links
        .zip(&items.ways)
        .map(|((link, backward), way)| Route {
            link: *link,
            curves: way
                .windows(2)
                .map(|pair| (ports.right(pair[0]), ports.left(pair[0], pair[1])))
                .collect(),
            is_backward: *backward,
        })
        .collect()
}

struct Ports<'a> {
    items: &'a Items,
    sides: &'a Sides<'a>,
}

impl Ports<'_> {
    /// Where lines leave an item: all from one point, since they say the same.
    fn right(&self, item: usize) -> Point {
        let column = self.items.all[item].column;
        let x = self.sides.lefts[column] + self.sides.widths[column];
        (x, self.items.all[item].centre)
    }

    /// Where the line from `before` reaches an item; lines that reach a card
    /// come in the order in which they start.
    fn left(&self, before: usize, item: usize) -> Point {
        let all = &self.items.all;
        let Some(card) = self.sides.cards.get(item) else {
            return (self.sides.lefts[all[item].column], all[item].centre);
        };
        let mut sources = all[item].before.clone();
        sources.sort_by_key(|source| (all[*source].centre, *source));
        let at = sources.iter().position(|source| *source == before);
        let many = pixels(sources.len());
        let apart = APART.min((card.height - 16) / many.max(1));
        let down = apart * pixels(at.unwrap_or(0)) - apart * (many - 1) / 2;
        (card.x, all[item].centre + down)
    }
}
