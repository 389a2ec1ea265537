//! A plan or a run as one HTML file, for reading without this program.
//!
//! Everything is in the file: no style, script, font or image is fetched, and
//! its policy (Content Security Policy) forbids the browser to try. It reads
//! without script, too; the script only searches, filters, zooms and opens.
//! What is destroyed and what stops stand first, since that is what somebody
//! who approves must see.

use tenon_model::journal::Journal;
use tenon_model::place::Sources;
use tenon_model::plan::Plan;

use crate::markup::{Page, tag};
use crate::timeline::Timeline;

mod changes;
mod checks;
mod frame;
mod lines;
mod pictures;
mod property;
mod run;
mod top;

/// Returns the page of a plan.
#[must_use]
pub fn plan_page(plan: &Plan, sources: &Sources) -> String {
    let title = format!("{}: {}", plan.deployment.name, top::counts(plan));
    frame::page(&title, |page| {
        top::header(plan, None, page);
        page.within(tag("main").with("id", "main"), |page| {
            top::danger(plan, page);
            checks::diagnostics(plan, sources, page);
            top::facts(plan, None, page);
            of_plan(plan, page);
        });
        frame::footer(plan, page);
    })
}

/// Returns the page of a run, with the plan that it carried out where that is
/// at hand.
#[must_use]
pub fn run_page(journal: &Journal, plan: Option<&Plan>, sources: &Sources) -> String {
    let timeline = Timeline::of_journal(journal);
    let name = journal.began().map_or("", |began| &began.deployment);
    let title = format!("{name}: {}", run::ended(journal).1);
    frame::page(&title, |page| {
        match plan {
            Some(plan) => top::header(plan, Some(journal), page),
            None => run::header(journal, page),
        }
        page.within(tag("main").with("id", "main"), |page| {
            run::problems(journal, page);
            match plan {
                Some(plan) => top::facts(plan, Some(journal), page),
                None => top::list(&run::facts(journal), page),
            }
            if !timeline.rows.is_empty() {
                pictures::timeline(&timeline, page);
            }
            run::steps(journal, page);
            if let Some(plan) = plan {
                top::danger(plan, page);
                checks::diagnostics(plan, sources, page);
                of_plan(plan, page);
            }
        });
        if let Some(plan) = plan {
            frame::footer(plan, page);
        }
    })
}

fn of_plan(plan: &Plan, page: &mut Page) {
    let targets = changes::changes(plan, page);
    checks::drift(plan, page);
    checks::kept(plan, page);
    pictures::picture(plan, &targets, page);
    checks::images(plan, page);
    checks::preflight(plan, page);
}
