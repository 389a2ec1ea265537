//! The table by machine: what happens to whom, and which line of the spec says
//! so.

use std::collections::BTreeSet;

use tenon_model::plan::{Action, Cause, Change, Reason};
use tenon_model::rules::Disruption;
use tenon_model::value::Value;

use super::Page;
use super::budget::Level;
use super::markdown::{code, codes, link};
use crate::cards::{Block, Bond};
use crate::names;
use crate::plan::title::place;
use crate::text::cut_middle;
use crate::value::{Ids, inline};
use crate::words::{count, noun, plural, thousands, verb};

/// Rows that a person reads.
const ROWS: usize = 40;
/// Names in a cell.
const NAMED: usize = 6;
/// Properties in a cell.
const PROPERTIES: usize = 3;

/// Returns the table; none where nothing changes.
pub(super) fn table(page: &Page<'_>, level: Level) -> Option<String> {
    if page.blocks.is_empty() || level == Level::Counts {
        return None;
    }
    let (own, rest): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        page.blocks.iter().partition(|block| has_own_row(block));
    let mut rows: Vec<String> = own
        .iter()
        .take(ROWS)
        .map(|block| row(page, block))
        .collect();
    if own.len() > ROWS {
        let more = own.len() - ROWS;
        rows.push(format!("| | | {} more | below |", thousands(more)));
    }
    rows.extend(others(page, &rest));
    let head = "| | What | Change | Why |\n|---|---|---|---|";
    Some(format!("{head}\n{}", rows.join("\n")))
}

/// What lets somebody in, as reviewers of rights look for it.
const LETS_IN: [&str; 3] = ["role", "service principal", "sharing"];

/// Machines, whatever lets somebody in, and whatever is lost or stops.
fn has_own_row(block: &Block<'_>) -> bool {
    let lead = block.first().lead;
    let harmless = block.disruption() < Disruption::Restart
        && !matches!(block.action(), Action::Delete | Action::Replace);
    let kind = lead.kind.as_str();
    let told = matches!(kind, "vm" | "scale_set") || LETS_IN.contains(&kind);
    !harmless || (block.bond == Bond::Alike && told)
}

fn row(page: &Page<'_>, block: &Block<'_>) -> String {
    format!(
        "| {} | {} | {} | {} |",
        sign(block.action(), block.disruption()),
        called(block),
        what(block),
        why(page, block)
    )
}

/// A coloured square with the word beside it, for those who see no colours.
fn sign(action: Action, disruption: Disruption) -> String {
    let (square, word) = match (action, disruption) {
        (Action::Delete, _) => ("🟥", "delete"),
        (Action::Replace, _) => ("🟪", "replace"),
        (Action::Update | Action::Adopt, Disruption::Deallocate) => ("🟧", "stop and start"),
        (Action::Update | Action::Adopt, Disruption::Restart) => ("🟧", "restart"),
        (Action::Create, _) => ("🟩", "create"),
        (Action::Update, _) => ("🟨", "no restart"),
        (action, _) => ("🟨", verb(action)),
    };
    format!("{square} {word}")
}

fn called(block: &Block<'_>) -> String {
    let folded = names::fold(block.names(), 4);
    let lead = block.first().lead;
    let what = if lead.kind == "vm" {
        String::new()
    } else {
        format!("{} ", noun(lead))
    };
    let shown = folded.iter().take(NAMED).map(|name| names::short(name));
    let mut said = format!("{what}{}", codes(shown));
    if folded.len() > NAMED {
        said = format!("{said} and {} more", thousands(folded.len() - NAMED));
    }
    said
}

/// What becomes of it, in a cell.
fn what(block: &Block<'_>) -> String {
    let card = block.first();
    match block.action() {
        Action::Create => return facts(card.lead),
        Action::Delete => {
            let parts: BTreeSet<String> = card.parts.iter().map(|part| noun(part)).collect();
            let parts: Vec<String> = parts.into_iter().collect();
            return match parts.is_empty() {
                true => noun(card.lead),
                false => format!("{}, {}", noun(card.lead), parts.join(", ")),
            };
        }
        _ => {}
    }
    let mut properties: Vec<_> = card
        .changes()
        .flat_map(|change| change.properties.iter().map(move |one| (change, one)))
        .collect();
    // What decides comes first, in the order of the plan otherwise.
    properties.sort_by_key(|(_, one)| std::cmp::Reverse(one.disruption));
    let mut said: Vec<String> = properties
        .iter()
        .take(PROPERTIES)
        .map(|(_, one)| {
            let path = code(&one.path);
            if one.sensitive || is_late(&one.before) || is_late(&one.after) {
                return format!("{path} changes");
            }
            match (&one.before, &one.after) {
                (Some(before), Some(after)) if is_short(before) && is_short(after) => {
                    format!("{path} {} → {}", value(before), value(after))
                }
                (None, Some(after)) if is_short(after) => format!("{path} {}", value(after)),
                (Some(_), None) => format!("{path} removed"),
                _ => format!("{path} changes"),
            }
        })
        .collect();
    if properties.len() > PROPERTIES {
        said.push(format!("{} more", properties.len() - PROPERTIES));
    }
    if said.is_empty() {
        return facts(card.lead);
    }
    said.join("<br>")
}

