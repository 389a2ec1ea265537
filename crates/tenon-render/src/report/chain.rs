//! What set the pace: the steps that waited for each other the longest.

use tenon_model::plan::{Does, Plan};
use tenon_model::report::Report;

use crate::layout::Layout;
use crate::names;
use crate::run::Run;
use crate::text::width;
use crate::words::{duration, thousands};
use crate::{Role, Text};

/// The names of a chain that are shown.
const LINKS: usize = 8;

/// Adds the chain of steps that ended last, each having waited for the one
/// before.
pub(crate) fn chain(plan: &Plan, run: &Run, report: &Report, layout: &Layout, text: &mut Text) {
    let ended = |step: usize| report.lines.get(&step).and_then(|line| line.to);
    let last = (0..plan.steps.len()).max_by_key(|step| ended(*step));
    let Some(mut step) = last.filter(|step| ended(*step).is_some()) else {
        return;
    };
    let (to, mut links) = (ended(step), vec![step]);
    while let Some(before) = plan.steps[step]
        .after
        .iter()
        .copied()
        .filter(|before| ended(*before).is_some())
        .max_by_key(|before| ended(*before))
    {
        links.push(before);
        step = before;
    }
    links.reverse();
    let mut units: Vec<&str> = Vec::new();
    let waves = |link: &&usize| plan.steps[**link].does == Does::Settle;
    for link in links.iter().filter(|link| !waves(link)) {
        let name = names::short(&run.units[run.steps[*link].unit].name);
        if units.last() != Some(&name) {
            units.push(name);
        }
    }
    let from = report.lines.get(&links[0]).and_then(|line| line.from);
    let (Some(from), Some(to), true) = (from, to, units.len() > 1) else {
        return;
    };
    let took = duration(to.saturating_sub(from));
    let mut items = shorten(&units);
    if let Some(last) = items.last_mut() {
        *last = format!("{last} ({took})");
    }
    let mut line = layout.line().with(Role::Dim, "  longest chain: ");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            line.push(Role::Dim, " → ");
        }
        if line.width() + width(item) + 3 > layout.width {
            text.push(std::mem::replace(&mut line, layout.line()));
            line.pad_to(4, 0);
        }
        line.push(Role::Plain, item);
    }
    text.push(line);
}

/// The first and last links of a long chain.
fn shorten(units: &[&str]) -> Vec<String> {
    if units.len() <= LINKS {
        return units.iter().map(|unit| (*unit).to_owned()).collect();
    }
    let half = LINKS / 2;
    let mut items: Vec<String> = units[..half]
        .iter()
        .map(|unit| (*unit).to_owned())
        .collect();
    items.push(format!("… {} more", thousands(units.len() - 2 * half)));
    items.extend(
        units[units.len() - half..]
            .iter()
            .map(|unit| (*unit).to_owned()),
    );
    items
}
