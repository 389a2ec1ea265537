//! Properties: before, after and why, as a table.

use tenon_model::plan::{Cause, PropertyChange};

use super::lines::span;
use crate::cards::Card;
use crate::markup::{Page, tag};
use crate::plan::property::{Became, Told, told};
use crate::value::{Ids, Seen};

/// Adds the properties of a card.
pub(super) fn table(card: &Card<'_>, page: &mut Page) {
    let rows = told(card, Ids::Whole);
    if rows.is_empty() {
        return;
    }
    page.within(tag("table").class("properties"), |page| {
        page.within(tag("thead"), |page| {
            page.within(tag("tr"), |page| {
                for head in ["Property", "Before", "After", "Why"] {
                    page.leaf(tag("th").with("scope", "col"), head);
                }
            });
        });
        page.within(tag("tbody"), |page| {
            for row in &rows {
                one(row, page);
            }
        });
    });
}

fn one(row: &Told<'_>, page: &mut Page) {
    page.within(tag("tr"), |page| {
        page.within(tag("th").with("scope", "row"), |page| {
            page.leaf(tag("code"), &row.path);
        });
        values(row, page);
        page.within(tag("td").class("why"), |page| {
            if let Some((role, said)) = &row.why {
                page.within(tag("div"), |page| span(*role, said, page));
            }
            page.leaf(tag("div").class("soft"), &cause(row.property));
        });
    });
}

/// Adds the cells of before and after.
pub(super) fn values(row: &Told<'_>, page: &mut Page) {
    let pair = match &row.value {
        Became::Hidden(said) => {
            page.leaf(tag("td").with("colspan", 2), said);
            return;
        }
        Became::Seen(Seen::Pair(old, new)) => [old.as_ref(), new.as_ref()],
        Became::Seen(Seen::Elements(rows) | Seen::Lines(rows)) => {
            page.within(tag("td").with("colspan", 2).class("diff"), |page| {
                for (sign, row) in rows {
                    let class = match sign {
                        '-' => "old",
                        '+' => "new",
                        _ => "same",
                    };
                    page.leaf(tag("div").class(class), &format!("{sign} {row}"));
                }
            });
            return;
        }
    };
    for (value, class) in pair.into_iter().zip(["old", "new"]) {
        match value {
            Some(value) => page.within(tag("td").class(class), |page| {
                page.leaf(tag("code"), value);
            }),
            None => page.leaf(tag("td").class("soft"), "not set"),
        };
    }
}

/// Who moved, and the line of the spec.
fn cause(property: &PropertyChange) -> String {
    let word = match property.cause {
        Cause::Spec => "spec",
        Cause::Lock => "lock file",
        Cause::Default => "default",
        Cause::Drift => "drift",
        Cause::Reference => "reference",
        Cause::Asked => "asked for",
    };
    match &property.place {
        Some(place) => format!("{word}, {}:{}", place.file, place.line),
        None => word.to_owned(),
    }
}
