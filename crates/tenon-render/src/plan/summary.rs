//! The last lines of a plan, enough to say yes or no.

use std::fmt::Write as _;

use tenon_model::diagnostic::has_errors;
use tenon_model::plan::{Action, Plan, Summary};
use tenon_model::rules::Disruption;

use super::header::{left_out, revision};
use super::takes::takes;
use crate::cards::{self, Block};
use crate::layout::Layout;
use crate::text::width;
use crate::words::{count, noun, plural, role, symbol, thing, thousands, verb};
use crate::{Line, Role, Text, names};

/// Where rows begin, after their labels.
const START: usize = 12;

/// Returns the summary.
pub(crate) fn summary(plan: &Plan, layout: &Layout) -> Text {
    let mut text = Text::new();
    let blocks = cards::blocks(&plan.changes);
    text.push(layout.line().with(Role::Heading, "Summary"));
    if let Some(preview) = &plan.preview {
        let said = format!(
            "a preview against {}; apply needs a plan against Azure",
            revision(preview)
        );
        row("status", Role::Warning, &[said], layout, &mut text);
    }
    if !plan.applyable && (plan.preview.is_none() || has_errors(&plan.diagnostics)) {
        let errors = plan.diagnostics.iter().filter(|d| d.is_error()).count();
        let said = match errors {
            0 => "not applyable; apply refuses this plan".to_owned(),
            _ => format!(
                "not applyable: {}; apply refuses this plan",
                count(errors, "error")
            ),
        };
        row("status", Role::Error, &[said], layout, &mut text);
    }
    if let Some(partial) = &plan.partial {
        let said = left_out(partial);
        row("scope", Role::Warning, &[said], layout, &mut text);
    }
    let rows = [
        ("destroys", Role::Delete, destroys(&blocks)),
        ("replaces", Role::Replace, replaces(&blocks)),
        ("restarts", Role::Update, restarts(&blocks)),
        ("plan", Role::Plain, totals(&plan.summary)),
    ];
    for (label, role, items) in rows {
        row(label, role, &items, layout, &mut text);
    }
    machines(&blocks, layout, &mut text);
    if let Some(forecast) = &plan.takes {
        let said = takes(forecast);
        row("takes", Role::Plain, &[said], layout, &mut text);
    }
    if !plan.digest.is_empty() && plan.preview.is_none() {
        row("digest", Role::Dim, &[digest(plan)], layout, &mut text);
    }
    text
}

/// Adds a row of items, broken between items where that helps, and within
/// them only at commas.
fn row(label: &str, role: Role, items: &[String], layout: &Layout, text: &mut Text) {
    if items.is_empty() {
        return;
    }
    let mut line = layout.line();
    line.pad_to(2, 0).push(Role::Dim, label).pad_to(START, 0);
    for (index, item) in items.iter().enumerate() {
        let end = if index + 1 < items.len() { ";" } else { "" };
        let fits = |line: &Line, piece: &str| {
            line.width() == START || line.width() + 1 + width(piece) + end.len() <= layout.width
        };
        let whole = START + width(item) <= layout.width;
        let pieces: Vec<&str> = if whole {
            vec![item]
        } else {
            item.split_inclusive(", ").collect()
        };
        for piece in pieces {
            let piece = piece.trim_end();
            if !fits(&line, piece) {
                text.push(std::mem::replace(&mut line, layout.line()));
            }
            let gap = usize::from(line.width() > START);
            line.pad_to(START, gap).push(role, piece);
        }
        line.push(Role::Plain, end);
    }
    text.push(line);
}

/// The digest as people compare it.
pub(crate) fn digest(plan: &Plan) -> String {
    let digest = &plan.digest;
    match digest.split_once(':') {
        Some((kind, hex)) if hex.len() > 16 && hex.is_ascii() => {
            format!("{kind}:{}…{}", &hex[..8], &hex[hex.len() - 4..])
        }
        _ => digest.clone(),
    }
}

/// `3 replace, 1 create`.
pub(crate) fn counts(summary: &Summary) -> String {
    let mut said = String::new();
    for (number, action) in [
        (summary.replace, Action::Replace),
        (summary.create, Action::Create),
        (summary.update, Action::Update),
        (summary.delete, Action::Delete),
        (summary.adopt, Action::Adopt),
        (summary.forget, Action::Forget),
    ] {
        if number > 0 {
            let gap = if said.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(said, "{gap}{} {}", thousands(number), verb(action));
        }
    }
    if said.is_empty() {
        "no changes".to_owned()
    } else {
        said
    }
}

pub(crate) fn totals(summary: &Summary) -> Vec<String> {
    let mut said = vec![counts(summary)];
    if summary.no_op > 0 {
        said.push(format!("{} unchanged", thousands(summary.no_op)));
    }
    match summary.drift {
        0 => {}
        1 => said.push("1 property drifted".to_owned()),
        many => said.push(format!("{} properties drifted", thousands(many))),
    }
    said
}

