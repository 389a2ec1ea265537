//! Who and where: the first lines of a plan.

use std::collections::BTreeSet;

use tenon_model::plan::{Mode, Partial, Plan, Preview};
use tenon_model::{Address, TenantId};

use super::{images, preflight};
use crate::layout::Layout;
use crate::text::width;
use crate::words::{and, count};
use crate::{Role, Text};

/// Returns the lines above the changes.
pub(crate) fn header(plan: &Plan, layout: &Layout) -> Text {
    let mut text = Text::new();
    place(plan, layout, &mut text);
    if plan.mode == Mode::Destroy && plan.partial.is_none() {
        let said = "destroy   everything of this deployment goes, in every subscription that the spec names";
        text.push(layout.line().with(Role::Delete, said));
    }
    preview(plan, layout, &mut text);
    part(plan, layout, &mut text);
    images::add(plan, layout, &mut text);
    read(plan, layout, &mut text);
    text
}

/// That nobody asked Azure.
fn preview(plan: &Plan, layout: &Layout, text: &mut Text) {
    if let Some(preview) = &plan.preview {
        let said = format!(
            "offline   compared with the spec of {}, not with Azure",
            revision(preview)
        );
        layout.paragraph(Role::Warning, &said, text);
    }
}

/// `main (9b1d7c2)`, or the commit alone if that was asked for.
pub(crate) fn revision(preview: &Preview) -> String {
    let short: String = preview.commit.chars().take(7).collect();
    match preview.commit.starts_with(&preview.base) {
        true => short,
        false => format!("{} ({short})", preview.base),
    }
}

/// That it is a part of a plan, and which.
pub(crate) fn part(plan: &Plan, layout: &Layout, text: &mut Text) {
    let Some(partial) = &plan.partial else {
        return;
    };
    layout.paragraph(Role::Warning, &left_out(partial), text);
    let list = |addresses: &BTreeSet<Address>| {
        let names: Vec<String> = addresses.iter().map(Address::to_string).collect();
        and(&names)
    };
    let mut said = Vec::new();
    if !partial.targets.is_empty() {
        said.push(format!(
            "only {}, with what is needed for that",
            list(&partial.targets)
        ));
    }
    if !partial.excluded.is_empty() {
        said.push(format!(
            "without {}, and what depends on that",
            list(&partial.excluded)
        ));
    }
    for said in said {
        layout.listed(10, "", 0, Role::Plain, &[said], text);
    }
}

/// `partial plan: 14 other changes left out`.
pub(crate) fn left_out(partial: &Partial) -> String {
    format!(
        "partial plan: {} left out",
        count(partial.left_out, "other change")
    )
}

/// Deployment, tenant, subscription, region.
fn place(plan: &Plan, layout: &Layout, text: &mut Text) {
    let deployment = &plan.deployment;
    let mut parts = vec![(Role::Heading, deployment.name.clone())];
    if let Some(scope) = deployment.scopes.first() {
        parts.push((Role::Plain, tenant(plan, &scope.tenant)));
        let mut subscription = format!("subscription {}", scope.subscription.short());
        if let Some(more) = deployment.scopes.len().checked_sub(2) {
            subscription = format!("{subscription} and {} more", more + 1);
        }
        parts.push((Role::Plain, subscription));
    }
    if !deployment.location.is_empty() {
        parts.push((Role::Plain, deployment.location.clone()));
    }
    let gap = if layout.is_narrow() { " " } else { "  " };
    let mut line = layout.line();
    for (index, (role, part)) in parts.iter().enumerate() {
        let dot = format!("{gap}·{gap}");
        if index > 0 && line.width() + width(&dot) + width(part) > layout.width {
            text.push(std::mem::replace(&mut line, layout.line()));
            line.push(Role::Plain, "  ");
        } else if index > 0 {
            line.push(Role::Dim, dot);
        }
        line.push(*role, part);
    }
    text.push(line);
}

/// A tenant by its name and the first digits of its id.
pub(crate) fn tenant(plan: &Plan, id: &TenantId) -> String {
    match plan.deployment.tenant_names.get(id) {
        Some(name) if name != id.as_str() => format!("{name} {}", id.short()),
        _ => id.short(),
    }
}

fn read(plan: &Plan, layout: &Layout, text: &mut Text) {
    if plan.preview.is_some() {
        return;
    }
    let read = &plan.read;
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    let seconds = read.milliseconds as f64 / 1000.0;
    let mut said = count(read.resources, "resource");
    if read.requests > 0 {
        said = format!("{said} with {}", count(read.requests, "request"));
    }
    let mut line = layout.line().with(Role::Dim, "read      ");
    line.push(Role::Plain, format!("{said} in {seconds:.1} s"));
    preflight::add(plan, layout, line, text);
}
