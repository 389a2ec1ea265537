//! The picture and the timeline on a page, in frames that zoom and scroll.

use std::collections::HashMap;

use tenon_model::plan::Plan;

use crate::markup::{Page, tag};
use crate::picture::svg::{self, Setting};
use crate::picture::{Picture, title};
use crate::timeline::{self, Timeline};

/// The cards up to which every entry has one of its own.
const APART: usize = 60;
/// The cards that are drawn at most.
const MOST: usize = 200;

/// Adds what changes and what is next to it.
pub(super) fn picture(plan: &Plan, targets: &HashMap<&str, usize>, page: &mut Page) {
    let picture = Picture::of_plan(plan, APART);
    if picture.is_empty() {
        return;
    }
    page.within(tag("section").with("id", "picture"), |page| {
        page.leaf(tag("h2"), "Picture");
        if picture.cards.len() > MOST {
            let said = format!(
                "{} cards are more than a picture shows; the changes are listed above.",
                picture.cards.len()
            );
            page.leaf(tag("p"), &said);
            return;
        }
        framed("Picture of the changes", page, |page| {
            svg::write(&picture, &title(plan), Setting::OnPage(targets), page);
        });
    });
    page.end_line();
}

/// Adds when what was done.
pub(super) fn timeline(timeline: &Timeline, page: &mut Page) {
    page.within(tag("section").with("id", "timeline"), |page| {
        page.leaf(tag("h2"), "Timeline");
        framed("Timeline of the run", page, |page| {
            timeline::svg::write(timeline, Setting::OnPage(&HashMap::new()), page);
        });
    });
    page.end_line();
}

fn framed(label: &str, page: &mut Page, inner: impl FnOnce(&mut Page)) {
    page.within(tag("div").class("frame"), |page| {
        page.within(
            tag("div")
                .class("zoom scripted")
                .with("role", "group")
                .with("aria-label", "Zoom"),
            |page| {
                for (sign, said) in [
                    ("+", "Larger"),
                    ("−", "Smaller"),
                    ("1:1", "True size"),
                    ("↔", "Fit the width"),
                ] {
                    let button = tag("button").with("type", "button").with("data-zoom", sign);
                    page.leaf(button.with("aria-label", said).with("title", said), sign);
                }
            },
        );
        // Whoever has no mouse scrolls it with the arrow keys.
        let view = tag("div")
            .class("view")
            .with("tabindex", 0)
            .with("role", "region");
        page.within(view.with("aria-label", label), inner);
    });
}
