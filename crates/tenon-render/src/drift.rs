//! What others moved, as `tenon drift` shows it: what they changed first, then
//! what is not there, then that the spec is ahead.

use tenon_model::drift::Drift;
use tenon_model::plan::Change;

use crate::cards::{self, Block};
use crate::layout::Layout;
use crate::plan::property::properties;
use crate::words::{count, noun, thousands};
use crate::{Depth, Line, Options, Role, Text, names};

/// Returns what others moved as text.
#[must_use]
pub fn drift(drift: &Drift, options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut text = Text::new();
    if !drift.moved.is_empty() {
        text.push(layout.line().with(
            Role::Heading,
            format!("Changed by others in {}: live → spec", drift.deployment),
        ));
        let blocks = match layout.depth {
            Depth::Full => cards::each(&drift.moved),
            _ => cards::blocks(&drift.moved),
        };
        for block in &blocks {
            text.space();
            text.push(title(block, &layout));
            properties(block, &layout, &mut text);
        }
        text.space();
    }
    if !drift.missing.is_empty() {
        let said = format!("Not there in {}: deleted, or never made", drift.deployment);
        text.push(layout.line().with(Role::Heading, said));
        for change in &drift.missing {
            text.push(missing(change, &layout));
        }
        text.space();
    }
    text.push(summary(drift, &layout));
    if drift.pending > 0 {
        let said = format!(
            "The spec itself changes {}: tenon plan",
            count(drift.pending, "resource")
        );
        layout.paragraph(Role::Dim, &said, &mut text);
    }
    text
}

fn title(block: &Block<'_>, layout: &Layout) -> Line {
    let lead = block.first().lead;
    let mut line = layout.line().with(Role::Plain, "  ");
    line.push(Role::Address, names::title(block.names()))
        .push(Role::Plain, "   ")
        .push(Role::Plain, noun(lead))
        .push(Role::Plain, "   ")
        .push(Role::Dim, place(lead));
    line
}

fn place(change: &Change) -> String {
    format!("{}:{}", change.place.file, change.place.line)
}

fn missing(change: &Change, layout: &Layout) -> Line {
    let mut line = layout.line().with(Role::Plain, "  ");
    line.push(Role::Address, change.address.as_str())
        .push(Role::Plain, "   ")
        .push(Role::Plain, noun(change))
        .push(Role::Plain, "   ")
        .push(Role::Dim, place(change));
    line
}

fn summary(drift: &Drift, layout: &Layout) -> Line {
    let time = drift.checked_at.split_once('T').map(|(_, time)| time);
    let checked = time.map_or(String::new(), |time| format!(" (checked {time})"));
    let line = layout.line().with(Role::Heading, &drift.deployment);
    if drift.is_empty() {
        let said = format!(
            ": no drift, {} unchanged{checked}.",
            count(drift.unchanged, "resource")
        );
        return line.with(Role::Good, said);
    }
    let mut said = Vec::new();
    if !drift.moved.is_empty() {
        said.push(format!(
            "{} of {} changed by others",
            count(drift.properties(), "property"),
            count(drift.moved.len(), "resource")
        ));
    }
    if !drift.missing.is_empty() {
        said.push(format!("{} not there", thousands(drift.missing.len())));
    }
    line.with(
        Role::Warning,
        format!(": {}{checked}; tenon apply puts it back", said.join(", ")),
    )
}
