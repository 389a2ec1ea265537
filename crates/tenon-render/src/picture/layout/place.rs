//! How far down each item stands.

use super::order::{Item, Items};
use super::{BETWEEN, HEAD, INSET, MARGIN};
use crate::picture::Picture;

/// A band from its upper edge.
pub(crate) struct Band {
    pub(crate) top: i32,
    pub(crate) height: i32,
}

/// Space between two items.
const GAP: i32 = 14;
const ROUNDS: usize = 10;
/// How much more a lane wants to be straight than a card does.
const STRAIGHT: i64 = 4;

/// Places all items, and returns the bands.
pub(crate) fn place(picture: &Picture, items: &mut Items) -> Vec<Band> {
    stack(items);
    for round in 0..ROUNDS {
        let count = items.columns.len();
        for step in 0..count {
            let column = if round % 2 == 0 {
                step
            } else {
                count - 1 - step
            };
            for band in 0..picture.tenants.len() {
                settle(items, column, band);
            }
        }
    }
    let mut top = MARGIN;
    let mut bands = Vec::with_capacity(picture.tenants.len());
    for band in 0..picture.tenants.len() {
        let mine = |item: &&mut Item| item.band == band;
        let edges =
            |item: &mut Item| (item.centre - item.height / 2, item.centre + item.height / 2);
        let highest = items
            .all
            .iter_mut()
            .filter(mine)
            .map(|item| edges(item).0)
            .min();
        let lowest = items
            .all
            .iter_mut()
            .filter(mine)
            .map(|item| edges(item).1)
            .max();
        let (highest, lowest) = (highest.unwrap_or(0), lowest.unwrap_or(0));
        for item in items.all.iter_mut().filter(mine) {
            item.centre += top + HEAD - highest;
        }
        let height = HEAD + lowest - highest + INSET;
        bands.push(Band { top, height });
        top += height + BETWEEN;
    }
    bands
}

/// Puts the items of each column below each other, around the middle.
fn stack(items: &mut Items) {
    for column in &items.columns {
        let bands: Vec<usize> = column.iter().map(|at| items.all[*at].band).collect();
        for (at, item) in column.iter().enumerate() {
            if at > 0 && bands[at - 1] == bands[at] {
                let above = &items.all[column[at - 1]];
                let centre = above.centre + distance(above, &items.all[*item]);
                items.all[*item].centre = centre;
            }
        }
        let mut from = 0;
        while from < column.len() {
            let mine = bands[from..]
                .iter()
                .take_while(|band| **band == bands[from]);
            let end = from + mine.count();
            let middle = items.all[column[end - 1]].centre / 2;
            for item in &column[from..end] {
                items.all[*item].centre -= middle;
            }
            from = end;
        }
    }
}

fn distance(above: &Item, below: &Item) -> i32 {
    (above.height + below.height) / 2 + GAP
}

/// Moves the items of a column towards those that they are bound to, none past
/// its neighbour: the least squares under an order, by pooling.
fn settle(items: &mut Items, column: usize, band: usize) {
    let mine: Vec<usize> = items.columns[column]
        .iter()
        .copied()
        .filter(|at| items.all[*at].band == band)
        .collect();
    let mut pools: Vec<Pool> = Vec::new();
    let mut offset = 0;
    for (at, item) in mine.iter().enumerate() {
        if at > 0 {
            offset += distance(&items.all[mine[at - 1]], &items.all[*item]);
        }
        let mut pool = Pool {
            sum: 0,
            weight: 0,
            members: vec![(*item, offset)],
        };
        let (wish, weight) = wish(items, *item);
        pool.sum = i64::from(wish - offset) * weight;
        pool.weight = weight;
        while let Some(last) = pools.pop_if(|last| last.value() > pool.value()) {
            pool = last.with(pool);
        }
        pools.push(pool);
    }
    for pool in pools {
        let value = pool.value();
        for (item, offset) in pool.members {
            items.all[item].centre = i32::try_from(value).unwrap_or(0) + offset;
        }
    }
}

/// Where an item would like to be, and how much.
fn wish(items: &Items, at: usize) -> (i32, i64) {
    let item = &items.all[at];
    let bound = item.before.iter().chain(&item.after);
    let near: Vec<i64> = bound
        .filter(|other| items.all[**other].band == item.band)
        .map(|other| i64::from(items.all[*other].centre))
        .collect();
    let weight = if at < items.cards { 1 } else { STRAIGHT };
    match i64::try_from(near.len()) {
        Ok(many) if many > 0 => {
            let mean = near.iter().sum::<i64>() / many;
            (i32::try_from(mean).unwrap_or(item.centre), weight)
        }
        _ => (item.centre, 1),
    }
}

/// Items that move together.
struct Pool {
    sum: i64,
    weight: i64,
    /// Items with their distance from the first of all.
    members: Vec<(usize, i32)>,
}

impl Pool {
    fn value(&self) -> i64 {
        self.sum.div_euclid(self.weight.max(1))
    }

    fn with(mut self, other: Self) -> Self {
        self.sum += other.sum;
        self.weight += other.weight;
        self.members.extend(other.members);
        self
    }
}
