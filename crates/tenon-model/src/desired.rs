//! What a spec asks for, resource by resource.

use std::collections::BTreeMap;

use crate::image::{Channel, ImageRequest};
use crate::rollout::{Rollout, Share};
use crate::rules::{Disruption, Rules};
use crate::spec::{Made, Placed};
use crate::{Address, Diagnostic, Map, Path, Place, ResourceId, TenantId, Value};

/// Why one thing needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It lies inside of it: a subnet in a network, everything in its group.
    Inside,
    /// Its body carries the other's id; Azure refuses to delete what is used.
    Uses,
    /// It reads a value of the other.
    Reads,
    /// The author wrote `depends_on`.
    After,
    /// It is built from this image.
    BuiltFrom,
    /// It is reached by signing in to this tenant.
    SignedIn,
}

/// One need of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// What is needed.
    pub on: Address,
    /// Why.
    pub relation: Relation,
    /// The place in the spec that makes the need.
    pub place: Place,
}

/// What `protect` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Protect {
    /// Nothing.
    #[default]
    No,
    /// This kind of thing outlives its entry unless the spec says otherwise.
    ByDefault,
    /// The author wrote `protect: true` here.
    Written(Place),
}

/// How the instances of a scale set get a new model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upgrades {
    /// Azure does it by the set's rolling policy.
    Policy {
        /// The most instances of a batch, in percent.
        percent: i64,
        /// The wait between two batches, ISO 8601.
        pause: String,
    },
    /// Azure does it, all at the same time.
    AtOnce,
    /// The run does it, so many at the same time.
    Told(Share),
}

/// Where properties stand in the spec, by their names in its words.
#[derive(Clone, Debug, Default)]
pub struct Places(Vec<(Box<str>, Place)>);

impl Places {
    /// Keeps where a property stands; the last word counts.
    pub fn insert(&mut self, property: &str, place: &Place) {
        match self.0.iter_mut().find(|(name, _)| **name == *property) {
            Some((_, known)) => known.clone_from(place),
            None => self.0.push((Box::from(property), place.clone())),
        }
    }

    /// Where a property stands.
    #[must_use]
    pub fn get(&self, property: &str) -> Option<&Place> {
        let found = self.0.iter().find(|(name, _)| **name == *property);
        found.map(|(_, place)| place)
    }

    /// Gives back memory that further properties would have used.
    pub fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

/// One Azure resource that a spec asks for, or refers to.
#[derive(Clone, Debug)]
pub struct Desired {
    /// Its name: `vms.web-1.nic`.
    pub address: Address,
    /// The entry it is part of: `vms.web-1`.
    pub entry: Address,
    /// The fleet of the entry: `vms.web`.
    pub fleet: Option<Address>,
    /// What it is, one word: `vm`, `nic`, `disk`.
    pub kind: &'static str,
    /// Its id.
    pub id: ResourceId,
    /// The tenant of its subscription.
    pub tenant: TenantId,
    /// Whether this deployment makes it.
    pub made: Made,
    /// What is known about its type.
    pub rules: &'static Rules,
    /// The type, where the rules are those of any type.
    pub resource_type: String,
    /// The api-version of its requests.
    pub api_version: String,
    /// Its body without marker.
    pub body: Value,
    /// Where the entry stands.
    pub place: Place,
    /// Where properties stand, by their names in the words of the spec.
    pub places: Places,
    /// What it needs.
    pub needs: Vec<Need>,
    /// Whether it outlives its entry.
    pub protect: Protect,
    /// Body paths that are nobody's business.
    pub ignore: Vec<Path>,
    /// Properties, in the words of the spec, that count only when it is made.
    pub ignored: Vec<String>,
    /// Body paths that Azure itself moves on: that it did is no drift.
    pub moved_by_azure: Vec<Path>,
    /// Body paths that force a replace when they change.
    pub replace_on: Vec<Path>,
    /// The channel of its image while nothing pins it: a machine that runs a
    /// version of the channel keeps it.
    pub follows: Option<Channel>,
    /// For how many seconds a replace keeps what remains of the old one, such as
    /// the OS disk of a machine; none for not at all.
    pub keeps: Option<u64>,
    /// How instances that run get a new model; none where there are none, or
    /// where they wait for somebody else to tell them.
    pub upgrades: Option<Upgrades>,
    /// How what takes it down goes through its fleet; none when the author says
    /// nothing.
    pub rollout: Option<Box<Rollout>>,
    /// The most that a change may do to what runs; none for no limit.
    pub limit: Option<Placed<Disruption>>,
    /// What a reviewer wants to know of a new one, in short: `image web 1.4.2`,
    /// `Standard_D2s_v5`.
    pub facts: Vec<String>,
}

impl Desired {
    /// Whether `property` counts only when the resource is made: the author
    /// named it, or something that it is a part of.
    #[must_use]
    pub fn ignores(&self, property: &str) -> bool {
        self.ignored.iter().any(|ignored| {
            property
                .strip_prefix(ignored.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// What the names inside `${…}` stand for, for one address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// Values by name.
    pub named: Map,
    /// Whether `body.…` reads the live body of the resource with this address.
    pub body_of: Option<Address>,
}

/// Everything that a spec asks for.
#[derive(Clone, Debug, Default)]
pub struct Declaration {
    /// The resources, in the order of the spec.
    pub resources: Vec<Desired>,
    /// The images.
    pub images: Vec<ImageRequest>,
    /// What resources are made from, where no resource of the spec is that: the
    /// snapshot of an image version. It is read once, and may be gone afterwards.
    pub sources: Vec<ResourceId>,
    /// What can be read from each address.
    pub attributes: BTreeMap<Address, Attributes>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}
