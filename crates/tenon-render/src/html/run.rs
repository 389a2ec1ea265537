//! What a run did.

use tenon_model::journal::{Integrity, Journal, Note};

use super::{lines, top};
use crate::markup::{Page, tag};
use crate::run::verb;
use crate::words::{count, duration};
use crate::{Role, runs};

/// How a run ended: `19 steps done in 2m05s`.
pub(super) fn ended(journal: &Journal) -> (Role, String) {
    runs::ended(journal)
}

/// Adds the header of a run whose plan is not at hand.
pub(super) fn header(journal: &Journal, page: &mut Page) {
    page.within(tag("header"), |page| {
        top::bar(page);
        page.within(tag("h1"), |page| {
            page.leaf(tag("span").class("soft"), "Run");
            page.text(" ");
            page.text(journal.began().map_or("", |began| &began.deployment));
        });
        headline(journal, page);
    });
    page.end_line();
}

/// Adds how it ended.
pub(super) fn headline(journal: &Journal, page: &mut Page) {
    page.within(tag("p").class("headline"), |page| {
        let (role, said) = ended(journal);
        lines::span(role, &said, page);
    });
    if let Integrity::Broken(line) = journal.integrity {
        let said = format!("The journal is not as it was written, from line {line} on.");
        page.leaf(tag("p").class("banner bad"), &said);
    }
}

/// Which run it was.
pub(super) fn facts(journal: &Journal) -> Vec<(&'static str, String)> {
    let Some(began) = journal.began() else {
        return Vec::new();
    };
    let at = journal.entries.first().map(|entry| entry.at.clone());
    vec![
        ("Run", began.run.clone()),
        ("By", began.by.clone()),
        ("Began", at.unwrap_or_default()),
        ("Cloud", began.cloud.clone()),
        ("Digest", began.digest.clone()),
    ]
}

/// Adds what failed, and what did not begin because of that.
pub(super) fn problems(journal: &Journal, page: &mut Page) {
    let failed = |note: &Note| {
        matches!(
            note,
            Note::StepFailed { .. } | Note::StepSkipped { .. } | Note::LeaseLost { .. }
        )
    };
    if !journal.entries.iter().any(|entry| failed(&entry.note)) {
        return;
    }
    page.within(
        tag("section")
            .class("danger")
            .with("aria-label", "What went wrong"),
        |page| {
            page.within(tag("div").class("box bad"), |page| {
                page.leaf(tag("h2"), "What went wrong");
                page.within(tag("ul"), |page| {
                    for entry in journal.entries.iter().filter(|entry| failed(&entry.note)) {
                        page.leaf(tag("li"), &problem(&entry.note));
                    }
                });
            });
        },
    );
}

fn problem(note: &Note) -> String {
    match note {
        Note::StepFailed {
            step,
            milliseconds,
            code,
            message,
            request_id,
        } => {
            let took = duration(*milliseconds);
            let mut said = format!(
                "{} {} failed after {took}: {code}",
                verb(step.does),
                step.address
            );
            for more in [message, request_id].into_iter().flatten() {
                said = format!("{said}, {more}");
            }
            said
        }
        Note::StepSkipped { step, .. } => {
            format!("{} {} did not begin", verb(step.does), step.address)
        }
        Note::LeaseLost { why } => format!("the lease was lost: {why}"),
        _ => String::new(),
    }
}

/// Adds every step with its time.
pub(super) fn steps(journal: &Journal, page: &mut Page) {
    let done: Vec<(&str, String, String)> = journal
        .entries
        .iter()
        .filter_map(|entry| {
            let clock = entry.at.split('T').nth(1).unwrap_or(&entry.at);
            let (step, said) = match &entry.note {
                Note::StepDone {
                    step, milliseconds, ..
                } => (step, format!("done, {}", duration(*milliseconds))),
                Note::StepFailed { step, code, .. } => (step, format!("failed, {code}")),
                Note::StepSkipped { step, .. } => (step, "not begun".to_owned()),
                _ => return None,
            };
            Some((clock, format!("{} {}", verb(step.does), step.address), said))
        })
        .collect();
    if done.is_empty() {
        return;
    }
    page.within(tag("section").with("id", "steps"), |page| {
        page.leaf(tag("h2"), "Steps");
        page.within(tag("details").class("plain"), |page| {
            page.leaf(
                tag("summary"),
                &format!(
                    "{} in the order in which they ended",
                    count(done.len(), "step")
                ),
            );
            page.within(tag("table"), |page| {
                page.within(tag("thead"), |page| {
                    page.within(tag("tr"), |page| {
                        for head in ["Ended", "Step", "How"] {
                            page.leaf(tag("th").with("scope", "col"), head);
                        }
                    });
                });
                page.within(tag("tbody"), |page| {
                    for (clock, step, how) in &done {
                        page.within(tag("tr"), |page| {
                            page.leaf(tag("td"), clock);
                            page.leaf(tag("th").with("scope", "row"), step);
                            page.leaf(tag("td"), how);
                        });
                    }
                });
            });
        });
    });
    page.end_line();
}
