//! Fewer cards: those that read alike and are bound to the same others become
//! one.

use std::collections::{BTreeSet, HashMap};

use super::{Link, Picture, PictureCard, Shape, Why, gather};

/// Folds cards of one collection, one class and the same lines into one.
pub(crate) fn fold(picture: Picture) -> Picture {
    let mut bonds: Vec<BTreeSet<(bool, Why, usize)>> = vec![BTreeSet::new(); picture.cards.len()];
    for link in &picture.links {
        bonds[link.from].insert((true, link.why, link.to));
        bonds[link.to].insert((false, link.why, link.from));
    }
    let mut groups: Vec<Vec<&PictureCard>> = Vec::new();
    let mut places = HashMap::new();
    let mut place_of = Vec::with_capacity(picture.cards.len());
    for (at, card) in picture.cards.iter().enumerate() {
        let single = (card.shape == Shape::Image).then_some(at);
        let (collection, _) = card.entries[0].split_once('.').unwrap_or_default();
        let key = (
            single,
            collection,
            &card.noun,
            (card.action, &card.notes, card.tenant),
            &bonds[at],
        );
        let place = *places.entry(key).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(card);
        place_of.push(place);
    }
    let links: BTreeSet<Link> = picture
        .links
        .iter()
        .map(|link| Link {
            from: place_of[link.from],
            to: place_of[link.to],
            why: link.why,
        })
        .collect();
    Picture {
        cards: groups.iter().map(|cards| together(cards)).collect(),
        links: links.into_iter().collect(),
        tenants: picture.tenants,
    }
}

fn together(cards: &[&PictureCard]) -> PictureCard {
    let first = cards[0];
    if cards.len() == 1 {
        return first.clone();
    }
    let entries: Vec<String> = cards.iter().flat_map(|card| card.entries.clone()).collect();
    PictureCard {
        what: gather::what(&first.noun, entries.len()),
        names: gather::called(&entries),
        entries,
        ..first.clone()
    }
}
