//! In which column each card stands: right of what it needs.

use crate::picture::{Link, Picture};

/// The columns of cards.
pub(crate) struct Columns {
    /// The column of each card.
    pub(crate) of: Vec<usize>,
    /// The links that are drawn from right to left, since they close a circle.
    pub(crate) backward: Vec<bool>,
}

/// Returns the columns: the longest way to a card decides, and where a column
/// is full the next one is taken. What needs nothing moves to the right, as
/// close to what needs it as it can.
pub(crate) fn columns(picture: &Picture) -> Columns {
    let count = picture.cards.len();
    let backward = backward(count, &picture.links);
    let forward: Vec<(usize, usize)> = picture
        .links
        .iter()
        .zip(&backward)
        .map(|(link, backward)| {
            if *backward {
                (link.to, link.from)
            } else {
                (link.from, link.to)
            }
        })
        .collect();
    let most = capacity(count);
    let mut filled: Vec<usize> = Vec::new();
    let mut of = vec![0; count];
    for card in sorted(count, &forward) {
        let before = forward.iter().filter(|(_, to)| *to == card);
        let mut column = before.map(|(from, _)| of[*from] + 1).max().unwrap_or(0);
        while filled.get(column).is_some_and(|cards| *cards >= most) {
            column += 1;
        }
        if filled.len() <= column {
            filled.resize(column + 1, 0);
        }
        filled[column] += 1;
        of[card] = column;
    }
    for card in 0..count {
        let after = forward.iter().filter(|(from, _)| *from == card);
        let nearest = after.map(|(_, to)| of[*to]).min();
        let is_first = forward.iter().all(|(_, to)| *to != card);
        if let Some(nearest) = nearest.filter(|nearest| is_first && *nearest > 0)
            && filled[nearest - 1] < most
        {
            filled[of[card]] -= 1;
            filled[nearest - 1] += 1;
            of[card] = nearest - 1;
        }
    }
    close_up(&mut of);
    Columns { of, backward }
}

/// How many cards stand in a column at most: a picture is about as high as it
/// is wide.
fn capacity(cards: usize) -> usize {
    (8..).find(|most| most * most >= cards * 2).unwrap_or(8)
}

/// Takes out columns that nobody stands in any more.
fn close_up(of: &mut [usize]) {
    let mut used: Vec<usize> = of.to_vec();
    used.sort_unstable();
    used.dedup();
    for column in of {
        *column = used.binary_search(column).unwrap_or(0);
    }
}

/// Which links close a circle, walking from the first card on.
fn backward(count: usize, links: &[Link]) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, link) in links.iter().enumerate() {
        next[link.from].push(at);
    }
    let mut seen = vec![Seen::No; count];
    let mut backward = vec![false; links.len()];
    for start in 0..count {
        if seen[start] != Seen::No {
            continue;
        }
        seen[start] = Seen::Open;
        let mut way = vec![(start, 0)];
        while let Some((card, at)) = way.last_mut() {
            let Some(link) = next[*card].get(*at) else {
                seen[*card] = Seen::Done;
                way.pop();
                continue;
            };
            *at += 1;
            let to = links[*link].to;
            match seen[to] {
                Seen::No => {
                    seen[to] = Seen::Open;
                    way.push((to, 0));
                }
                Seen::Open => backward[*link] = true,
                Seen::Done => {}
            }
        }
    }
    backward
}

/// The cards, each after those that it needs, else in their order.
fn sorted(count: usize, forward: &[(usize, usize)]) -> Vec<usize> {
    let mut waits = vec![0; count];
    for (_, to) in forward {
        waits[*to] += 1;
    }
    let mut done = vec![false; count];
    let mut order = Vec::with_capacity(count);
    while let Some(card) = (0..count).find(|card| !done[*card] && waits[*card] == 0) {
        done[card] = true;
        order.push(card);
        for (_, to) in forward.iter().filter(|(from, _)| *from == card) {
            waits[*to] -= 1;
        }
    }
    order
}
