//! What stands below the title of a block: properties, what is kept and lost,
//! what comes with it, and why.

use tenon_model::Address;
use tenon_model::plan::{Action, Change, Reason};
use tenon_model::rules::Disruption;

use super::property;
use super::reach;
use super::title::Title;
use crate::alike::{suffix, together};
use crate::cards::{Block, Bond};
use crate::layout::Layout;
use crate::words::{count, noun, thing};
use crate::{Depth, Role, Text, names};

/// The entries that are named as going before.
const BEFORE: usize = 3;

/// Adds the lines below the title.
pub(crate) fn details(block: &Block<'_>, title: &Title, layout: &Layout, text: &mut Text) {
    if block.bond == Bond::Bookkeeping {
        layout.listed(layout.indent, "", 0, Role::Dim, &title.which, text);
        return;
    }
    if block.action() == Action::Create {
        facts(block, layout, text);
    }
    property::properties(block, layout, text);
    waits(block, layout, text);
    if !title.which.is_empty() {
        layout.listed(layout.indent, "", 0, Role::Dim, &title.which, text);
    }
    consequences(block, title, layout, text);
    if layout.depth == Depth::Full {
        let id = block.first().lead.id.as_str().to_owned();
        layout.labelled("id", Role::Dim, &[id], text);
    }
}
/// Adds what a block means beside its properties: what comes with it, what is
/// kept and lost, why, and what goes before.
pub(crate) fn consequences(block: &Block<'_>, title: &Title, layout: &Layout, text: &mut Text) {
    match block.action() {
        Action::Create => with(block, layout, text),
        Action::Delete => gone(block, layout, text),
        _ => {
            kept_and_lost(block, layout, text);
            also(block, layout, text);
        }
    }
    why(block, layout, text);
    before(title, layout, text);
}

/// Adds what a reviewer wants to know of something new.
pub(crate) fn facts(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let facts = together(block.cards.iter().map(|card| card.lead.facts.as_slice()));
    if !facts.is_empty() {
        layout.listed(layout.indent, "", 0, Role::Plain, &facts, text);
    }
}

/// Names the parts that come with something new.
fn with(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let parts = parts(block, |part, alone, facts| {
        let mut said = called(part, alone);
        for fact in facts {
            said.push(' ');
            said.push_str(fact);
        }
        said
    });
    if !parts.is_empty() {
        let label = if block.cards.len() > 1 {
            "each with"
        } else {
            "with"
        };
        layout.labelled(label, Role::Plain, &parts, text);
    }
}

/// Names the parts of all cards, each once.
fn parts(block: &Block<'_>, say: impl Fn(&Change, bool, &[String]) -> String) -> Vec<String> {
    let alone = block.cards.len() == 1;
    let first = block.first();
    let facts = |at: usize| {
        let lists = block
            .cards
            .iter()
            .filter_map(move |card| card.parts.get(at));
        together(lists.map(|part| part.facts.as_slice()))
    };
    let parts = first.parts.iter().enumerate();
    parts
        .map(|(at, part)| say(part, alone, &facts(at)))
        .collect()
}

/// A part by what it is and what it is called: the name in the spec where it
/// has one, Azure's otherwise. The only subnet of a network is `network.subnet`,
/// which is no name.
fn called(part: &Change, alone: bool) -> String {
    let what = noun(part);
    let named = suffix(part).split_once('.').map(|(_, name)| name);
    match named.filter(|name| *name != what) {
        Some(name) => format!("{what} \"{}\"", name.replace(".versions.", " ")),
        // There is one, and Azure has no name for it.
        None if part.id.name() == "current" => what,
        // What lies in a directory is known there by names of ours.
        None if alone && part.id.directory().is_none() => format!("{what} {}", part.id.name()),
        None => what,
    }
}

fn gone(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let lost = lost(block);
    if !lost.is_empty() {
        let itself = noun(block.first().lead);
        let told = lost.iter().any(|item| item.starts_with(&itself));
        let mut items = if told { Vec::new() } else { vec![itself] };
        items.extend(lost);
        layout.labelled("lost", Role::Delete, &items, text);
    }
    let also = parts(block, |part, alone, _| called(part, alone));
    if !also.is_empty() {
        layout.labelled("also", Role::Plain, &also, text);
    }
}

fn lost(block: &Block<'_>) -> Vec<String> {
    each_once(block, |change| &change.lost)
}

/// What the changes of a block say, in words, entry first, parts after it,
/// the same only once.
fn each_once(block: &Block<'_>, of: impl Fn(&Change) -> &Vec<String>) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let all: Vec<Vec<&Change>> = block
        .cards
        .iter()
        .map(|card| card.changes().collect())
        .collect();
    for at in 0..all[0].len() {
        let lists = all.iter().filter_map(|changes| changes.get(at));
        let lists: Vec<Vec<String>> = lists
            .map(|change| of(change).iter().map(|item| thing(item)).collect())
            .collect();
        for item in together(lists.iter().map(Vec::as_slice)) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    items
}

fn kept_and_lost(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let mut kept = each_once(block, |change| &change.kept);
    for item in &mut kept {
        if item.starts_with("old OS disk for") {
            item.push_str(&format!(" (tenon rollback {})", going_back(block)));
        }
    }
    if !kept.is_empty() {
        layout.labelled("kept", Role::Good, &kept, text);
    }
    let mut lost = lost(block);
    for item in &mut lost {
        // The disk is made anew, what was on it is not.
        match item.as_str() {
            "OS disk" => item.push_str(" contents"),
            "OS disks" => "OS disk contents".clone_into(item),
            _ => {}
        }
    }
    if !lost.is_empty() {
        layout.labelled("lost", Role::Delete, &lost, text);
    }
}

/// What to name to go back: a machine, or the fleet of several.
fn going_back<'p>(block: &Block<'p>) -> &'p Address {
    let lead = block.first().lead;
    let fleet = lead.fleet.as_ref().filter(|_| block.cards.len() > 1);
    fleet.unwrap_or(&lead.address)
}

