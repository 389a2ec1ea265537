//! What happens, block by block as in the terminal, the most dangerous first:
//! a thousand equal changes are one block. Each resource is in it by name.

use std::collections::HashMap;

use tenon_model::plan::{Action, Change, Plan};

use super::{lines, property, top};
use crate::Text;
use crate::cards::{self, Block, Bond, drifted};
use crate::layout::Layout;
use crate::markup::{Page, tag};
use crate::picture::style;
use crate::plan::details::{consequences, facts, waits};
use crate::plan::order::Order;
use crate::plan::title::{Title, titles};
use crate::words::{count, noun, symbol, verb};

/// Adds the changes, and returns in which of them each entry is.
pub(super) fn changes<'a>(plan: &'a Plan, page: &mut Page) -> HashMap<&'a str, usize> {
    let blocks = cards::blocks(&plan.changes);
    let layout = Layout::of(&lines::wide());
    let titles = titles(&blocks, &Order::of(plan), &layout);
    let mut targets = HashMap::new();
    page.within(tag("section").with("id", "changes"), |page| {
        page.leaf(tag("h2"), "Changes");
        if blocks.is_empty() {
            page.leaf(tag("p"), "Nothing is changed.");
            return;
        }
        tools(plan, blocks.len(), page);
        for (at, (block, title)) in blocks.iter().zip(&titles).enumerate() {
            for change in block.changes() {
                targets.entry(change.entry.as_str()).or_insert(at);
            }
            one(at, block, title, &layout, page);
            page.end_line();
        }
        let none = tag("p").with("id", "none").with("hidden", "");
        page.leaf(none, "Nothing matches.");
    });
    page.end_line();
    targets
}

fn tools(plan: &Plan, blocks: usize, page: &mut Page) {
    page.within(
        tag("div").class("tools scripted").with("role", "search"),
        |page| {
            page.leaf(
                tag("label").class("unseen").with("for", "search"),
                "Search the changes",
            );
            let search = tag("input").with("id", "search").with("type", "search");
            let search = search.with("placeholder", "Search: name, property, value, file  ( / )");
            page.open(
                search
                    .with("autocomplete", "off")
                    .with("spellcheck", "false"),
            );
            let button = tag("button").with("type", "button").with("id", "unfold");
            page.leaf(button.with("aria-pressed", "false"), "Open all");
        },
    );
    top::filters(plan, page);
    let status = tag("p")
        .class("soft")
        .with("id", "status")
        .with("role", "status");
    page.leaf(status, &count(blocks, "change"));
}

fn one(at: usize, block: &Block<'_>, title: &Title, layout: &Layout, page: &mut Page) {
    let action = block.action();
    let mut kinds = vec![style(action)];
    if block.changes().any(drifted) {
        kinds.push("drift");
    }
    let details = tag("details")
        .class(format!("change {}", style(action)))
        .with("id", format!("change-{at}"))
        .with("data-kinds", kinds.join(" "));
    page.within(details, |page| {
        page.within(tag("summary"), |page| {
            page.leaf(
                tag("span").class("sign").with("aria-hidden", "true"),
                symbol(action),
            );
            page.text(" ");
            page.leaf(tag("span").class("names"), &title.names);
            page.text(" ");
            let class = if title.danger { "what loud" } else { "what" };
            page.leaf(tag("span").class(class), &title.what);
            page.text(" ");
            page.leaf(tag("span").class("source"), &title.source);
        });
        page.within(tag("div").class("body"), |page| {
            body(block, title, layout, page);
        });
    });
}

fn body(block: &Block<'_>, title: &Title, layout: &Layout, page: &mut Page) {
    let mut above = Text::new();
    if block.action() == Action::Create {
        facts(block, layout, &mut above);
    }
    lines::rows(&above, page);
    if block.bond != Bond::Bookkeeping {
        property::table(block.first(), page);
        let mut below = Text::new();
        waits(block, layout, &mut below);
        consequences(block, title, layout, &mut below);
        lines::rows(&below, page);
    }
    resources(block, page);
}

/// Every resource by its name, so that whoever looks for one finds it.
fn resources(block: &Block<'_>, page: &mut Page) {
    let number = block.changes().count();
    page.within(tag("details").class("resources"), |page| {
        page.leaf(tag("summary"), &count(number, "resource"));
        page.within(tag("ul"), |page| {
            for change in block.changes() {
                page.within(tag("li"), |page| resource(change, page));
            }
        });
    });
}

fn resource(change: &Change, page: &mut Page) {
    page.leaf(tag("code"), change.address.as_str());
    page.text(&format!(" {} {} ", verb(change.action), noun(change)));
    page.leaf(tag("span").class("id"), change.id.as_str());
    if !change.place.file.is_empty() {
        let place = format!(" {}:{}", change.place.file, change.place.line);
        page.leaf(tag("span").class("soft"), &place);
    }
}
