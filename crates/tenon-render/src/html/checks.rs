//! What was found on the way: problems, drift, what is kept, images, and what
//! was looked at before anything may be done.

use tenon_model::image::ResolvedImage;
use tenon_model::place::Sources;
use tenon_model::plan::preflight::{Check, Status};
use tenon_model::plan::{Cause, Change, Plan};

use super::{lines, property};
use crate::cards::{Card, drifted};
use crate::layout::Layout;
use crate::markup::{Page, tag};
use crate::names::short;
use crate::plan::images::{Movements, origin, passed_over, staying};
use crate::plan::kept;
use crate::plan::property::told;
use crate::value::Ids;
use crate::words::count;
use crate::{Depth, Options, Text};

/// A part of the page with a heading.
fn section(id: &'static str, title: &str, page: &mut Page, inner: impl FnOnce(&mut Page)) {
    page.within(tag("section").with("id", id), |page| {
        page.leaf(tag("h2"), title);
        inner(page);
    });
    page.end_line();
}

fn head(columns: &[&str], page: &mut Page) {
    page.within(tag("thead"), |page| {
        page.within(tag("tr"), |page| {
            for column in columns {
                page.leaf(tag("th").with("scope", "col"), column);
            }
        });
    });
}

/// Adds errors and warnings.
pub(super) fn diagnostics(plan: &Plan, sources: &Sources, page: &mut Page) {
    if plan.diagnostics.is_empty() {
        return;
    }
    let errors = plan.diagnostics.iter().filter(|one| one.is_error()).count();
    let title = match (errors, plan.diagnostics.len() - errors) {
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let options = Options {
        width: 96,
        depth: Depth::Full,
        ..Options::default()
    };
    let text = crate::diagnostics(&plan.diagnostics, sources, &options);
    section("problems", &title, page, |page| {
        lines::as_it_stands(&text, page);
    });
}

/// Adds what Azure changed although the spec did not.
pub(super) fn drift(plan: &Plan, page: &mut Page) {
    let moved: Vec<&Change> = plan.changes.iter().filter(|one| drifted(one)).collect();
    if moved.is_empty() {
        return;
    }
    section("drift", "Drift", page, |page| {
        let said =
            "Somebody changed this in Azure although the spec did not; the plan puts it back.";
        page.leaf(tag("p"), said);
        page.within(tag("table"), |page| {
            head(&["Resource", "Property", "In Azure", "By the spec"], page);
            page.within(tag("tbody"), |page| {
                for change in &moved {
                    drifted_rows(change, page);
                }
            });
        });
    });
}

fn drifted_rows(change: &Change, page: &mut Page) {
    let card = Card {
        lead: change,
        parts: Vec::new(),
    };
    let rows = told(&card, Ids::Whole);
    for row in rows.iter().filter(|row| row.property.cause == Cause::Drift) {
        page.within(tag("tr"), |page| {
            page.within(tag("th").with("scope", "row"), |page| {
                page.leaf(tag("code"), change.address.as_str());
            });
            page.within(tag("td"), |page| {
                page.leaf(tag("code"), &row.path);
            });
            property::values(row, page);
        });
    }
}

/// Adds what would go and stays.
pub(super) fn kept(plan: &Plan, page: &mut Page) {
    if plan.kept.is_empty() {
        return;
    }
    let mut text = Text::new();
    kept::kept(plan, &Layout::of(&lines::wide()), &mut text);
    page.within(tag("section").with("id", "kept"), |page| {
        page.leaf(tag("h2"), "Kept");
        let mut rest = Text::new();
        // The first line is the heading.
        for line in text.lines().iter().skip(1) {
            rest.push(line.clone());
        }
        lines::rows(&rest, page);
    });
}

/// Adds which version of which image, whose, and what decided.
pub(super) fn images(plan: &Plan, page: &mut Page) {
    if plan.images.is_empty() {
        return;
    }
    let moved = Movements::of(plan);
    let with_more = plan.images.iter().any(|image| !more(image).is_empty());
    let columns = ["Image", "Version", "Where from", "Also"];
    section("images", "Images", page, |page| {
        page.within(tag("table"), |page| {
            head(&columns[..if with_more { 4 } else { 3 }], page);
            page.within(tag("tbody"), |page| {
                for image in &plan.images {
                    page.within(tag("tr"), |page| {
                        page.leaf(
                            tag("th").with("scope", "row"),
                            short(image.address.as_str()),
                        );
                        page.leaf(tag("td"), &moved.of_image(image));
                        page.leaf(tag("td"), &origin(plan, image));
                        if with_more {
                            page.leaf(tag("td"), &more(image));
                        }
                    });
                }
            });
        });
    });
}

fn more(image: &ResolvedImage) -> String {
    let said = staying(image).into_iter().chain(passed_over(image));
    said.collect::<Vec<String>>().join("; ")
}

/// Adds what was looked at, what is wrong first; what is fine is folded.
pub(super) fn preflight(plan: &Plan, page: &mut Page) {
    if plan.preflight.is_empty() {
        return;
    }
    let mut checks: Vec<&Check> = plan.preflight.iter().collect();
    checks.sort_by_key(|check| match check.status {
        Status::Failed => 0,
        Status::Warning => 1,
        Status::Skipped => 2,
        Status::Ok => 3,
    });
    let (fine, told): (Vec<&Check>, Vec<&Check>) = checks
        .into_iter()
        .partition(|check| check.status == Status::Ok);
    section("preflight", "Preflight", page, |page| {
        if !told.is_empty() {
            looks(&told, page);
        }
        if !fine.is_empty() {
            page.within(tag("details").class("plain"), |page| {
                page.leaf(tag("summary"), &format!("{} ok", fine.len()));
                looks(&fine, page);
            });
        }
    });
}

fn looks(checks: &[&Check], page: &mut Page) {
    let with_why = checks.iter().any(|check| !why(check).is_empty());
    let columns = ["Result", "Check", "Of", "Why"];
    page.within(tag("table"), |page| {
        head(&columns[..if with_why { 4 } else { 3 }], page);
        page.within(tag("tbody"), |page| {
            for check in checks {
                looked_at(check, with_why, page);
            }
        });
    });
}

fn why(check: &Check) -> String {
    let mut why: Vec<String> = check.code.iter().map(ToString::to_string).collect();
    why.extend(check.reason.clone());
    why.extend(check.addresses.iter().map(ToString::to_string));
    why.join(", ")
}

fn looked_at(check: &Check, with_why: bool, page: &mut Page) {
    let (class, word) = match check.status {
        Status::Ok => ("good", "ok"),
        Status::Warning => ("warn", "warning"),
        Status::Failed => ("bad", "failed"),
        Status::Skipped => ("soft", "skipped"),
    };
    page.within(tag("tr"), |page| {
        page.within(tag("td"), |page| {
            page.leaf(tag("span").class(format!("badge {class}")), word);
        });
        page.leaf(tag("th").with("scope", "row"), check.about.words());
        page.leaf(tag("td"), &check.subject);
        if with_why {
            page.leaf(tag("td"), &why(check));
        }
    });
}
