//! A plan, for somebody who has to say yes or no.
//!
//! Who and where first, then what happens, the most dangerous first, then
//! warnings, and last a summary that is enough to decide: a log is read from
//! its end. One block per entry of the spec; instances of a fleet and equal
//! harmless changes share one.

pub use images::rejected;
use tenon_model::diagnostic::has_errors;
use tenon_model::place::Sources;
use tenon_model::plan::{Mode, Plan};

use crate::cards::{self, Block, Bond};
use crate::layout::Layout;
use crate::words::count;
use crate::{Depth, Line, Options, Role, Text, diagnostics};

pub(crate) mod details;
pub(crate) mod header;
pub(crate) mod images;
pub(crate) mod kept;
pub(crate) mod order;
pub(crate) mod preflight;
pub(crate) mod property;
mod reach;
pub(crate) mod summary;
pub(crate) mod takes;
pub(crate) mod title;
mod waves;

/// Returns the plan as text.
#[must_use]
pub fn plan(plan: &Plan, sources: &Sources, options: &Options) -> Text {
    let layout = Layout::of(options);
    let errors = has_errors(&plan.diagnostics);
    if is_quiet(plan) && plan.kept.is_empty() && plan.diagnostics.is_empty() {
        let mut text = Text::from(nothing(plan, &layout));
        images::news(plan, &layout, &mut text);
        return text;
    }
    let mut text = header::header(plan, &layout);
    if options.depth > Depth::Summary {
        if errors {
            text.space();
            text.append(diagnostics(&plan.diagnostics, sources, options));
            below(plan, &layout, &mut text);
        }
        blocks(plan, &layout, &mut text);
        kept::kept(plan, &layout, &mut text);
        outputs(plan, &layout, &mut text);
        if !errors && !plan.diagnostics.is_empty() {
            text.space();
            text.append(warnings(plan, sources, options));
        }
    }
    text.space();
    if is_quiet(plan) && !errors {
        text.push(nothing(plan, &layout));
    } else {
        text.append(summary::summary(plan, &layout));
    }
    text
}

/// Returns what says that the plan is a part of one, and which; nothing for a
/// plan of everything.
#[must_use]
pub fn part(plan: &Plan, options: &Options) -> Text {
    let mut text = Text::new();
    header::part(plan, &Layout::of(options), &mut text);
    text
}

/// Whether nothing happens to anything.
pub(crate) fn is_quiet(plan: &Plan) -> bool {
    plan.is_empty() && plan.summary.changes() == 0
}

/// Warnings stand between the changes and the summary and must not push
/// either off the screen.
fn warnings(plan: &Plan, sources: &Sources, options: &Options) -> Text {
    if options.depth == Depth::Full {
        diagnostics(&plan.diagnostics, sources, options)
    } else {
        diagnostics(&plan.diagnostics, &Sources::default(), options)
    }
}

/// The one sentence of a plan in which nothing happens.
fn nothing(plan: &Plan, layout: &Layout) -> Line {
    let name = &plan.deployment.name;
    let files = plan.deployment.files.join(", ");
    let time = plan.created_at.split_once('T').map(|(_, time)| time);
    let checked = time.map_or(String::new(), |time| format!(" (checked {time})"));
    let resources = count(plan.summary.no_op, "resource");
    let said = match plan.mode {
        _ if let Some(preview) = &plan.preview => {
            format!(
                ": no changes against the spec of {}. Azure was not asked.",
                header::revision(preview)
            )
        }
        _ if let Some(partial) = &plan.partial => {
            format!(
                ": no changes in this part; {}{checked}.",
                header::left_out(partial)
            )
        }
        Mode::Destroy => format!(": nothing to destroy. Nothing of it is left{checked}."),
        Mode::Live if plan.summary.no_op == 1 => {
            format!(": no changes. {resources} matches {files}{checked}.")
        }
        Mode::Live => format!(": no changes. {resources} match {files}{checked}."),
    };
    layout
        .line()
        .with(Role::Heading, name)
        .with(Role::Good, said)
}

/// Says that the plan below the errors is only for reading.
fn below(plan: &Plan, layout: &Layout, text: &mut Text) {
    if is_quiet(plan) {
        return;
    }
    text.space();
    let said = format!(
        "The plan itself ({}) is below for review; it is marked `not applyable`, and apply \
         refuses it.",
        summary::counts(&plan.summary)
    );
    layout.paragraph(Role::Plain, &said, text);
}

fn blocks(plan: &Plan, layout: &Layout, text: &mut Text) {
    let blocks = match layout.depth {
        Depth::Full => cards::each(&plan.changes),
        _ => cards::blocks(&plan.changes),
    };
    let order = order::Order::of(plan);
    let titles: Vec<title::Title> = title::titles(&blocks, &order, layout);
    let columns = title::Columns::of(&titles, layout);
    for (block, title) in blocks.iter().zip(&titles) {
        // Blocks of one line stand together, as in a table.
        let mut body = Text::new();
        details::details(block, title, layout, &mut body);
        if !body.is_empty() || !is_listed(block) {
            text.space();
        }
        title.render(&columns, layout, text);
        let ends = !body.is_empty();
        text.append(body);
        if ends {
            text.space();
        }
    }
}

/// Whether a block may stand directly below another.
fn is_listed(block: &Block<'_>) -> bool {
    block.bond == Bond::Alike
}

/// The outputs, for those who want to know everything.
fn outputs(plan: &Plan, layout: &Layout, text: &mut Text) {
    if layout.depth < Depth::Full || plan.outputs.is_empty() {
        return;
    }
    text.space();
    text.push(layout.line().with(Role::Heading, "Outputs"));
    crate::outputs::rows(plan.outputs.iter(), layout, text);
}
