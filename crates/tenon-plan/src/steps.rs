//! The execution graph: which requests, in which order.
//!
//! Making follows what is needed; deleting goes against what live bodies name.
//! Nothing waits for anything else, except writes to one network, which Azure
//! takes one at a time, and machines of one fleet, of which only so many may
//! be down.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Relation;
use tenon_model::marker::{Ownership, Start};
use tenon_model::plan::{Action, Does, Expected, Step};
use tenon_model::rules::{Disruption, Same, Tags};
use tenon_model::snapshot::Live;
use tenon_model::{Address, ResourceId, Value};

use crate::decide::{Decision, Decisions, Marking, Writes};
use crate::stops::Stops;
use crate::{Inputs, carried, decide, references};

mod order;
mod request;
mod retag;
mod rollout;
mod sign;

/// A step before it has a position.
struct Draft {
    step: Step,
    after: BTreeSet<usize>,
}

/// The steps of one resource, by their place among the drafts.
#[derive(Clone, Copy, Default)]
struct Own {
    delete: Option<usize>,
    /// Where it lets go of what is replaced.
    detach: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
}

/// The steps of a machine that stops and stays the same.
#[derive(Clone, Copy)]
struct Stopped {
    stop: usize,
    update: Option<usize>,
    start: Option<usize>,
}

struct Building<'b, 'a> {
    inputs: &'b Inputs<'a>,
    decisions: &'b Decisions<'a>,
    drafts: Vec<Draft>,
    own: BTreeMap<Address, Own>,
    /// Which disks change only while their machine stands still.
    stops: Stops,
    stopped: BTreeMap<Address, Stopped>,
    /// The last update of those that get their marker after their children.
    marks: Vec<(ResourceId, usize)>,
}

