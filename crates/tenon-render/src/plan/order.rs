//! What waits for what, as far as a reviewer cares: whether a fleet goes down
//! at once or one after the other, and what goes before.

use std::collections::{HashMap, HashSet};

use tenon_model::Address;
use tenon_model::plan::{Does, Plan, Step};
use tenon_model::rollout::Waves;

use super::waves;
use crate::cards::Block;

/// The steps of a plan by entry.
pub(crate) struct Order<'a> {
    steps: &'a [Step],
    /// The waves of its fleet and its own wave, by machine.
    waves: HashMap<&'a Address, (&'a Waves, usize)>,
    entry_of: HashMap<&'a Address, &'a Address>,
    by_entry: HashMap<&'a Address, Vec<usize>>,
}

/// How the cards of a block follow each other, and what goes before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// How many may be under way at the same time; none if nothing says.
    pub(crate) at_a_time: Option<usize>,
    /// Entries that go before.
    pub(crate) after: Vec<String>,
    /// What has to be before the next wave, in words; none where Azure's word
    /// is enough.
    pub(crate) next: Option<String>,
    /// The waves, in words, where it is not one after the other.
    pub(crate) waves: Vec<String>,
    /// Whether new machines are made beside the old ones.
    pub(crate) beside: bool,
}

impl<'a> Order<'a> {
    /// Returns the steps of a plan by entry.
    pub(crate) fn of(plan: &'a Plan) -> Self {
        let entry_of: HashMap<&Address, &Address> = plan
            .changes
            .iter()
            .map(|change| (&change.address, &change.entry))
            .collect();
        let mut by_entry: HashMap<&Address, Vec<usize>> = HashMap::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let entry = entry_of.get(&step.address).copied();
            by_entry
                .entry(entry.unwrap_or(&step.address))
                .or_default()
                .push(index);
        }
        let mut waves = HashMap::new();
        for fleet in &plan.waves {
            for (at, wave) in fleet.waves.iter().enumerate() {
                waves.extend(wave.iter().map(|machine| (machine, (fleet, at))));
            }
        }
        Self {
            steps: &plan.steps,
            waves,
            entry_of,
            by_entry,
        }
    }

    /// How the cards of a block follow each other.
    pub(crate) fn pace(&self, block: &Block<'a>) -> Pace {
        let inside: HashSet<&Address> = block.cards.iter().map(|c| &c.lead.entry).collect();
        let mut pace = Pace::default();
        let mut free = 0;
        let mut told = HashSet::new();
        for card in &block.cards {
            let mut waits = false;
            for before in self.before(&card.lead.entry) {
                if inside.contains(before) {
                    waits = true;
                } else if told.insert(before) {
                    pace.after.push(before.to_string());
                }
            }
            free += usize::from(!waits);
        }
        if block.cards.len() > 1 && free > 0 {
            pace.at_a_time = Some(free);
        }
        self.in_waves(block, &mut pace);
        pace
    }

    fn in_waves(&self, block: &Block<'a>, pace: &mut Pace) {
        let of_cards = block.cards.iter();
        let of_cards: Vec<&(&Waves, usize)> = of_cards
            .filter_map(|card| self.waves.get(&card.lead.address))
            .collect();
        let Some((fleet, _)) = of_cards.first() else {
            return;
        };
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        for (_, wave) in &of_cards {
            *sizes.entry(*wave).or_default() += 1;
        }
        if block.cards.len() > 1 {
            pace.at_a_time = sizes.values().max().copied();
        }
        let first = &block.first().lead.address;
        pace.beside = fleet.beside.contains(first);
        pace.next = waves::next(fleet);
        if sizes.len() > 1 || fleet.waves.len() > 1 {
            pace.waves = waves::listed(fleet);
        }
    }

    /// The entries whose steps an entry's steps wait for, itself left out.
    fn before(&self, entry: &'a Address) -> impl Iterator<Item = &'a Address> {
        let steps = self.by_entry.get(entry).map_or(&[][..], Vec::as_slice);
        steps
            .iter()
            .flat_map(|index| self.behind_waves(*index))
            .filter_map(|index| self.steps.get(index))
            .map(|step| {
                self.entry_of
                    .get(&step.address)
                    .copied()
                    .unwrap_or(&step.address)
            })
            .filter(move |before| *before != entry)
    }

    /// What a step waits for; the machines of a wave in place of its end.
    fn behind_waves(&self, index: usize) -> Vec<usize> {
        let mut found = Vec::new();
        for before in &self.steps[index].after {
            match self.steps.get(*before).map(|step| step.does) {
                Some(Does::Settle) => found.extend(self.behind_waves(*before)),
                _ => found.push(*before),
            }
        }
        found
    }
}
