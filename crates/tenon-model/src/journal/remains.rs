//! What earlier runs made and no later one deleted or let go of.
//!
//! A memory and no knowledge: others delete and make things as well, and old
//! journals go. It can point somewhere; only Azure can say what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Journal, Note};
use crate::plan::Does;
use crate::{Address, ResourceId, SubscriptionId};

/// What is left of earlier runs, as far as their journals tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remains(BTreeMap<ResourceId, Remain>);

/// A resource that an earlier run wrote to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remain {
    /// What the spec called it.
    pub address: Address,
    /// The run that wrote to it last.
    pub run: String,
}

impl Remains {
    /// Learns from a run. Runs are learnt in the order in which they began.
    pub fn learn(&mut self, journal: &Journal) {
        let Some(began) = journal.began() else {
            return;
        };
        let mut ids: BTreeMap<usize, ResourceId> = BTreeMap::new();
        // New ones of which Azure has not said that it takes them.
        let mut unsure: BTreeSet<usize> = BTreeSet::new();
        for entry in &journal.entries {
            match &entry.note {
                Note::StepStarted { step, id } => {
                    let Ok(id) = ResourceId::parse(id) else {
                        continue;
                    };
                    ids.insert(step.step, id.clone());
                    if step.does == Does::Delete || began.lets_go {
                        continue;
                    }
                    let remain = Remain {
                        address: step.address.clone(),
                        run: began.run.clone(),
                    };
                    if self.0.insert(id, remain).is_none() {
                        unsure.insert(step.step);
                    }
                }
                Note::StepAccepted { step, .. } => {
                    unsure.remove(&step.step);
                }
                Note::StepDone { step, .. } => {
                    unsure.remove(&step.step);
                    if let Some(id) = ids.get(&step.step)
                        && (step.does == Does::Delete || began.lets_go)
                    {
                        self.forget(id);
                    }
                }
                Note::StepFailed { step, .. } => {
                    if let Some(id) = ids.get(&step.step)
                        && unsure.remove(&step.step)
                    {
                        self.0.remove(id);
                    }
                }
                _ => {}
            }
        }
    }

    /// With everything inside of it: a group goes with all that it has.
    fn forget(&mut self, gone: &ResourceId) {
        self.0.retain(|id, _| id != gone && !id.is_inside(gone));
    }

    /// What is left, by subscription.
    #[must_use]
    pub fn by_subscription(&self) -> BTreeMap<SubscriptionId, Vec<(&ResourceId, &Remain)>> {
        let mut found: BTreeMap<SubscriptionId, Vec<(&ResourceId, &Remain)>> = BTreeMap::new();
        for (id, remain) in &self.0 {
            let of = found.entry(id.subscription()).or_default();
            of.push((id, remain));
        }
        found
    }
}
