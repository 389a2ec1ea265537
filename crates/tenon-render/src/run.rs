//! The steps of a plan as the things that a person follows.
//!
//! A unit is an entry with its parts, a part to which something else happens,
//! or all resources that get the same harmless property. Progress, board and
//! report count and name units, never requests.

use std::collections::HashMap;

use tenon_model::plan::{Action, Cause, Change, Does, Plan, PropertyChange, Reason, Step};
use tenon_model::{Address, Value};

use crate::cards::{self, Block, Bond, Card};
use crate::names;
use crate::value::{Ids, inline};
use crate::words::{count, noun};

/// Something whose way a person follows.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Its name: `vms.web-1`, `9 resources`.
    pub(crate) name: String,
    /// What happens to it.
    pub(crate) action: Action,
    /// What goes with it: `NIC, public IP`.
    pub(crate) parts: String,
    /// What it has afterwards, in a word: `Standard_E4s_v5`.
    pub(crate) gains: String,
    /// Its steps, in the order of the plan.
    pub(crate) steps: Vec<usize>,
    /// The position of the block it is shown in.
    pub(crate) block: usize,
    /// Whether it stands for many resources.
    pub(crate) is_many: bool,
    /// Whether it is nothing but the end of waves, which nobody looks for.
    pub(crate) is_quiet: bool,
}

/// A step as people call it.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The resource.
    pub(crate) address: Address,
    /// The unit it belongs to.
    pub(crate) unit: usize,
    /// The position of its change.
    pub(crate) change: Option<usize>,
    /// `create NIC`.
    pub(crate) does: String,
}

/// Units and steps of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The units.
    pub(crate) units: Vec<Unit>,
    /// The steps.
    pub(crate) steps: Vec<Name>,
    /// The names of blocks.
    pub(crate) blocks: Vec<String>,
    /// The steps of each change that has any.
    pub(crate) changes: HashMap<usize, Vec<usize>>,
}

impl Run {
    /// Returns units and steps of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut run = Self {
            units: Vec::new(),
            steps: Vec::new(),
            blocks: Vec::new(),
            changes: HashMap::new(),
        };
        let mut unit_of: HashMap<&Address, usize> = HashMap::new();
        for (index, block) in cards::blocks(&plan.changes).iter().enumerate() {
            run.blocks.push(block_name(block));
            let all = block.cards.iter();
            let groups: Vec<Vec<&Card<'_>>> = match block.bond {
                Bond::Alike => all.map(|card| vec![card]).collect(),
                Bond::SameProperty | Bond::Bookkeeping => vec![all.collect()],
            };
            for cards in groups {
                for change in cards.iter().flat_map(|card| card.changes()) {
                    unit_of.insert(&change.address, run.units.len());
                }
                run.units.push(unit(&cards, block, index));
            }
        }
        run.name_steps(plan, &unit_of);
        run
    }

    fn name_steps(&mut self, plan: &Plan, unit_of: &HashMap<&Address, usize>) {
        let changes: HashMap<&Address, usize> = plan
            .changes
            .iter()
            .enumerate()
            .map(|(at, change)| (&change.address, at))
            .collect();
        let mut strangers: HashMap<&Address, usize> = HashMap::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let change = changes.get(&step.address).copied();
            let unit = unit_of.get(&step.address).copied();
            let unit = unit.unwrap_or_else(|| {
                *strangers
                    .entry(&step.address)
                    .or_insert_with(|| self.stranger(step))
            });
            self.units[unit].steps.push(index);
            if let Some(change) = change {
                self.changes.entry(change).or_default().push(index);
            }
            let noun = match step.does {
                Does::Follow | Does::Upgrade | Does::Reimage => "instances".to_owned(),
                Does::Keep => "old OS disk".to_owned(),
                Does::Create if change.is_some_and(|at| gets_disk(&plan.changes[at])) => {
                    "new OS disk".to_owned()
                }
                _ => change.map_or(String::new(), |at| noun(&plan.changes[at])),
            };
            self.steps.push(Name {
                address: step.address.clone(),
                unit,
                change,
                does: format!("{} {noun}", verb(step.does)).trim_end().to_owned(),
            });
        }
    }

    /// A step without a change: a look at a machine that stays, or the end of a
    /// wave.
    fn stranger(&mut self, step: &Step) -> usize {
        let address = &step.address;
        self.blocks.push(address.to_string());
        self.units.push(Unit {
            name: address.to_string(),
            action: Action::NoOp,
            parts: String::new(),
            gains: String::new(),
            steps: Vec::new(),
            block: self.blocks.len() - 1,
            is_many: false,
            is_quiet: step.does == Does::Settle,
        });
        self.units.len() - 1
    }

    /// The number of resources that steps change.
    pub(crate) fn total(&self) -> usize {
        self.changes.len()
    }
}

/// Whether the machine stays, and what is made is a disk for it.
fn gets_disk(change: &Change) -> bool {
    matches!(change.reason, Reason::NewDisk { .. })
}

/// The verb of a step.
pub(crate) fn verb(does: Does) -> &'static str {
    match does {
        Does::Create => "create",
        Does::Update => "update",
        Does::Delete => "delete",
        Does::Deallocate => "stop",
        Does::Start => "start",
        Does::Detach => "detach",
        Does::Mark => "mark",
        Does::Keep => "keep",
        Does::Follow | Does::Upgrade => "upgrade",
        Does::Reimage => "reimage",
        Does::Check => "check",
        Does::Settle => "pause",
    }
}

fn block_name(block: &Block<'_>) -> String {
    match block.bond {
        Bond::Alike => {
            let folded = names::fold(block.names(), 3);
            let short: Vec<&str> = folded.iter().map(|name| names::short(name)).collect();
            short.join(", ")
        }
        _ => many_name(&block.cards.iter().collect::<Vec<_>>()),
    }
}

fn unit(cards: &[&Card<'_>], block: &Block<'_>, index: usize) -> Unit {
    let is_many = cards.len() > 1;
    let lead = cards[0].lead;
    let parts: Vec<String> = cards[0].parts.iter().map(|part| noun(part)).collect();
    Unit {
        name: if is_many {
            many_name(cards)
        } else {
            lead.address.to_string()
        },
        action: lead.action,
        parts: parts.join(", "),
        gains: gains(lead, block),
        steps: Vec::new(),
        block: index,
        is_quiet: false,
        is_many,
    }
}

/// `tags on 9 resources`.
fn many_name(cards: &[&Card<'_>]) -> String {
    let resources = count(cards.len(), "resource");
    let first = cards[0].lead.properties.first();
    match first.and_then(|property| property.path.split('.').next()) {
        Some(word) if cards[0].lead.properties.len() == 1 => format!("{word} on {resources}"),
        _ => resources,
    }
}

/// What a change brings, in a word.
fn gains(lead: &Change, block: &Block<'_>) -> String {
    if lead.action == Action::Create || block.bond != Bond::Alike {
        return String::new();
    }
    let heavy = |property: &&PropertyChange| !property.path.starts_with("tags");
    let drift = |property: &PropertyChange| property.cause == Cause::Drift;
    if lead.properties.iter().filter(heavy).any(drift) {
        return "drift undone".to_owned();
    }
    let mut told = lead.properties.iter().filter(heavy);
    match (told.next(), told.next()) {
        (Some(property), None) if !property.sensitive => match &property.after {
            Some(value @ (Value::Text(_) | Value::Int(_) | Value::Bool(_))) => {
                let word = property.path.split('.').next().unwrap_or("");
                format!("{word} {}", inline(value, Ids::Short))
            }
            _ => String::new(),
        },
        _ => String::new(),
    }
}
