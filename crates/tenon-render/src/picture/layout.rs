//! Where everything of a picture goes.
//!
//! Cards stand in columns of one width, each right of what it needs; tenants are bands, one
//! below the other, that share the columns. A line runs freely between columns
//! and straight through a column, on a lane that the cards leave open, so it
//! crosses no card. Lines from one card to the same side share their lane:
//! a hub with forty lines stays readable. All numbers are whole pixels and no
//! hash decides anything, so the same plan makes the same picture.

use super::{Link, Picture};

mod columns;
mod order;
mod place;
mod routes;
mod size;

pub(crate) use size::{ROW, Size, rows, size};

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A point.
pub(crate) type Point = (i32, i32);

/// A line: curves between its points, and straight pieces where it passes a
/// column. Points come in pairs, the beginning and the end of a curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// What it draws.
    pub(crate) link: Link,
    /// Beginnings and ends of curves, from left to right.
    pub(crate) curves: Vec<(Point, Point)>,
    /// Whether the arrow is at the left end: the picture goes round in a
    /// circle there.
    pub(crate) is_backward: bool,
}

/// A picture with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Laid {
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// The boxes of tenants.
    pub(crate) tenants: Vec<Area>,
    /// The cards.
    pub(crate) cards: Vec<Area>,
    /// The lines.
    pub(crate) routes: Vec<Route>,
}

/// Space around everything.
const MARGIN: i32 = 12;
/// Space inside of a band, and above its first card for its name.
const INSET: i32 = 14;
const HEAD: i32 = 32;
/// Space between bands.
const BETWEEN: i32 = 14;
/// Space between columns, where lines run.
const GUTTER: i32 = 64;

/// Lays a picture out.
pub(crate) fn layout(picture: &Picture) -> Laid {
    let columns = columns::columns(picture);
    let mut items = order::items(picture, &columns);
    order::order(&mut items);
    let bands = place::place(picture, &mut items);
    let count = columns.of.iter().copied().max().map_or(0, |last| last + 1);
    let mut widths = vec![0; count];
    for (card, column) in picture.cards.iter().zip(&columns.of) {
        widths[*column] = widths[*column].max(size(card).width);
    }
    let mut lefts = Vec::with_capacity(count);
    let mut x = MARGIN + INSET;
    for width in &widths {
        lefts.push(x);
        x += width + GUTTER;
    }
    let width = x - GUTTER + INSET + MARGIN;
    let tenants: Vec<Area> = bands
        .iter()
        .map(|band| Area {
            x: MARGIN,
            y: band.top,
            width: width - 2 * MARGIN,
            height: band.height,
        })
        .collect();
    let cards = picture.cards.iter().enumerate().map(|(at, card)| {
        let Size { height, .. } = size(card);
        let column = columns.of[at];
        Area {
            x: lefts[column],
            y: items.all[at].centre - height / 2,
            width: widths[column],
            height,
        }
    });
    let cards: Vec<Area> = cards.collect();
    let sides = routes::Sides {
        lefts: &lefts,
        widths: &widths,
        cards: &cards,
    };
    let routes = routes::routes(picture, &columns, &items, &sides);
    let bottom = tenants.iter().map(|area| area.y + area.height).max();
    Laid {
        width,
        height: bottom.unwrap_or(0) + MARGIN,
        tenants,
        cards,
        routes,
    }
}

#[cfg(test)]
mod tests;