/// Says how the new model of a scale set reaches its instances, or that it is
/// for new ones only.
pub(crate) fn waits(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let lead = block.first().lead;
    if let Some(reach) = &lead.reach {
        layout.labelled("reaches", Role::Plain, &[reach::words(reach)], text);
        return;
    }
    let properties = lead.properties.iter();
    let mut waiting = properties.filter(|one| one.disruption == Disruption::None);
    if lead.kind == "scale_set" && lead.action.is_in_place() && waiting.next().is_some() {
        let said = ["instances keep the old model until they are upgraded".to_owned()];
        layout.labelled("note", Role::Plain, &said, text);
    }
}

/// Names the parts that share what happens to the entry without a property of
/// their own to show it.
fn also(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    if block.action() == Action::Replace {
        let also = parts(block, |part, alone, _| called(part, alone));
        if !also.is_empty() {
            layout.labelled("also", Role::Replace, &also, text);
        }
    }
}

/// The reasons that neither title nor properties tell.
fn why(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let lead = block.first().lead;
    let said = match &lead.reason {
        Reason::UsesReplaced { .. } => {
            let used = block
                .cards
                .iter()
                .filter_map(|card| match &card.lead.reason {
                    Reason::UsesReplaced { address } => Some(address.as_str()),
                    _ => None,
                });
            let mut used: Vec<&str> = used.collect();
            used.dedup();
            let used = names::title(used);
            let mut parts = block.cards.iter().flat_map(|card| &card.parts);
            let asked = match parts.any(|part| part.reason == Reason::Asked) {
                true => " because that was asked for",
                false => "",
            };
            vec![
                format!("it uses {used}, which is replaced{asked}"),
                "and Azure lets go of nothing that is in use".to_owned(),
            ]
        }
        Reason::Unfinished { state } if state.is_empty() => {
            vec!["an earlier attempt was cut off".to_owned()]
        }
        Reason::Unfinished { state } if state.ends_with("ing") => {
            vec![format!(
                "Azure is still at it ({state}); apply waits for the end of that"
            )]
        }
        Reason::Unfinished { state } => {
            vec![format!(
                "an earlier attempt did not end well: Azure says {state}"
            )]
        }
        Reason::Asked if lead.action == Action::Replace || lead.reach.is_some() => {
            vec!["it was asked for: nothing else forces it".to_owned()]
        }
        Reason::GoesBack { .. } if lead.action == Action::Create => vec![
            "it is made with the old OS disk, as that stands: accounts and data are those on it"
                .to_owned(),
        ],
        Reason::GoesBack { .. } => vec![
            "in place: Azure swaps the OS disk of a machine that is deallocated".to_owned(),
            "it stays the same machine with its identity, addresses and data disks".to_owned(),
        ],
        Reason::NewDisk { .. } => vec![
            "in place, as the image is specialized: the machine gets a new OS disk of it"
                .to_owned(),
            "it stays the same machine with its identity, addresses and data disks".to_owned(),
        ],
        Reason::StopsFor { addresses } => {
            let disks = names::title(addresses.iter().map(Address::as_str));
            vec![format!(
                "{disks} changes, and Azure takes that only while it stands still"
            )]
        }
        Reason::Undecided {
            properties,
            waiting,
        } => undecided(properties, waiting),
        Reason::TakesAnew { addresses } => {
            let used = names::title(addresses.iter().map(Address::as_str));
            vec![format!(
                "{used} is replaced: it lets go of the old one and takes the new one"
            )]
        }
        Reason::LeftStopped => {
            vec!["an earlier run stopped it and did not come to start it again".to_owned()]
        }
        Reason::Behind { instances } => vec![format!(
            "{} {} another model: an upgrade was cut off or ended badly",
            count(*instances, "instance"),
            if *instances == 1 { "has" } else { "have" },
        )],
        Reason::ImmutableChanged { properties } if lead.properties.is_empty() => {
            vec![format!("fixed when it is made: {}", properties.join(", "))]
        }
        _ => return,
    };
    layout.labelled("why", Role::Plain, &said, text);
}

/// What nobody knows yet, and what follows from it.
fn undecided(properties: &[String], waiting: &[Address]) -> Vec<String> {
    let mut said = vec![
        format!("{} is known only when it runs", properties.join(", ")),
        "if it differs, it takes a replace: apply stops there, and the next plan shows it"
            .to_owned(),
    ];
    if !waiting.is_empty() {
        let others = names::title(waiting.iter().map(Address::as_str));
        said.push(format!("then what comes after it is not begun: {others}"));
    }
    said
}

fn before(title: &Title, layout: &Layout, text: &mut Text) {
    let folded = names::fold(title.pace.after.iter().map(String::as_str), 3);
    let more = folded.len().saturating_sub(BEFORE);
    let mut items: Vec<String> = folded.into_iter().take(BEFORE).collect();
    if let Some(first) = items.first_mut() {
        *first = format!("after {first}");
    }
    if more > 0 {
        items.push(format!("{more} more"));
    }
    if let Some(next) = &title.pace.next {
        items = vec![match items.is_empty() {
            true => next.clone(),
            false => format!("{}; {next}", items.join(", ")),
        }];
    }
    if !items.is_empty() {
        layout.labelled("order", Role::Plain, &items, text);
    }
    if !title.pace.waves.is_empty() {
        layout.labelled("waves", Role::Plain, &title.pace.waves, text);
    }
}
