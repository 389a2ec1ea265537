//! What comes of deciding: one decision for each resource, and all of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use tenon_model::desired::Desired;
use tenon_model::image::ImageVersion;
use tenon_model::marker::{Marker, Start};
use tenon_model::plan::{Action, Expected, Kept, Partial, Reach, Reason};
use tenon_model::rules::{Disruption, Rules};
use tenon_model::snapshot::Live;
use tenon_model::{Address, Diagnostic, Place, ResourceId};

use super::families::Families;
use super::problems;
use crate::beside::Formers;
use crate::diff::Difference;
use crate::fresh::Fresh;
use crate::rollback::Taken;
use crate::waves::Rolling;

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
    pub(crate) desired: Option<Wanted<'a>>,
    pub(crate) live: Option<&'a Live>,
    pub(crate) action: Action,
    pub(crate) reason: Reason,
    pub(crate) difference: Difference,
    /// The marker that the resource gets; none before [`super::mark`].
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
    /// The old OS disk that it takes again.
    pub(crate) taken: Option<Taken<'a>>,
    /// The OS disk that it gets where it stands.
    pub(crate) fresh: Option<Fresh>,
    /// How the new model of a scale set reaches its instances.
    pub(crate) reach: Option<Reach>,
    /// Whether this plan starts it; until then its marker says so.
    pub(crate) start: Start,
}

/// What the spec asks of a resource.
pub(crate) enum Wanted<'a> {
    /// As the graph has it.
    Asked(&'a Desired),
    /// With what other decisions settled. Rare, and too large to keep room for it
    /// in ten thousand decisions.
    Settled(Box<Desired>),
}

impl<'a> From<Cow<'a, Desired>> for Wanted<'a> {
    fn from(desired: Cow<'a, Desired>) -> Self {
        match desired {
            Cow::Borrowed(asked) => Self::Asked(asked),
            Cow::Owned(settled) => Self::Settled(Box::new(settled)),
        }
    }
}

impl Wanted<'_> {
    /// It for changing, in a copy of its own.
    pub(crate) fn to_mut(&mut self) -> &mut Desired {
        if let Self::Asked(asked) = self {
            *self = Self::Settled(Box::new(asked.clone()));
        }
        match self {
            Self::Settled(settled) => settled,
            Self::Asked(_) => unreachable!("it has just become a copy"),
        }
    }
}

impl Deref for Wanted<'_> {
    type Target = Desired;

    fn deref(&self) -> &Desired {
        match self {
            Self::Asked(asked) => asked,
            Self::Settled(settled) => settled,
        }
    }
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
                // What they get is not known any more.
                let behind = matches!(self.reason, Reason::Behind { .. })
                    || matches!(self.reach, Some(Reach::Reimage { .. }));
                let behind = behind.then_some(Disruption::Restart);
                worst.max(stop).max(behind).unwrap_or(Disruption::Hot)
            }
            _ => Disruption::None,
        }
    }

    /// Whether it gets another OS disk where it stands.
    pub(crate) fn swaps_disk(&self) -> bool {
        self.taken.is_some() && self.live.is_some() || self.fresh.is_some()
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
    pub(super) list: Vec<Decision<'a>>,
    by_address: BTreeMap<Address, usize>,
    by_id: BTreeMap<ResourceId, usize>,
    pub(super) families: Families,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) kept: Vec<Kept>,
    /// What goes because something beside it has taken its place.
    pub(crate) formers: Formers,
    /// In which waves fleets change.
    pub(crate) rolling: Vec<Rolling>,
    /// What was asked for, if that is only a part.
    pub(crate) partial: Option<Partial>,
    /// How many machines keep which version, by image.
    pub(crate) stay: BTreeMap<Address, BTreeMap<ImageVersion, usize>>,
    /// What is in the way and not ours, by entry.
    pub(super) foreign: Vec<problems::Foreign<'a>>,
}

impl<'a> Decisions<'a> {
    /// Makes room for as many as there will be.
    pub(super) fn expect(&mut self, count: usize) {
        self.list.reserve_exact(count);
    }

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
