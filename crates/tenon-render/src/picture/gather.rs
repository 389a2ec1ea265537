//! From a plan to cards: entries and fleets, images, tenants.

use std::collections::{BTreeSet, HashMap};

use tenon_model::image::{ImageDefinition, ResolvedImage};
use tenon_model::plan::{Action, Plan};
use tenon_model::{Address, TenantId};

use super::entries::{Entry, entries};
use super::{Picture, PictureCard, Shape, links};
use crate::names;
use crate::plan::images::{Movements, open_gallery};
use crate::text::cut_end;
use crate::words::{count, plural};

/// The names of a card that are still listed.
const NAMES: usize = 5;
/// What a resource group is called.
pub(crate) const GROUP: &str = "resource group";
/// The widest name that is shown whole.
const NAME: usize = 40;

/// Returns the picture, every entry and fleet by itself.
pub(crate) fn gather(plan: &Plan) -> Picture {
    let entries = entries(plan);
    let mut picture = Picture::default();
    let mut card_of = HashMap::new();
    images(plan, &mut picture, &mut card_of);
    let mut groups: Vec<Vec<&Entry<'_>>> = Vec::new();
    let mut places = HashMap::new();
    for entry in &entries {
        let kin = entry.fleet.unwrap_or(entry.address);
        let key = (kin, entry.action, &entry.notes, &entry.tenant);
        let place = *places.entry(key).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(entry);
    }
    for group in &groups {
        for entry in group {
            card_of.insert(entry.address, picture.cards.len());
        }
        let tenant = tenant(&mut picture.tenants, &group[0].tenant);
        picture.cards.push(card(group, tenant));
    }
    picture.links = links::links(plan, &card_of, &groups_of(&groups, picture.cards.len()));
    label_tenants(plan, &mut picture);
    picture
}

/// Which cards are resource groups.
fn groups_of(groups: &[Vec<&Entry<'_>>], cards: usize) -> BTreeSet<usize> {
    let before = cards - groups.len();
    let are = groups.iter().enumerate();
    are.filter(|(_, group)| group[0].noun == GROUP)
        .map(|(at, _)| before + at)
        .collect()
}

fn card(group: &[&Entry<'_>], tenant: usize) -> PictureCard {
    let first = group[0];
    let entries: Vec<String> = group
        .iter()
        .map(|entry| entry.address.to_string())
        .collect();
    PictureCard {
        tenant,
        action: first.action,
        shape: if first.elsewhere {
            Shape::Elsewhere
        } else {
            Shape::Entry
        },
        noun: first.noun.clone(),
        what: what(&first.noun, entries.len()),
        names: called(&entries),
        notes: first.notes.clone(),
        entries,
    }
}

/// `VM`, `VMs`, `40 VMs`.
pub(crate) fn what(noun: &str, entries: usize) -> String {
    let noun = cut_end(noun, NAME);
    match entries {
        1 => noun,
        2 | 3 => plural(&noun),
        many => count(many, &noun),
    }
}

/// The names of entries without their collections, as long as they are few.
pub(crate) fn called(entries: &[String]) -> String {
    let folded = names::fold(entries.iter().map(String::as_str), 4);
    let shown = folded.iter().take(NAMES);
    let mut shown: Vec<String> = shown
        .map(|name| cut_end(names::short(name), NAME))
        .collect();
    if folded.len() > NAMES {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Adds the images that something needs.
fn images<'a>(plan: &'a Plan, picture: &mut Picture, card_of: &mut HashMap<&'a Address, usize>) {
    let needed: BTreeSet<&Address> = plan.around.needs.values().flatten().collect();
    let moved = Movements::of(plan);
    for image in &plan.images {
        if !needed.contains(&image.address) {
            continue;
        }
        card_of.insert(&image.address, picture.cards.len());
        let version = moved.of_image(image);
        picture.cards.push(PictureCard {
            tenant: tenant(&mut picture.tenants, &publisher(plan, image)),
            action: if version.contains('→') {
                Action::Update
            } else {
                Action::NoOp
            },
            shape: Shape::Image,
            noun: "image".to_owned(),
            what: "image".to_owned(),
            names: format!(
                "{} {version}",
                cut_end(names::short(image.address.as_str()), NAME)
            ),
            notes: Vec::new(),
            entries: vec![image.address.to_string()],
        });
    }
}

/// Whose the image is.
fn publisher(plan: &Plan, image: &ResolvedImage) -> String {
    match &image.id.definition {
        ImageDefinition::Gallery(_) => name(plan, &image.tenant),
        ImageDefinition::Open(open) => open_gallery(open),
    }
}

/// A tenant by its name in the spec, else by the first digits of its id.
pub(crate) fn name(plan: &Plan, id: &TenantId) -> String {
    match plan.deployment.tenant_names.get(id) {
        Some(name) => name.clone(),
        None => id.short(),
    }
}

fn tenant(tenants: &mut Vec<String>, name: &str) -> usize {
    let known = tenants.iter().position(|known| known == name);
    known.unwrap_or_else(|| {
        tenants.push(name.to_owned());
        tenants.len() - 1
    })
}

/// Says which tenant publishes images only, and what is deployed to the others.
fn label_tenants(plan: &Plan, picture: &mut Picture) {
    let deployment = cut_end(&plan.deployment.name, NAME);
    for (at, label) in picture.tenants.iter_mut().enumerate() {
        let name = cut_end(label, NAME);
        let mut mine = picture.cards.iter().filter(|card| card.tenant == at);
        let publishes = mine.all(|card| card.shape == Shape::Image);
        *label = match (publishes, name.contains(' '), name.is_empty()) {
            (true, true, _) => name,
            (true, false, _) => format!("publisher tenant: {name}"),
            (false, _, true) => deployment.clone(),
            (false, _, false) => format!("tenant: {name} / {deployment}"),
        };
    }
}
