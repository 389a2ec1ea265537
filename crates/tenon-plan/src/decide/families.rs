//! Children whose parent's marker speaks for them.

use std::collections::BTreeMap;

use tenon_model::desired::{Desired, Relation};
use tenon_model::marker::{Base, Ownership};
use tenon_model::rules::{Absent, Rules, Tags};
use tenon_model::{Address, ResourceId, Value};

use crate::select::LeftOut;
use crate::{Inputs, diff};

/// Children whose parent's marker speaks for them.
#[derive(Default)]
pub(super) struct Families {
    /// What a parent's marker keeps of its children, by parent.
    pub(super) children: BTreeMap<Address, BTreeMap<String, Value>>,
    pub(super) parents: BTreeMap<Address, Address>,
    /// The names of live children, by parent.
    live: BTreeMap<ResourceId, Vec<String>>,
}

impl Families {
    pub(super) fn of(inputs: &Inputs<'_>, left_out: &LeftOut) -> Self {
        let mut families = Self::default();
        for desired in inputs
            .graph
            .written()
            .filter(|one| one.rules.tags == Tags::Parent)
        {
            let inside = desired
                .needs
                .iter()
                .filter(|need| need.relation == Relation::Inside);
            let parent = inside
                .filter_map(|need| inputs.graph.resource(&need.on))
                .find(|parent| desired.id.parent().as_ref() == Some(&parent.id));
            let Some(parent) = parent else { continue };
            families
                .parents
                .insert(desired.address.clone(), parent.address.clone());
            let kept = if left_out.has(&desired.id) {
                remembered_of_child(inputs, &desired.id, desired.rules)
            } else {
                kept_of_child(desired)
            };
            let children = families.children.entry(parent.address.clone());
            children.or_default().extend(kept);
        }
        for id in left_out.unnamed(inputs) {
            let parent = id.parent().and_then(|id| {
                let named = inputs.graph.written();
                named.into_iter().find(|parent| parent.id == id)
            });
            if let (Some(parent), Some(rules)) = (parent, (inputs.rules_of)(&id.resource_type())) {
                let children = families.children.entry(parent.address.clone());
                let kept = remembered_of_child(inputs, id, rules);
                children.or_default().extend(kept);
            }
        }
        for live in inputs.snapshot.iter() {
            if let Some(parent) = live.id.parent() {
                let names = families.live.entry(parent).or_default();
                names.push(child_property(&live.id));
            }
        }
        families
    }

    /// What the marker `base` of a parent remembers of children that are live,
    /// and `children` no longer has.
    pub(super) fn leaving(
        &self,
        parent: &Desired,
        base: &Base,
        children: &BTreeMap<String, Value>,
    ) -> Vec<String> {
        let live = self.live.get(&parent.id).map_or(&[][..], Vec::as_slice);
        let rules = parent.rules.children.iter().map(|child| child.rules);
        let optional: Vec<&str> = rules.flat_map(optional_rows).collect();
        let mut leaving = Vec::new();
        for child in live {
            if !children.contains_key(child) {
                leaving.extend(base.has(child).then(|| child.clone()));
                continue;
            }
            let parts = optional.iter().map(|row| format!("{child}.{row}"));
            leaving.extend(
                parts.filter(|part| !children.contains_key(part) && diff::remembers(base, part)),
            );
        }
        if !leaving.is_empty() {
            let recorded = diff::recorded(&diff::leaves(parent), children);
            let now = Base::of(&recorded);
            leaving.retain(|name| !now.has(name));
        }
        leaving
    }
}

/// Properties with a place of their own that a spec may stop to name.
pub(crate) fn optional_rows(rules: &'static Rules) -> impl Iterator<Item = &'static str> {
    rules
        .rows
        .iter()
        .filter(|row| row.absent != Absent::Unmanaged && !row.path.contains(['[', '*']))
        .map(|row| row.property)
}

/// What a parent's marker keeps of a child: all of it in one, and by itself
/// each property whose absence means something.
fn kept_of_child(desired: &Desired) -> BTreeMap<String, Value> {
    let name = child_property(&desired.id);
    let leaves = diff::leaves(desired);
    let properties = diff::recorded(&leaves, &BTreeMap::new());
    let mut kept: BTreeMap<String, Value> = optional_rows(desired.rules)
        .filter_map(|row| Some((format!("{name}.{row}"), properties.get(row)?.clone())))
        .collect();
    let all = properties.into_iter().collect();
    kept.insert(name, Value::Map(all));
    kept
}

/// What the marker of its parent remembers of a child that this plan leaves
/// alone: the names, so that the child stays ours, and no values, so that a
/// later plan does not take for applied what is not.
fn remembered_of_child(
    inputs: &Inputs<'_>,
    id: &ResourceId,
    rules: &'static Rules,
) -> BTreeMap<String, Value> {
    let parent = id.parent().and_then(|parent| inputs.snapshot.get(&parent));
    let Some(Ownership::Marked(marker)) = parent.map(|parent| &parent.ownership) else {
        return BTreeMap::new();
    };
    let name = child_property(id);
    let parts = optional_rows(rules).map(|row| format!("{name}.{row}"));
    let mut names: Vec<String> = parts
        .filter(|part| diff::remembers(&marker.base, part))
        .collect();
    if marker.base.has(&name) {
        names.push(name);
    }
    names.into_iter().map(|name| (name, Value::Null)).collect()
}

/// Every name under which a parent's marker may remember a child.
pub(crate) fn names_of_child(id: &ResourceId, rules: &'static Rules) -> Vec<String> {
    let name = child_property(id);
    let parts = optional_rows(rules).map(|row| format!("{name}.{row}"));
    let mut names: Vec<String> = parts.collect();
    names.push(name);
    names
}

/// The name under which a parent's marker keeps a child.
pub(crate) fn child_property(id: &ResourceId) -> String {
    let kind = id.resource_type();
    let kind = kind
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    format!("{kind}/{}", id.name().to_ascii_lowercase())
}
