//! What happens to each resource that the spec asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tenon_model::desired::{Desired, Protect, Relation};
use tenon_model::marker::{Base, Marker, Ownership, Protection, Recorded};
use tenon_model::plan::{Action, Cause, Kept, Mode, Partial, Reason};
use tenon_model::rules::{Absent, Disruption, Rules, Tags};
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::spec::Made;
use tenon_model::{Address, Diagnostic, Place, ResourceId, Value};

use crate::diff::{self, Difference};
use crate::select::LeftOut;
use crate::{Inputs, settle, wishes};

pub(crate) mod problems;

/// What happens to one resource.
pub(crate) struct Decision<'a> {
    pub(crate) address: Address,
    pub(crate) entry: Address,
    pub(crate) fleet: Option<Address>,
    pub(crate) id: ResourceId,
    pub(crate) rules: &'static Rules,
    pub(crate) resource_type: String,
    pub(crate) api_version: String,
    /// What the spec asks for; none for what it no longer names.
    pub(crate) desired: Option<Cow<'a, Desired>>,
    pub(crate) live: Option<&'a Live>,
    pub(crate) action: Action,
    pub(crate) reason: Reason,
    pub(crate) difference: Difference,
    /// The marker that the resource gets; none before [`mark`].
    pub(crate) marker: Option<Marker>,
    /// When it gets its marker.
    pub(crate) marking: Marking,
    /// Whether this plan may touch it: the spec makes it, and nobody else
    /// owns what is live.
    pub(crate) ours: bool,
    pub(crate) place: Place,
    /// Disks for whose change the machine stops.
    pub(crate) stops_for: Vec<Address>,
}

/// When a resource gets its marker. A marker that speaks for children must
/// not forget one before it is gone: a run that ends in between would lose it.
#[derive(Default)]
pub(crate) enum Marking {
    /// With its own change.
    #[default]
    AtOnce,
    /// When its children have changed.
    Afterwards,
    /// With its own change a marker that names the children of before and
    /// after, this one; then the final one.
    Twice(Marker),
}

impl Decision<'_> {
    /// The worst that it does to a running machine.
    pub(crate) fn disruption(&self) -> Disruption {
        match self.action {
            Action::Replace => Disruption::Replace,
            Action::Update | Action::Adopt => {
                let worst = self
                    .difference
                    .changes
                    .iter()
                    .map(|change| change.disruption)
                    .max();
                let stop = (!self.stops_for.is_empty()).then_some(Disruption::Deallocate);
                worst.max(stop).unwrap_or(Disruption::Hot)
            }
            _ => Disruption::None,
        }
    }

    /// Whether the resource is gone or made anew.
    pub(crate) fn goes(&self) -> bool {
        matches!(self.action, Action::Delete | Action::Replace)
    }
}

/// What happens to all resources: those of the spec, each after what it needs,
/// then those that it no longer names.
#[derive(Default)]
pub(crate) struct Decisions<'a> {
    list: Vec<Decision<'a>>,
    by_address: BTreeMap<Address, usize>,
    by_id: BTreeMap<ResourceId, usize>,
    families: Families,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) kept: Vec<Kept>,
    /// What was asked for, if that is only a part.
    pub(crate) partial: Option<Partial>,
    /// What is in the way and not ours, by entry.
    foreign: Vec<problems::Foreign<'a>>,
}

impl<'a> Decisions<'a> {
    pub(crate) fn push(&mut self, decision: Decision<'a>) {
        self.by_address
            .insert(decision.address.clone(), self.list.len());
        self.by_id.insert(decision.id.clone(), self.list.len());
        self.list.push(decision);
    }

