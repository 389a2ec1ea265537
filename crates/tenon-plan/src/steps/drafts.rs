//! The steps of one resource, before they wait for those of others.

use std::collections::BTreeSet;

use tenon_model::marker::Start;
use tenon_model::plan::{Action, Does, Step};
use tenon_model::rules::{Disruption, Tags};

use super::{Building, Draft, Own, Stopped, elsewhere, request, retag, sign};
use crate::decide::{Decision, Marking, Writes};
use crate::fresh;

impl Building<'_, '_> {
    pub(super) fn add(&mut self, decision: &Decision<'_>) {
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
                let begin = self.drafts.len();
                for step in self.keeping(decision) {
                    self.follow(begin, step);
                }
                let delete = self.follow(begin, request::step(decision, Does::Delete));
                Own {
                    keep: (begin < delete).then_some(begin),
                    ..self.make(decision, Does::Create, Some(delete))
                }
            }
            Action::Delete => {
                let lets_go = !decision.lets_go.is_empty();
                let detach = lets_go.then(|| self.push(decision, Does::Detach));
                let delete = self.push(decision, Does::Delete);
                self.wait(Some(delete), detach);
                Own {
                    delete: Some(delete),
                    detach,
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

    /// A machine that has to stop is stopped first, and started again only if
    /// it ran. Its marker says so from before the stop until after the start.
    fn update(&mut self, decision: &Decision<'_>) -> Own {
        if let Some(reach) = &decision.reach {
            return self.reach(decision, reach);
        }
        let stops = decision.disruption() == Disruption::Deallocate && decision.rules.noun == "vm";
        let starts = decision.start == Start::Owed;
        if !stops && !starts {
            return self.make(decision, Does::Update, None);
        }
        let begin = self.drafts.len();
        if let Some(fresh) = &decision.fresh {
            self.follow(begin, fresh::step(decision, fresh));
        }
        for step in self.keeping(decision) {
            self.follow(begin, step);
        }
        if stops && let Some(step) = sign::on(decision) {
            self.follow(begin, step);
        }
        let stop = stops.then(|| self.follow(begin, request::step(decision, Does::Deallocate)));
        for step in elsewhere::steps(decision) {
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
    pub(super) fn follow(&mut self, begin: usize, step: Step) -> usize {
        let index = self.drafts.len();
        let after = (index > begin).then(|| index - 1);
        self.drafts.push(Draft {
            step,
            after: after.into_iter().collect(),
        });
        index
    }
}
