//! The images of a plan: which version, whose, what decided, and what is newer.

use std::collections::{BTreeSet, HashMap};

use tenon_model::image::{ImageDefinition, ImageId, OpenImage, Rejected, ResolvedImage, Sharing};
use tenon_model::plan::Plan;
use tenon_model::{Address, Path, Value};

use super::header::tenant;
use crate::layout::Layout;
use crate::names::short;
use crate::text::width;
use crate::words::count;
use crate::{Role, Text};

/// Adds a line for each image.
pub(super) fn add(plan: &Plan, layout: &Layout, text: &mut Text) {
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
        clauses.extend(staying(image).map(|said| (Role::Plain, said)));
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

/// Adds a line for each image of which there is a newer version to be had, or
/// of which machines have an older one, where nothing else is said of images.
pub(super) fn news(plan: &Plan, layout: &Layout, text: &mut Text) {
    for image in &plan.images {
        let newer = image.passed_over.iter().any(|(_, why)| why.would_do());
        let newer = newer.then(|| passed_over(image)).flatten();
        let said: Vec<String> = staying(image).into_iter().chain(newer).collect();
        if said.is_empty() {
            continue;
        }
        let name = short(image.address.as_str());
        let mut line = layout.line().with(Role::Dim, "image ");
        line.push(Role::Address, name)
            .push(Role::Plain, " ")
            .push(Role::Value, image.version.to_string())
            .push(Role::Plain, format!(": {}", said.join("; ")));
        text.push(line);
    }
}

/// Whose it is, and what decided the version.
pub(crate) fn origin(plan: &Plan, image: &ResolvedImage) -> String {
    let decided = match (image.moves(), image.locked) {
        (false, _) => "pinned in the spec".to_owned(),
        (true, true) => format!("channel {} (tenon.lock)", image.channel),
        (true, false) => format!("channel {}, not locked", image.channel),
    };
    let whose = match &image.id.definition {
        ImageDefinition::Gallery(_) => tenant(plan, &image.tenant),
        ImageDefinition::Open(open) => open_gallery(open),
    };
    format!("from {whose}, {decided}")
}

/// A gallery that needs no role.
pub(crate) fn open_gallery(open: &OpenImage) -> String {
    match open.sharing {
        Sharing::Direct => format!("shared gallery {}", open.gallery),
        Sharing::Community => format!("community gallery {}", open.gallery),
    }
}

/// Machines that keep an older version.
pub(crate) fn staying(image: &ResolvedImage) -> Option<String> {
    let each = image.stay.iter().map(|(version, machines)| {
        let stay = if *machines == 1 { "stays" } else { "stay" };
        format!("{} {stay} on {version}", count(*machines, "machine"))
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| each.join(", "))
}

/// The newest version that would do, else the newest of all and why not.
pub(crate) fn passed_over(image: &ResolvedImage) -> Option<String> {
    let newest = |would_do: bool| {
        let all = image.passed_over.iter();
        let all = all.filter(move |(_, why)| !would_do || why.would_do());
        all.max_by_key(|(version, _)| *version)
    };
    let (version, why) = newest(true).or_else(|| newest(false))?;
    let mut said = vec![match why {
        Rejected::Locked => format!("{version} is newer (tenon update {})", image.lock_key()),
        Rejected::Pinned => format!(
            "{version} is newer (tenon update {} --to {version})",
            image.lock_key()
        ),
        why => format!("{version} passed over: {}", rejected(why)),
    }];
    let mut more = image.passed_over.len() - 1;
    if let Some((above, why)) = newest(false).filter(|(above, _)| above > version) {
        said.push(format!("{above} passed over: {}", rejected(why)));
        more -= 1;
    }
    if more > 0 {
        said.push(format!("{more} more"));
    }
    Some(said.join("; "))
}

/// Why a version is passed over.
#[must_use]
pub fn rejected(why: &Rejected) -> String {
    match why {
        Rejected::Locked => "the lock file pins another one".to_owned(),
        Rejected::Pinned => "the spec pins another one".to_owned(),
        Rejected::Ended(end) => format!("its life ended on {}", day(end)),
        Rejected::Excluded => "excluded from latest".to_owned(),
        Rejected::ExcludedIn(region) => format!("excluded from latest in {region}"),
        Rejected::NoReplica {
            region,
            state: Some(state),
        } => match state.to_ascii_lowercase().as_str() {
            "failed" => format!("its replication to {region} failed"),
            state => format!("replica in {region} is {state}"),
        },
        Rejected::NoReplica { region, .. } => format!("not in {region}"),
        Rejected::NotReady(state) => format!("its state is {state}"),
        Rejected::SoftDeleted => "marked for deletion".to_owned(),
    }
}

/// From which versions machines move to which image.
pub(crate) struct Movements<'a> {
    /// Versions before, by the version after and, where a request tells, the
    /// image.
    before: Vec<(&'a str, Option<ImageId>, &'a str)>,
}

impl<'a> Movements<'a> {
    /// Reads them off the changes.
    pub(crate) fn of(plan: &'a Plan) -> Self {
        let mut before = Vec::new();
        let mut images: HashMap<&Address, ImageId> = HashMap::new();
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
                    let id = images.get(&change.address).cloned();
                    before.push((new.as_str(), id, old.as_str()));
                }
            }
        }
        Self { before }
    }

    /// `1.4.1 → 1.4.2`, or only the version if nothing moves.
    pub(crate) fn of_image(&self, image: &ResolvedImage) -> String {
        let version = image.version.to_string();
        let mine = self.before.iter().filter(|(after, id, _)| {
            *after == version && id.as_ref().is_none_or(|id| *id == image.id)
        });
        let olds: BTreeSet<&str> = mine.map(|(_, _, old)| *old).collect();
        if olds.is_empty() {
            return version;
        }
        let olds: Vec<&str> = olds.into_iter().collect();
        format!("{} → {version}", olds.join(", "))
    }
}

fn image_of(body: &Value) -> Option<ImageId> {
    let image = "storageProfile.imageReference";
    let profiles = ["properties", "properties.virtualMachineProfile"];
    profiles.iter().find_map(|profile| {
        let path = Path::parse(&format!("{profile}.{image}")).ok()?;
        ImageId::of_reference(path.get(body)?)
    })
}

/// The date of a time in RFC 3339.
pub(crate) fn day(time: &str) -> &str {
    time.split_once('T').map_or(time, |(day, _)| day)
}
