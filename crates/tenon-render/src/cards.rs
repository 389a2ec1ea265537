//! What a reviewer looks at: entries instead of resources, and entries with
//! equal changes together.
//!
//! A [`Card`] is an entry of the spec, or a part of one to which something
//! else happens than to the rest. A [`Block`] is one or more cards that read
//! alike. Both come out in the order of the plan; everything is keyed, so ten
//! thousand changes cost ten thousand look-ups.

use std::collections::HashMap;

use tenon_model::plan::{Action, Cause, Change, Reason};
use tenon_model::rules::Disruption;

use crate::alike;

/// An entry with the parts to which the same happens, or a single part.
#[derive(Clone, Debug)]
pub(crate) struct Card<'a> {
    /// The entry itself, or the part.
    pub(crate) lead: &'a Change,
    /// Parts of the entry with the same action.
    pub(crate) parts: Vec<&'a Change>,
}

/// Cards that read alike, at least one.
#[derive(Clone, Debug)]
pub(crate) struct Block<'a> {
    /// The cards, in the order of the plan.
    pub(crate) cards: Vec<Card<'a>>,
    /// How they belong together.
    pub(crate) bond: Bond,
}

/// What makes one block of several cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bond {
    /// One card, or instances of a fleet, or entries that look the same.
    Alike,
    /// Resources of all sorts that get the same harmless property.
    SameProperty,
    /// Only the markers change.
    Bookkeeping,
}

impl<'a> Card<'a> {
    fn alone(lead: &'a Change) -> Self {
        Self {
            lead,
            parts: Vec::new(),
        }
    }

    /// The entry and its parts.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &'a Change> {
        std::iter::once(self.lead).chain(self.parts.iter().copied())
    }

    /// The worst that happens to what runs.
    pub(crate) fn disruption(&self) -> Disruption {
        let worst = self.changes().map(|change| change.disruption).max();
        worst.unwrap_or_default()
    }
}

impl<'a> Block<'a> {
    /// The card that stands for all.
    pub(crate) fn first(&self) -> &Card<'a> {
        &self.cards[0]
    }

    /// What happens.
    pub(crate) fn action(&self) -> Action {
        self.first().lead.action
    }

    /// The names of the cards.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.cards.iter().map(|card| card.lead.address.as_str())
    }

    /// All changes in it.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &'a Change> {
        self.cards.iter().flat_map(Card::changes)
    }

    /// The worst that happens to what runs.
    pub(crate) fn disruption(&self) -> Disruption {
        let worst = self.cards.iter().map(Card::disruption).max();
        worst.unwrap_or_default()
    }

    /// How early a reviewer must see it: what is lost first, what nobody
    /// notices last.
    fn rank(&self) -> usize {
        match (self.bond, self.action(), self.disruption()) {
            (Bond::Bookkeeping, ..) => 10,
            (Bond::SameProperty, ..) => 9,
            (_, Action::Delete, _) => 0,
            (_, Action::Replace, _) => 1,
            (_, Action::Update, Disruption::Deallocate | Disruption::Replace) => 2,
            (_, Action::Update, Disruption::Restart) => 3,
            (_, Action::Update, _) if self.changes().any(drifted) => 4,
            (_, Action::Update, _) => 5,
            (_, Action::Create, _) => 6,
            (_, Action::Adopt, _) => 7,
            (_, Action::Forget | Action::NoOp, _) => 8,
        }
    }
}

/// Whether Azure changed a property of it although the spec did not.
pub(crate) fn drifted(change: &Change) -> bool {
    change
        .properties
        .iter()
        .any(|property| property.cause == Cause::Drift)
}

/// Returns every change as a card of its own, the most dangerous first.
pub(crate) fn each(changes: &[Change]) -> Vec<Block<'_>> {
    let touched = changes.iter().filter(|c| c.action != Action::NoOp);
    let mut blocks: Vec<Block<'_>> = touched
        .map(|change| Block {
            cards: vec![Card::alone(change)],
            bond: Bond::Alike,
        })
        .collect();
    blocks.sort_by_key(Block::rank);
    blocks
}

