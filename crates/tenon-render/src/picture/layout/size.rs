//! How large a card is, and what is written on it.

use crate::picture::PictureCard;
use crate::text::{cut_end, width, wrap};

/// Width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// Columns of names on one row.
const COLUMNS: usize = 30;
/// Rows of names.
const ROWS: usize = 3;
/// Height of a row of names.
pub(crate) const ROW: i32 = 17;
/// Tenths of pixels of a column of names and of the smaller words: more than
/// most letters of any face take, since nobody knows which one is there.
const LARGE: usize = 79;
const SMALL: usize = 64;
/// Space beside the text.
const BESIDE: i32 = 12;

/// The rows of names.
pub(crate) fn rows(card: &PictureCard) -> Vec<String> {
    let mut rows = wrap(&card.names, COLUMNS);
    if rows.len() > ROWS {
        rows.truncate(ROWS);
        rows[ROWS - 1].push_str(" …");
    }
    rows.iter().map(|row| cut_end(row, COLUMNS + 4)).collect()
}

/// The size of a card: a row that says what happens to what, rows of names, and
/// a row of notes.
pub(crate) fn size(card: &PictureCard) -> Size {
    let rows = rows(card);
    let names = rows.iter().map(|row| width(row) * LARGE);
    let small = [width(&card.head()), width(&card.note())].map(|columns| columns * SMALL);
    let widest = names.chain(small).max().unwrap_or(0);
    let notes = if card.notes.is_empty() { 0 } else { 15 };
    Size {
        width: pixels(widest / 10).max(96) + 2 * BESIDE,
        height: 24 + pixels(rows.len()) * ROW + notes + 8,
    }
}

/// A count of something that is drawn.
pub(crate) fn pixels(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX / 4)
}
