//! The first line of a block: what happens to whom, and where the spec says
//! so.

use tenon_model::Place;
use tenon_model::plan::{Action, Cause, Change, PropertyChange, Reach, Reason};
use tenon_model::rules::Disruption;

use super::order::{Order, Pace};
use crate::cards::{Block, Bond};
use crate::layout::Layout;
use crate::text::width;
use crate::words::{count, effect, noun, role, symbol, thousands, verb};
use crate::{Depth, Role, Text, names};

/// The widest column of names that others are moved right for.
const NAMES: usize = 34;

/// The first line of a block.
pub(crate) struct Title {
    action: Action,
    /// The names, as far as there is room.
    pub(crate) names: String,
    /// The names, when there was no room for them.
    pub(crate) which: Vec<String>,
    /// What happens.
    pub(crate) what: String,
    /// Whether something is lost or stops.
    pub(crate) danger: bool,
    /// Where the spec says so.
    pub(crate) source: String,
    /// How the cards follow each other.
    pub(crate) pace: Pace,
}

/// Where the columns of all titles begin.
pub(crate) struct Columns {
    what: usize,
    source: usize,
}

/// Returns the titles of all blocks.
pub(crate) fn titles<'a>(blocks: &[Block<'a>], order: &Order<'a>, layout: &Layout) -> Vec<Title> {
    let others = blocks.len() > 1;
    blocks
        .iter()
        .map(|block| title(block, order, others, layout))
        .collect()
}

fn title<'a>(block: &Block<'a>, order: &Order<'a>, others: bool, layout: &Layout) -> Title {
    let disruptive = block.disruption() >= Disruption::Restart;
    let pace = match block.action() {
        Action::Replace => order.pace(block),
        Action::Update if disruptive => order.pace(block),
        _ => Pace::default(),
    };
    let (names, which) = named(block, others, layout);
    Title {
        action: block.action(),
        names,
        which,
        what: what(block, &pace),
        danger: disruptive || block.action() == Action::Delete,
        source: source(block),
        pace,
    }
}

/// The names for the title, and those that find no room in it.
fn named(block: &Block<'_>, others: bool, layout: &Layout) -> (String, Vec<String>) {
    let title = names::title(block.names());
    let room = if layout.is_narrow() {
        layout.width - 8
    } else {
        layout.width * 2 / 5
    };
    let fits = width(&title) <= room;
    let one_fleet = block.cards.iter().all(|card| {
        card.lead.address == card.lead.entry && card.lead.fleet == block.first().lead.fleet
    });
    if layout.depth == Depth::Full || fits && (block.cards.len() == 1 || one_fleet) {
        return (title, Vec::new());
    }
    let number = block.cards.len();
    let said = match (block.bond, &block.first().lead.fleet) {
        (Bond::Alike, Some(fleet)) => {
            format!("{} of {fleet}", count(number, &noun(block.first().lead)))
        }
        (Bond::Alike, None) if number == 1 => title,
        (Bond::Alike, None) => count(number, &noun(block.first().lead)),
        _ if others => count(number, "more resource"),
        _ => count(number, "resource"),
    };
    (said, names::fold(block.names(), 3))
}

fn what(block: &Block<'_>, pace: &Pace) -> String {
    let lead = block.first().lead;
    let number = block.cards.len();
    let mut said = match &lead.reason {
        Reason::HandedOver { to } => format!("hand over to {to}"),
        _ => verb(block.action()).to_owned(),
    };
    let many = number > 3 && block.bond == Bond::Alike;
    if many {
        said = format!("{said} {}", count(number, &noun(lead)));
    }
    let effect = match block.action() {
        Action::Replace if pace.beside => "the new one first".to_owned(),
        _ if block.bond == Bond::Bookkeeping => "only our marker".to_owned(),
        Action::Update if matches!(lead.reason, Reason::Undecided { .. }) => {
            "may take a replace".to_owned()
        }
        Action::Update if lead.reason == Reason::LeftStopped => {
            format!("starts the {}", machine(block))
        }
        Action::Update if matches!(lead.reason, Reason::Behind { .. }) => {
            "brings its model to its instances".to_owned()
        }
        Action::Update if matches!(lead.reach, Some(Reach::Reimage { .. })) => {
            "reimages its instances".to_owned()
        }
        Action::Update => effect(block.disruption(), &machine(block), number > 1),
        Action::Adopt if lead.properties.is_empty() => "it only gets our marker".to_owned(),
        Action::Adopt => effect(block.disruption(), &machine(block), number > 1),
        Action::Forget => "it stays in Azure".to_owned(),
        _ => String::new(),
    };
    if !effect.is_empty() {
        said = format!("{said}, {effect}");
    }
    match pace.at_a_time {
        Some(1) => format!("{said}, one at a time"),
        Some(all) if all == number => format!("{said}, all at the same time"),
        Some(some) => format!("{said}, {} at a time", thousands(some)),
        None => said,
    }
}