/// Returns the blocks of a plan, the most dangerous first.
pub(crate) fn blocks(changes: &[Change]) -> Vec<Block<'_>> {
    let (cards, shared, markers) = sort(changes);
    let mut blocks = group(cards, |card| alike::key(card), Bond::Alike);
    blocks = part_small_groups(blocks);
    blocks.extend(group(
        shared,
        |card| alike::properties(card.lead),
        Bond::SameProperty,
    ));
    if !markers.is_empty() {
        blocks.push(Block {
            cards: markers,
            bond: Bond::Bookkeeping,
        });
    }
    blocks.sort_by_key(Block::rank);
    blocks
}

/// Parts the changes into entries, harmless changes that several resources
/// share, and mere bookkeeping.
fn sort(changes: &[Change]) -> (Vec<Card<'_>>, Vec<Card<'_>>, Vec<Card<'_>>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let harmless: Vec<Option<String>> = changes
        .iter()
        .map(|change| is_harmless(change).then(|| alike::properties(change)))
        .collect();
    for key in harmless.iter().flatten() {
        *seen.entry(key.clone()).or_default() += 1;
    }
    let (mut entries, mut shared, mut markers) = (Vec::new(), Vec::new(), Vec::new());
    for (change, key) in changes.iter().zip(&harmless) {
        let together = key.as_ref().is_some_and(|key| seen[key] > 1);
        match (&change.action, &change.reason) {
            (Action::NoOp, _) => {}
            (_, Reason::Bookkeeping) => markers.push(Card::alone(change)),
            _ if together => shared.push(Card::alone(change)),
            _ => entries.push(change),
        }
    }
    (by_entry(&entries), shared, markers)
}

fn is_harmless(change: &Change) -> bool {
    change.action == Action::Update
        && change.disruption <= Disruption::Hot
        && change.reason != Reason::Bookkeeping
        && !change.properties.is_empty()
        && !drifted(change)
}

/// Folds parts into their entry where the same happens to both.
fn by_entry<'a>(changes: &[&'a Change]) -> Vec<Card<'a>> {
    let mut leads = HashMap::new();
    for change in changes.iter().filter(|c| c.address == c.entry) {
        leads.insert(&change.entry, change.action);
    }
    let mut cards: Vec<Card<'a>> = Vec::new();
    let mut places: HashMap<_, usize> = HashMap::new();
    let mut waiting: HashMap<_, Vec<&'a Change>> = HashMap::new();
    for change in changes {
        let is_part = change.address != change.entry;
        if is_part && leads.get(&change.entry) == Some(&change.action) {
            match places.get(&change.entry) {
                Some(place) => cards[*place].parts.push(change),
                None => waiting.entry(&change.entry).or_default().push(change),
            }
            continue;
        }
        if !is_part {
            places.insert(&change.entry, cards.len());
        }
        cards.push(Card {
            lead: change,
            parts: waiting.remove(&change.address).unwrap_or_default(),
        });
    }
    cards
}

/// Groups cards by key, in the order in which keys appear.
fn group<'a>(
    cards: Vec<Card<'a>>,
    key: impl Fn(&Card<'a>) -> String,
    bond: Bond,
) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'a>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for card in cards {
        let place = *places.entry(key(&card)).or_insert(blocks.len());
        if place == blocks.len() {
            blocks.push(Block {
                cards: Vec::new(),
                bond,
            });
        }
        blocks[place].cards.push(card);
    }
    blocks
}

/// Entries that only look the same stay apart while they are few; a fleet is
/// one thing however small.
fn part_small_groups(blocks: Vec<Block<'_>>) -> Vec<Block<'_>> {
    const FEW: usize = 3;
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        if block.first().lead.fleet.is_some() || block.cards.len() > FEW {
            out.push(block);
        } else {
            out.extend(block.cards.into_iter().map(|card| Block {
                cards: vec![card],
                bond: block.bond,
            }));
        }
    }
    out
}