/// Builds the steps of all decisions, in an order in which each stands after
/// those it waits for.
pub(crate) fn build(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> Vec<Step> {
    let mut building = Building {
        inputs,
        decisions,
        drafts: Vec::new(),
        own: BTreeMap::new(),
        stops: Stops::of(decisions),
        stopped: BTreeMap::new(),
        marks: Vec::new(),
    };
    for decision in decisions.iter() {
        building.add(decision);
    }
    building.what_is_carried_goes_along();
    building.disks_change_while_machines_stand();
    building.making_follows_needs();
    building.giving_follows_taking();
    building.deleting_follows_use();
    building.what_is_carried_changes_while_machines_run();
    building.marking_follows_children();
    rollout::pace(&mut building);
    order::sort(building.drafts)
}

impl Building<'_, '_> {
    fn add(&mut self, decision: &Decision<'_>) {
        if decision.desired.is_none() && decision.action.is_in_place() {
            // The marker of a child is on its parent.
            if decision.rules.tags != Tags::Parent {
                self.drafts.push(Draft {
                    step: retag::step(decision),
                    after: BTreeSet::new(),
                });
                if matches!(decision.marking, Marking::Afterwards) {
                    self.marks
                        .push((decision.id.clone(), self.drafts.len() - 1));
                }
            }
            return;
        }
        let own = match decision.action {
            Action::Create => self.make(decision, Does::Create, None),
            Action::Replace if self.goes_along(decision) => self.make(decision, Does::Create, None),
            Action::Delete if self.goes_along(decision) => Own::default(),
            Action::Replace => {
                let delete = self.push(decision, Does::Delete);
                self.make(decision, Does::Create, Some(delete))
            }
            Action::Delete => {
                let delete = self.push(decision, Does::Delete);
                Own {
                    delete: Some(delete),
                    ..Own::default()
                }
            }
            Action::Update | Action::Adopt if decision.lets_go.is_empty() => {
                self.marked_update(decision)
            }
            Action::Update | Action::Adopt => {
                let detach = self.push(decision, Does::Detach);
                let own = self.marked_update(decision);
                self.wait(own.first, Some(detach));
                Own {
                    detach: Some(detach),
                    ..own
                }
            }
            Action::Forget | Action::NoOp => return,
        };
        self.own.insert(decision.address.clone(), own);
    }

    fn push(&mut self, decision: &Decision<'_>, does: Does) -> usize {
        let step = request::step(decision, does);
        self.drafts.push(Draft {
            step,
            after: BTreeSet::new(),
        });
        self.drafts.len() - 1
    }

    fn make(&mut self, decision: &Decision<'_>, does: Does, delete: Option<usize>) -> Own {
        let make = self.push(decision, does);
        if let Some(delete) = delete {
            self.drafts[make].after.insert(delete);
        }
        Own {
            delete,
            first: Some(make),
            last: Some(make),
            ..Own::default()
        }
    }

    /// A marker that speaks for children that leave is written when they have
    /// left. Nothing waits for that.
    fn marked_update(&mut self, decision: &Decision<'_>) -> Own {
        let own = match decision.marking {
            Marking::Afterwards => Own::default(),
            Marking::AtOnce | Marking::Twice(_) => self.update(decision),
        };
        let is_parent = decision.start == Start::NotOwed;
        if is_parent && !matches!(decision.marking, Marking::AtOnce) {
            self.drafts.push(Draft {
                step: request::marking(decision),
                after: own.last.into_iter().collect(),
            });
            self.marks
                .push((decision.id.clone(), self.drafts.len() - 1));
        }
        own
    }

    fn marking_follows_children(&mut self) {
        if self.marks.is_empty() {
            return;
        }
        let decisions = self.decisions;
        for decision in decisions.iter() {
            // Or was, and gets a marker of its own now.
            let unmarked = |live: &Live| live.ownership == Ownership::Foreign;
            let spoken_for =
                decision.rules.tags == Tags::Parent || decision.live.is_some_and(unmarked);
            let Some(parent) = decide::outer_of(&decision.id).filter(|_| spoken_for) else {
                continue;
            };
            let own = self.own(&decision.address);
            let marks = self.marks.iter().filter(|(id, _)| *id == parent);
            let marks: Vec<usize> = marks.map(|(_, mark)| *mark).collect();
            for mark in marks {
                self.wait(Some(mark), own.delete);
                self.wait(Some(mark), own.last);
            }
        }
    }

    /// A machine that has to stop is stopped first, and started again only if
    /// it ran. Its marker says so from before the stop until after the start.
    fn update(&mut self, decision: &Decision<'_>) -> Own {
        let stops = decision.disruption() == Disruption::Deallocate && decision.rules.noun == "vm";
        let starts = decision.start == Start::Owed;
        if !stops && !starts {
            return self.make(decision, Does::Update, None);
        }
        let begin = self.drafts.len();
        if stops && let Some(step) = sign::on(decision) {
            self.follow(begin, step);
        }
        let stop = stops.then(|| self.follow(begin, request::step(decision, Does::Deallocate)));
        for step in request::elsewhere(decision) {
            self.follow(begin, step);
        }
        let mut follow = |does| self.follow(begin, request::step(decision, does));
        let writes = decision.writes == Writes::Itself;
        let update = writes.then(|| follow(Does::Update));
        let start = starts.then(|| follow(Does::Start));
        // What the machine stops for is what follows its stop.
        self.wait(update, stop);
        if starts {
            self.follow(begin, sign::off(decision));
        }
        if let Some(stop) = stop {
            let stopped = Stopped {
                stop,
                update,
                start,
            };
            self.stopped.insert(decision.address.clone(), stopped);
        }
        Own {
            first: Some(begin),
            last: Some(self.drafts.len() - 1),
            ..Own::default()
        }
    }

    /// Adds a step of a chain that begins at the draft `begin`.
    fn follow(&mut self, begin: usize, step: Step) -> usize {
        let index = self.drafts.len();
        let after = (index > begin).then(|| index - 1);
        self.drafts.push(Draft {
            step,
            after: after.into_iter().collect(),
        });
        index
    }

    /// Between stop and start; before the machine's own change, because both
    /// are writes to what is attached. Where the machine goes, after that.
    fn disks_change_while_machines_stand(&mut self) {
        let decisions = self.decisions;
        for decision in decisions.iter() {
            let Some(machine) = self.stops.machine(&decision.address).cloned() else {
                continue;
            };
            let disk = self.own(&decision.address);
            let stopped = self.stopped.get(&machine).copied();
            let gone = self.own(&machine).delete;
            self.wait(disk.first, stopped.map(|one| one.stop).or(gone));
            if let Some(stopped) = stopped {
                self.wait(stopped.update, disk.last);
                self.wait(stopped.start, disk.last);
            }
        }
    }

    /// Whether a resource goes with its parent, so that nobody deletes it.
    fn goes_along(&self, decision: &Decision<'_>) -> bool {
        carried::parent_of(self.inputs, self.decisions, decision).is_some_and(Decision::goes)
    }

    /// What goes with its parent goes in the parent's step.
    fn what_is_carried_goes_along(&mut self) {
        let decisions = self.decisions;
        for decision in decisions.iter().filter(|one| one.goes()) {
            let parent = carried::parent_of(self.inputs, decisions, decision);
            if let Some(parent) = parent.filter(|parent| parent.goes()) {
                let delete = self.own(&parent.address).delete;
                let own = self.own.entry(decision.address.clone()).or_default();
                own.delete = delete;
            }
        }
    }

    /// One that goes by itself goes while its machine runs, and before new ones
    /// come: two of one handler are refused.
    fn what_is_carried_changes_while_machines_run(&mut self) {
        let decisions = self.decisions;
        let mut waits = Vec::new();
        for decision in decisions.iter().filter(|one| one.goes()) {
            let Some(parent) = carried::parent_of(self.inputs, decisions, decision) else {
                continue;
            };
            if parent.goes() {
                continue;
            }
            let gone = self.own(&decision.address).delete;
            waits.extend(gone.zip(self.own(&parent.address).last));
            for other in decisions.iter().filter(|one| one.action == Action::Create) {
                if other.id.parent().as_ref() == Some(&parent.id) {
                    waits.extend(self.own(&other.address).first.zip(gone));
                }
            }
        }
        order::add(&mut self.drafts, waits);
    }

    fn wait(&mut self, step: Option<usize>, before: Option<usize>) {
        if let (Some(step), Some(before)) = (step, before)
            && step != before
        {
            self.drafts[step].after.insert(before);
        }
    }

    fn own(&self, address: &Address) -> Own {
        self.own.get(address).copied().unwrap_or_default()
    }

    fn making_follows_needs(&mut self) {
        let decisions = self.decisions;
        for decision in decisions.iter() {
            let Some(desired) = &decision.desired else {
                continue;
            };
            let own = self.own(&decision.address);
            for need in &desired.needs {
                let needed = self.own(&need.on);
                if self.stops.disks(&decision.address).contains(&need.on) {
                    // It changes between the machine's steps.
                    self.wait(own.last.filter(|_| own.delete.is_some()), needed.last);
                    continue;
                }
                let only_after = need.relation == Relation::After;
                if only_after && own.delete.is_none() && self.must_let_go(decision, &need.on) {
                    continue;
                }
                self.wait(own.first, needed.last);
                // What replaces it should be complete before it goes, unless
                // that cannot be because the needed thing goes as well.
                if needed.delete.is_none() {
                    self.wait(own.delete, needed.last);
                }
            }
        }
    }

    /// Azure takes one assignment of a role to a principal on a scope, whatever
    /// its name. Whose it is may be known only later.
    fn giving_follows_taking(&mut self) {
        let decisions = self.decisions;
        let described = |one: &&Decision<'_>| one.rules.tags == Tags::Described;
        let going = decisions.iter().filter(described).filter(|one| one.goes());
        let going: Vec<(&Decision<'_>, &Live)> =
            going.filter_map(|one| Some((one, one.live?))).collect();
        for decision in decisions.iter().filter(described) {
            let Some(desired) = &decision.desired else {
                continue;
            };
            for (other, live) in &going {
                if decide::same_role(&desired.id, &desired.body, &live.id, &live.body) {
                    let taken = self.own(&other.address).delete;
                    self.wait(self.own(&decision.address).first, taken);
                }
            }
        }
    }

    /// Whether a resource that stays still uses one that is replaced: its update
    /// comes first, whatever `depends_on` says.
    fn must_let_go(&self, decision: &Decision<'_>, replaced: &Address) -> bool {
        let replaced = self.decisions.get(replaced).filter(|other| other.goes());
        replaced
            .zip(decision.live)
            .is_some_and(|(other, live)| references::named_ids(live).contains(&other.id))
    }

    fn deleting_follows_use(&mut self) {
        let going: BTreeMap<ResourceId, Address> = self
            .decisions
            .iter()
            .filter(|decision| decision.goes())
            .map(|decision| (decision.id.clone(), decision.address.clone()))
            .collect();
        if going.is_empty() {
            return;
        }
        // What the spec says first: live bodies may name each other.
        self.reverse_of_depends_on(&going);
        let decisions = self.decisions;
        let mut waits = self.locks_go_first(&going);
        for decision in decisions.iter() {
            let user = self.own(&decision.address);
            // Who goes lets go by going, who stays by its update.
            let Some(by_itself) = user.delete.or(user.last) else {
                continue;
            };
            for (used, address) in used_by(decision, &going) {
                let used_again = |one: &Expected| {
                    let id = Value::text(used.as_str());
                    one.value
                        .as_ref()
                        .is_some_and(|value| Same::Id.same(value, &id))
                };
                let detach = user
                    .detach
                    .filter(|_| decision.lets_go.iter().any(used_again));
                let lets_go = detach.unwrap_or(by_itself);
                waits.extend(self.own(&address).delete.map(|delete| (delete, lets_go)));
            }
        }
        order::add(&mut self.drafts, waits);
    }

    /// A lock counts for all that lies in what it is on.
    /// Source: learn.microsoft.com, "Lock your resources", on inheritance.
    fn locks_go_first(&self, going: &BTreeMap<ResourceId, Address>) -> Vec<(usize, usize)> {
        let mut waits = Vec::new();
        let locks = going.iter().filter(|(id, _)| is_lock(id));
        for (lock, address) in locks {
            let lifted = self.own(address).delete;
            let Some(locked) = decide::outer_of(lock) else {
                continue;
            };
            let inside = going.iter().filter(|(id, _)| id.is_inside(&locked));
            for (_, address) in inside.filter(|(id, _)| !is_lock(id)) {
                waits.extend(self.own(address).delete.zip(lifted));
            }
        }
        waits
    }

    /// What was made later by `depends_on` or by reading goes earlier.
    fn reverse_of_depends_on(&mut self, going: &BTreeMap<ResourceId, Address>) {
        for desired in self.inputs.graph.resources() {
            if !going.contains_key(&desired.id) {
                continue;
            }
            let own = self.own(&desired.address);
            for need in &desired.needs {
                let needed = self.own(&need.on);
                let both_end = need.relation != Relation::BuiltFrom
                    && own.first.is_none()
                    && needed.first.is_none();
                if both_end {
                    self.wait(needed.delete, own.delete);
                }
            }
        }
    }
}

fn is_lock(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Authorization/locks")
}

/// What goes and is used by the live resource of a decision.
fn used_by(
    decision: &Decision<'_>,
    going: &BTreeMap<ResourceId, Address>,
) -> Vec<(ResourceId, Address)> {
    let Some(live) = decision.live else {
        return Vec::new();
    };
    let group = live
        .id
        .resource_group()
        .map(|group| ResourceId::group(&live.id.subscription(), group))
        .filter(|group| *group != live.id);
    references::named_ids(live)
        .into_iter()
        .chain(live.id.parent())
        .chain(group)
        .filter_map(|id| {
            let address = going.get(&id)?.clone();
            Some((id, address))
        })
        .filter(|(_, address)| *address != decision.address)
        .collect()
}
