//! What making and changing waits for: what is needed, what gives way, what
//! stands still meanwhile.

use tenon_model::Address;
use tenon_model::desired::Relation;
use tenon_model::marker::Ownership;
use tenon_model::rules::Tags;
use tenon_model::snapshot::Live;

use super::{Building, order};
use crate::decide::{self, Decision};
use crate::sole::{self, When};
use crate::{in_use, references};

impl Building<'_, '_> {
    pub(super) fn making_follows_needs(&mut self) {
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
    pub(super) fn giving_follows_taking(&mut self) {
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

    /// What only one can hold passes on when the old one has let go of it.
    pub(super) fn taking_follows_letting_go(&mut self) {
        for passing in sole::passings(self.inputs, self.decisions) {
            let (taker, holder) = (self.own(&passing.taker), self.own(&passing.holder));
            let before = match passing.when {
                When::Gone => holder.delete,
                When::LetGo(_) => holder.detach,
                When::Never(_) => None,
            };
            self.wait(taker.first, before);
        }
    }

    /// What changes only while nobody is in the way.
    pub(super) fn changing_follows_leaving(&mut self) {
        let decisions = self.decisions;
        let mut waits = Vec::new();
        for decision in decisions.iter() {
            let change = self.own(&decision.address).first;
            for user in in_use::waits_for(decisions, decision) {
                let user = self.own(&user);
                waits.extend(change.zip(user.delete.or(user.last)));
            }
        }
        order::add(&mut self.drafts, waits);
    }

    /// Whether a resource that stays still uses one that is replaced: its update
    /// comes first, whatever `depends_on` says.
    fn must_let_go(&self, decision: &Decision<'_>, replaced: &Address) -> bool {
        let replaced = self.decisions.get(replaced).filter(|other| other.goes());
        replaced
            .zip(decision.live)
            .is_some_and(|(other, live)| references::named_ids(live).contains(&other.id))
    }

    /// Between stop and start; before the machine's own change, because both
    /// are writes to what is attached. Where the machine goes, after that.
    pub(super) fn disks_change_while_machines_stand(&mut self) {
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

    pub(super) fn marking_follows_children(&mut self) {
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
}