    pub(crate) fn get(&self, address: &Address) -> Option<&Decision<'a>> {
        self.by_address.get(address).map(|index| &self.list[*index])
    }

    pub(crate) fn by_id(&self, id: &ResourceId) -> Option<&Decision<'a>> {
        self.by_id.get(id).map(|index| &self.list[*index])
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Decision<'a>> {
        self.list.iter()
    }

    pub(crate) fn position(&self, address: &Address) -> Option<usize> {
        self.by_address.get(address).copied()
    }

    pub(crate) fn at(&self, index: usize) -> &Decision<'a> {
        &self.list[index]
    }

    pub(crate) fn at_mut(&mut self, index: usize) -> &mut Decision<'a> {
        &mut self.list[index]
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

/// Decides for everything that the spec names. Nothing is asked for when the
/// deployment is to go.
pub(crate) fn decide<'a>(inputs: &Inputs<'a>, left_out: &LeftOut) -> Decisions<'a> {
    let mut decisions = Decisions::default();
    if inputs.mode == Mode::Destroy {
        return decisions;
    }
    let families = Families::of(inputs, left_out);
    for desired in inputs.graph.resources() {
        let desired = settle::settle(desired, &decisions);
        let decision = Deciding {
            inputs,
            families: &families,
            left_out,
            decisions: &mut decisions,
        }
        .resource(desired);
        decisions.push(decision);
    }
    decisions.families = families;
    let foreign = std::mem::take(&mut decisions.foreign);
    decisions.diagnostics.extend(problems::not_ours(&foreign));
    decisions
}

/// Children whose parent's marker speaks for them.
#[derive(Default)]
pub(crate) struct Families {
    /// What a parent's marker keeps of its children, by parent.
    children: BTreeMap<Address, BTreeMap<String, Value>>,
    parents: BTreeMap<Address, Address>,
    /// The names of live children, by parent.
    live: BTreeMap<ResourceId, Vec<String>>,
}

