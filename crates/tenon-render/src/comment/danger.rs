//! What is lost, rebuilt and stopped: in front of everything, and never left
//! out.

use tenon_model::plan::Action;
use tenon_model::rules::Disruption;

use super::budget::Level;
use super::markdown::{code, words};
use super::{Dialect, Page};
use crate::cards::Block;
use crate::names;
use crate::plan::order::Order;
use crate::plan::summary::{contents, given_up, losses, nouns};
use crate::words::{and, count, thing, thousands};

/// Names in a row that are still told as they are.
const RUN: usize = 4;

/// Returns the warning; none where nothing is lost and nothing stops.
pub(super) fn danger(page: &Page<'_>, level: Level) -> Option<String> {
    let order = Order::of(page.plan);
    let mut said = Vec::new();
    for block in &page.blocks {
        let who = called(block, level);
        match (block.action(), block.disruption()) {
            (Action::Delete, _) => said.push(deleted(block, &who)),
            (Action::Replace, _) => said.push(replaced(block, &who, &order)),
            (_, Disruption::Restart) => said.push(format!("**Restarts** {who}.")),
            (_, Disruption::Deallocate) => {
                said.push(format!("**Stops and starts** {who}."));
            }
            _ => {}
        }
        let lost = given_up(block);
        if !matches!(block.action(), Action::Delete | Action::Replace) && !lost.is_empty() {
            let lost: Vec<String> = lost.iter().map(|one| code(one)).collect();
            said.push(format!("**Gives up** {}.", and(&lost)));
        }
    }
    if said.is_empty() {
        return None;
    }
    let destroys = page.blocks.iter().any(loses);
    Some(framed(page.around.dialect, destroys, &said))
}

fn loses(block: &Block<'_>) -> bool {
    matches!(block.action(), Action::Delete | Action::Replace) || !given_up(block).is_empty()
}

/// The frame that a host shows in colour.
fn framed(dialect: Dialect, destroys: bool, said: &[String]) -> String {
    // Few are read as a sentence, more as a list.
    const SENTENCES: usize = 3;
    let listed = said.len() > SENTENCES;
    let body: Vec<String> = match listed {
        true => said.iter().map(|one| format!("> - {one}")).collect(),
        false => vec![format!("> {}", said.join(" "))],
    };
    let head = match (dialect, destroys) {
        (Dialect::GitHub, true) => "> [!CAUTION]",
        (Dialect::GitHub, false) => "> [!WARNING]",
        (_, true) => "> **Caution:**",
        (_, false) => "> **Warning:**",
    };
    match dialect {
        Dialect::GitHub => format!("{head}\n{}", body.join("\n")),
        // A blank line begins the list that follows a paragraph.
        _ if listed => format!("{head}\n>\n{}", body.join("\n")),
        _ => format!("{head} {}", body.join("\n").trim_start_matches("> ")),
    }
}

/// `VM jump with its OS disk and public IP`.
fn deleted(block: &Block<'_>, who: &str) -> String {
    let with = contents(block);
    let its = if block.cards.len() > 1 {
        "each with"
    } else {
        "with its"
    };
    let with = match with.is_empty() {
        true => String::new(),
        false => format!(", {its} {}", plain(&with)),
    };
    format!("**Destroys** {} {who}{with}.", nouns(block))
}

fn replaced(block: &Block<'_>, who: &str, order: &Order<'_>) -> String {
    let pace = order.pace(block);
    let number = block.cards.len();
    let how = match pace.at_a_time {
        Some(1) => " one at a time",
        Some(all) if all == number => " all at the same time",
        Some(some) => &format!(" {} at a time", thousands(some)),
        None => "",
    };
    let beside = if pace.beside {
        ", the new one first"
    } else {
        ""
    };
    let lead = block.first().lead;
    let what = if lead.kind == "vm" {
        String::new()
    } else {
        format!("{} ", nouns(block))
    };
    let mut said = format!("**Rebuilds** {what}{who}{how}{beside}");
    let lost = losses(block);
    if !lost.is_empty() {
        said = format!("{said}; lost: {}", plain(&lost));
    }
    let kept = kept(block);
    if !kept.is_empty() {
        said = format!("{said}; kept: {}", plain(&kept));
    }
    format!("{said}.")
}

/// What survives, without the numbers in it.
fn kept(block: &Block<'_>) -> Vec<String> {
    let mut once = Vec::new();
    let said = block.first().changes().flat_map(|change| &change.kept);
    for item in said {
        let item = thing(item);
        // An address that is kept is a fact for the details.
        let said: Vec<&str> = item
            .split(' ')
            .take_while(|word| word.parse::<std::net::IpAddr>().is_err())
            .collect();
        let item = said.join(" ");
        if !item.is_empty() && !once.contains(&item) {
            once.push(item);
        }
    }
    once
}

/// Words of ours, in which names of the spec may stand.
fn plain(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| words(item)).collect();
    and(&items)
}

/// The names of a block; fleets by their numbers where there is no room.
fn called(block: &Block<'_>, level: Level) -> String {
    if level.counts_names() && block.cards.len() > RUN {
        return by_family(block);
    }
    let folded = names::fold(block.names(), RUN);
    let folded: Vec<String> = folded.iter().map(|name| code(names::short(name))).collect();
    folded.join(", ")
}

/// `40 of web`, where names would not fit.
fn by_family(block: &Block<'_>) -> String {
    let lead = block.first().lead;
    let number = thousands(block.cards.len());
    match &lead.fleet {
        Some(fleet) => format!("{number} of {}", code(names::short(fleet.as_str()))),
        None => count(block.cards.len(), "entry").replacen("entrys", "entries", 1),
    }
}
