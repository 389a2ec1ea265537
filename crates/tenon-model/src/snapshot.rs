//! Everything live that a plan was made from.

use std::collections::{BTreeMap, BTreeSet};

use crate::marker::Ownership;
use crate::rules::Rules;
use crate::{ResourceId, TenantId, Value};

mod instances;

pub use instances::{Counts, Health, INSTANCES, Instance, LATEST, RollingUpgrade};

/// A resource as Azure reported it.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// Its id as Azure spelled it.
    pub id: ResourceId,
    /// Its body without noise.
    pub body: Value,
    /// What its tags say about who owns it.
    pub ownership: Ownership,
}

impl Live {
    /// Returns the resource that `body` describes.
    #[must_use]
    pub fn new(id: ResourceId, body: Value) -> Self {
        let ownership = Ownership::read(&id, &body);
        Self {
            id,
            body,
            ownership,
        }
    }

    /// `properties.provisioningState`, if Azure says it.
    #[must_use]
    pub fn provisioning_state(&self) -> Option<&str> {
        self.body
            .at(&["properties", "provisioningState"])?
            .as_text()
    }
}

/// Everything live that a plan was made from.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    resources: BTreeMap<ResourceId, Live>,
    /// Whether a machine runs, where that was asked.
    power: BTreeMap<ResourceId, Power>,
    /// The instances of scale sets, where that was asked.
    instances: BTreeMap<ResourceId, Vec<Instance>>,
    /// The latest rolling upgrades of scale sets, where that was asked.
    upgrades: BTreeMap<ResourceId, RollingUpgrade>,
    /// What the agent of a machine says, where that was asked.
    agents: BTreeMap<ResourceId, Agent>,
    /// Resources of any type and owner that lie in a group, by group.
    census: BTreeMap<ResourceId, Vec<ResourceId>>,
    /// Ids that an index says carry a marker of the deployment.
    marked: BTreeSet<ResourceId>,
    /// Role assignments without a marker of anybody.
    given: Vec<Live>,
    /// Lists that could not be read, by what they would have found.
    unread: Vec<(Form, String)>,
}

/// Whether a machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It runs, or is about to.
    Running,
    /// It is stopped, with or without a host.
    Stopped,
}

/// What Azure's agent on a machine says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// It is ready.
    Ready,
    /// It is not, or has not been heard for a while.
    NotReady,
}

impl Agent {
    /// Reads `properties.instanceView.vmAgent` of a machine's body; none where
    /// Azure tells of no agent.
    #[must_use]
    pub fn read(body: &Value) -> Option<Self> {
        let statuses = body.at(&["properties", "instanceView", "vmAgent", "statuses"]);
        let last = statuses?.as_list()?.last()?;
        let code = last.member("code").and_then(Value::as_text)?;
        if code.eq_ignore_ascii_case("ProvisioningState/succeeded") {
            Some(Self::Ready)
        } else {
            Some(Self::NotReady)
        }
    }
}

impl Power {
    /// Reads `properties.instanceView.statuses` of a machine's body. One that
    /// is starting runs.
    #[must_use]
    pub fn read(body: &Value) -> Self {
        let statuses = body.at(&["properties", "instanceView", "statuses"]);
        let codes = statuses.and_then(Value::as_list).unwrap_or(&[]).iter();
        let mut codes = codes.filter_map(|status| status.member("code")?.as_text());
        let runs = |code: &str| {
            let runs = ["PowerState/running", "PowerState/starting"];
            runs.iter().any(|word| code.eq_ignore_ascii_case(word))
        };
        if codes.any(runs) {
            Self::Running
        } else {
            Self::Stopped
        }
    }
}

impl Snapshot {
    /// Adds a resource.
    pub fn insert(&mut self, live: Live) {
        self.resources.insert(live.id.clone(), live);
    }

    /// Notes whether a machine runs.
    pub fn set_power(&mut self, id: ResourceId, power: Power) {
        self.power.insert(id, power);
    }

    /// Notes an instance of the scale set `set`.
    pub fn add_instance(&mut self, set: ResourceId, instance: Instance) {
        self.instances.entry(set).or_default().push(instance);
    }

    /// The instances of a scale set, if that was asked.
    #[must_use]
    pub fn instances(&self, set: &ResourceId) -> &[Instance] {
        self.instances.get(set).map_or(&[], Vec::as_slice)
    }

