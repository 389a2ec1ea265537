//! Who and where: the first lines of a plan.

use std::collections::BTreeSet;
use std::collections::HashMap;

use tenon_model::diagnostic::Severity;
use tenon_model::image::{Channel, Rejected, ResolvedImage};
use tenon_model::plan::{Mode, Partial, Plan};
use tenon_model::{Address, Path, TenantId, Value};

use crate::layout::Layout;
use crate::names::short;
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
    part(plan, layout, &mut text);
    images(plan, layout, &mut text);
    read(plan, layout, &mut text);
    text
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
    let read = &plan.read;
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    let seconds = read.milliseconds as f64 / 1000.0;
    let mut said = count(read.resources, "resource");
    if read.requests > 0 {
        said = format!("{said} with {}", count(read.requests, "request"));
    }
    let mut line = layout.line().with(Role::Dim, "read      ");
    line.push(Role::Plain, format!("{said} in {seconds:.1} s"));
    for (severity, noun, role) in [
        (Severity::Error, "error", Role::Error),
        (Severity::Warning, "warning", Role::Warning),
    ] {
        let found = plan.diagnostics.iter().filter(|d| d.severity == severity);
        let number = found.count();
        if number > 0 {
            line.push(Role::Plain, "    ")
                .push(role, count(number, noun));
        }
    }
    text.push(line);
    for said in &read.left_out {
        layout.listed(10, "", 0, Role::Dim, std::slice::from_ref(said), text);
    }
}

fn images(plan: &Plan, layout: &Layout, text: &mut Text) {
    let moved = Movements::of(plan);
    let shown: Vec<(String, String)> = plan
        .images
        .iter()
        .map(|image| {
            (
                short(image.address.as_str()).to_owned(),
                moved.of_image(image),
            )
        })
        .collect();
    let names = shown.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let versions = shown.iter().map(|(_, v)| width(v)).max().unwrap_or(0);
    for (index, (image, (name, version))) in plan.images.iter().zip(&shown).enumerate() {
        let label = if index == 0 { "images" } else { "" };
        let mut line = layout.line().with(Role::Dim, label);
        line.pad_to(10, 0).push(Role::Address, name);
        line.pad_to(10 + names + 1, 1).push(Role::Value, version);
        let column = 10 + names + 1 + versions + 3;
        let mut clauses = vec![(Role::Plain, origin(plan, image))];
        clauses.extend(passed_over(image).map(|said| (Role::Dim, said)));
        for (at, (role, clause)) in clauses.iter().enumerate() {
            let wanted = if at == 0 { column } else { 0 };
            if line.width().max(wanted) + 3 + width(clause) > layout.width + 3 {
                text.push(std::mem::replace(&mut line, layout.line()));
                line.pad_to(12, 0);
            } else {
                line.pad_to(wanted, 3);
            }
            line.push(*role, clause);
        }
        text.push(line);
    }
}

/// Whose it is, and what decided the version.
fn origin(plan: &Plan, image: &ResolvedImage) -> String {
    let moves = Channel::parse(&image.channel).is_ok_and(Channel::moves);
    let decided = match (moves, image.locked) {
        (false, _) => "pinned in the spec".to_owned(),
        (true, true) => format!("channel {} (tenon.lock)", image.channel),
        (true, false) => format!("channel {}, not locked", image.channel),
    };
    format!("from {}, {decided}", tenant(plan, &image.tenant))
}

/// The newest version that was passed over, and why.
fn passed_over(image: &ResolvedImage) -> Option<String> {
    let (version, why) = image
        .passed_over
        .iter()
        .max_by_key(|(version, _)| *version)?;
    let said = match why {
        Rejected::Locked => format!(
            "{version} is newer (tenon update {})",
            short(image.address.as_str())
        ),
        why => format!("{version} passed over: {}", rejected(why)),
    };
    match image.passed_over.len() {
        1 => Some(said),
        many => Some(format!("{said}; {} more", many - 1)),
    }
}

/// Why a version is passed over.
pub(crate) fn rejected(why: &Rejected) -> String {
    match why {
        Rejected::Locked => "the lock file pins another one".to_owned(),
        Rejected::Excluded => "excluded from latest".to_owned(),
        Rejected::ExcludedIn(region) => format!("excluded from latest in {region}"),
        Rejected::NoReplica {
            region,
            state: Some(state),
        } => format!("replica in {region} is {state}"),
        Rejected::NoReplica { region, .. } => format!("not in {region}"),
        Rejected::NotReady(state) => state.clone(),
        Rejected::SoftDeleted => "marked for deletion".to_owned(),
    }
}

/// From which versions machines move to which image.
struct Movements<'a> {
    /// Versions before, by the version after and, where a request tells, the
    /// image.
    before: Vec<(&'a str, Option<&'a str>, &'a str)>,
}

impl<'a> Movements<'a> {
    fn of(plan: &'a Plan) -> Self {
        let mut before = Vec::new();
        let mut images: HashMap<&Address, &str> = HashMap::new();
        for step in &plan.steps {
            if let Some(id) = step.request.body.as_ref().and_then(image_of) {
                images.insert(&step.address, id);
            }
        }
        for change in &plan.changes {
            for property in &change.properties {
                let (Some(Value::Text(old)), Some(Value::Text(new))) =
                    (&property.before, &property.after)
                else {
                    continue;
                };
                if property.path == "image.version" {
                    let id = images.get(&change.address).copied();
                    before.push((new.as_str(), id, old.as_str()));
                }
            }
        }
        Self { before }
    }

    /// `1.4.1 → 1.4.2`, or only the version if nothing moves.
    fn of_image(&self, image: &ResolvedImage) -> String {
        let version = image.version.to_string();
        let mine = self.before.iter().filter(|(after, id, _)| {
            *after == version && id.is_none_or(|id| id.eq_ignore_ascii_case(image.id.as_str()))
        });
        let olds: BTreeSet<&str> = mine.map(|(_, _, old)| *old).collect();
        if olds.is_empty() {
            return version;
        }
        let olds: Vec<&str> = olds.into_iter().collect();
        format!("{} → {version}", olds.join(", "))
    }
}

fn image_of(body: &Value) -> Option<&str> {
    let image = "storageProfile.imageReference.id";
    let profiles = ["properties", "properties.virtualMachineProfile"];
    profiles.iter().find_map(|profile| {
        let path = Path::parse(&format!("{profile}.{image}")).ok()?;
        path.get(body)?.as_text()
    })
}
