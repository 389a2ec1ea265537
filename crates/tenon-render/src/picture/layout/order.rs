//! Which item stands above which within a column: lines cross as little as a
//! few sweeps by barycentre achieve (Sugiyama, Tagawa and Toda 1981).

use std::collections::BTreeMap;

use super::columns::Columns;
use super::size::size;
use crate::picture::{Picture, Why};

/// Something that takes room in a column: a card, or a lane for lines.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The box that it is in.
    pub(crate) band: usize,
    /// Its column.
    pub(crate) column: usize,
    /// Its height.
    pub(crate) height: i32,
    /// The middle of it; known when everything is placed.
    pub(crate) centre: i32,
    /// Items of the column before that lead to it.
    pub(crate) before: Vec<usize>,
    /// Items of the next column that it leads to.
    pub(crate) after: Vec<usize>,
}

/// All items; the first ones are the cards.
pub(crate) struct Items {
    pub(crate) all: Vec<Item>,
    /// The items of each column, top to bottom.
    pub(crate) columns: Vec<Vec<usize>>,
    /// The items that each link goes through, from left to right.
    pub(crate) ways: Vec<Vec<usize>>,
    /// The number of cards.
    pub(crate) cards: usize,
}

/// The height of a lane.
const LANE: i32 = 4;
const SWEEPS: usize = 12;

/// Returns cards and lanes, columns in the order of the cards.
pub(crate) fn items(picture: &Picture, columns: &Columns) -> Items {
    let cards = picture.cards.iter().zip(&columns.of);
    let mut all: Vec<Item> = cards
        .map(|(card, column)| Item {
            band: card.tenant,
            column: *column,
            height: size(card).height,
            centre: 0,
            before: Vec::new(),
            after: Vec::new(),
        })
        .collect();
    let cards = all.len();
    let mut lanes: BTreeMap<(usize, usize, usize, Why), usize> = BTreeMap::new();
    let mut ways = Vec::with_capacity(picture.links.len());
    for (link, backward) in picture.links.iter().zip(&columns.backward) {
        let (left, right) = if *backward {
            (link.to, link.from)
        } else {
            (link.from, link.to)
        };
        let mut way = vec![left];
        for column in columns.of[left] + 1..columns.of[right] {
            let band = all[right].band;
            let lane = *lanes
                .entry((left, column, band, link.why))
                .or_insert(all.len());
            if lane == all.len() {
                all.push(Item {
                    band,
                    column,
                    height: LANE,
                    centre: 0,
                    before: Vec::new(),
                    after: Vec::new(),
                });
            }
            way.push(lane);
        }
        way.push(right);
        for pair in way.windows(2) {
            if !all[pair[0]].after.contains(&pair[1]) {
                all[pair[0]].after.push(pair[1]);
                all[pair[1]].before.push(pair[0]);
            }
        }
        ways.push(way);
    }
    let count = all.iter().map(|item| item.column + 1).max().unwrap_or(0);
    let mut columns = vec![Vec::new(); count];
    for (at, item) in all.iter().enumerate() {
        columns[item.column].push(at);
    }
    for column in &mut columns {
        *column = lanes_in_the_middle(column, cards, &all);
    }
    Items {
        all,
        columns,
        ways,
        cards,
    }
}

/// Box by box, cards in their order; lanes between them, so that a line to what
/// is far right has about as many cards above it as below.
fn lanes_in_the_middle(column: &[usize], cards: usize, all: &[Item]) -> Vec<usize> {
    let mut sorted = column.to_vec();
    sorted.sort_by_key(|at| (all[*at].band, *at));
    let mut out = Vec::with_capacity(sorted.len());
    for band in sorted.chunk_by(|one, two| all[*one].band == all[*two].band) {
        let (mine, lanes) = band.split_at(band.partition_point(|at| *at < cards));
        let (above, below) = mine.split_at(mine.len() / 2);
        out.extend(above.iter().chain(lanes).chain(below));
    }
    out
}

/// Orders the columns, and keeps the order in which fewest lines cross.
pub(crate) fn order(items: &mut Items) {
    let mut best = items.columns.clone();
    let mut fewest = crossings(items);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let forward = sweep % 2 == 0;
        let count = items.columns.len();
        for step in 0..count {
            let column = if forward { step } else { count - 1 - step };
            sort(items, column, forward);
        }
        let now = crossings(items);
        if now < fewest {
            fewest = now;
            best.clone_from(&items.columns);
        }
    }
    items.columns = best;
}

fn sort(items: &mut Items, column: usize, forward: bool) {
    let place = places(items);
    let key = |at: &usize| {
        let item = &items.all[*at];
        let others = if forward { &item.before } else { &item.after };
        let places = others.iter().map(|other| place[*other]);
        match others.len() {
            0 => (item.band, place[*at] * 1_000),
            // Thousandths, so that no float decides.
            many => (item.band, places.sum::<usize>() * 1_000 / many),
        }
    };
    let mut sorted = items.columns[column].clone();
    sorted.sort_by_key(key);
    items.columns[column] = sorted;
}

/// The place of each item in its column.
fn places(items: &Items) -> Vec<usize> {
    let mut place = vec![0; items.all.len()];
    for column in &items.columns {
        for (at, item) in column.iter().enumerate() {
            place[*item] = at;
        }
    }
    place
}

fn crossings(items: &Items) -> usize {
    let place = places(items);
    let mut found = 0;
    for column in &items.columns {
        let lines: Vec<(usize, usize)> = column
            .iter()
            .flat_map(|from| items.all[*from].after.iter().map(move |to| (*from, *to)))
            .map(|(from, to)| (place[from], place[to]))
            .collect();
        for (at, one) in lines.iter().enumerate() {
            let cross = |two: &&(usize, usize)| {
                (one.0 < two.0 && one.1 > two.1) || (one.0 > two.0 && one.1 < two.1)
            };
            found += lines[at + 1..].iter().filter(cross).count();
        }
    }
    found
}
