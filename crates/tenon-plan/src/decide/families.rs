//! Children whose parent's marker speaks for them.

use std::collections::BTreeMap;

use tenon_model::desired::{Desired, Relation};
use tenon_model::marker::{Base, Children, Marker, Ownership};
use tenon_model::rules::{Absent, Rules, Tags};
use tenon_model::snapshot::Live;
use tenon_model::spec::Made;
use tenon_model::{Address, ResourceId, Value};

use crate::looks::is_group;
use crate::select::LeftOut;
use crate::{Inputs, ResourceGraph, diff};

/// Children whose parent's marker speaks for them.
#[derive(Default)]
pub(super) struct Families {
    /// What a parent's marker keeps of its children, by parent.
    pub(super) children: BTreeMap<Address, BTreeMap<String, Value>>,
    pub(super) parents: BTreeMap<Address, Address>,
    /// The children of a parent whose types have no table.
    untabled: BTreeMap<Address, Children>,
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
            let Some(parent) = holder(inputs, desired) else {
                continue;
            };
            families
                .parents
                .insert(desired.address.clone(), parent.address.clone());
            let kept = if left_out.has(&desired.id) {
                families.remember(inputs, parent, &desired.id);
                remembered_of_child(inputs, &desired.id, desired.rules)
            } else {
                families.note(parent, desired);
                kept_of_child(desired)
            };
            let children = families.children.entry(parent.address.clone());
            children.or_default().extend(kept);
        }
        for id in left_out.unnamed(inputs) {
            let Some(speaker) = speaker(inputs, id, None) else {
                continue;
            };
            let mut named = inputs.graph.written();
            if let Some(parent) = named.find(|parent| parent.id == speaker.outer.id) {
                families.remember(inputs, parent, id);
                let children = families.children.entry(parent.address.clone());
                let kept = remembered_of_child(inputs, id, speaker.rules);
                children.or_default().extend(kept);
            }
        }
        for live in inputs.snapshot.iter() {
            let outer = live.id.parent().or_else(|| extends_group(inputs, live));
            if let Some(outer) = outer {
                let names = families.live.entry(outer).or_default();
                names.push(child_property(&live.id));
            }
        }
        families
    }

    /// Notes a child that is written.
    fn note(&mut self, parent: &Desired, child: &Desired) {
        if has_no_table(child) {
            let children = self.untabled.entry(parent.address.clone()).or_default();
            children.add(&parent.id, &child.id, &child.api_version);
        }
    }

    /// Notes a child that this plan leaves alone, if the marker of its parent
    /// has it.
    fn remember(&mut self, inputs: &Inputs<'_>, parent: &Desired, child: &ResourceId) {
        let live = inputs.snapshot.get(&parent.id).map(|live| &live.ownership);
        if let Some(Ownership::Marked(marker)) = live {
            let children = self.untabled.entry(parent.address.clone()).or_default();
            children.keep(&parent.id, child, &marker.children);
        }
    }

    /// The children of a parent whose types have no table.
    pub(super) fn untabled(&self, parent: &Address) -> Children {
        self.untabled.get(parent).cloned().unwrap_or_default()
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

/// Whose marker calls a child without tags ours.
pub(crate) struct Speaker<'a> {
    pub(crate) outer: &'a Live,
    pub(crate) marker: &'a Marker,
    /// What is known about the child's type.
    pub(crate) rules: &'static Rules,
    /// The api-version of the child, where its type has no table.
    pub(crate) api_version: Option<String>,
}

/// Whose marker calls the child `id` ours.
pub(crate) fn speaker<'a>(
    inputs: &Inputs<'a>,
    id: &ResourceId,
    desired: Option<&Desired>,
) -> Option<Speaker<'a>> {
    let outer = inputs.snapshot.get(&outer_of(id)?)?;
    let Ownership::Marked(marker) = &outer.ownership else {
        return None;
    };
    let noted = marker.children.api_version(&outer.id, id);
    let rules = (inputs.rules_of)(&id.resource_type())
        .or_else(|| desired.map(|desired| desired.rules))
        .or_else(|| noted.map(|_| inputs.untagged))?;
    let ours = rules.tags == Tags::Parent
        && marker.deployment == inputs.deployment.name
        && marker.base.has(&child_property(id));
    ours.then(|| Speaker {
        outer,
        marker,
        rules,
        api_version: noted.map(str::to_owned),
    })
}

/// What `id` lies in or extends: its parent, or its group.
pub(crate) fn outer_of(id: &ResourceId) -> Option<ResourceId> {
    let group = || {
        let group = id.resource_group().filter(|_| !is_group(id))?;
        Some(ResourceId::group(&id.subscription(), group))
    };
    id.parent().or_else(group)
}

/// The group that `live` extends, if the group's marker may know it.
fn extends_group(inputs: &Inputs<'_>, live: &Live) -> Option<ResourceId> {
    if live.ownership != Ownership::Foreign {
        return None;
    }
    let group = outer_of(&live.id)?;
    match &inputs.snapshot.get(&group)?.ownership {
        Ownership::Marked(marker) if !marker.children.is_empty() => Some(group),
        _ => None,
    }
}

/// The children that the spec names in `outer` whose types have no table.
pub(crate) fn named_children(graph: &ResourceGraph, outer: &ResourceId) -> Children {
    let mut children = Children::default();
    let untagged = graph.written().filter(|one| one.rules.tags == Tags::Parent);
    for child in untagged.filter(|one| has_no_table(one)) {
        if outer_of(&child.id).as_ref() == Some(outer) {
            children.add(outer, &child.id, &child.api_version);
        }
    }
    children
}

fn has_no_table(desired: &Desired) -> bool {
    desired.rules.resource_type.is_empty()
}

/// What a resource without tags lies in, if the spec makes that: its marker
/// speaks for it. For what is on a group, or lies in one, that is the group.
pub(crate) fn holder<'g>(inputs: &Inputs<'g>, desired: &Desired) -> Option<&'g Desired> {
    let inside = desired
        .needs
        .iter()
        .filter(|need| need.relation == Relation::Inside);
    inside
        .filter_map(|need| inputs.graph.resource(&need.on))
        .filter(|outer| outer.made == Made::Here && desired.id.is_inside(&outer.id))
        .find(|outer| match desired.id.parent() {
            Some(parent) => parent == outer.id,
            None => is_group(&outer.id),
        })
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
    let parent = outer_of(id).and_then(|parent| inputs.snapshot.get(&parent));
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

/// A marker of `outer` when it no longer speaks for `children`.
pub(crate) fn without<'c>(
    marker: &Marker,
    outer: &ResourceId,
    children: impl Iterator<Item = (&'c ResourceId, &'static Rules)>,
) -> Marker {
    let mut marker = marker.clone();
    for (id, rules) in children {
        marker.base = marker.base.without(&names_of_child(id, rules));
        marker.children.remove(outer, id);
    }
    marker
}

/// Every name under which a parent's marker may remember a child.
fn names_of_child(id: &ResourceId, rules: &'static Rules) -> Vec<String> {
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
