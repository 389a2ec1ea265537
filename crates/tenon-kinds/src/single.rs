//! Entries that stand for one resource: what their kinds have in common.

use tenon_model::desired::{Attributes, Declaration};
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::Surroundings;
use tenon_model::rules::Rules;
use tenon_model::shape::Section;
use tenon_model::spec::Entry;
use tenon_model::{Address, Later, Path, ResourceId, Value};

use crate::draft::Draft;
use crate::placement::placement;
use crate::{inverse, networks};

/// The id of the resource of an entry.
pub(crate) fn ids(
    rules: &Rules,
    entry: &Entry,
    around: &Surroundings<'_>,
) -> Vec<(Address, ResourceId)> {
    let name = entry.item.text("name").unwrap_or(&entry.key);
    let id = placement(entry, around).id(rules.resource_type, &[name]);
    vec![(entry.address.clone(), id)]
}

/// The resource of an entry with what every entry may say: region, tags,
/// protection and order.
pub(crate) fn draft(rules: &'static Rules, entry: &Entry, around: &Surroundings<'_>) -> Draft {
    let place = placement(entry, around);
    let id = around.ids[&entry.address].clone();
    let mut draft = Draft::new(rules, entry.address.clone(), id, entry, &place).tracked(&place);
    draft.depends_on(entry);
    crate::vms::protect(&entry.item, draft.desired());
    draft
}

/// Adds the resource; others read its id, its name and its live body.
pub(crate) fn add(draft: Draft, out: &mut Declaration) -> &mut Attributes {
    let desired = draft.finish();
    let (address, id) = (desired.address.clone(), desired.id.clone());
    out.resources.push(desired);
    let attributes = networks::attributes(&id, &address);
    out.attributes.entry(address).or_insert(attributes)
}

/// Writes an entry for every live resource of the kind.
pub(crate) fn draw(section: &Section, rules: &Rules, found: &Found, drawing: &mut Drawing) {
    for live in found.open(rules.resource_type, drawing) {
        let mut entry = inverse::properties(rules, &section.shape, live, &[]);
        inverse::place(found, &[live], &mut entry);
        drawing.enter(section.name, &live.id, entry);
    }
}

/// The value that Azure shows at the dotted `path` of the body of `of`.
pub(crate) fn live(of: &Address, path: &str) -> Value {
    let path = path
        .split('.')
        .fold(Path::root(), |path, name| path.member(name));
    Value::later(Later::Live {
        of: of.clone(),
        path,
    })
}
