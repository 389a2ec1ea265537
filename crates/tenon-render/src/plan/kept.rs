//! What would go and stays.

use tenon_model::ResourceId;
use tenon_model::plan::{Kept, KeptBecause, Mode, Plan};

use crate::layout::Layout;
use crate::text::width;
use crate::value::{Ids, inline};
use crate::words::{count, noun_of};
use crate::{Role, Text};

/// The foreign things that are named.
const NAMED: usize = 3;

/// Adds what stays although the spec no longer names it.
pub(crate) fn kept(plan: &Plan, layout: &Layout, text: &mut Text) {
    if plan.kept.is_empty() {
        return;
    }
    text.space();
    let mut head = layout.line().with(Role::Heading, "Kept");
    let is_old = |kept: &Kept| matches!(kept.because, KeptBecause::ForRollback { .. });
    let words = match plan.mode {
        _ if plan.kept.iter().all(is_old) => "  to go back to",
        Mode::Live if !plan.kept.iter().any(is_old) => "  no longer in the spec, and not deleted",
        Mode::Live | Mode::Destroy => "  not deleted",
    };
    head.push(Role::Plain, words);
    text.push(head);
    let names = plan.kept.iter().map(|kept| width(kept.address.as_str()));
    let column = layout.symbol + 2 + names.max().unwrap_or(0) + 3;
    for kept in &plan.kept {
        let mut line = layout.line();
        line.pad_to(layout.symbol - 2, 0).push(Role::Dim, "=");
        line.pad_to(layout.symbol + 2, 0)
            .push(Role::Address, kept.address.as_str());
        let said = match &kept.because {
            KeptBecause::ForRollback { .. } => because(kept, layout.ids()),
            _ => format!("{}: {}", noun_of(&kept.kind), because(kept, layout.ids())),
        };
        if column + width(&said) > layout.width {
            text.push(line);
            layout.listed(layout.indent, "", 0, Role::Plain, &[said], text);
        } else {
            line.pad_to(column, 3).push(Role::Plain, said);
            text.push(line);
        }
    }
    if plan
        .kept
        .iter()
        .any(|kept| kept.because == KeptBecause::Protected)
    {
        let way = match plan.mode {
            Mode::Live => "to let protected things go: protect: false, apply, then take them out",
            Mode::Destroy => "to let protected things go: protect: false, then destroy again",
        };
        layout.paragraph(Role::Dim, way, text);
    }
    text.space();
}

fn because(kept: &Kept, ids: Ids) -> String {
    let name = |id: &ResourceId| inline(&id.as_str().into(), ids);
    match &kept.because {
        KeptBecause::Protected => "protected".to_owned(),
        KeptBecause::NeededBy { id } => format!("needed by {}", name(id)),
        KeptBecause::ForRollback { of, until, version } => {
            let image = version.as_ref();
            let image = image.map_or(String::new(), |version| format!(" with image {version}"));
            let until = if until.is_empty() {
                String::new()
            } else {
                format!(" until {until}")
            };
            format!("old OS disk{image},{until}: tenon rollback {of}").replace(",:", ":")
        }
        KeptBecause::HoldsForeign { ids } => {
            let mut named: Vec<&str> = ids.iter().take(NAMED).map(ResourceId::name).collect();
            if ids.len() > NAMED {
                named.push("…");
            }
            let things = count(ids.len(), "thing");
            let verb = if ids.len() == 1 { "is" } else { "are" };
            format!("holds {things} that {verb} not ours: {}", named.join(", "))
        }
    }
}
