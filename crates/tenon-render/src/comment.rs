//! A plan as the comment of a pull request, in Markdown.
//!
//! A reviewer decides in the first lines: how much happens, what is lost, what
//! stops. Everything else is folded. The page has a budget in bytes, which
//! [`Level`]s solve by priority: new things are told in one line before changes
//! lose their values, and what is destroyed or restarted is never left out.
//!
//! No name, tag or message of a spec or of Azure stands outside of a code span
//! or a fence, so none can mention somebody, close a fold, or begin a table.
//! The hosts differ in little: [`Dialect`] says what each understands.
//!
//! Marks and limits of the hosts are those of `docs/comment.md`.

use tenon_model::place::Sources;
use tenon_model::plan::Plan;

use crate::cards::{self, Block};
use crate::plan::order::Order;

mod around;
mod budget;
mod danger;
mod detail;
mod drift;
mod findings;
mod foot;
mod headline;
mod images;
mod mark;
mod markdown;
mod table;

pub use around::{Around, Dialect, Links, Outcome};
pub use headline::headline;
pub use mark::{CommentState, Mark};

use budget::Level;

/// Returns the comment, not longer than the budget wherever that can be: only
/// a plan that destroys tens of thousands of unlike things in one go cannot
/// name them all, and then says how many of which fleet.
#[must_use]
pub fn comment(plan: &Plan, sources: &Sources, around: &Around) -> String {
    let page = Page {
        plan,
        sources,
        around,
        blocks: cards::blocks(&plan.changes),
        order: Order::of(plan),
    };
    budget::solve(around.budget, |level| page.at(level))
}

/// What all sections are made of.
struct Page<'a> {
    plan: &'a Plan,
    sources: &'a Sources,
    around: &'a Around,
    blocks: Vec<Block<'a>>,
    order: Order<'a>,
}

impl Page<'_> {
    fn at(&self, level: Level) -> String {
        let parts = [
            headline::first(self),
            findings::errors(self, level),
            danger::danger(self, level),
            images::images(self),
            table::table(self, level),
            drift::drift(self, level),
            findings::warnings(self, level),
            budget::note(self, level),
            detail::detail(self, level),
            self.picture(level),
            findings::preflight(self, level),
            foot::foot(self),
        ];
        let said = parts.into_iter().flatten().collect::<Vec<_>>();
        format!("{}\n{}\n", self.around.mark.line(), said.join("\n\n"))
    }

    /// The picture, for hosts that draw one, while there is room.
    fn picture(&self, level: Level) -> Option<String> {
        let drawn = level.draws().then_some(self.around.picture.as_deref())??;
        let fence = markdown::fence("mermaid", drawn);
        Some(markdown::fold("Picture", &fence))
    }
}