    /// Notes the latest rolling upgrade of the scale set `set`.
    pub fn set_upgrade(&mut self, set: ResourceId, upgrade: RollingUpgrade) {
        self.upgrades.insert(set, upgrade);
    }

    /// The latest rolling upgrade of a scale set, if there was one and that was
    /// asked.
    #[must_use]
    pub fn upgrade(&self, set: &ResourceId) -> Option<&RollingUpgrade> {
        self.upgrades.get(set)
    }

    /// Notes what the agent of a machine says.
    pub fn set_agent(&mut self, id: ResourceId, agent: Agent) {
        self.agents.insert(id, agent);
    }

    /// What the agent of a machine says; none if nobody asked, or there is
    /// none.
    #[must_use]
    pub fn agent(&self, id: &ResourceId) -> Option<Agent> {
        self.agents.get(id).copied()
    }

    /// Notes that `resource` lies in `group`, whoever it belongs to.
    pub fn count_in(&mut self, group: ResourceId, resource: ResourceId) {
        self.census.entry(group).or_default().push(resource);
    }

    /// Notes that an index says that `id` carries a marker of the deployment.
    pub fn mark(&mut self, id: ResourceId) {
        self.marked.insert(id);
    }

    /// Ids that an index says carry a marker of the deployment. An index may
    /// lag; the resource itself decides.
    pub fn marked(&self) -> impl Iterator<Item = &ResourceId> {
        self.marked.iter()
    }

    /// Notes a role assignment without a marker of anybody: no business of a
    /// plan, unless it stands in the way.
    pub fn note_given(&mut self, assignment: Live) {
        self.given.push(assignment);
    }

    /// Role assignments without a marker of anybody.
    #[must_use]
    pub fn given(&self) -> &[Live] {
        &self.given
    }

    /// Notes that the list at `path` could not be read.
    pub fn leave_unread(&mut self, form: Form, path: String) {
        self.unread.push((form, path));
        self.unread.sort();
    }

    /// Paths of the lists of this form that could not be read.
    pub fn unread(&self, form: Form) -> impl Iterator<Item = &str> {
        let of_form = self.unread.iter().filter(move |(one, _)| *one == form);
        of_form.map(|(_, path)| path.as_str())
    }

    /// The resource `id`, if it is there.
    #[must_use]
    pub fn get(&self, id: &ResourceId) -> Option<&Live> {
        self.resources.get(id)
    }

    /// Whether the machine `id` runs, if that was asked.
    #[must_use]
    pub fn power(&self, id: &ResourceId) -> Option<Power> {
        self.power.get(id).copied()
    }

    /// What lies in `group`.
    #[must_use]
    pub fn census(&self, group: &ResourceId) -> &[ResourceId] {
        self.census.get(group).map_or(&[], Vec::as_slice)
    }

    /// All resources in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Live> {
        self.resources.values()
    }

    /// The number of resources.
    #[must_use]
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// Whether nothing is live.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }
}

/// Something to read for a snapshot.
#[derive(Clone, Debug)]
pub struct Look {
    /// How.
    pub form: Form,
    /// The tenant whose token reads.
    pub tenant: TenantId,
    /// The path, from `/subscriptions`.
    pub path: String,
    /// The api-version.
    pub api_version: String,
    /// Further query parameters, not yet encoded.
    pub query: Vec<(String, String)>,
    /// What is known about the type of what is read.
    pub rules: &'static Rules,
}

impl Look {
    /// What two looks have in common that read the same.
    #[must_use]
    pub fn key(&self) -> String {
        let path = self.path.to_ascii_lowercase();
        format!("{:?} {path} {:?}", self.form, self.query)
    }
}

/// How a [`Look`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// One resource; that it is not there is an answer.
    One,
    /// All resources of a list; that its group is not there is an answer.
    List,
    /// Ids, types and groups of whatever carries a marker of the deployment.
    Marked,
    /// Those of a list that carry a marker in their description.
    Described,
    /// Those of a list that the marker of what they lie in calls ours.
    Children,
    /// Ids of everything that lies in a group.
    Census,
    /// Whether a machine runs.
    Power,
    /// The instances of a scale set, whose list it is.
    Instances,
    /// The latest rolling upgrade of a scale set.
    RollingUpgrade,
    /// Whether the machines of a list run.
    PowerOfAll,
}