impl Families {
    fn of(inputs: &Inputs<'_>, left_out: &LeftOut) -> Self {
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
    fn leaving(
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

struct Deciding<'d, 'a> {
    inputs: &'d Inputs<'a>,
    families: &'d Families,
    left_out: &'d LeftOut,
    decisions: &'d mut Decisions<'a>,
}

/// What is known about the owner of a live resource.
enum Owner {
    Us(Base),
    /// Ours through our marker on its parent, which has this fingerprint, and
    /// remembers these properties.
    Parent(Recorded, Base),
    /// Nobody's, and the author asked to take it over.
    Adopted,
    /// Nobody's or somebody else's; why it is nobody's although it has a
    /// marker.
    Foreign(Option<&'static str>),
    Problem(Box<Diagnostic>),
}

impl<'a> Deciding<'_, 'a> {
    fn resource(&mut self, desired: Cow<'a, Desired>) -> Decision<'a> {
        let live = live_of(&desired, self.inputs.snapshot);
        let mut decision = Decision {
            address: desired.address.clone(),
            entry: desired.entry.clone(),
            fleet: desired.fleet.clone(),
            id: desired.id.clone(),
            rules: desired.rules,
            resource_type: desired.resource_type.clone(),
            api_version: desired.api_version.clone(),
            live,
            action: Action::NoOp,
            reason: Reason::Differs,
            difference: Difference::default(),
            marker: None,
            marking: Marking::AtOnce,
            ours: false,
            place: desired.place.clone(),
            stops_for: Vec::new(),
            desired: None,
        };
        match (desired.made, live) {
            _ if self.left_out.has(&desired.id) => {}
            (Made::Elsewhere, None) => self
                .decisions
                .diagnostics
                .push(problems::not_there(&desired)),
            (Made::Elsewhere, Some(_)) => {}
            (Made::Here, None) => {
                decision.action = Action::Create;
                decision.reason = Reason::Missing;
                decision.ours = true;
            }
            (Made::Here, Some(live)) => self.existing(&desired, live, &mut decision),
        }
        if decision.action == Action::NoOp {
            // Most resources of most plans; nobody asks what was expected.
            decision.difference = Difference::default();
        }
        decision.desired = Some(desired);
        decision
    }

    fn existing(&mut self, desired: &Desired, live: &'a Live, decision: &mut Decision<'a>) {
        let children = self.children(&desired.address);
        match self.owner(desired, live) {
            Owner::Problem(problem) => self.decisions.diagnostics.push(*problem),
            Owner::Foreign(why) => self.decisions.foreign.push(problems::Foreign {
                entry: desired.entry.clone(),
                address: desired.address.clone(),
                kind: desired.kind,
                place: desired.place.clone(),
                live,
                why,
            }),
            Owner::Adopted => self.adopt(desired, live, &children, decision),
            Owner::Us(base) => {
                decision.ours = true;
                decision.difference = diff::compare(desired, &live.body, &base, &children);
                act(live, decision);
                self.replace_if_asked(desired, decision);
                self.bookkeeping(desired, live, &base, decision);
            }
            Owner::Parent(recorded, base) => {
                decision.ours = true;
                decision.difference = diff::compare(desired, &live.body, &base, &children);
                if recorded == Recorded::Same {
                    let changes = &mut decision.difference.changes;
                    changes
                        .iter_mut()
                        .for_each(|change| change.cause = Cause::Drift);
                }
                act(live, decision);
                self.replace_if_asked(desired, decision);
            }
        }
        self.note_lock(decision);
        match decision.action {
            Action::Replace => self.forbid_replace(desired),
            // Nobody asks again what is as it should be, ten thousand times.
            Action::NoOp => decision.difference = Difference::default(),
            _ => {}
        }
    }

    /// Takes over what is there. What cannot be taken over as it is stays
    /// untouched: nobody who adopts means to delete.
    fn adopt(
        &mut self,
        desired: &Desired,
        live: &Live,
        children: &BTreeMap<String, Value>,
        decision: &mut Decision<'a>,
    ) {
        decision.difference = diff::compare(desired, &live.body, &Base::default(), children);
        act(live, decision);
        if decision.action == Action::Replace {
            let problem = problems::cannot_adopt(desired, &decision.difference.changes);
            self.decisions.diagnostics.push(problem);
            decision.action = Action::NoOp;
            return;
        }
        decision.ours = true;
        // The marker of a child is on its parent: there is nothing to write.
        if decision.action != Action::NoOp || desired.rules.tags != Tags::Parent {
            decision.action = Action::Adopt;
            decision.reason = Reason::Adopted;
        }
    }

    /// Whether the author asked to take over whatever `desired` stands for.
    fn may_adopt(&self, desired: &Desired) -> bool {
        wishes::names(
            &self.inputs.wishes.adopt,
            &desired.address,
            desired.fleet.as_ref(),
        )
    }

    /// Replaces what is as it should be, or could be changed where it stands,
    /// because the author asked for it.
    fn replace_if_asked(&self, desired: &Desired, decision: &mut Decision<'_>) {
        if decision.action != Action::Replace && self.inputs.wishes.replaces(desired) {
            decision.action = Action::Replace;
            decision.reason = Reason::Asked;
        }
    }

    fn children(&self, address: &Address) -> BTreeMap<String, Value> {
        self.families
            .children
            .get(address)
            .cloned()
            .unwrap_or_default()
    }

    fn owner(&self, desired: &Desired, live: &Live) -> Owner {
        if desired.rules.tags == Tags::Parent {
            return self.owner_of_child(desired);
        }
        let us = &self.inputs.deployment.name;
        match &live.ownership {
            Ownership::Marked(marker) if marker.deployment == *us => Owner::Us(marker.base.clone()),
            Ownership::Marked(marker) => Owner::Problem(Box::new(problems::owned_by_another(
                desired,
                &marker.deployment,
            ))),
            _ if self.may_adopt(desired) => Owner::Adopted,
            Ownership::Foreign => Owner::Foreign(None),
            Ownership::Copied => Owner::Foreign(Some(
                "it carries a marker that was copied from another resource",
            )),
        }
    }

    fn owner_of_child(&self, desired: &Desired) -> Owner {
        let parent = self.families.parents.get(&desired.address);
        let Some(parent) = parent.and_then(|parent| self.decisions.get(parent)) else {
            // A child of something that is not ours has nobody to speak for
            // it; its name is all there is.
            return Owner::Parent(Recorded::Absent, Base::default());
        };
        let Some(Ownership::Marked(marker)) = parent.live.map(|live| &live.ownership) else {
            // The parent's own marker will name it.
            if self.may_adopt(desired) {
                return Owner::Adopted;
            }
            return Owner::Parent(Recorded::Absent, Base::default());
        };
        let property = child_property(&desired.id);
        if !marker.base.has(&property) {
            if self.may_adopt(desired) {
                return Owner::Adopted;
            }
            return Owner::Foreign(None);
        }
        let now = self.children(&parent.address);
        let remembered = optional_rows(desired.rules)
            .filter(|row| diff::remembers(&marker.base, &format!("{property}.{row}")))
            .map(|row| (row.to_owned(), Value::Null))
            .collect();
        Owner::Parent(marker.base.compare(&property, &now), Base::of(&remembered))
    }

    /// A marker that no longer says what it must is written again: another
    /// address, another protection, other children.
    fn bookkeeping(
        &self,
        desired: &Desired,
        live: &Live,
        base: &Base,
        decision: &mut Decision<'a>,
    ) {
        let Ownership::Marked(old) = &live.ownership else {
            return;
        };
        let mut children = self.children(&desired.address);
        let about = |wanted: Recorded| {
            children.iter().any(|(property, value)| {
                // Left alone, whatever it says.
                *value != Value::Null
                    && base.compare(property, &children) == wanted
                    && diff::recalls(&diff::recorded(&diff::leaves(desired), &children), property)
            })
        };
        let (added, changed) = (about(Recorded::Absent), about(Recorded::Other));
        let leaving = self.families.leaving(desired, base, &children);
        let moved = old.address != desired.address || old.protection != protection(desired);
        let itself = decision.action != Action::NoOp || moved || added;
        if !itself && !changed && leaving.is_empty() {
            return;
        }
        if decision.action == Action::NoOp {
            decision.action = Action::Update;
            decision.reason = Reason::Bookkeeping;
        }
        decision.marking = if leaving.is_empty() {
            Marking::AtOnce
        } else if itself {
            children.extend(leaving.into_iter().map(|name| (name, Value::Null)));
            Marking::Twice(marker(self.inputs, desired, &children))
        } else {
            Marking::Afterwards
        };
    }

    /// An image version that moved because the lock file did.
    fn note_lock(&self, decision: &mut Decision<'_>) {
        for change in &mut decision.difference.changes {
            if change.path != "image.version" || change.cause != Cause::Spec {
                continue;
            }
            let after = change
                .after
                .as_ref()
                .map(Value::to_plain_text)
                .unwrap_or_default();
            let locked = self.inputs.images.iter().any(|image| {
                image.locked && image.channel != after && image.version.to_string() == after
            });
            if locked {
                change.cause = Cause::Lock;
            }
        }
    }

    fn forbid_replace(&mut self, desired: &Desired) {
        if desired.protect != Protect::No {
            self.decisions
                .diagnostics
                .push(problems::protected(desired));
        }
    }
}

fn live_of<'a>(desired: &Desired, snapshot: &'a Snapshot) -> Option<&'a Live> {
    snapshot.get(&desired.id)
}

fn protection(desired: &Desired) -> Protection {
    match desired.protect {
        Protect::No => Protection::Open,
        Protect::ByDefault | Protect::Written(_) => Protection::Protected,
    }
}

fn marker(inputs: &Inputs<'_>, desired: &Desired, children: &BTreeMap<String, Value>) -> Marker {
    let recorded = diff::recorded(&diff::leaves(desired), children);
    Marker {
        deployment: inputs.deployment.name.clone(),
        address: desired.address.clone(),
        protection: protection(desired),
        api_version: desired
            .rules
            .resource_type
            .is_empty()
            .then(|| desired.api_version.clone()),
        base: Base::of(&recorded),
    }
}

/// Gives everything that is written the marker that it gets.
pub(crate) fn mark(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let none = BTreeMap::new();
    for decision in &mut decisions.list {
        let Some(desired) = decision.desired.as_deref() else {
            continue;
        };
        let is_written = matches!(
            decision.action,
            Action::Create | Action::Update | Action::Adopt | Action::Replace
        );
        if is_written && desired.rules.tags != Tags::Parent {
            let children = decisions.families.children.get(&desired.address);
            let children = children.unwrap_or(&none);
            let next = marker(inputs, desired, children);
            decision.marker = if decision.action == Action::Replace && has(decision.live, &next) {
                // Else nobody could tell the new one from the old, and the same
                // plan, run again, would replace the new one as well.
                let mut again = children.clone();
                again.insert("again".to_owned(), Value::Bool(true));
                Some(marker(inputs, desired, &again))
            } else {
                Some(next)
            };
        }
    }
}

fn has(live: Option<&Live>, marker: &Marker) -> bool {
    live.is_some_and(|live| live.ownership == Ownership::Marked(marker.clone()))
}

/// From what differs to what happens.
fn act(live: &Live, decision: &mut Decision<'_>) {
    let changes = &decision.difference.changes;
    let fixed: Vec<String> = changes
        .iter()
        .filter(|change| change.forces_replace())
        .map(|change| change.path.clone())
        .collect();
    let state = live.provisioning_state().unwrap_or("Succeeded");
    let unfinished = !state.eq_ignore_ascii_case("Succeeded");
    (decision.action, decision.reason) = if !fixed.is_empty() {
        (
            Action::Replace,
            Reason::ImmutableChanged { properties: fixed },
        )
    } else if unfinished {
        (
            Action::Update,
            Reason::Unfinished {
                state: state.to_owned(),
            },
        )
    } else if changes.is_empty() {
        (Action::NoOp, Reason::Differs)
    } else {
        (Action::Update, Reason::Differs)
    };
}

/// Replacing something takes those with it that Azure does not let it go from.
pub(crate) fn propagate(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    for index in 0..decisions.len() {
        if decisions.at(index).action != Action::Replace {
            continue;
        }
        let address = decisions.at(index).address.clone();
        if decisions.at(index).rules.noun == "resource_group" {
            let problem = problems::group_cannot_move(decisions.at(index));
            decisions.diagnostics.push(problem);
            continue;
        }
        let forced: Vec<Address> = inputs
            .graph
            .dependents(&address)
            .filter(|(_, relation)| matches!(relation, Relation::Uses | Relation::Inside))
            .map(|(desired, _)| desired.address.clone())
            .collect();
        for dependent in forced {
            force(decisions, &dependent, &address);
        }
    }
}

/// Dependents stand after what they need, so one pass reaches all of them.
fn force(decisions: &mut Decisions<'_>, dependent: &Address, replaced: &Address) {
    let Some(index) = decisions.position(dependent) else {
        return;
    };
    let decision = decisions.at_mut(index);
    if decision.action == Action::Adopt {
        let problem = decision
            .desired
            .as_ref()
            .map(|desired| problems::uses_replaced(desired, replaced));
        decisions.diagnostics.extend(problem);
        return;
    }
    if !matches!(decision.action, Action::NoOp | Action::Update) || !decision.ours {
        return;
    }
    decision.action = Action::Replace;
    decision.reason = Reason::UsesReplaced {
        address: replaced.clone(),
    };
    let protected = decision
        .desired
        .as_ref()
        .filter(|desired| desired.protect != Protect::No)
        .map(|desired| problems::protected(desired));
    decisions.diagnostics.extend(protected);
}
