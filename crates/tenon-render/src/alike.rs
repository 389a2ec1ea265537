//! When two cards read alike, and what they then say together.
//!
//! Instances of a fleet differ in numbers: their zone, their address. A fact
//! such as `zone 2` therefore counts as alike with `zone 1`, and a block says
//! `zones 1, 2`.

use std::collections::HashSet;
use std::fmt::Write as _;

use tenon_model::plan::{Change, Reason};
use tenon_model::rules::Disruption;

use crate::cards::Card;
use crate::words::{and, plural, thousands};

/// The differing numbers that are still listed.
const LISTED: usize = 6;
/// The numbers that are listed of more.
const EXAMPLES: usize = 3;

/// Returns a text that is equal for cards that read alike.
pub(crate) fn key(card: &Card<'_>) -> String {
    let lead = card.lead;
    let kin = lead
        .fleet
        .as_ref()
        .map_or(lead.address.collection(), |fleet| fleet.as_str());
    let mut key = format!("{}\n{kin}\n", lead.fleet.is_some());
    for change in card.changes() {
        let _ = writeln!(
            key,
            "{}|{:?}|{:?}|{}|{}",
            suffix(change),
            change.action,
            change.disruption,
            change.kind,
            reason(&change.reason)
        );
        for said in [&change.facts, &change.lost, &change.kept] {
            let stems: Vec<&str> = said.iter().map(|fact| split(fact).0).collect();
            let _ = writeln!(key, "{}", stems.join("|"));
        }
        key.push_str(&properties(change));
    }
    key
}

/// Returns a text that is equal for changes with equal properties.
pub(crate) fn properties(change: &Change) -> String {
    let mut key = String::new();
    for property in &change.properties {
        let json = |value: &Option<_>| value.as_ref().map(tenon_model::canonical::to_string);
        let _ = writeln!(
            key,
            "{}|{:?}|{:?}|{:?}|{}|{}",
            property.path,
            json(&property.before),
            json(&property.after),
            property.cause,
            property.disruption == Disruption::Replace,
            property.sensitive
        );
    }
    key
}

/// The name of a part within its entry: `disks.data`; empty for the entry.
pub(crate) fn suffix(change: &Change) -> &str {
    let rest = change.address.as_str().strip_prefix(change.entry.as_str());
    rest.unwrap_or("").trim_start_matches('.')
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::UsesReplaced { .. } => "uses".to_owned(),
        Reason::HandedOver { to } => format!("to {to}"),
        Reason::Asked => "asked".to_owned(),
        Reason::GoesBack { .. } => "goes back".to_owned(),
        Reason::NewDisk { .. } => "new disk".to_owned(),
        Reason::StopsFor { .. } => "stops".to_owned(),
        Reason::TakesAnew { .. } => "takes anew".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Splits a fact into words and a number or address at its end.
fn split(fact: &str) -> (&str, &str) {
    let number = |word: &str| {
        word.starts_with(|sign: char| sign.is_ascii_digit())
            && word
                .chars()
                .all(|sign| sign.is_ascii_digit() || sign == '.')
    };
    match fact.rsplit_once(' ') {
        Some((words, last)) if number(last) => (words, last),
        _ => (fact, ""),
    }
}

/// Returns what several changes say in the same words, once:
/// `zone 1` and `zone 2` become `zones 1 and 2`.
pub(crate) fn together<'a>(lists: impl Iterator<Item = &'a [String]>) -> Vec<String> {
    let mut said: Vec<(&str, Vec<&str>, HashSet<&str>)> = Vec::new();
    for list in lists {
        for (at, fact) in list.iter().enumerate() {
            let (words, number) = split(fact);
            if at == said.len() {
                said.push((words, Vec::new(), HashSet::new()));
            }
            let (_, numbers, known) = &mut said[at];
            if known.insert(number) {
                numbers.push(number);
            }
        }
    }
    said.iter()
        .map(|(words, numbers, _)| say(words, numbers))
        .collect()
}

fn say(words: &str, numbers: &[&str]) -> String {
    let listed = |numbers: &[&str]| numbers.iter().map(|number| (*number).to_owned()).collect();
    let mut listed: Vec<String> = match numbers {
        [""] | [] => return words.to_owned(),
        [one] => return format!("{words} {one}"),
        many if many.len() > LISTED => listed(&many[..EXAMPLES]),
        many => listed(many),
    };
    if numbers.len() > LISTED {
        listed.push(format!("{} more", thousands(numbers.len() - EXAMPLES)));
    }
    format!("{} {}", plural(words), and(&listed))
}
