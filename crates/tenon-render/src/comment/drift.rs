//! What somebody changed in Azure, and that the plan puts it back.

use tenon_model::plan::Cause;
use tenon_model::value::Value;

use super::Page;
use super::budget::Level;
use super::markdown::code;
use crate::names::short;
use crate::text::cut_middle;
use crate::value::{Ids, inline};
use crate::words::thousands;

/// The properties that are told one by one.
const TOLD: usize = 5;

/// Returns the paragraph; none where nothing drifted.
pub(super) fn drift(page: &Page<'_>, level: Level) -> Option<String> {
    let changes = page.plan.changes.iter();
    let all: Vec<_> = changes
        .flat_map(|change| change.properties.iter().map(move |one| (change, one)))
        .filter(|(_, one)| one.cause == Cause::Drift)
        .collect();
    if all.is_empty() {
        return None;
    }
    if level == Level::Counts {
        let number = thousands(all.len());
        return Some(format!(
            "**Drift:** {number} changed in Azure; this plan puts it back."
        ));
    }
    let mut said: Vec<String> = all
        .iter()
        .take(TOLD)
        .map(|(change, one)| {
            let who = code(short(change.address.as_str()));
            let path = code(&one.path);
            if one.sensitive {
                return format!("{who} {path} was changed in Azure (the value is not shown)");
            }
            let (live, spec) = (value(one.before.as_ref()), value(one.after.as_ref()));
            format!("{who} {path} is {live}; the spec says {spec}")
        })
        .collect();
    if all.len() > TOLD {
        said.push(format!("{} more", thousands(all.len() - TOLD)));
    }
    Some(match said.as_slice() {
        [one] => format!("**Drift:** {one}. This plan puts it back."),
        many => format!(
            "**Drift**, which this plan puts back:\n\n- {}",
            many.join("\n- ")
        ),
    })
}

fn value(value: Option<&Value>) -> String {
    match value {
        None => "not set".to_owned(),
        Some(value) => code(&cut_middle(&inline(value, Ids::Short), 80)),
    }
}