fn facts(change: &Change) -> String {
    match change.facts.is_empty() {
        true => noun(change),
        false => code(&some_facts(&change.facts)),
    }
}

/// As many facts as a cell holds, whole ones.
fn some_facts(facts: &[String]) -> String {
    const CELL: usize = 90;
    let mut said = String::new();
    for (at, fact) in facts.iter().enumerate() {
        if at > 0 && said.len() + 2 + fact.len() > CELL {
            said.push_str(", …");
            break;
        }
        if at > 0 {
            said.push_str(", ");
        }
        said.push_str(&cut_middle(fact, CELL));
    }
    said
}

fn is_late(value: &Option<Value>) -> bool {
    value.as_ref().is_some_and(Value::has_later)
}

fn is_short(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

fn value(value: &Value) -> String {
    code(&cut_middle(&inline(value, Ids::Short), 48))
}

fn why(page: &Page<'_>, block: &Block<'_>) -> String {
    let lead = block.first().lead;
    let mut said = match &lead.reason {
        Reason::Unnamed => vec!["removed from the spec".to_owned()],
        Reason::Destroyed => vec!["destroy".to_owned()],
        Reason::Asked | Reason::HandedOver { .. } => vec!["asked for".to_owned()],
        Reason::KeptLongEnough => vec!["nothing goes back to it any more".to_owned()],
        Reason::Succeeded { by } => vec![format!("{} has taken its place", code(by.as_str()))],
        _ => vec![line(page, lead)],
    };
    let causes = block.changes().flat_map(|change| &change.properties);
    let causes: BTreeSet<Cause> = causes.map(|property| property.cause).collect();
    for (cause, words) in [
        (Cause::Lock, "`tenon.lock`"),
        (Cause::Drift, "drift undone"),
        (Cause::Default, "default again"),
    ] {
        if causes.contains(&cause) {
            said.push(words.to_owned());
        }
    }
    said.join(", ")
}

/// The line that decides, as a link where the host has one to offer.
pub(super) fn line(page: &Page<'_>, change: &Change) -> String {
    let place = place(change);
    let words = format!("{}:{}", place.file, place.line);
    match &page.around.links {
        Some(links) if !place.file.is_empty() => {
            let address = links.line(page.around.dialect, &place.file, place.line);
            link(&code(&words), &address)
        }
        _ => code(&words),
    }
}

/// Everything else, a row for each action.
fn others(page: &Page<'_>, rest: &[&Block<'_>]) -> Vec<String> {
    let mut rows = Vec::new();
    for action in [
        Action::Update,
        Action::Create,
        Action::Adopt,
        Action::Forget,
    ] {
        let mine: Vec<&&Block<'_>> = rest.iter().filter(|b| b.action() == action).collect();
        let Some(first) = mine.first() else {
            continue;
        };
        if let [one] = mine.as_slice()
            && one.cards.len() == 1
        {
            rows.push(row(page, one));
            continue;
        }
        let number: usize = mine.iter().map(|block| block.changes().count()).sum();
        let mut sorts: Vec<String> = Vec::new();
        for change in mine.iter().flat_map(|block| block.changes()) {
            let sort = noun(change);
            if !sorts.contains(&sort) {
                sorts.push(sort);
            }
        }
        let who = match sorts.as_slice() {
            [one] => count(number, one),
            _ => format!("{} ({})", count(number, "resource"), some(&sorts)),
        };
        let what = match action {
            Action::Update => of_properties(&mine),
            Action::Create => String::new(),
            Action::Adopt => "it gets our marker".to_owned(),
            _ => "it stays in Azure".to_owned(),
        };
        let sign = sign(action, Disruption::None);
        rows.push(format!(
            "| {sign} | {who} | {what} | {} |",
            why(page, first)
        ));
    }
    rows
}

fn some(sorts: &[String]) -> String {
    let listed: Vec<String> = sorts.iter().take(NAMED).map(|one| plural(one)).collect();
    let more = if sorts.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", listed.join(", "))
}

/// Which properties change, each once.
fn of_properties(blocks: &[&&Block<'_>]) -> String {
    let mut paths: Vec<&str> = Vec::new();
    let all = blocks.iter().flat_map(|block| block.changes());
    for property in all.flat_map(|change| &change.properties) {
        if !paths.contains(&property.path.as_str()) {
            paths.push(&property.path);
        }
    }
    let shown = codes(paths.iter().take(NAMED).copied());
    match paths.len().checked_sub(NAMED) {
        Some(more) if more > 0 => format!("{shown} and {} more", thousands(more)),
        _ => shown,
    }
}