/// What restarts: the machine, also when it is a part of one that changes.
fn machine(block: &Block<'_>) -> String {
    let card = block.first();
    let worst = card
        .changes()
        .find(|change| change.disruption == card.disruption());
    noun(worst.unwrap_or(card.lead))
}

/// Where the spec says so.
fn source(block: &Block<'_>) -> String {
    let lead = block.first().lead;
    match &lead.reason {
        Reason::Unnamed => format!("removed from {}", lead.place.file),
        Reason::Destroyed => String::new(),
        Reason::Succeeded { by } => format!("`{by}` has taken its place"),
        Reason::KeptLongEnough => "nothing goes back to it any more".to_owned(),
        // Nothing in the spec says so.
        Reason::Asked | Reason::HandedOver { .. } if block.action() == Action::Forget => {
            String::new()
        }
        _ => lines(block),
    }
}

/// The line that decides what happens: of the property that weighs most, or of
/// the entry.
pub(crate) fn place(change: &Change) -> &Place {
    let property = change.properties.iter().rev().max_by_key(|p| weight(p));
    let written = property.and_then(|property| property.place.as_ref());
    let own = written.filter(|place| place.file == change.place.file);
    own.unwrap_or(&change.place)
}

fn lines(block: &Block<'_>) -> String {
    let place = |change: &Change| {
        let place = place(change);
        (place.file.clone(), place.line)
    };
    let first = place(block.first().lead);
    let mut last = first.1;
    let mut least = first.1;
    for card in &block.cards {
        let (file, line) = place(card.lead);
        if file != first.0 {
            return format!("{}:{} and others", first.0, first.1);
        }
        last = last.max(line);
        least = least.min(line);
    }
    if least == last {
        format!("{}:{least}", first.0)
    } else {
        format!("{}:{least}–{last}", first.0)
    }
}

/// How much a property decides what happens.
fn weight(property: &PropertyChange) -> (Disruption, bool) {
    (
        property.disruption.max(Disruption::Hot),
        property.cause == Cause::Drift,
    )
}

impl Columns {
    /// Returns the columns that suit all titles.
    pub(crate) fn of(titles: &[Title], layout: &Layout) -> Self {
        let start = layout.symbol + 2;
        let names = titles
            .iter()
            .map(|title| width(&title.names))
            .filter(|w| *w <= NAMES);
        let what = start + names.max().unwrap_or(0).max(12) + 3;
        let whats = titles.iter().map(|title| width(&title.what)).max();
        let sources = titles.iter().map(|title| width(&title.source)).max();
        let room = layout.width.saturating_sub(sources.unwrap_or(0));
        Self {
            what,
            source: (what + whats.unwrap_or(0) + 3).min(room),
        }
    }
}

impl Title {
    /// Adds the line; on narrow pages, two or three.
    pub(crate) fn render(&self, columns: &Columns, layout: &Layout, text: &mut Text) {
        let role = role(self.action);
        let sign = symbol(self.action);
        let mut line = layout.line();
        line.pad_to(layout.symbol.saturating_sub(sign.len().max(2)), 0);
        line.push(role, sign).pad_to(layout.symbol + 2, 0);
        line.push(Role::Address, &self.names);
        let start = columns.what.max(line.width() + 3);
        if start + width(&self.what) > layout.width {
            text.push(std::mem::replace(&mut line, layout.line()));
            line.pad_to(layout.indent, 0);
        } else {
            line.pad_to(start, 0);
        }
        let loud = if self.danger { role } else { Role::Plain };
        line.push(loud, &self.what);
        if self.source.is_empty() {
            text.push(line);
            return;
        }
        let start = columns.source.max(line.width() + 3);
        if start + width(&self.source) > layout.width {
            text.push(std::mem::replace(&mut line, layout.line()));
            line.pad_to(layout.indent, 0);
        } else {
            line.pad_to(start, 0);
        }
        line.push(Role::Dim, &self.source);
        text.push(line);
    }
}
