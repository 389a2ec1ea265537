//! What happens to each resource that the spec asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tenon_model::desired::{Desired, Protect};
use tenon_model::marker::{
    self as marker_of, Base, Children, Marker, Ownership, Protection, Recorded, Start,
};
use tenon_model::plan::{Action, Cause, Expected, Kept, Mode, Partial, Reason};
use tenon_model::rules::{Disruption, Rules, Tags};
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::spec::Made;
use tenon_model::{Address, Diagnostic, Place, ResourceId, Value};

use crate::diff::{self, Difference};
use crate::select::LeftOut;
use crate::{Inputs, elsewhere, settle, wishes};

mod families;
mod forced;
mod given;
pub(crate) mod problems;

use families::Families;
use families::optional_rows;
pub(crate) use families::{child_property, named_children, outer_of, speaker, without};
pub(crate) use forced::propagate;
pub(crate) use given::same_role;

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
    /// References that it lets go of and takes again, because what they name is
    /// replaced.
    pub(crate) lets_go: Vec<Expected>,
    /// Disks for whose change the machine stops.
    pub(crate) stops_for: Vec<Address>,
    /// Whether it is written to, or only stopped and started.
    pub(crate) writes: Writes,
    /// Whether this plan starts it; until then its marker says so.
    pub(crate) start: Start,
}

/// What an update of a resource writes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Writes {
    /// The resource.
    #[default]
    Itself,
    /// Nothing: it stops, or starts, and stays as it is.
    Nothing,
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
    /// With its own change a marker for the time being, this one; then the
    /// final one. It names the children of before and after, or says that the
    /// machine is to be started.
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
            lets_go: Vec::new(),
            stops_for: Vec::new(),
            writes: Writes::Itself,
            start: Start::NotOwed,
            desired: None,
        };
        let unspoken = desired.made == Made::Here
            && desired.rules.tags == Tags::Parent
            && !self.families.parents.contains_key(&desired.address);
        if unspoken {
            let problem = problems::nobody_speaks(&desired);
            self.decisions.diagnostics.push(problem);
        }
        match (desired.made, live) {
            _ if self.left_out.has(&desired.id) => {}
            (Made::Here, Some(_)) if unspoken => {}
            (Made::Elsewhere, None) => self
                .decisions
                .diagnostics
                .push(problems::not_there(&desired)),
            (Made::Elsewhere, Some(_)) => {}
            (Made::Here, None) => {
                let given = given::already(self.inputs, &desired);
                self.decisions.diagnostics.extend(given);
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
        let body = seen(desired, live, self.inputs.snapshot);
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
            Owner::Adopted => self.adopt(desired, live, &body, &children, decision),
            Owner::Us(base) => {
                decision.ours = true;
                decision.difference = diff::compare(desired, &body, &base, &children);
                act(live, decision);
                self.replace_if_asked(desired, decision);
                self.bookkeeping(desired, live, &base, decision);
            }
            Owner::Parent(recorded, base) => {
                decision.ours = true;
                decision.difference = diff::compare(desired, &body, &base, &children);
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
            // Nobody can keep what is going already.
            Action::Replace if matches!(decision.reason, Reason::Unfinished { .. }) => {}
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
        body: &Value,
        children: &BTreeMap<String, Value>,
        decision: &mut Decision<'a>,
    ) {
        decision.difference = diff::compare(desired, body, &Base::default(), children);
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
            // Refused before: nobody speaks for it.
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
        let mut untabled = self.families.untabled(&desired.address);
        let moved = old.address != desired.address || old.protection != protection(desired);
        let added = added || !old.children.cover(&untabled);
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
            untabled.keep_all(&old.children);
            Marking::Twice(marker(self.inputs, desired, &children, untabled))
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

/// The live body as its author wrote it, with what other resources say of it.
fn seen<'b>(desired: &Desired, live: &'b Live, snapshot: &Snapshot) -> Cow<'b, Value> {
    match desired.rules.tags {
        Tags::Described => Cow::Owned(marker_of::undescribed(&live.body)),
        Tags::Own | Tags::Parent => elsewhere::body(desired, live, snapshot),
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

fn marker(
    inputs: &Inputs<'_>,
    desired: &Desired,
    children: &BTreeMap<String, Value>,
    untabled: Children,
) -> Marker {
    let recorded = diff::recorded(&diff::leaves(desired), children);
    Marker {
        deployment: inputs.deployment.name.clone(),
        address: desired.address.clone(),
        protection: protection(desired),
        start: Start::NotOwed,
        api_version: desired
            .rules
            .resource_type
            .is_empty()
            .then(|| desired.api_version.clone()),
        children: untabled,
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
            let untabled = decisions.families.untabled(&desired.address);
            let next = marker(inputs, desired, children, untabled.clone());
            decision.marker = if decision.action == Action::Replace && has(decision.live, &next) {
                // Else nobody could tell the new one from the old, and the same
                // plan, run again, would replace the new one as well.
                let mut again = children.clone();
                again.insert("again".to_owned(), Value::Bool(true));
                Some(marker(inputs, desired, &again, untabled))
            } else {
                if decision.start == Start::Owed {
                    decision.marking = Marking::Twice(Marker {
                        start: Start::Owed,
                        ..next.clone()
                    });
                }
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
    (decision.action, decision.reason) = if state.eq_ignore_ascii_case("Deleting") {
        // A run that was cut off has begun it. It is waited for, and then made.
        let state = state.to_owned();
        (Action::Replace, Reason::Unfinished { state })
    } else if !fixed.is_empty() {
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
