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
use crate::words::{and, count, noun, thing, thousands};

/// Names in a row that are still told as they are.
const RUN: usize = 4;

/// Returns the warning; none where nothing is lost and nothing stops.
pub(super) fn danger(page: &Page<'_>, level: Level) -> Option<String> {
    let said = match level.counts_names() {
        true => by_family(page),
        false => one_by_one(page),
    };
    if said.is_empty() {
        return None;
    }
    let destroys = page.blocks.iter().any(loses);
    Some(framed(page.around.dialect, destroys, &said))
}

fn one_by_one(page: &Page<'_>) -> Vec<String> {
    let mut said = Vec::new();
    for block in &page.blocks {
        let who = called(block);
        match verb(block) {
            Some("Destroys") => said.push(deleted(block, &who)),
            Some("Rebuilds") => said.push(replaced(block, &who, &page.order)),
            Some(verb) => said.push(format!("**{verb}** {who}.")),
            None => {}
        }
        let lost = given_up(block);
        if !matches!(block.action(), Action::Delete | Action::Replace) && !lost.is_empty() {
            let lost: Vec<String> = lost.iter().map(|one| code(one)).collect();
            said.push(format!("**Gives up** {}.", and(&lost)));
        }
    }
    said
}

/// Numbers by fleet and by section, where the names would not fit.
fn by_family(page: &Page<'_>) -> Vec<String> {
    let mut families: Vec<(&str, String, &str, usize)> = Vec::new();
    for block in &page.blocks {
        let Some(verb) = verb(block) else {
            continue;
        };
        let lead = block.first().lead;
        let fleet = lead
            .fleet
            .as_ref()
            .map(|fleet| names::short(fleet.as_str()));
        let family = fleet.unwrap_or(lead.address.collection());
        let noun = noun(lead);
        let alike = families
            .iter_mut()
            .find(|(v, n, f, _)| *v == verb && *n == noun && *f == family);
        match alike {
            Some((.., number)) => *number += block.cards.len(),
            None => families.push((verb, noun, family, block.cards.len())),
        }
    }
    let said = families.iter().map(|(verb, noun, family, number)| {
        format!("**{verb}** {} of {}.", count(*number, noun), code(family))
    });
    said.collect()
}

/// What a block does to something that runs or holds data; none if nothing.
fn verb(block: &Block<'_>) -> Option<&'static str> {
    Some(match (block.action(), block.disruption()) {
        (Action::Delete, _) => "Destroys",
        (Action::Replace, _) => "Rebuilds",
        (_, Disruption::Restart) => "Restarts",
        (_, Disruption::Deallocate) => "Stops and starts",
        _ => return None,
    })
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
    let lost: Vec<String> = losses(block).into_iter().map(contents_of_disks).collect();
    if !lost.is_empty() {
        said = format!("{said}; lost: {}", plain(&lost));
    }
    let kept = kept(block);
    if !kept.is_empty() {
        said = format!("{said}; kept: {}", plain(&kept));
    }
    format!("{said}.")
}

/// A disk is made anew, what was on it is not.
fn contents_of_disks(lost: String) -> String {
    match lost.strip_suffix('s').unwrap_or(&lost) {
        "OS disk" => "OS disk contents".to_owned(),
        _ => lost,
    }
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

/// The names of a block.
fn called(block: &Block<'_>) -> String {
    let folded = names::fold(block.names(), RUN);
    let folded: Vec<String> = folded.iter().map(|name| code(names::short(name))).collect();
    folded.join(", ")
}