/// What is gone for good, most of all contents of disks.
pub(crate) fn destroys(blocks: &[Block<'_>]) -> Vec<String> {
    let mut said = Vec::new();
    for block in blocks {
        match block.action() {
            Action::Delete => said.push(deleted(block)),
            Action::Replace => said.extend(replaced(block)),
            _ => said.extend(given_up(block)),
        }
    }
    said
}

/// `VM jump (OS disk, public IP)`.
fn deleted(block: &Block<'_>) -> String {
    let with = contents(block);
    let said = format!("{} {}", nouns(block), called(block));
    match with.is_empty() {
        true => said,
        false if block.cards.len() > 1 => format!("{said} (each with {})", with.join(", ")),
        false => format!("{said} ({})", with.join(", ")),
    }
}

/// What a deleted entry takes with it, each sort once. A network interface
/// holds nothing that anybody misses.
pub(crate) fn contents(block: &Block<'_>) -> Vec<String> {
    let card = block.first();
    let lost = card.changes().flat_map(|change| &change.lost);
    let mut with: Vec<String> = lost
        .map(|item| thing(item.split(' ').next().unwrap_or("")))
        .collect();
    with.extend(
        card.parts
            .iter()
            .filter(|part| part.kind != "nic")
            .map(|part| noun(part)),
    );
    let mut once = Vec::new();
    for item in with {
        let known = once.iter().any(|seen: &String| seen.starts_with(&item));
        if !item.is_empty() && !known && item != noun(card.lead) {
            once.push(item);
        }
    }
    once
}

/// `OS disks of web-1, web-2`, for every sort of thing that a replace loses.
fn replaced(block: &Block<'_>) -> Vec<String> {
    let lost = losses(block).into_iter();
    lost.map(|thing| format!("{thing} of {}", called(block)))
        .collect()
}

/// `OS disks`, for every sort of thing that a replace loses.
pub(crate) fn losses(block: &Block<'_>) -> Vec<String> {
    let mut once: Vec<&str> = Vec::new();
    for item in block.first().changes().flat_map(|change| &change.lost) {
        let word = item.split(' ').next().unwrap_or("");
        if !once.contains(&word) {
            once.push(word);
        }
    }
    let many = block.cards.len() > 1;
    once.iter()
        .map(|word| {
            if many {
                plural(&thing(word))
            } else {
                thing(word)
            }
        })
        .collect()
}

/// `2 machines of web`, for what goes although its entry stays.
pub(crate) fn given_up(block: &Block<'_>) -> Vec<String> {
    let cards = block.cards.iter();
    cards
        .flat_map(|card| card.changes().map(move |change| (card, change)))
        .flat_map(|(card, change)| change.lost.iter().map(move |item| (card, item)))
        .map(|(card, item)| {
            format!(
                "{} of {}",
                thing(item),
                names::short(card.lead.entry.as_str())
            )
        })
        .collect()
}

/// What is replaced and is no machine; machines have a row of their own.
fn replaces(blocks: &[Block<'_>]) -> Vec<String> {
    blocks
        .iter()
        .filter(|block| block.action() == Action::Replace && block.first().lead.kind != "vm")
        .map(|block| format!("{} {}", nouns(block), called(block)))
        .collect()
}

/// What is replaced, machines as well: `VMs web-1, web-2`.
pub(crate) fn rebuilt(block: &Block<'_>) -> Option<String> {
    let is = block.action() == Action::Replace;
    is.then(|| format!("{} {}", nouns(block), called(block)))
}

/// What stops for a while and comes back.
pub(crate) fn restarts(blocks: &[Block<'_>]) -> Vec<String> {
    let mut said = Vec::new();
    for block in blocks {
        let how = match (block.action(), block.disruption()) {
            (Action::Update | Action::Adopt, Disruption::Restart) => "",
            (Action::Update | Action::Adopt, Disruption::Deallocate) => " (stopped and started)",
            _ => continue,
        };
        said.push(format!("{}{how}", called(block)));
    }
    said
}

/// What the cards of a block are called: `VM`, `VMs`.
pub(crate) fn nouns(block: &Block<'_>) -> String {
    let one = noun(block.first().lead);
    if block.cards.len() > 1 {
        plural(&one)
    } else {
        one
    }
}

/// The names without their collection.
pub(crate) fn called(block: &Block<'_>) -> String {
    let folded = names::fold(block.names(), 4);
    let folded: Vec<&str> = folded.iter().map(|name| names::short(name)).collect();
    folded.join(", ")
}

/// Every machine that something happens to, by sign.
fn machines(blocks: &[Block<'_>], layout: &Layout, text: &mut Text) {
    const ORDER: [Action; 6] = [
        Action::Replace,
        Action::Create,
        Action::Update,
        Action::Delete,
        Action::Adopt,
        Action::Forget,
    ];
    let mut line = layout.line();
    line.pad_to(2, 0).push(Role::Dim, "VMs").pad_to(START, 0);
    let mut found = false;
    for action in ORDER {
        let cards = blocks.iter().flat_map(|block| &block.cards);
        let mine = cards.filter(|card| card.lead.action == action && card.lead.kind == "vm");
        let names = names::fold(mine.map(|card| card.lead.address.as_str()), 4);
        for (index, name) in names.iter().enumerate() {
            let sign = format!("{} ", symbol(action));
            let (sign, gap) = if index == 0 {
                (sign.as_str(), 4)
            } else {
                ("", 1)
            };
            let said = format!("{sign}{}", names::short(name));
            if found && line.width() + gap + width(&said) > layout.width {
                text.push(std::mem::replace(&mut line, layout.line()));
            }
            let gap = if line.width() > START { gap } else { 0 };
            line.pad_to(START, gap).push(role(action), said);
            found = true;
        }
    }
    if found {
        text.push(line);
    }
}
