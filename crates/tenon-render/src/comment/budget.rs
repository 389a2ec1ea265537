//! How much is told, so that all that matters fits.

use super::Page;
use crate::words::thousands;

/// How much is told, from all to the least. Each level leaves out what a
/// reviewer misses least of what the level before still has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Everything.
    Full,
    /// New things in one line each.
    Grouped,
    /// Changes by the names of their properties, and no picture.
    Fields,
    /// One line for each entry.
    Lines,
    /// Only what is destroyed and restarted, and the totals.
    Counts,
    /// As before, with fleets in numbers instead of names.
    Families,
}

impl Level {
    const ALL: [Self; 6] = [
        Self::Full,
        Self::Grouped,
        Self::Fields,
        Self::Lines,
        Self::Counts,
        Self::Families,
    ];

    /// Whether there is room for a picture.
    pub(super) fn draws(self) -> bool {
        self <= Self::Grouped
    }

    /// Whether names become numbers.
    pub(super) fn counts_names(self) -> bool {
        self == Self::Families
    }
}

/// Returns the first text that fits, the last one if none does.
pub(super) fn solve(budget: Option<usize>, write: impl Fn(Level) -> String) -> String {
    let mut text = String::new();
    for level in Level::ALL {
        text = write(level);
        if budget.is_none_or(|most| text.len() <= most) {
            return text;
        }
    }
    text
}

/// Says what is left out, and where it is.
pub(super) fn note(page: &Page<'_>, level: Level) -> Option<String> {
    let shown = match level {
        Level::Full | Level::Grouped => return None,
        Level::Fields => "Shown: everything, changes without their values",
        Level::Lines => "Shown: one line for each entry",
        Level::Counts => "Shown: everything that is destroyed or restarted, and the totals",
        Level::Families => "Shown: the numbers of what is destroyed or restarted, and the totals",
    };
    let number = thousands(page.plan.summary.changes());
    let whole = page.around.whole.as_deref();
    let whole = whole.map_or(String::new(), |whole| {
        format!(" The complete plan is in {whole}.")
    });
    Some(format!(
        "**Note:** {number} changes do not fit into a comment. {shown}.{whole}"
    ))
}
