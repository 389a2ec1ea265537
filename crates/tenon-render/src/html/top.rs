//! The first screen: what this is, what it would do, and what is lost by it.

use tenon_model::journal::Journal;
use tenon_model::plan::{Action, Mode, Plan, Summary};

use super::{lines, run};
use crate::cards;
use crate::layout::Layout;
use crate::markup::{Page, tag};
use crate::picture::{ACTIONS, style};
use crate::plan::header::{left_out, revision, tenant};
use crate::plan::order::Order;
use crate::plan::summary;
use crate::plan::takes::takes;
use crate::plan::title::titles;
use crate::words::{count, symbol, thousands};

/// `3 replace, 1 create`.
pub(super) fn counts(plan: &Plan) -> String {
    summary::counts(&plan.summary)
}

/// Adds the header of a plan, or of the run that carried it out.
pub(super) fn header(plan: &Plan, journal: Option<&Journal>, page: &mut Page) {
    page.within(tag("header"), |page| {
        bar(page);
        let what = match (journal, plan.mode) {
            (Some(_), _) => "Run",
            (None, Mode::Live) => "Plan",
            (None, Mode::Destroy) => "Plan to destroy everything",
        };
        page.within(tag("h1"), |page| {
            page.leaf(tag("span").class("soft"), what);
            page.text(" ").text(&plan.deployment.name);
        });
        match journal {
            Some(journal) => run::headline(journal, page),
            None => {
                page.leaf(tag("p").class("headline"), &counts(plan));
            }
        }
        banners(plan, page);
    });
    page.end_line();
}

/// What must be known before anything else is read.
fn banners(plan: &Plan, page: &mut Page) {
    let errors = plan.diagnostics.iter().filter(|one| one.is_error()).count();
    let mut said: Vec<(&str, String)> = Vec::new();
    if let Some(preview) = &plan.preview {
        let base = revision(preview);
        let words = format!("Offline preview: compared with the spec of {base}, not with Azure");
        said.push(("warn", words));
    }
    if !plan.applyable && errors > 0 {
        said.push(("bad", format!("Not applyable: {}", count(errors, "error"))));
    }
    if let Some(partial) = &plan.partial {
        said.push(("warn", left_out(partial)));
    }
    for (class, words) in said {
        page.leaf(tag("p").class(format!("banner {class}")), &words);
    }
}

/// The button for light and dark, which only a script can make work.
pub(super) fn bar(page: &mut Page) {
    let button = tag("button").with("id", "theme").class("scripted");
    page.leaf(button.with("type", "button"), "Dark or light");
}

/// Adds who and where.
pub(super) fn facts(plan: &Plan, journal: Option<&Journal>, page: &mut Page) {
    let deployment = &plan.deployment;
    let mut rows: Vec<(&str, String)> = Vec::new();
    for scope in &deployment.scopes {
        rows.push(("Tenant", tenant(plan, &scope.tenant)));
        rows.push(("Subscription", scope.subscription.as_str().to_owned()));
    }
    rows.push(("Region", deployment.location.clone()));
    rows.push(("Resource group", deployment.resource_group.clone()));
    rows.push(("Spec", deployment.files.join(", ")));
    rows.push(("Planned", plan.created_at.clone()));
    if journal.is_none()
        && let Some(forecast) = &plan.takes
    {
        rows.push(("Takes", takes(forecast)));
    }
    if let Some(journal) = journal {
        rows.extend(run::facts(journal));
    }
    rows.push(("Unchanged", count(plan.summary.no_op, "resource")));
    list(&rows, page);
}

/// Adds labels with what they say; what says nothing is left out.
pub(super) fn list(rows: &[(&str, String)], page: &mut Page) {
    let section = tag("section").with("aria-label", "Facts");
    page.within(section, |page| list_of(rows, page));
    page.end_line();
}

fn list_of(rows: &[(&str, String)], page: &mut Page) {
    page.within(tag("dl").class("facts"), |page| {
        for (label, said) in rows.iter().filter(|(_, said)| !said.is_empty()) {
            page.within(tag("div"), |page| {
                page.leaf(tag("dt"), label);
                page.leaf(tag("dd"), said);
            });
        }
    });
}

/// Adds what is gone for good, what is replaced, and what stops.
pub(super) fn danger(plan: &Plan, page: &mut Page) {
    let blocks = cards::blocks(&plan.changes);
    let titles = titles(&blocks, &Order::of(plan), &Layout::of(&lines::wide()));
    let rebuilt = blocks.iter().zip(&titles).filter_map(|(block, title)| {
        let said = summary::rebuilt(block)?;
        let how = title.what.split_once(", ").map(|(_, how)| how);
        Some(how.map_or_else(|| said.clone(), |how| format!("{said}, {how}")))
    });
    let parts = [
        ("Destroys", "bad", summary::destroys(&blocks)),
        ("Replaces", "again", rebuilt.collect()),
        ("Restarts", "warn", summary::restarts(&blocks)),
    ];
    let any = parts.iter().any(|(_, _, items)| !items.is_empty());
    page.within(
        tag("section")
            .class("danger")
            .with("aria-label", "What is lost or stops"),
        |page| {
            for (title, class, items) in parts.iter().filter(|(_, _, items)| !items.is_empty()) {
                page.within(tag("div").class(format!("box {class}")), |page| {
                    page.leaf(tag("h2"), title);
                    page.within(tag("ul"), |page| {
                        for item in items {
                            page.leaf(tag("li"), item);
                        }
                    });
                });
            }
            if !any && plan.summary.changes() > 0 {
                page.within(tag("div").class("box good"), |page| {
                    page.leaf(tag("h2"), "Nothing is lost and nothing stops");
                });
            }
        },
    );
    page.end_line();
}

/// Adds a button for each action that occurs, which shows only that.
pub(super) fn filters(plan: &Plan, page: &mut Page) {
    page.within(
        tag("div")
            .class("filters scripted")
            .with("role", "group")
            .with("aria-label", "Show only"),
        |page| {
            for action in ACTIONS {
                let number = of(&plan.summary, action);
                if number == 0 || action == Action::NoOp {
                    continue;
                }
                let button = tag("button")
                    .with("type", "button")
                    .class(format!("filter {}", style(action)))
                    .with("data-filter", style(action))
                    .with("aria-pressed", "false");
                page.within(button, |page| {
                    page.leaf(
                        tag("span").class("sign").with("aria-hidden", "true"),
                        symbol(action),
                    );
                    page.text(&format!(" {} {}", thousands(number), style(action)));
                });
            }
            if plan.summary.drift > 0 {
                let button = tag("button").with("type", "button").class("filter drift");
                let button = button
                    .with("data-filter", "drift")
                    .with("aria-pressed", "false");
                page.leaf(
                    button,
                    &format!("{} drifted", thousands(plan.summary.drift)),
                );
            }
        },
    );
}

fn of(summary: &Summary, action: Action) -> usize {
    match action {
        Action::Create => summary.create,
        Action::Update => summary.update,
        Action::Replace => summary.replace,
        Action::Delete => summary.delete,
        Action::Adopt => summary.adopt,
        Action::Forget => summary.forget,
        Action::NoOp => summary.no_op,
    }
}
